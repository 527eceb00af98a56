#pragma once
/* What the billing tests share: an arena a test, an hourly tariff, clock times, a seeded generator.
 */

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/instant.h"
#include "billing/tariff.h"

#define DAY_US (INT64_C(20781) * US_PER_DAY)
#define FOREVER                                                                                    \
    {                                                                                              \
        INT64_MIN, INT64_MAX                                                                       \
    }
#define BASE_DAY 20781

/* Clock time on the tests' day. */
#define CLOCK_S(h, min, s) (DAY_US + (h)*US_PER_H + (min)*US_PER_MIN + (s)*US_PER_S)
#define CLOCK(h, min)      CLOCK_S(h, min, 0)

static inline struct bill_tariff hourly(int64_t price)
{
    return (struct bill_tariff){
        .id = {{7}},
        .valid = FOREVER,
        .time_unit_s = 3600,
        .price = {price, 1},
        .rounding = BILL_EXACT,
    };
}

static inline int arena_setup(void **state)
{
    *state = arena_new();
    return 0;
}

static inline int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

#define ARENA_TEST(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_teardown)

/* xorshift64: the same numbers on every run. */
static inline int64_t random_below(uint64_t *seed, int64_t limit)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (int64_t)(*seed % (uint64_t)limit);
}
