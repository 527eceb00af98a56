#pragma once
/* From usages to totals: rating, support, tax, truncation. A quote and a bill are this one
 * function: a quote is over one usage that is still planned. */

#include "billing/support.h"
#include "billing/tax.h"

/* One usage and all that holds on its service date. Nothing is copied: it outlives the invoice. */
struct bill_item {
    struct bill_usage usage;
    const struct bill_tariff *tariffs; /* versions, as for bill_rate() */
    size_t tariff_count;
    int32_t service_day; /* local */
    struct bill_firm firm;
    const struct bill_programme *programmes;
    struct bill_funds
        *funds; /* of the service day's fiscal year; shared with other items, and lowered */
    size_t programme_count;
};

/* The site's rules for a whole invoice. */
struct bill_terms {
    struct bill_tax_rule tax;
    int64_t truncate_to; /* >= 1; 10: whole ten won */
};

/* The lines of item i are lines[first_line[i]] up to lines[first_line[i + 1]], and they share its
 * support by largest remainder in proportion to their fees. Everything lives in the arena. */
struct bill_invoice {
    struct bill_line *lines;
    size_t line_count;
    size_t item_count;
    size_t *first_line;            /* item_count + 1 */
    struct bill_support *supports; /* item_count */
    struct bill_tax_sum tax_sums[BILL_TAX_KINDS];
    int64_t fee;
    int64_t support;
    int64_t own_share; /* fee - support */
    int64_t tax;
    int64_t truncation; /* of own_share + tax */
    int64_t total;      /* own_share + tax + truncation: what the firm pays */
};

/* Bills `items` in their order (by start: earlier ones draw on the budgets first).
 * 0, or BILL_E_RANGE, BILL_E_UNPRICED, BILL_E_BAD_SPAN with *ret_item = the item at fault (or
 * item_count for the invoice as a whole); funds are then of no use. */
must_check int bill_invoice(const struct bill_terms *terms, const struct bill_item *items,
                            size_t item_count, struct arena *arena, struct bill_invoice *ret,
                            size_t *ret_item);

/* The price of one planned usage: bill_invoice() over it alone. */
must_check int bill_quote(const struct bill_terms *terms, const struct bill_item *item,
                          struct arena *arena, struct bill_invoice *ret);
