#pragma once
/* Tax once per invoice and tax kind, then spread over the lines; truncation once per invoice. */

#include "billing/rate.h"

enum bill_tax_base {
    BILL_BASE_FULL_FEE,  /* the whole fee is taxed: support is somebody else's payment */
    BILL_BASE_OWN_SHARE, /* only what the firm pays */
};
extern const char *const bill_tax_base_names[];
/* "floor", "half_away": index of these; bill_tax_roundings[] gives the ratio_rounding. */
extern const char *const bill_tax_rounding_names[];
extern const enum ratio_rounding bill_tax_roundings[];

struct bill_tax_rule {
    struct ratio rate; /* of taxable lines; zero-rated and exempt ones bear none */
    enum bill_tax_base base;
    enum ratio_rounding rounding; /* ROUND_FLOOR or ROUND_HALF_AWAY */
};

struct bill_tax_sum {
    int64_t base;
    int64_t tax;
};

/* Taxes the lines: per kind one product of rate and base, rounded once, spread over the kind's
 * lines by largest remainder in proportion to their bases. Sets each line's tax and
 * ret_sums[BILL_TAX_KINDS]. 0 or BILL_E_RANGE. */
must_check int bill_tax(const struct bill_tax_rule *rule, struct bill_line *lines, size_t count,
                        struct arena *arena, struct bill_tax_sum *ret_sums);

/* Splits a price that includes tax: net + tax = price, the tax rounded as given,
 * a negative price as the mirror of the positive one. 0 or BILL_E_RANGE.
 */
must_check int bill_tax_within(int64_t price, struct ratio rate, enum ratio_rounding rounding,
                               int64_t *ret_net, int64_t *ret_tax);

/* What brings `amount` to a whole multiple of `multiple` (>= 1) toward zero: <= 0 for an amount
 * >= 0, and its mirror for a negative one. */
int64_t bill_truncation(int64_t amount, int64_t multiple);
