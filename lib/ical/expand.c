#include "ical/rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

/* So long after the horizon a rule is still followed, to tell one that goes on beyond it from one
 * that has ended. 29 February of a given weekday comes every 40 years at the rarest. */
#define DAYS_AHEAD  (40 * 366)
#define PERIOD_DAYS 366

/* A day and where it lies in its month, year and week. */
struct place {
    int64_t day;
    struct civil civil;
    int64_t weekday; /* 0 is Monday */
    int64_t year_first;
    int64_t year_size;
    int64_t month_first;
    int64_t month_size;
};

/* A series while it is walked along. */
struct walk {
    const struct ical_series *series;
    struct rule rule;
    int32_t time[ICAL_TIMES_MAX]; /* of each day's starts, seconds, in order */
    size_t time_count;
    int64_t seen;    /* starts so far, left out ones too */
    size_t count;    /* without those that are left out */
    bool has_beyond; /* there is one after the horizon: */
    int32_t beyond_day;
    bool is_cut;
    struct ical_local *item; /* room for series->most */
};

int ical_local_compare(struct ical_local a, struct ical_local b)
{
    if (a.day != b.day)
        return a.day < b.day ? -1 : 1;
    return (a.second > b.second) - (a.second < b.second);
}

static int64_t weekday_of(int64_t day)
{
    return ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
}

static int64_t week_first(int64_t day, int week_start)
{
    return day - (weekday_of(day) - week_start + 7) % 7;
}

static struct place place_of(int64_t day)
{
    struct place place = {.day = day, .civil = civil_of_day(day), .weekday = weekday_of(day)};
    int64_t year = place.civil.year;
    place.year_first = civil_to_day((struct civil){year, 1, 1});
    place.year_size = civil_to_day((struct civil){year + 1, 1, 1}) - place.year_first;
    int64_t month = place.civil.month;
    place.month_first = civil_to_day((struct civil){year, month, 1});
    place.month_size =
        civil_to_day((struct civil){year + month / 12, month % 12 + 1, 1}) - place.month_first;
    return place;
}

/* Is `number`, or how far it is from the end (-1 is the last of `size`), in the list? */
static bool list_holds(const struct rule_list *list, int64_t number, int64_t size)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i] == number || list->item[i] == number - size - 1)
            return true;
    return false;
}

/* A week belongs to the year that has most of its days. */
static bool week_matches(const struct rule *rule, int64_t day)
{
    int64_t first = week_first(day, rule->week_start);
    int64_t year = civil_of_day(first + 3).year;
    int64_t week_one = week_first(civil_to_day((struct civil){year, 1, 4}), rule->week_start);
    int64_t next_one = week_first(civil_to_day((struct civil){year + 1, 1, 4}), rule->week_start);
    return list_holds(&rule->by[BY_WEEKNO], (first - week_one) / 7 + 1, (next_one - week_one) / 7);
}

/* Numbered weekdays count within the month, in a yearly rule without months within the year. */
static bool weekday_matches(const struct rule *rule, const struct place *place)
{
    bool in_month = rule->freq == RULE_MONTHLY || rule->by[BY_MONTH].count > 0;
    int64_t offset = place->day - (in_month ? place->month_first : place->year_first);
    int64_t size = in_month ? place->month_size : place->year_size;
    const struct rule_list *list = &rule->by[BY_DAY];
    for (size_t i = 0; i < list->count; i++) {
        int nth = rule_nth(list->item[i]);
        if (rule_weekday(list->item[i]) == place->weekday &&
            (nth == 0 || nth == offset / 7 + 1 || nth == -((size - 1 - offset) / 7 + 1)))
            return true;
    }
    return false;
}

static bool day_matches(const struct rule *rule, int64_t day)
{
    struct place place = place_of(day);
    const struct rule_list *by = rule->by;
    return (by[BY_MONTH].count == 0 || list_holds(&by[BY_MONTH], place.civil.month, 12)) &&
           (by[BY_MONTHDAY].count == 0 ||
            list_holds(&by[BY_MONTHDAY], place.civil.day, place.month_size)) &&
           (by[BY_YEARDAY].count == 0 ||
            list_holds(&by[BY_YEARDAY], day - place.year_first + 1, place.year_size)) &&
           (by[BY_DAY].count == 0 || weekday_matches(rule, &place)) &&
           (by[BY_WEEKNO].count == 0 || week_matches(rule, day));
}

static void imply(struct rule_list *list, int64_t value)
{
    if (list->count == 0) {
        list->item[0] = (int)value;
        list->count = 1;
    }
}

/* What the rule does not say, its start does. */
static void imply_by_start(struct rule *rule, struct ical_local start)
{
    struct place place = place_of(start.day);
    struct rule_list *by = rule->by;
    bool has_day = by[BY_DAY].count + by[BY_MONTHDAY].count + by[BY_YEARDAY].count > 0;
    if (rule->freq == RULE_WEEKLY || (rule->by[BY_WEEKNO].count > 0 && !has_day)) {
        imply(&by[BY_DAY], RULE_WEEKDAY(0, place.weekday));
    } else if (!has_day && rule->freq == RULE_MONTHLY) {
        imply(&by[BY_MONTHDAY], place.civil.day);
    } else if (!has_day && rule->freq == RULE_YEARLY) {
        imply(&by[BY_MONTHDAY], place.civil.day);
        imply(&by[BY_MONTH], place.civil.month);
    }
    imply(&by[BY_HOUR], start.second / 3600);
    imply(&by[BY_MINUTE], start.second / 60 % 60);
    imply(&by[BY_SECOND], start.second % 60);
}

static int compare_times(const void *a, const void *b)
{
    return *(const int32_t *)a - *(const int32_t *)b;
}

/* How many starts a day has; when they are more than there is room for, none are kept. */
static size_t list_times(struct walk *walk)
{
    const struct rule_list *by = walk->rule.by;
    size_t wanted = by[BY_HOUR].count * by[BY_MINUTE].count * by[BY_SECOND].count;
    if (wanted > ICAL_TIMES_MAX)
        return wanted;
    for (size_t h = 0; h < by[BY_HOUR].count; h++)
        for (size_t m = 0; m < by[BY_MINUTE].count; m++)
            for (size_t s = 0; s < by[BY_SECOND].count; s++)
                walk->time[walk->time_count++] =
                    by[BY_HOUR].item[h] * 3600 + by[BY_MINUTE].item[m] * 60 + by[BY_SECOND].item[s];
    qsort(walk->time, walk->time_count, sizeof(*walk->time), compare_times);
    return wanted;
}

/* First and last day of the period that is `steps` periods after the start's. */
static void period_at(const struct rule *rule, struct ical_local start, int64_t steps,
                      int64_t *ret_first, int64_t *ret_last)
{
    struct civil civil = civil_of_day(start.day);
    int64_t month = civil.year * 12 + civil.month - 1 + steps;
    switch (rule->freq) {
    case RULE_DAILY:
        *ret_first = *ret_last = start.day + steps;
        break;
    case RULE_WEEKLY:
        *ret_first = week_first(start.day, rule->week_start) + 7 * steps;
        *ret_last = *ret_first + 6;
        break;
    case RULE_MONTHLY:
        *ret_first = civil_to_day((struct civil){month / 12, month % 12 + 1, 1});
        month++;
        *ret_last = civil_to_day((struct civil){month / 12, month % 12 + 1, 1}) - 1;
        break;
    case RULE_YEARLY:
        *ret_first = civil_to_day((struct civil){civil.year + steps, 1, 1});
        *ret_last = civil_to_day((struct civil){civil.year + steps + 1, 1, 1}) - 1;
        break;
    }
}

static bool is_left_out(const struct ical_series *series, struct ical_local start)
{
    for (size_t i = 0; i < series->except_count; i++)
        if (series->except[i].day == start.day && (series->except[i].second == start.second ||
                                                   series->except[i].second == ICAL_WHOLE_DAY))
            return true;
    return false;
}

/* Takes one start of the rule; false when the series ends with it or before it. */
static bool take(struct walk *walk, struct ical_local start)
{
    const struct ical_series *series = walk->series;
    const struct rule *rule = &walk->rule;
    if (ical_local_compare(start, series->start) < 0)
        return true;
    if (rule->has_until && ical_local_compare(start, rule->until) > 0)
        return false;
    if (start.day > series->horizon_day) {
        walk->is_cut = rule->count == 0 && !rule->has_until && walk->count > 0;
        walk->has_beyond = !walk->is_cut;
        walk->beyond_day = start.day;
        return false;
    }
    walk->seen++;
    if (!is_left_out(series, start)) {
        if (walk->count < series->most)
            walk->item[walk->count] = start;
        walk->count++;
    }
    return rule->count == 0 || walk->seen < rule->count;
}

/* Is one of the picks within a period of so many starts? */
static bool is_any_picked(const struct rule_list *picks, size_t total)
{
    bool is_any = picks->count == 0;
    for (size_t i = 0; i < picks->count && !is_any; i++)
        is_any = (size_t)abs(picks->item[i]) <= total;
    return is_any;
}

/* Takes the starts of one period, those that BYSETPOS picks. */
static bool take_period(struct walk *walk, int64_t first, int64_t last)
{
    int32_t day[PERIOD_DAYS];
    size_t day_count = 0;
    for (int64_t at = first; at <= last; at++)
        if (day_matches(&walk->rule, at))
            day[day_count++] = (int32_t)at;
    size_t total = day_count * walk->time_count;
    const struct rule_list *picks = &walk->rule.by[BY_SETPOS];
    if (!is_any_picked(picks, total)) /* else decades of them are looked at one by one */
        return true;
    for (size_t i = 0; i < total; i++) {
        struct ical_local start = {day[i / walk->time_count], walk->time[i % walk->time_count]};
        if ((picks->count == 0 || list_holds(picks, (int64_t)i + 1, (int64_t)total)) &&
            !take(walk, start))
            return false;
    }
    return true;
}

static void take_all(struct walk *walk)
{
    const struct rule *rule = &walk->rule;
    struct ical_local start = walk->series->start;
    int64_t end = (int64_t)walk->series->horizon_day + DAYS_AHEAD;
    if (rule->has_until && rule->until.day < end)
        end = rule->until.day + 1;
    int64_t first = 0;
    int64_t last = 0;
    period_at(rule, start, 0, &first, &last);
    for (int64_t steps = rule->interval; first < end && take_period(walk, first, last);
         steps += rule->interval)
        period_at(rule, start, steps, &first, &last);
    if (walk->seen > 0 && walk->seen < rule->count && !walk->has_beyond) {
        walk->has_beyond = true;
        walk->beyond_day = (int32_t)end;
    }
}

static struct fact fact_date(int32_t day, char text[DATE_TEXT_MAX])
{
    return fact_text((struct str){text, date_format(day, text)});
}

/* What is wrong with a walk that is done. */
static int judge(const struct walk *walk, const char *pointer, struct problem *problem)
{
    const struct ical_series *series = walk->series;
    char limit[DATE_TEXT_MAX];
    char actual[DATE_TEXT_MAX];
    int64_t left_out = walk->seen - (int64_t)walk->count;
    int64_t count = walk->rule.count > 0 && walk->has_beyond ? walk->rule.count - left_out
                                                             : (int64_t)walk->count;
    bool is_long = count > (int64_t)series->most;
    if (is_long)
        problem_add(problem, CODE_series_too_long, pointer, fact_int((int64_t)series->most),
                    fact_int(count));
    if (walk->has_beyond)
        problem_add(problem, CODE_beyond_horizon, pointer, fact_date(series->horizon_day, limit),
                    fact_date(walk->beyond_day, actual));
    if (count == 0 && !walk->has_beyond)
        problem_add(problem, CODE_bad_format, pointer, fact_text(STR("a rule that names a start")),
                    fact_text(series->rule));
    return is_long || walk->has_beyond || count == 0 ? ICAL_E_REFUSED : 0;
}

int ical_expand(const struct ical_series *series, struct arena *arena, const char *pointer,
                struct problem *problem, struct ical_starts *ret)
{
    struct walk *walk = arena_alloc(arena, sizeof(*walk));
    walk->series = series;
    if (rule_read(series, pointer, problem, &walk->rule) != 0)
        return ICAL_E_REFUSED;
    imply_by_start(&walk->rule, series->start);
    size_t times = list_times(walk);
    if (times > ICAL_TIMES_MAX) {
        problem_add(problem, CODE_too_large, pointer, fact_int(ICAL_TIMES_MAX),
                    fact_int((int64_t)times));
        return ICAL_E_REFUSED;
    }
    walk->item = arena_array(arena, series->most, sizeof(*walk->item));
    take_all(walk);
    if (judge(walk, pointer, problem) != 0)
        return ICAL_E_REFUSED;
    *ret = (struct ical_starts){walk->item, walk->count, walk->is_cut};
    return 0;
}
