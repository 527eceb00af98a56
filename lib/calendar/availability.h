#pragma once
/* When is it free next? */

#include "calendar/policy.h"

struct cal_slot_query {
    const struct cal_rules *rules;
    const struct cal_spans *units; /* one joined list a unit: its live claims, pads included */
    size_t unit_count;             /* a slot needs one unit free */
    int64_t duration_s;            /* wished; see cal_slot_duration() */
    int64_t from_us;               /* the first start of interest */
    int64_t until_us;              /* slots end at or before this */
};

/* The wished duration as the rules allow it, in seconds: at least min_s, at most max_s, rounded up
 * to the grid (down where up would pass max_s); 0 when no duration is allowed. */
int64_t cal_slot_duration(const struct cal_rules *rules, int64_t duration_s);

/* Up to `most` next slots of cal_slot_duration(), in order, not overlapping each other: each would
 * pass cal_policy_check() at `now_us` (qualification and firm apart) and has a unit free for its
 * whole claim. Returns how many. Cost: O(log n) a claim or opening passed, not the calendar's size.
 */
size_t cal_slots(const struct cal_slot_query *query, int64_t now_us, struct cal_span *ret_slots,
                 size_t most);
