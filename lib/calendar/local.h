#pragma once
/* A zone's clock and instants, by look-up: PostgreSQL tells the offsets, nothing here knows the
 * rules of a zone. */

#include "base/attr.h"

/* From `from_us` on the local clock is `offset_s` seconds ahead of UTC. */
struct cal_offset {
    int64_t from_us;
    int32_t offset_s;
};

/* The offsets of one zone from item[0].from_us until `until_us`, in order; somebody else owns them.
 */
struct cal_offsets {
    const struct cal_offset *item;
    size_t count;
    int64_t until_us;
};

enum {
    CAL_E_OUTSIDE = 1, /* not within the time that the offsets tell of */
};

/* The instant at which the zone's clock shows `second_of_day` (0 to 172800: it may be of the next
 * day) of `day` (days since 1970-01-01). As PostgreSQL's "at time zone" does it: a time that the
 * clock skips is what it would have been without the change, which the clock shows later; of a time
 * that it shows twice the second one is meant. 0 or CAL_E_OUTSIDE. */
must_check int cal_local_to_instant(struct cal_offsets offsets, int32_t day, int32_t second_of_day,
                                    int64_t *ret_us);

/* What the zone's clock shows at `at_us`: the day and the second of the day, cut to whole seconds.
 * 0 or CAL_E_OUTSIDE. */
must_check int cal_instant_to_local(struct cal_offsets offsets, int64_t at_us, int32_t *ret_day,
                                    int32_t *ret_second_of_day);
