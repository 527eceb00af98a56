#pragma once
/* Money: int64_t in the currency's smallest unit (KRW: 12345 is 12,345 won). Never floating point.
 */

#include "base/attr.h"

/* Splits `amount` over `count` parties in proportion to `weights` (>= 0, at most 2^31 each), by
 * largest remainder: floor all shares, then the units left over go to the largest fractions, ties
 * in the order of the parties; a zero weight never gets one; a negative amount mirrors the positive
 * one. The shares add up to `amount`, always. 0, or 1 when all weights are zero and the amount is
 * not (then all shares are 0). */
must_check int money_split(int64_t amount, const int64_t *weights, size_t count,
                           int64_t *ret_shares);
