#pragma once
/* Days and clock times for the calendar's tests: local days of a zone 9 hours ahead of UTC. */

#include "base/instant.h"

#define DAY_0_US (INT64_C(20781) * US_PER_DAY - 9 * US_PER_H)

/* Local clock time on a day counted from 0. */
#define AT_S(day, h, min, s)                                                                       \
    (DAY_0_US + (day)*US_PER_DAY + (h)*US_PER_H + (min)*US_PER_MIN + (s)*US_PER_S)
#define AT(day, h, min) AT_S(day, h, min, 0)
