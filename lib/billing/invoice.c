#include "billing/invoice.h"

#include "base/money.h"

/* Spreads one item's support over its lines. A share never passes its line's fee: support is at
 * most their sum, and the largest remainder gives at most the exact share rounded up. */
static int spread_support(struct bill_line *lines, size_t count, int64_t support,
                          struct arena *arena)
{
    int64_t *fees = arena_array(arena, count, sizeof(*fees));
    int64_t *shares = arena_array(arena, count, sizeof(*shares));
    for (size_t i = 0; i < count; i++)
        fees[i] = lines[i].fee;
    if (money_split(support, fees, count, shares) != 0)
        return BILL_E_RANGE;
    for (size_t i = 0; i < count; i++) {
        lines[i].support = shares[i];
        lines[i].own_share = lines[i].fee - shares[i];
    }
    return 0;
}

static int bill_item(const struct bill_item *item, struct arena *arena, struct bill_fee *ret_fee,
                     struct bill_support *ret_support)
{
    /* No programme pays for absence. */
    size_t programme_count = item->usage.absence ? 0 : item->programme_count;
    int outcome = bill_rate(item->tariffs, item->tariff_count, &item->usage, arena, ret_fee);
    if (outcome == 0)
        outcome = bill_support(item->programmes, item->funds, programme_count, &item->firm,
                               item->service_day, ret_fee->total, arena, ret_support);
    if (outcome == 0)
        outcome = spread_support(ret_fee->lines, ret_fee->count, ret_support->total, arena);
    return outcome;
}

/* Copies the fees' lines into one array, so that tax can be spread over all of them. */
static void gather(struct bill_invoice *invoice, const struct bill_fee *fees, struct arena *arena)
{
    for (size_t i = 0; i < invoice->item_count; i++)
        invoice->first_line[i + 1] = invoice->first_line[i] + fees[i].count;
    invoice->line_count = invoice->first_line[invoice->item_count];
    invoice->lines = arena_array(arena, invoice->line_count, sizeof(*invoice->lines));
    for (size_t i = 0; i < invoice->item_count; i++) {
        for (size_t j = 0; j < fees[i].count; j++)
            invoice->lines[invoice->first_line[i] + j] = fees[i].lines[j];
    }
}

static int add_up(struct bill_invoice *invoice, const struct bill_terms *terms, struct arena *arena)
{
    for (size_t i = 0; i < invoice->item_count; i++) {
        if (__builtin_add_overflow(invoice->fee, invoice->supports[i].fee, &invoice->fee))
            return BILL_E_RANGE;
        invoice->support += invoice->supports[i].total;
    }
    invoice->own_share = invoice->fee - invoice->support;
    int outcome =
        bill_tax(&terms->tax, invoice->lines, invoice->line_count, arena, invoice->tax_sums);
    if (outcome != 0)
        return outcome;
    int64_t gross;
    for (size_t kind = 0; kind < BILL_TAX_KINDS; kind++)
        invoice->tax += invoice->tax_sums[kind].tax;
    if (__builtin_add_overflow(invoice->own_share, invoice->tax, &gross))
        return BILL_E_RANGE;
    invoice->truncation = bill_truncation(gross, terms->truncate_to);
    invoice->total = gross + invoice->truncation;
    return 0;
}

int bill_invoice(const struct bill_terms *terms, const struct bill_item *items, size_t item_count,
                 struct arena *arena, struct bill_invoice *ret, size_t *ret_item)
{
    *ret = (struct bill_invoice){
        .item_count = item_count,
        .first_line = arena_array(arena, item_count + 1, sizeof(*ret->first_line)),
        .supports = arena_array(arena, item_count, sizeof(*ret->supports)),
    };
    struct bill_fee *fees = arena_array(arena, item_count, sizeof(*fees));
    for (size_t i = 0; i < item_count; i++) {
        int outcome = bill_item(&items[i], arena, &fees[i], &ret->supports[i]);
        if (outcome != 0) {
            *ret_item = i;
            return outcome;
        }
    }
    *ret_item = item_count;
    gather(ret, fees, arena);
    return add_up(ret, terms, arena);
}

int bill_quote(const struct bill_terms *terms, const struct bill_item *item, struct arena *arena,
               struct bill_invoice *ret)
{
    size_t at_fault;
    return bill_invoice(terms, item, 1, arena, ret, &at_fault);
}
