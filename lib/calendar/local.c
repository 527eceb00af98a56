#include "calendar/local.h"

#include "base/instant.h"

#define S_PER_DAY INT64_C(86400)

/* The last offset whose time has begun when its clock shows the local time is the right one: of two
 * that fit it is the later, and where none of both sides fits, the one before the change. */
int cal_local_to_instant(struct cal_offsets offsets, int32_t day, int32_t second_of_day,
                         int64_t *ret_us)
{
    int64_t local_us = (day * S_PER_DAY + second_of_day) * US_PER_S;
    for (size_t i = offsets.count; i-- > 0;) {
        int64_t at_us = local_us - offsets.item[i].offset_s * US_PER_S;
        if (at_us < offsets.item[i].from_us)
            continue;
        if (at_us >= offsets.until_us)
            return CAL_E_OUTSIDE;
        *ret_us = at_us;
        return 0;
    }
    return CAL_E_OUTSIDE;
}

int cal_instant_to_local(struct cal_offsets offsets, int64_t at_us, int32_t *ret_day,
                         int32_t *ret_second_of_day)
{
    if (offsets.count == 0 || at_us < offsets.item[0].from_us || at_us >= offsets.until_us)
        return CAL_E_OUTSIDE;
    size_t i = offsets.count - 1;
    while (at_us < offsets.item[i].from_us)
        i--;
    int64_t local_us = at_us + offsets.item[i].offset_s * US_PER_S;
    int64_t day = local_us / US_PER_DAY - (local_us % US_PER_DAY < 0);
    *ret_day = (int32_t)day;
    *ret_second_of_day = (int32_t)((local_us - day * US_PER_DAY) / US_PER_S);
    return 0;
}
