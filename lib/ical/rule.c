#include "ical/rule.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"

#define INTERVAL_MAX 1000000000
#define COUNT_MAX    1000000000

enum { ON_DAILY = 1, ON_WEEKLY = 2, ON_MONTHLY = 4, ON_YEARLY = 8, ON_ANY = 15 };

/* One rule while it is read. */
struct reader {
    const struct ical_series *series;
    const char *pointer;
    struct problem *problem;
    struct rule *rule;
    struct str text; /* of the part: "BYHOUR=9" */
};

static const char *const freq_name[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
static const char *const weekday_name[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static void bad(struct reader *reader, const char *expected)
{
    problem_add(reader->problem, CODE_bad_format, reader->pointer, fact_text(str_of(expected)),
                fact_text(reader->text));
}

static int find_name(const char *const *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(name, str_of(names[i])))
            return (int)i;
    return -1;
}

static bool read_freq(struct reader *reader, struct str value)
{
    int found = find_name(freq_name, LEN(freq_name), value);
    reader->rule->freq = found < 0 ? RULE_DAILY : (enum rule_freq)found;
    return found >= 0;
}

static bool read_interval(struct reader *reader, struct str value)
{
    return str_to_int(value, 1, INTERVAL_MAX, &reader->rule->interval) == 0;
}

static bool read_count(struct reader *reader, struct str value)
{
    return str_to_int(value, 1, COUNT_MAX, &reader->rule->count) == 0;
}

static bool read_week_start(struct reader *reader, struct str value)
{
    int found = find_name(weekday_name, LEN(weekday_name), value);
    reader->rule->week_start = found < 0 ? 0 : found;
    return found >= 0;
}

/* A date is its whole day; an instant in UTC is turned into the series' own local time. */
static bool read_until(struct reader *reader, struct str value)
{
    bool is_date = value.len == 8;
    bool is_utc = value.len == 16 && (value.ptr[15] | 0x20) == 'z';
    if ((!is_date && !is_utc && value.len != 15) || (is_utc && !reader->series->local_of) ||
        (!is_date && (value.ptr[8] | 0x20) != 't'))
        return false;
    char text[INSTANT_TEXT_MAX];
    size_t length =
        (size_t)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", value.ptr,
                         value.ptr + 4, value.ptr + 6, is_date ? "23" : value.ptr + 9,
                         is_date ? "59" : value.ptr + 11, is_date ? "59" : value.ptr + 13);
    int64_t at_us = 0;
    if (instant_parse((struct str){text, length}, &at_us) != 0)
        return false;
    reader->rule->has_until = true;
    reader->rule->until = is_utc ? reader->series->local_of(reader->series->zone, at_us)
                                 : (struct ical_local){(int32_t)(at_us / US_PER_DAY),
                                                       (int32_t)(at_us % US_PER_DAY / US_PER_S)};
    return true;
}

/* "MO", "+1MO", "-1FR". */
static bool read_weekday(struct str text, int *ret)
{
    if (text.len < 2)
        return false;
    struct str name = {text.ptr + text.len - 2, 2};
    struct str number = {text.ptr, text.len - 2};
    if (number.len > 1 && number.ptr[0] == '+')
        number = (struct str){number.ptr + 1, number.len - 1};
    int weekday = find_name(weekday_name, LEN(weekday_name), name);
    int64_t nth = 0;
    if (weekday < 0 || (number.len > 0 && (str_to_int(number, -53, 53, &nth) != 0 || nth == 0)))
        return false;
    *ret = RULE_WEEKDAY((int)nth, weekday);
    return true;
}

/* The parts that are lists: their values, where they may stand, and the words for what is expected.
 * RFC 5545 section 3.3.10 (second 60 is a leap second, which no clock here has). */
static const struct by_row {
    const char *name;
    int min;
    int max;
    bool is_signed; /* -1 is the last one */
    unsigned on;
    const char *expected;
} by_row[BY_COUNT] = {
    [BY_MONTH] = {"BYMONTH", 1, 12, false, ON_ANY, "BYMONTH=1..12"},
    [BY_WEEKNO] = {"BYWEEKNO", 1, 53, true, ON_YEARLY, "FREQ=YEARLY;BYWEEKNO=1..53"},
    [BY_YEARDAY] = {"BYYEARDAY", 1, 366, true, ON_YEARLY, "FREQ=YEARLY;BYYEARDAY=1..366"},
    [BY_MONTHDAY] = {"BYMONTHDAY", 1, 31, true, ON_DAILY | ON_MONTHLY | ON_YEARLY,
                     "FREQ=DAILY|MONTHLY|YEARLY;BYMONTHDAY=1..31"},
    [BY_DAY] = {"BYDAY", 0, 0, true, ON_ANY, "BYDAY=MO..SU"},
    [BY_HOUR] = {"BYHOUR", 0, 23, false, ON_ANY, "BYHOUR=0..23"},
    [BY_MINUTE] = {"BYMINUTE", 0, 59, false, ON_ANY, "BYMINUTE=0..59"},
    [BY_SECOND] = {"BYSECOND", 0, 59, false, ON_ANY, "BYSECOND=0..59"},
    [BY_SETPOS] = {"BYSETPOS", 1, 366, true, ON_ANY, "BYSETPOS=1..366"},
};

static bool read_value(const struct by_row *row, struct str text, int *ret)
{
    if (row->max == 0)
        return read_weekday(text, ret);
    if (row->is_signed && text.len > 1 && text.ptr[0] == '+')
        text = (struct str){text.ptr + 1, text.len - 1};
    int64_t value = 0;
    if (str_to_int(text, row->is_signed ? -row->max : row->min, row->max, &value) != 0 ||
        (row->is_signed && value == 0))
        return false;
    *ret = (int)value;
    return true;
}

static bool list_has(const struct rule_list *list, int value)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i] == value)
            return true;
    return false;
}

/* The values of a list, each once. */
static bool read_list(const struct by_row *row, struct str value, struct rule_list *ret)
{
    struct str item;
    while (str_cut(&value, ',', &item)) {
        int number = 0;
        if (!read_value(row, item, &number))
            return false;
        if (!list_has(ret, number))
            ret->item[ret->count++] = number;
    }
    return true;
}

/* The parts that are one value; those that are lists follow in the numbering. */
enum { PART_FREQ, PART_INTERVAL, PART_COUNT, PART_UNTIL, PART_WKST, PART_LISTS };

static const struct part_row {
    const char *name;
    bool (*read)(struct reader *reader, struct str value);
    const char *expected;
} part_row[PART_LISTS] = {
    [PART_FREQ] = {"FREQ", read_freq, "FREQ=DAILY|WEEKLY|MONTHLY|YEARLY"},
    [PART_INTERVAL] = {"INTERVAL", read_interval, "INTERVAL=1.."},
    [PART_COUNT] = {"COUNT", read_count, "COUNT=1.."},
    [PART_UNTIL] = {"UNTIL", read_until, "UNTIL=YYYYMMDD or YYYYMMDDTHHMMSS"},
    [PART_WKST] = {"WKST", read_week_start, "WKST=MO..SU"},
};

/* PART_..., or PART_LISTS + a list's number; -1 when there is no such part. */
static int part_of(struct str name)
{
    for (int i = 0; i < PART_LISTS; i++)
        if (str_eq_nocase(name, str_of(part_row[i].name)))
            return i;
    for (int i = 0; i < BY_COUNT; i++)
        if (str_eq_nocase(name, str_of(by_row[i].name)))
            return PART_LISTS + i;
    return -1;
}

static bool read_part_value(struct reader *reader, int part, struct str value)
{
    if (part < PART_LISTS)
        return part_row[part].read(reader, value);
    return read_list(&by_row[part - PART_LISTS], value, &reader->rule->by[part - PART_LISTS]);
}

static void read_part(struct reader *reader, unsigned *seen)
{
    struct str value = reader->text;
    struct str name;
    int part = str_cut(&value, '=', &name) ? part_of(name) : -1;
    if (part < 0) {
        bad(reader, "FREQ, INTERVAL, COUNT, UNTIL, WKST, BY...");
        return;
    }
    if (*seen & 1U << part) {
        problem_add(reader->problem, CODE_duplicate, reader->pointer, NO_FACT, fact_text(name));
        return;
    }
    *seen |= 1U << part;
    if (!read_part_value(reader, part, value))
        bad(reader,
            part < PART_LISTS ? part_row[part].expected : by_row[part - PART_LISTS].expected);
}

static bool has_nth(const struct rule_list *days)
{
    for (size_t i = 0; i < days->count; i++)
        if (rule_nth(days->item[i]) != 0)
            return true;
    return false;
}

static bool is_setpos_alone(const struct rule *rule)
{
    for (size_t i = 0; i < BY_SETPOS; i++)
        if (rule->by[i].count > 0)
            return false;
    return rule->by[BY_SETPOS].count > 0;
}

/* Parts that exclude or need each other; asked of rules whose parts are all well-formed. */
static void check_together(struct reader *reader, unsigned seen)
{
    const struct rule *rule = reader->rule;
    reader->text = reader->series->rule;
    if (!(seen & 1U << PART_FREQ))
        bad(reader, part_row[PART_FREQ].expected);
    if (rule->count > 0 && rule->has_until)
        bad(reader, "COUNT or UNTIL, not both");
    for (size_t i = 0; i < BY_COUNT; i++)
        if (rule->by[i].count > 0 && !(by_row[i].on & 1U << rule->freq))
            bad(reader, by_row[i].expected);
    bool counts_weekdays =
        rule->freq == RULE_MONTHLY || (rule->freq == RULE_YEARLY && rule->by[BY_WEEKNO].count == 0);
    if (has_nth(&rule->by[BY_DAY]) && !counts_weekdays)
        bad(reader, "BYDAY=1MO with FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO");
    if (is_setpos_alone(rule))
        bad(reader, "BYSETPOS with another BY...");
}

int rule_read(const struct ical_series *series, const char *pointer, struct problem *problem,
              struct rule *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->interval = 1;
    struct reader reader = {series, pointer, problem, ret, {NULL, 0}};
    size_t before = problem->count + problem->dropped;
    if (series->rule.len > ICAL_RULE_MAX) {
        problem_add(problem, CODE_too_long, pointer, fact_int(ICAL_RULE_MAX),
                    fact_int((int64_t)series->rule.len));
        return ICAL_E_REFUSED;
    }
    unsigned seen = 0;
    struct str rest = series->rule;
    while (str_cut(&rest, ';', &reader.text))
        read_part(&reader, &seen);
    if (problem->count + problem->dropped == before)
        check_together(&reader, seen);
    return problem->count + problem->dropped == before ? 0 : ICAL_E_REFUSED;
}
