#include "ical/expand.h"

#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

#define NINE (9 * 3600)

static struct ical_local local_of(const char *date, int32_t second)
{
    struct ical_local local = {.second = second};
    assert_int_equal(date_parse(str_of(date), &local.day), 0);
    return local;
}

/* Nine hours east of UTC all year. */
static struct ical_local seoul(const void *zone, int64_t at_us)
{
    assert_string_equal(zone, "Asia/Seoul");
    int64_t at_s = at_us / US_PER_S + 9 * 3600;
    return (struct ical_local){(int32_t)(at_s / 86400), (int32_t)(at_s % 86400)};
}

static struct ical_series series_of(const char *rule, const char *start)
{
    return (struct ical_series){.rule = str_of(rule),
                                .start = local_of(start, NINE),
                                .horizon_day = local_of("2028-12-31", 0).day,
                                .most = 365,
                                .local_of = seoul,
                                .zone = "Asia/Seoul"};
}

/* The starts as "2026-11-02 2026-11-04", with their time when it is not nine, or the violations as
 * "code(limit, actual)". */
static char *expand(struct arena *arena, const struct ical_series *series)
{
    struct problem problem;
    struct ical_starts starts = {NULL, 0, false};
    struct buf out = {NULL, 0, 0};
    problem_init(&problem, arena);
    int r = ical_expand(series, arena, "/rrule", &problem, &starts);
    assert_int_equal(r, problem.count > 0 ? ICAL_E_REFUSED : 0);
    for (size_t i = 0; i < starts.count; i++) {
        char text[DATE_TEXT_MAX];
        date_format(starts.item[i].day, text);
        buf_printf(&out, "%s%s", i > 0 ? " " : "", text);
        if (starts.item[i].second != NINE)
            buf_printf(&out, "T%02d%02d", starts.item[i].second / 3600,
                       starts.item[i].second / 60 % 60);
    }
    if (starts.is_cut)
        buf_puts(&out, " ...");
    for (size_t i = 0; i < problem.count; i++) {
        const struct violation *fault = &problem.violation[i];
        assert_true(str_eq_c(fault->pointer, "/rrule"));
        buf_printf(&out, "%s%s(", i > 0 ? " " : "", code_name(fault->code));
        if (fault->limit.kind == FACT_INT)
            buf_int(&out, fault->limit.number);
        else
            buf_str(&out, fault->limit.text);
        buf_puts(&out, ", ");
        if (fault->actual.kind == FACT_INT)
            buf_int(&out, fault->actual.number);
        else
            buf_str(&out, fault->actual.text);
        buf_putc(&out, ')');
    }
    char *text = arena_strndup(arena, out.data ? out.data : "", out.len);
    buf_fini(&out);
    return text;
}

struct row {
    const char *rule;
    const char *start;
    const char *expected;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct ical_series series = series_of(rows[i].rule, rows[i].start);
        char *found = expand(arena, &series);
        if (strcmp(found, rows[i].expected))
            fail_msg("%s from %s:\n  %s\nexpected\n  %s", rows[i].rule, rows[i].start, found,
                     rows[i].expected);
        arena_free(arena);
    }
}

/* Dates worked out by hand, many of them RFC 5545's own examples moved to these years. */
static void rules_give_their_starts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"FREQ=DAILY;COUNT=7", "2026-10-22",
         "2026-10-22 2026-10-23 2026-10-24 2026-10-25 2026-10-26 2026-10-27 2026-10-28"},
        {"freq=daily;byday=mo,tu,we,th,fr;count=4", "2026-11-06",
         "2026-11-06 2026-11-09 2026-11-10 2026-11-11"},
        {"FREQ=WEEKLY;BYDAY=SA,SU;COUNT=3", "2026-11-04", "2026-11-07 2026-11-08 2026-11-14"},
        {"FREQ=WEEKLY;COUNT=2", "2026-11-04", "2026-11-04 2026-11-11"},
        /* The week's first day decides what "every other week" is. */
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05",
         "1997-08-05 1997-08-10 1997-08-19 1997-08-24"},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05",
         "1997-08-05 1997-08-17 1997-08-19 1997-08-31"},
        {"FREQ=MONTHLY;COUNT=3", "2026-12-31", "2026-12-31 2027-01-31 2027-03-31"},
        {"FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2027-12-31", "2027-12-31 2028-01-31 2028-02-29"},
        {"FREQ=DAILY;BYMONTHDAY=-1;COUNT=2", "2026-11-05", "2026-11-30 2026-12-31"},
        {"FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=4", "2026-11-01",
         "2026-11-02 2026-11-27 2026-12-07 2026-12-25"},
        {"FREQ=MONTHLY;BYDAY=+2WE;COUNT=2", "2026-11-01", "2026-11-11 2026-12-09"},
        {"FREQ=MONTHLY;BYDAY=5TU;COUNT=2", "2026-11-01", "2026-12-29 2027-03-30"},
        {"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "2026-11-01", "2026-11-13 2027-08-13"},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=2", "2026-11-01",
         "2026-11-27 2026-12-30"},
        {"FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=2", "2026-11-02", "2026-11-06 2026-11-13"},
        {"FREQ=YEARLY;COUNT=2", "2026-11-02", "2026-11-02 2027-11-02"},
        {"FREQ=YEARLY;BYMONTH=1;COUNT=2", "2026-11-02", "2027-01-02 2028-01-02"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1", "2026-11-02", "2028-02-29"},
        {"FREQ=YEARLY;BYDAY=20MO;COUNT=2", "1997-05-19", "1997-05-19 1998-05-18"},
        {"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;COUNT=2", "2026-01-01", "2026-10-25 2027-10-31"},
        {"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=2", "1997-05-12", "1997-05-12 1998-05-11"},
        {"FREQ=YEARLY;BYWEEKNO=53;COUNT=1", "2020-12-28", "2020-12-28"},
        {"FREQ=YEARLY;BYYEARDAY=1,-1;COUNT=3", "2027-06-01", "2027-12-31 2028-01-01 2028-12-31"},
        {"FREQ=DAILY;BYMONTH=2;BYDAY=MO;COUNT=2", "2026-11-02", "2027-02-01 2027-02-08"},
        {"FREQ=DAILY;BYHOUR=8,14;BYMINUTE=30;COUNT=3", "2026-11-02",
         "2026-11-02T1430 2026-11-03T0830 2026-11-03T1430"},
        {"FREQ=DAILY;BYHOUR=8,14;BYSETPOS=-1;COUNT=1", "2026-11-02", "2026-11-02T1400"},
        {"FREQ=DAILY;INTERVAL=1000000000;COUNT=1", "2026-11-02", "2026-11-02"},
        {"FREQ=DAILY;BYDAY=MO,MO,MO;COUNT=2", "2026-11-02", "2026-11-02 2026-11-09"},
    };
    check_rows(rows, LEN(rows));
}

static void until_is_the_last_start(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"FREQ=DAILY;UNTIL=20261103", "2026-11-02", "2026-11-02 2026-11-03"},
        {"FREQ=DAILY;UNTIL=20261103T090000", "2026-11-02", "2026-11-02 2026-11-03"},
        {"FREQ=DAILY;UNTIL=20261103T085959", "2026-11-02", "2026-11-02"},
        {"FREQ=DAILY;UNTIL=20261103T000000Z", "2026-11-02", "2026-11-02 2026-11-03"},
        {"FREQ=DAILY;UNTIL=20261102T235959Z", "2026-11-02", "2026-11-02"},
        {"FREQ=DAILY;UNTIL=20261101", "2026-11-02",
         "bad_format(a rule that names a start, FREQ=DAILY;UNTIL=20261101)"},
    };
    check_rows(rows, LEN(rows));
    struct arena *arena = arena_new();
    struct ical_series series = series_of("FREQ=DAILY;UNTIL=20261103T000000Z", "2026-11-02");
    series.local_of = NULL;
    assert_non_null(strstr(expand(arena, &series), "bad_format(UNTIL="));
    arena_free(arena);
}

static void what_is_no_rule_is_refused(void **state)
{
    (void)state;
    static const char freq[] = "bad_format(FREQ=DAILY|WEEKLY|MONTHLY|YEARLY, ";
    static const char part[] = "bad_format(FREQ, INTERVAL, COUNT, UNTIL, WKST, BY..., ";
    static const struct {
        const char *rule;
        const char *fault;
        const char *actual;
    } rows[] = {
        {"", part, ")"},
        {"COUNT=2", freq, "COUNT=2)"},
        {"FREQ=HOURLY", freq, "FREQ=HOURLY)"},
        {"FREQ=MINUTELY", freq, "FREQ=MINUTELY)"},
        {"FREQ=SECONDLY", freq, "FREQ=SECONDLY)"},
        {"FREQ=", freq, "FREQ=)"},
        {"RRULE:FREQ=DAILY", part, "RRULE:FREQ=DAILY)"},
        {"FREQ=DAILY;", part, ")"},
        {"FREQ=DAILY;;COUNT=1", part, ")"},
        {"FREQ=DAILY;BYEASTER=1", part, "BYEASTER=1)"},
        {"FREQ=DAILY;RSCALE=CHINESE", part, "RSCALE=CHINESE)"},
        {"FREQ=DAILY;X-A=1", part, "X-A=1)"},
        {"FREQ=DAILY COUNT=1", freq, "FREQ=DAILY COUNT=1)"},
        {"FREQ=DAILY;INTERVAL=0", "bad_format(INTERVAL=1.., ", "INTERVAL=0)"},
        {"FREQ=DAILY;INTERVAL=2x", "bad_format(INTERVAL=1.., ", "INTERVAL=2x)"},
        {"FREQ=DAILY;INTERVAL=", "bad_format(INTERVAL=1.., ", "INTERVAL=)"},
        {"FREQ=DAILY;COUNT=0", "bad_format(COUNT=1.., ", "COUNT=0)"},
        {"FREQ=DAILY;COUNT=-3", "bad_format(COUNT=1.., ", "COUNT=-3)"},
        {"FREQ=DAILY;COUNT=99999999999999999999", "bad_format(COUNT=1.., ",
         "COUNT=99999999999999999999)"},
        {"FREQ=DAILY;UNTIL=2026", "bad_format(UNTIL=", "UNTIL=2026)"},
        {"FREQ=DAILY;UNTIL=20261301", "bad_format(UNTIL=", "UNTIL=20261301)"},
        {"FREQ=DAILY;UNTIL=20270229", "bad_format(UNTIL=", "UNTIL=20270229)"},
        {"FREQ=DAILY;UNTIL=20261101T250000", "bad_format(UNTIL=", "UNTIL=20261101T250000)"},
        {"FREQ=DAILY;UNTIL=20261101X090000", "bad_format(UNTIL=", "UNTIL=20261101X090000)"},
        {"FREQ=DAILY;WKST=XX", "bad_format(WKST=MO..SU, ", "WKST=XX)"},
        {"FREQ=DAILY;BYMONTH=13", "bad_format(BYMONTH=1..12, ", "BYMONTH=13)"},
        {"FREQ=DAILY;BYMONTH=-1", "bad_format(BYMONTH=1..12, ", "BYMONTH=-1)"},
        {"FREQ=DAILY;BYMONTH=1,", "bad_format(BYMONTH=1..12, ", "BYMONTH=1,)"},
        {"FREQ=DAILY;BYMONTH=,1", "bad_format(BYMONTH=1..12, ", "BYMONTH=,1)"},
        {"FREQ=MONTHLY;BYMONTHDAY=0", "bad_format(FREQ=DAILY|MONTHLY|YEARLY;BYMONTHDAY=1..31, ",
         "BYMONTHDAY=0)"},
        {"FREQ=WEEKLY;BYMONTHDAY=1", "bad_format(FREQ=DAILY|MONTHLY|YEARLY;BYMONTHDAY=1..31, ",
         "FREQ=WEEKLY;BYMONTHDAY=1)"},
        {"FREQ=MONTHLY;BYYEARDAY=1", "bad_format(FREQ=YEARLY;BYYEARDAY=1..366, ",
         "FREQ=MONTHLY;BYYEARDAY=1)"},
        {"FREQ=MONTHLY;BYWEEKNO=1", "bad_format(FREQ=YEARLY;BYWEEKNO=1..53, ",
         "FREQ=MONTHLY;BYWEEKNO=1)"},
        {"FREQ=WEEKLY;BYDAY=1MO", "bad_format(BYDAY=1MO with", "FREQ=WEEKLY;BYDAY=1MO)"},
        {"FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "bad_format(BYDAY=1MO with",
         "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO)"},
        {"FREQ=MONTHLY;BYDAY=54MO", "bad_format(BYDAY=MO..SU, ", "BYDAY=54MO)"},
        {"FREQ=MONTHLY;BYDAY=0MO", "bad_format(BYDAY=MO..SU, ", "BYDAY=0MO)"},
        {"FREQ=MONTHLY;BYDAY=M", "bad_format(BYDAY=MO..SU, ", "BYDAY=M)"},
        {"FREQ=MONTHLY;BYDAY=++1MO", "bad_format(BYDAY=MO..SU, ", "BYDAY=++1MO)"},
        {"FREQ=MONTHLY;BYSETPOS=1", "bad_format(BYSETPOS with", "FREQ=MONTHLY;BYSETPOS=1)"},
        {"FREQ=DAILY;BYHOUR=24", "bad_format(BYHOUR=0..23, ", "BYHOUR=24)"},
        {"FREQ=DAILY;BYSECOND=60", "bad_format(BYSECOND=0..59, ", "BYSECOND=60)"},
        {"FREQ=DAILY;COUNT=2;UNTIL=20261101", "bad_format(COUNT or UNTIL, not both, ",
         "FREQ=DAILY;COUNT=2;UNTIL=20261101)"},
        {"FREQ=DAILY;COUNT=2;COUNT=3", "duplicate(, ", "COUNT)"},
        {"FREQ=DAILY;BYDAY=MO;byday=TU", "duplicate(, ", "byday)"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct arena *arena = arena_new();
        struct ical_series series = series_of(rows[i].rule, "2026-11-02");
        char *found = expand(arena, &series);
        size_t tail = strlen(rows[i].actual);
        if (strncmp(found, rows[i].fault, strlen(rows[i].fault)) != 0 || strlen(found) < tail ||
            strcmp(found + strlen(found) - tail, rows[i].actual) != 0)
            fail_msg("%s: %s, expected %s ... %s", rows[i].rule, found, rows[i].fault,
                     rows[i].actual);
        arena_free(arena);
    }
}

static void all_faults_come_at_once(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"FREQ=HOURLY;INTERVAL=0;BYDAY=XX", "2026-11-02",
         "bad_format(FREQ=DAILY|WEEKLY|MONTHLY|YEARLY, FREQ=HOURLY) "
         "bad_format(INTERVAL=1.., INTERVAL=0) bad_format(BYDAY=MO..SU, BYDAY=XX)"},
        {"FREQ=DAILY;COUNT=1000", "2026-11-02",
         "series_too_long(365, 1000) beyond_horizon(2028-12-31, 2029-01-01)"},
    };
    check_rows(rows, LEN(rows));
    char text[ICAL_RULE_MAX + 2];
    memset(text, 'A', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct arena *arena = arena_new();
    struct ical_series series = series_of(text, "2026-11-02");
    assert_string_equal(expand(arena, &series), "too_long(255, 256)");
    arena_free(arena);
}

static void a_series_is_bounded(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"FREQ=DAILY;COUNT=366", "2026-11-02", "series_too_long(365, 366)"},
        {"FREQ=DAILY;UNTIL=20271102", "2026-11-02", "series_too_long(365, 366)"},
        {"FREQ=DAILY", "2026-11-02", "series_too_long(365, 791)"},
        {"FREQ=YEARLY", "2026-11-02", "2026-11-02 2027-11-02 2028-11-02 ..."},
        {"FREQ=YEARLY;COUNT=3", "2026-11-02", "2026-11-02 2027-11-02 2028-11-02"},
        {"FREQ=YEARLY;COUNT=4", "2026-11-02", "beyond_horizon(2028-12-31, 2029-11-02)"},
        {"FREQ=YEARLY;UNTIL=20400101", "2026-11-02", "beyond_horizon(2028-12-31, 2029-11-02)"},
        {"FREQ=YEARLY;INTERVAL=100;COUNT=2", "2026-11-02",
         "beyond_horizon(2028-12-31, 2069-01-30)"},
        {"FREQ=DAILY", "2029-01-01", "beyond_horizon(2028-12-31, 2029-01-01)"},
        {"FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5", "2026-11-02", "too_large(24, 25)"},
    };
    check_rows(rows, LEN(rows));
}

/* libical follows each of these for up to 18,000 years. */
static void a_rule_that_never_comes_true_is_refused(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=-53MO",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=366",
        "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
    };
    for (size_t i = 0; i < LEN(rules); i++) {
        struct arena *arena = arena_new();
        struct ical_series series = series_of(rules[i], "2027-11-02");
        char *found = expand(arena, &series);
        if (strncmp(found, "bad_format(a rule that names a start, ", 38) != 0)
            fail_msg("%s: %s", rules[i], found);
        arena_free(arena);
    }
}

static void starts_can_be_left_out(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct ical_local except[] = {local_of("2026-11-03", NINE), local_of("2026-11-04", 0)};
    struct ical_series series = series_of("FREQ=DAILY;COUNT=3", "2026-11-02");
    series.except = except;
    series.except_count = LEN(except);
    assert_string_equal(expand(arena, &series), "2026-11-02 2026-11-04"); /* counted, left out */
    series.rule = STR("FREQ=DAILY;BYHOUR=9,10;COUNT=4");
    const struct ical_local day[] = {local_of("2026-11-02", ICAL_WHOLE_DAY)};
    series.except = day;
    series.except_count = LEN(day);
    assert_string_equal(expand(arena, &series), "2026-11-03 2026-11-03T1000");
    series.except = except;
    series.except_count = LEN(except);
    series.rule = STR("FREQ=DAILY;COUNT=366");
    assert_string_equal(expand(arena, &series) + strlen(expand(arena, &series)) - 10, "2027-11-02");
    series.rule = STR("FREQ=DAILY;COUNT=1");
    series.except = &series.start;
    series.except_count = 1;
    assert_non_null(strstr(expand(arena, &series), "bad_format(a rule that names a start"));
    arena_free(arena);
}

static uint64_t random_state;

static int random_below(int limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((random_state >> 33) % (uint64_t)limit);
}

/* A rule of the kinds that libical follows rightly, with at least one start within its years. */
static void random_rule(char *text, size_t size)
{
    static const char *const shapes[] = {
        "FREQ=DAILY",
        "FREQ=DAILY;BYDAY=MO,WE,FR,SU",
        "FREQ=DAILY;BYMONTH=1,5,12;BYMONTHDAY=1,2,3,15,28,31",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=MO,TH,SU",
        "FREQ=WEEKLY;BYDAY=TU,SA;WKST=SU",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=1,15,-1",
        "FREQ=MONTHLY;BYDAY=1MO,3WE,-1FR",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13,14,15",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-2",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
        "FREQ=YEARLY;BYDAY=20MO,-3TU",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1",
        "FREQ=YEARLY;BYMONTH=6,7;BYMONTHDAY=10,-1",
        "FREQ=YEARLY;BYMONTH=1,2;BYDAY=MO,FR;BYSETPOS=2,-1",
    };
    snprintf(text, size, "%s;INTERVAL=%d", shapes[random_below((int)LEN(shapes))],
             1 + random_below(4));
}

static void libical_agrees_where_it_can(void **state)
{
    (void)state;
    icalerror_set_errors_are_fatal(0);
    random_state = 7;
    for (int round = 0; round < 2000; round++) {
        char rule[128];
        random_rule(rule, sizeof(rule));
        struct arena *arena = arena_new();
        struct problem problem;
        problem_init(&problem, arena);
        struct ical_starts starts = {NULL, 0, false};
        struct ical_series series = series_of(rule, "2020-01-01");
        series.start.day += random_below(1500);
        series.horizon_day = series.start.day + 1000;
        series.most = 2000;
        int r = ical_expand(&series, arena, "", &problem, &starts);

        struct icaltimetype from =
            icaltime_from_timet_with_zone((time_t)series.start.day * 86400 + NINE, 0, NULL);
        struct icalrecurrencetype parsed = icalrecurrencetype_from_string(rule);
        icalrecur_iterator *iterator = icalrecur_iterator_new(parsed, from);
        assert_non_null(iterator);
        size_t count = 0;
        for (;; count++) {
            struct icaltimetype next = icalrecur_iterator_next(iterator);
            int64_t at_s = icaltime_as_timet(next);
            if (icaltime_is_null_time(next) || at_s / 86400 > series.horizon_day)
                break;
            if (count >= starts.count || starts.item[count].day != at_s / 86400 ||
                starts.item[count].second != at_s % 86400)
                fail_msg("%s from day %d, start %zu: libical says %s", rule, series.start.day,
                         count, icaltime_as_ical_string(next));
        }
        if (count != starts.count || (r != 0) != (count == 0))
            fail_msg("%s from day %d: %zu starts, libical %zu", rule, series.start.day,
                     starts.count, count);
        icalrecur_iterator_free(iterator);
        arena_free(arena);
    }
}

/* Whatever comes: an answer, no more starts than asked for, all in order. */
static void any_text_is_answered(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "FREQ=",     "DAILY",    "WEEKLY",    "MONTHLY", "YEARLY",    "BYDAY=",     "MO",
        "-53SU",     "BYMONTH=", "2",         "30",      "-1",        ";",          ";",
        ";",         ",",        "=",         "COUNT=",  "INTERVAL",  "UNTIL=",     "20270101",
        "T000000Z",  "366",      "BYSETPOS=", "BYHOUR=", "BYWEEKNO=", "BYYEARDAY=", "BYMONTHDAY=",
        "999999999", "\xC3\xA9", " ",         "WKST=",
    };
    random_state = 3;
    for (int round = 0; round < 20000; round++) {
        struct buf text = {NULL, 0, 0};
        for (int i = random_below(14); i >= 0; i--)
            buf_puts(&text, round % 2 && i % 3 == 0 ? ";" : pieces[random_below((int)LEN(pieces))]);
        struct arena *arena = arena_new();
        struct problem problem;
        problem_init(&problem, arena);
        struct ical_starts starts = {NULL, 0, false};
        struct ical_series series = series_of(text.data, "2026-11-02");
        int r = ical_expand(&series, arena, "", &problem, &starts);
        assert_int_equal(r, problem.count > 0 ? ICAL_E_REFUSED : 0);
        assert_true(starts.count <= series.most && (r != 0) == (starts.count == 0));
        for (size_t i = 1; i < starts.count; i++)
            assert_true(ical_local_compare(starts.item[i - 1], starts.item[i]) < 0);
        arena_free(arena);
        buf_fini(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_give_their_starts),
        cmocka_unit_test(until_is_the_last_start),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(all_faults_come_at_once),
        cmocka_unit_test(a_series_is_bounded),
        cmocka_unit_test(a_rule_that_never_comes_true_is_refused),
        cmocka_unit_test(starts_can_be_left_out),
        cmocka_unit_test(libical_agrees_where_it_can),
        cmocka_unit_test(any_text_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
