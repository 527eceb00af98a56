#pragma once
/* Exact rationals over 64-bit integers, kept reduced, denominator > 0. Products are formed in 128
 * bits; a result that does not fit ends in RATIO_E_RANGE, never in a wrong number. */

#include "base/str.h"

struct ratio {
    int64_t num;
    int64_t den;
};

enum {
    RATIO_E_RANGE = 1, /* does not fit into 64 bits, or division by zero */
};

#define RATIO_ONE  ((struct ratio){1, 1})
#define RATIO_ZERO ((struct ratio){0, 1})

must_check int ratio_make(int64_t num, int64_t den, struct ratio *ret);
must_check int ratio_add(struct ratio a, struct ratio b, struct ratio *ret);
must_check int ratio_mul(struct ratio a, struct ratio b, struct ratio *ret);
must_check int ratio_div(struct ratio a, struct ratio b, struct ratio *ret);
/* <0, 0, >0 like memcmp. */
int ratio_cmp(struct ratio a, struct ratio b);

/* A plain decimal ("118.4", "-0.05"), at most 9 digits after the point. 0 or 1. */
must_check int ratio_parse(struct str text, struct ratio *ret);

enum ratio_rounding {
    ROUND_HALF_AWAY, /* half away from zero: 2.5 -> 3, -2.5 -> -3 */
    ROUND_FLOOR,     /* toward minus infinity */
    ROUND_CEIL,      /* toward plus infinity */
    ROUND_TRUNC,     /* toward zero */
};

int64_t ratio_round(struct ratio r, enum ratio_rounding how);
