#include "calendar/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "day.h"

/* Open 09-17 on days 0 and 1, day 2 is a holiday, day 3 is open from 09 across midnight to day 4,
 * 02. */
static const struct cal_span hours[] = {
    {AT(0, 9, 0), AT(0, 17, 0)},
    {AT(1, 9, 0), AT(1, 17, 0)},
    {AT(3, 9, 0), AT(4, 2, 0)},
};
static const struct cal_span always[] = {{AT(0, 0, 0), AT(9, 0, 0)}};
static const int64_t midnights[] = {AT(0, 0, 0), AT(1, 0, 0), AT(2, 0, 0),
                                    AT(3, 0, 0), AT(4, 0, 0), AT(5, 0, 0)};

struct row {
    const char *name;
    int64_t now_us, start_us, end_us;
    const char *expected; /* "code pointer" of every violation in order, separated by ", " */
    enum { ALWAYS, OFFICE, CLOSED } hours;
    int64_t min_s, notice_s;
    int64_t max_s, grid_s, horizon_s; /* 0: none */
    bool needs_qualification, is_unbookable;
};

static const struct row rows[] = {
    {"end earlier than start", AT(0, 8, 0), AT(0, 11, 0), AT(0, 10, 0), "end_not_after_start /end"},
    {"end equal to start", AT(0, 8, 0), AT(0, 10, 0), AT(0, 10, 0), "end_not_after_start /end"},
    {"in the past", AT(0, 10, 0), AT(0, 9, 0), AT(0, 11, 0), "in_the_past /start"},
    {"start is now", AT(0, 10, 0), AT(0, 10, 0), AT(0, 11, 0), ""},
    {"a second in the past", AT_S(0, 10, 0, 1), AT(0, 10, 0), AT(0, 11, 0), "in_the_past /start"},
    {"a microsecond in the past", AT(0, 10, 0) + 1, AT(0, 10, 0), AT(0, 11, 0),
     "in_the_past /start"},
    {"beyond a horizon of two days", AT(0, 9, 0), AT(3, 9, 0), AT(3, 10, 0),
     "beyond_horizon /start", .horizon_s = 172800},
    {"within it", AT(0, 9, 0), AT(1, 9, 0), AT(1, 10, 0), "", .horizon_s = 172800},
    {"exactly on it", AT(0, 9, 0), AT(2, 9, 0), AT(2, 10, 0), "", .horizon_s = 172800},
    {"a microsecond beyond it", AT(0, 9, 0) - 1, AT(2, 9, 0), AT(2, 10, 0), "beyond_horizon /start",
     .horizon_s = 172800},
    {"61 of 60 minutes", AT(0, 8, 0), AT(0, 9, 0), AT(0, 10, 1), "duration_too_long /end",
     .max_s = 3600},
    {"60 of 60 minutes", AT(0, 8, 0), AT(0, 9, 0), AT(0, 10, 0), "", .max_s = 3600},
    {"29 of 30 minutes", AT(0, 8, 0), AT(0, 9, 0), AT(0, 9, 29), "duration_too_short /end",
     .min_s = 1800},
    {"30 of 30 minutes", AT(0, 8, 0), AT(0, 9, 0), AT(0, 9, 30), "", .min_s = 1800},
    {"notice of 24 h, start in 23 h", AT(0, 10, 0), AT(1, 9, 0), AT(1, 10, 0),
     "notice_too_short /start", .notice_s = 86400},
    {"notice of 24 h, start in 25 h", AT(0, 8, 0), AT(1, 9, 0), AT(1, 10, 0), "",
     .notice_s = 86400},
    {"notice of 24 h, start in 24 h", AT(0, 9, 0), AT(1, 9, 0), AT(1, 10, 0), "",
     .notice_s = 86400},
    {"notice of 24 h less a microsecond", AT(0, 9, 0) + 1, AT(1, 9, 0), AT(1, 10, 0),
     "notice_too_short /start", .notice_s = 86400},
    {"cutoff of 2 h, start in 1 h", AT(0, 8, 0), AT(0, 9, 0), AT(0, 10, 0),
     "notice_too_short /start", .notice_s = 7200},
    {"cutoff of 2 h, start in 3 h", AT(0, 6, 0), AT(0, 9, 0), AT(0, 10, 0), "", .notice_s = 7200},
    {"before opening", AT(0, 0, 0), AT(0, 8, 0), AT(0, 9, 0), "closed /start", .hours = OFFICE},
    {"past closing", AT(0, 0, 0), AT(0, 16, 30), AT(0, 17, 30), "closed /end", .hours = OFFICE},
    {"the whole day", AT(0, 0, 0), AT(0, 9, 0), AT(0, 17, 0), "", .hours = OFFICE},
    {"on a holiday", AT(0, 0, 0), AT(2, 10, 0), AT(2, 11, 0), "closed /start", .hours = OFFICE},
    {"into a holiday", AT(0, 0, 0), AT(1, 16, 0), AT(2, 10, 0), "closed /end", .hours = OFFICE},
    {"over a closed night, both ends open", AT(0, 0, 0), AT(0, 16, 0), AT(1, 10, 0), "closed /end",
     .hours = OFFICE},
    {"across an open midnight", AT(0, 0, 0), AT(3, 22, 0), AT(4, 2, 0), "", .hours = OFFICE},
    {"no opening at all", AT(0, 0, 0), AT(0, 9, 0), AT(0, 10, 0), "closed /start", .hours = CLOSED},
    {"off a grid of 15 minutes", AT(0, 8, 0), AT(0, 9, 10), AT(0, 10, 20),
     "off_grid /start, off_grid /end", .grid_s = 900},
    {"on it", AT(0, 8, 0), AT(0, 9, 15), AT(0, 10, 30), "", .grid_s = 900},
    {"a grid of 7 h starts at each midnight", AT(0, 8, 0), AT(0, 21, 0), AT(1, 7, 0), "",
     .grid_s = 25200},
    {"and does not run on", AT(0, 8, 0), AT(0, 21, 0), AT(1, 4, 0), "off_grid /end",
     .grid_s = 25200},
    {"all at once", AT(0, 8, 0), AT(0, 8, 10), AT(0, 8, 20),
     "notice_too_short /start, duration_too_short /end, off_grid /start, off_grid /end, "
     "closed /start, not_qualified /resource",
     .hours = OFFICE, .grid_s = 900, .min_s = 3600, .notice_s = 86400, .needs_qualification = true},
    {"a resource without rules is only not bookable", AT(0, 8, 0), AT(0, 9, 0), AT(0, 10, 0),
     "not_bookable /resource", .is_unbookable = true},
};

static struct cal_rules rules_of(const struct row *row)
{
    const struct cal_spans open[] = {
        [ALWAYS] = {always, LEN(always)},
        [OFFICE] = {hours, LEN(hours)},
        [CLOSED] = {NULL, 0},
    };
    return (struct cal_rules){
        .is_bookable = !row->is_unbookable,
        .needs_qualification = row->needs_qualification,
        .min_s = row->min_s,
        .max_s = row->max_s > 0 ? row->max_s : CAL_NO_LIMIT,
        .grid_s = row->grid_s > 0 || row->is_unbookable ? row->grid_s : 1,
        .notice_s = row->notice_s,
        .horizon_s = row->horizon_s > 0 ? row->horizon_s : CAL_NO_LIMIT,
        .open = open[row->hours],
        .day_starts = {midnights, LEN(midnights)},
    };
}

struct outcome {
    struct arena *arena;
    struct problem problem;
    struct cal_overrides overrides;
    int result;
};

static int setup(void **state)
{
    static struct outcome outcome;
    outcome.arena = arena_new();
    *state = &outcome;
    return 0;
}

static int teardown(void **state)
{
    struct outcome *outcome = *state;
    arena_free(outcome->arena);
    return 0;
}

static void check(struct outcome *outcome, const struct cal_rules *rules,
                  const struct cal_request *request, int64_t now_us)
{
    problem_init(&outcome->problem, outcome->arena);
    outcome->result =
        cal_policy_check(rules, request, now_us, &outcome->problem, &outcome->overrides);
}

static void describe(const struct problem *problem, char *text, size_t size)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < problem->count && len < size; i++) {
        const struct violation *v = &problem->violation[i];
        len += (size_t)snprintf(text + len, size - len, "%s%s " STR_FMT, i > 0 ? ", " : "",
                                code_name(v->code), STR_ARG(v->pointer));
    }
}

static void every_broken_rule_is_listed(void **state)
{
    struct outcome *outcome = *state;
    for (size_t i = 0; i < LEN(rows); i++) {
        struct cal_request request = {
            .start_us = rows[i].start_us,
            .end_us = rows[i].end_us,
            .qualified_until_us = INSTANT_NONE,
        };
        char found[512];
        struct cal_rules rules = rules_of(&rows[i]);
        check(outcome, &rules, &request, rows[i].now_us);
        describe(&outcome->problem, found, sizeof(found));
        if (strcmp(found, rows[i].expected) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", rows[i].name, found, rows[i].expected);
        assert_int_equal(outcome->result, rows[i].expected[0] ? CAL_E_REFUSED : 0);
        assert_int_equal(outcome->overrides.count, 0);
    }
}

static void assert_facts(const struct outcome *outcome, int kind, int64_t limit, int64_t actual)
{
    assert_int_equal(outcome->problem.count, 1);
    const struct violation *v = &outcome->problem.violation[0];
    assert_int_equal(v->limit.kind, kind);
    assert_int_equal(v->actual.kind, kind);
    assert_int_equal(v->limit.number, limit);
    assert_int_equal(v->actual.number, actual);
}

static void violations_say_limit_and_actual(void **state)
{
    struct outcome *outcome = *state;
    struct cal_rules rules = rules_of(&(struct row){.hours = OFFICE});
    struct cal_request request = {.start_us = AT(0, 9, 0), .end_us = AT(0, 10, 0)};

    rules.notice_s = 7200;
    check(outcome, &rules, &request, AT(0, 8, 0) + 1); /* 59 min 59.999999 s ahead */
    assert_facts(outcome, FACT_INT, 7200, 3599);
    rules.notice_s = 0;

    rules.max_s = 3599;
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_facts(outcome, FACT_INT, 3599, 3600);
    rules.max_s = CAL_NO_LIMIT;

    rules.horizon_s = 3600;
    check(outcome, &rules, &request, AT(0, 8, 0) - 1);
    assert_facts(outcome, FACT_INT, 3600, 3601);
    rules.horizon_s = CAL_NO_LIMIT;

    check(outcome, &rules, &request, AT(0, 9, 30));
    assert_facts(outcome, FACT_INSTANT, AT(0, 9, 30), AT(0, 9, 0));

    request.end_us = AT(0, 18, 0);
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_facts(outcome, FACT_INSTANT, AT(0, 17, 0), AT(0, 18, 0));

    request = (struct cal_request){.start_us = AT(0, 20, 0), .end_us = AT(0, 21, 0)};
    check(outcome, &rules, &request, AT(0, 8, 0)); /* the next opening */
    assert_facts(outcome, FACT_INSTANT, AT(1, 9, 0), AT(0, 20, 0));

    request = (struct cal_request){.start_us = AT(6, 9, 0), .end_us = AT(6, 10, 0)};
    check(outcome, &rules, &request, AT(0, 8, 0)); /* there is none */
    assert_int_equal(outcome->problem.count, 1);
    assert_int_equal(outcome->problem.violation[0].limit.kind, FACT_NONE);
}

static void a_qualification_reaches_to_the_end(void **state)
{
    struct outcome *outcome = *state;
    struct cal_rules rules = rules_of(&(struct row){.hours = OFFICE, .needs_qualification = true});
    struct cal_request request = {.start_us = AT(0, 9, 0), .end_us = AT(0, 12, 0)};

    request.qualified_until_us = INT64_MAX;
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->result, 0);
    request.qualified_until_us = AT(0, 12, 0);
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->result, 0);
    request.qualified_until_us = AT(0, 12, 0) - 1;
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_facts(outcome, FACT_INSTANT, AT(0, 12, 0), AT(0, 12, 0) - 1);
    request.qualified_until_us = INSTANT_NONE;
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->problem.violation[0].code, CODE_not_qualified);
    assert_int_equal(outcome->problem.violation[0].actual.kind, FACT_NONE);
    rules.needs_qualification = false;
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->result, 0);
}

static void staff_overrule_rules_but_not_time(void **state)
{
    struct outcome *outcome = *state;
    struct cal_rules rules = rules_of(&(struct row){
        .hours = OFFICE, .grid_s = 900, .notice_s = 7200, .needs_qualification = true});
    struct cal_request request = {
        .start_us = AT(0, 8, 10),
        .end_us = AT(0, 8, 20),
        .qualified_until_us = INSTANT_NONE,
        .is_firm_blocked = true,
        .is_override = true,
    };
    const enum code expected[] = {CODE_notice_too_short, CODE_off_grid, CODE_closed,
                                  CODE_not_qualified, CODE_firm_blocked};
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->result, 0);
    assert_int_equal(outcome->problem.count, 0);
    assert_int_equal(outcome->overrides.count, LEN(expected));
    for (size_t i = 0; i < LEN(expected); i++)
        assert_int_equal(outcome->overrides.code[i], expected[i]);

    check(outcome, &rules, &request, AT(0, 8, 15));
    assert_int_equal(outcome->result, CAL_E_REFUSED);
    assert_int_equal(outcome->problem.count, 1);
    assert_int_equal(outcome->problem.violation[0].code, CODE_in_the_past);

    rules.is_bookable = false;
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->result, CAL_E_REFUSED);
    assert_int_equal(outcome->problem.violation[0].code, CODE_not_bookable);

    request = (struct cal_request){.start_us = 5, .end_us = 5, .is_override = true};
    check(outcome, &rules, &request, 0);
    assert_int_equal(outcome->problem.violation[0].code, CODE_end_not_after_start);
}

#define TEXTS(array) ((struct texts){(array), LEN(array)})

/* Conditions and a firm that meets none of them; `expected` is "limit < actual" of each. */
static void assert_eligibility(struct outcome *outcome, const struct cal_rules *rules,
                               const struct cal_firm *firm, size_t expected_count,
                               const char *const expected[])
{
    struct cal_request request = {.start_us = AT(0, 9, 0), .end_us = AT(0, 10, 0), .firm = firm};
    check(outcome, rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->problem.count, expected_count);
    for (size_t i = 0; i < expected_count; i++) {
        const struct violation *v = &outcome->problem.violation[i];
        char found[128];
        char number[32];
        snprintf(number, sizeof(number), "%d", (int)v->limit.number);
        snprintf(found, sizeof(found), STR_FMT "%s < " STR_FMT, STR_ARG(v->limit.text),
                 v->limit.kind == FACT_INT ? number : "", STR_ARG(v->actual.text));
        assert_int_equal(v->code, CODE_not_eligible);
        assert_true(str_eq_c(v->pointer, "/firm"));
        assert_string_equal(found, expected[i]);
    }
}

static void only_eligible_firms_may_book(void **state)
{
    struct outcome *outcome = *state;
    const struct str regions[] = {STR("sincheon"), STR("daeya")};
    const struct str industries[] = {STR("C25"), STR("C29")};
    const struct str groups[] = {STR("council"), STR("alumni")};
    const struct str of_firm[] = {STR("mutual_aid"), STR("alumni")};
    struct cal_rules rules = rules_of(&(struct row){.hours = OFFICE});
    rules.head_count_max = CAL_NO_LIMIT;
    struct cal_firm firm = {true, STR("daeya"), STR("C2599"), 9, TEXTS(of_firm)};
    const struct cal_firm other = {true, STR("seoul"), STR("C2"), 10, {of_firm, 1}};
    const struct cal_firm unknown = {.is_known = false};

    assert_eligibility(outcome, &rules, &unknown, 0, NULL); /* no condition: any firm */
    rules.regions = TEXTS(regions);
    rules.industries = TEXTS(industries);
    rules.groups = TEXTS(groups);
    rules.head_count_max = 9;
    assert_eligibility(outcome, &rules, &firm, 0, NULL);
    assert_eligibility(outcome, &rules, NULL, 0, NULL); /* nobody's: not asked */
    const char *const expected[] = {"sincheon, daeya < seoul", "C25, C29 < C2", "9 < ",
                                    "council, alumni < mutual_aid"};
    assert_eligibility(outcome, &rules, &other, LEN(expected), expected);
    assert_int_equal(outcome->problem.violation[2].actual.number, 10);
    const char *const of_unknown[] = {"sincheon, daeya < ", "C25, C29 < ", "9 < ",
                                      "council, alumni < "};
    assert_eligibility(outcome, &rules, &unknown, LEN(of_unknown), of_unknown);
    for (size_t i = 0; i < LEN(of_unknown); i++)
        assert_int_equal(outcome->problem.violation[i].actual.kind, FACT_NONE);

    struct cal_request request = {
        .start_us = AT(0, 9, 0), .end_us = AT(0, 10, 0), .firm = &other, .is_override = true};
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->result, 0);
    assert_int_equal(outcome->overrides.count, 1);
}

static void assert_choice(struct outcome *outcome, struct texts choices, const char *chosen,
                          const char *expected, const char *limit)
{
    struct cal_rules rules = rules_of(&(struct row){.hours = OFFICE});
    rules.configurations = choices;
    struct cal_request request = {.start_us = AT(0, 9, 0),
                                  .end_us = AT(0, 10, 0),
                                  .configuration = str_of(chosen),
                                  .is_override = true};
    char found[128];
    check(outcome, &rules, &request, AT(0, 8, 0));
    describe(&outcome->problem, found, sizeof(found));
    assert_string_equal(found, expected);
    if (outcome->problem.count > 0)
        assert_true(str_eq_c(outcome->problem.violation[0].limit.text, limit));
}

static void one_configuration_is_chosen(void **state)
{
    struct outcome *outcome = *state;
    const struct str choices[] = {STR("pla"), STR("abs")};
    assert_choice(outcome, TEXTS(choices), "abs", "", "");
    assert_choice(outcome, TEXTS(choices), NULL, "missing_field /configuration", "pla, abs");
    assert_choice(outcome, TEXTS(choices), "ab", "unknown_value /configuration", "pla, abs");
    assert_choice(outcome, (struct texts){NULL, 0}, NULL, "", "");
    assert_choice(outcome, (struct texts){NULL, 0}, "abs", "unknown_value /configuration", "");
}

static void a_blocked_firm_may_not_book(void **state)
{
    struct outcome *outcome = *state;
    struct cal_rules rules = rules_of(&(struct row){.hours = OFFICE});
    struct cal_request request = {
        .start_us = AT(0, 9, 0), .end_us = AT(0, 10, 0), .is_firm_blocked = true};
    check(outcome, &rules, &request, AT(0, 8, 0));
    assert_int_equal(outcome->problem.count, 1);
    assert_int_equal(outcome->problem.violation[0].code, CODE_firm_blocked);
    assert_int_equal(outcome->problem.violation[0].pointer.len, 0);
}

/* A day of 23 hours (clocks go forward at 02:00): the grid follows the day's own midnight. */
static void the_grid_follows_each_midnight(void **state)
{
    (void)state;
    const int64_t days[] = {0, 23 * US_PER_H, 47 * US_PER_H};
    struct cal_rules rules = {.grid_s = 7200, .day_starts = {days, LEN(days)}};
    assert_int_equal(cal_grid_up(&rules, 21 * US_PER_H), 22 * US_PER_H);
    assert_int_equal(cal_grid_up(&rules, 22 * US_PER_H + 1), 23 * US_PER_H);
    assert_int_equal(cal_grid_up(&rules, 23 * US_PER_H), 23 * US_PER_H);
    assert_int_equal(cal_grid_up(&rules, 23 * US_PER_H + 1), 25 * US_PER_H);
    assert_int_equal(cal_grid_up(&rules, -1), INSTANT_NONE);
}

static void a_claim_includes_the_pads(void **state)
{
    (void)state;
    struct cal_rules rules = {.pad_before_s = 600, .pad_after_s = 1800};
    struct cal_span claim = cal_claim_span(&rules, AT(0, 10, 0), AT(0, 11, 0));
    assert_int_equal(claim.from_us, AT(0, 9, 50));
    assert_int_equal(claim.to_us, AT(0, 11, 30));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_broken_rule_is_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(violations_say_limit_and_actual, setup, teardown),
        cmocka_unit_test_setup_teardown(a_qualification_reaches_to_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(staff_overrule_rules_but_not_time, setup, teardown),
        cmocka_unit_test_setup_teardown(only_eligible_firms_may_book, setup, teardown),
        cmocka_unit_test_setup_teardown(one_configuration_is_chosen, setup, teardown),
        cmocka_unit_test_setup_teardown(a_blocked_firm_may_not_book, setup, teardown),
        cmocka_unit_test(the_grid_follows_each_midnight),
        cmocka_unit_test(a_claim_includes_the_pads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
