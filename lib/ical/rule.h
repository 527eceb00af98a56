#pragma once
/* A recurrence rule as it is read: lib/ical's own business. */

#include "ical/expand.h"

enum rule_freq { RULE_DAILY, RULE_WEEKLY, RULE_MONTHLY, RULE_YEARLY };

/* The parts that are lists of numbers. */
enum rule_by {
    BY_MONTH,
    BY_WEEKNO,
    BY_YEARDAY,
    BY_MONTHDAY,
    BY_DAY, /* see rule_weekday() */
    BY_HOUR,
    BY_MINUTE,
    BY_SECOND,
    BY_SETPOS,
    BY_COUNT
};

#define RULE_LIST_MAX (ICAL_RULE_MAX / 2 + 1) /* values that a rule has room for */

struct rule_list {
    size_t count;
    int item[RULE_LIST_MAX];
};

struct rule {
    enum rule_freq freq;
    int64_t interval;
    int64_t count; /* 0: none */
    bool has_until;
    struct ical_local until; /* the last start may be then */
    int week_start;          /* 0 is Monday */
    struct rule_list by[BY_COUNT];
};

/* An item of BY_DAY: which weekday (0 is Monday), and the how many-th of its month or year, counted
 * from the end when below 0; 0: each. */
#define RULE_WEEKDAY(nth, weekday) ((nth)*8 + (weekday))
static inline int rule_weekday(int item)
{
    return item & 7;
}
static inline int rule_nth(int item)
{
    return (item - (item & 7)) / 8;
}

/* Reads and checks the rule of `series`. Every fault becomes a violation, see ical_expand().
 * 0 or ICAL_E_REFUSED. */
must_check int rule_read(const struct ical_series *series, const char *pointer,
                         struct problem *problem, struct rule *ret);
