#pragma once
/* Recurrence by RFC 5545, section 3.3.10: a rule and a first start in local time give the local
 * starts of a series. Local time only: what instant a local start is, its caller's zone says. So a
 * series keeps its local time across a change of the clocks.
 *
 * libical's own iterator is not used: it follows a rule that never comes true for 18,000 years, a
 * second of work for sixty bytes of somebody's request, and it passes over BYSETPOS within weeks
 * and BYMONTHDAY=-1 within days. This one goes from period to period, up to a known last day. */

#include "base/arena.h"
#include "base/problem.h"

#define ICAL_RULE_MAX  255 /* bytes of a rule */
#define ICAL_TIMES_MAX 24  /* starts that BYHOUR, BYMINUTE and BYSECOND may make of one day */

/* A local date and time: days since 1970-01-01, and seconds since its midnight by the wall clock.
 */
struct ical_local {
    int32_t day;
    int32_t second; /* 0 to 86399 */
};

/* Below 0 when `a` is before `b`, 0 when they are the same. */
int ical_local_compare(struct ical_local a, struct ical_local b);

#define ICAL_WHOLE_DAY (-1) /* the second of a start that is left out: all of that day */

struct ical_series {
    struct str rule; /* "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10" */
    struct ical_local start;
    const struct ical_local *except; /* starts that are left out; they count for COUNT */
    size_t except_count;
    int32_t horizon_day; /* the last day there may be a start on */
    size_t most;         /* starts */
    /* The local time of an instant, for an UNTIL in UTC ("...Z"); without it such a rule is
     * refused. `zone` is handed through. */
    struct ical_local (*local_of)(const void *zone, int64_t at_us);
    const void *zone;
};

struct ical_starts {
    const struct ical_local *item; /* in order of time, each once */
    size_t count;                  /* at least 1 */
    bool is_cut;                   /* the rule has no end; the horizon ended it */
};

enum {
    ICAL_E_REFUSED = 1, /* the problem has gained violations, all with `pointer` */
};

/* Computes the starts of a series into the arena: those that the rule names, from `start` on. A
 * `start` that the rule does not name is not one of them. Bounded by the horizon, and 40 years
 * after it by those that go on beyond it.
 *
 *   too_long         bytes of the rule
 *   bad_format       what is expected; the part that is wrong: an unknown one, a value out of
 * range, parts that exclude each other, FREQ below a day duplicate        the part that is given
 * twice too_large        ICAL_TIMES_MAX, starts on one day series_too_long  most, how many they are
 *   beyond_horizon   horizon's date, the first start's beyond it (or a date before it, when that is
 *                    more than 40 years later); a rule with neither COUNT nor UNTIL is cut instead
 *   bad_format       the rule names no start at all up to the horizon
 *
 * 0 or ICAL_E_REFUSED. */
must_check int ical_expand(const struct ical_series *series, struct arena *arena,
                           const char *pointer, struct problem *problem, struct ical_starts *ret);
