#pragma once
/* One firm's month, rated: from the rows of billable_usage to what invoice_put wants. */

#include "jobs/inside.h"

struct invoice_draft {
    struct arena *arena;
    size_t item_count;
    struct bill_item *items;
    struct draft_usage *usages; /* one an item */
    struct bill_invoice invoice;
    struct str lines; /* JSON */
    struct uuid *usage_ids;
    int64_t *usage_versions; /* as they were rated */
    size_t draw_count;
    struct uuid *draw_budgets;
    int64_t *draw_amounts;
    struct uuid *draw_lines;
};

/* What a billing run is about. */
struct billing_order {
    struct uuid run, site_id, firm_id; /* firm_id: the one firm of this draft */
    const struct cat_site *site;
    int32_t month_day; /* the month's first day */
};

/* Reads what is to be billed and rates it. Usages that cannot be priced are left out and written to
 * `problems` as elements {usage, code}. 0 (item_count 0: nothing to bill), JOBS_E_REFUSED or -EIO.
 */
must_check int invoice_draft_make(struct jobs *jobs, const struct billing_order *order,
                                  struct arena *arena, struct invoice_draft *ret,
                                  struct jsonw *problems);
