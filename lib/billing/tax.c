#include "billing/tax.h"

#include "base/money.h"

const char *const bill_tax_base_names[] = {"full_fee", "own_share", NULL};
const char *const bill_tax_rounding_names[] = {"floor", "half_away", NULL};
const enum ratio_rounding bill_tax_roundings[] = {ROUND_FLOOR, ROUND_HALF_AWAY};

static int64_t base_of(const struct bill_tax_rule *rule, const struct bill_line *line)
{
    return rule->base == BILL_BASE_OWN_SHARE ? line->own_share : line->fee;
}

/* Rate times base, rounded once. */
static int tax_on(const struct bill_tax_rule *rule, int64_t base, int64_t *ret)
{
    struct ratio exact;
    if (ratio_mul(rule->rate, (struct ratio){base, 1}, &exact) != 0)
        return BILL_E_RANGE;
    *ret = ratio_round(exact, rule->rounding);
    return 0;
}

/* Taxes the taxable lines; `weights` and `shares` have room for all lines. */
static int tax_lines(const struct bill_tax_rule *rule, struct bill_line *lines, size_t count,
                     int64_t *weights, int64_t *shares, struct bill_tax_sum *sum)
{
    for (size_t i = 0; i < count; i++) {
        bool is_taxed = lines[i].tariff->tax_kind == BILL_TAXABLE;
        weights[i] = is_taxed ? base_of(rule, &lines[i]) : 0;
    }
    int outcome = tax_on(rule, sum->base, &sum->tax);
    if (outcome != 0)
        return outcome;
    if (money_split(sum->tax, weights, count, shares) != 0)
        return BILL_E_RANGE; /* tax without anything to tax: a rate that is no rate */
    for (size_t i = 0; i < count; i++)
        lines[i].tax = shares[i];
    return 0;
}

int bill_tax(const struct bill_tax_rule *rule, struct bill_line *lines, size_t count,
             struct arena *arena, struct bill_tax_sum *ret_sums)
{
    for (size_t kind = 0; kind < BILL_TAX_KINDS; kind++)
        ret_sums[kind] = (struct bill_tax_sum){0, 0};
    for (size_t i = 0; i < count; i++) {
        int64_t base = base_of(rule, &lines[i]);
        if (base < 0 || base > BILL_AMOUNT_MAX)
            return BILL_E_RANGE;
        int64_t *sum = &ret_sums[lines[i].tariff->tax_kind].base;
        if (__builtin_add_overflow(*sum, base, sum))
            return BILL_E_RANGE;
        lines[i].tax = 0;
    }
    int64_t *weights = arena_array(arena, count, sizeof(*weights));
    int64_t *shares = arena_array(arena, count, sizeof(*shares));
    return tax_lines(rule, lines, count, weights, shares, &ret_sums[BILL_TAXABLE]);
}

int bill_tax_within(int64_t price, struct ratio rate, enum ratio_rounding rounding,
                    int64_t *ret_net, int64_t *ret_tax)
{
    struct ratio gross; /* 1 + rate: what the price is of the net */
    struct ratio share;
    struct ratio exact;
    if (ratio_add(RATIO_ONE, rate, &gross) != 0 || ratio_div(rate, gross, &share) != 0 ||
        ratio_mul((struct ratio){price, 1}, share, &exact) != 0)
        return BILL_E_RANGE;
    *ret_tax = ratio_round(exact, rounding == ROUND_FLOOR ? ROUND_TRUNC : rounding);
    *ret_net = price - *ret_tax;
    return 0;
}

int64_t bill_truncation(int64_t amount, int64_t multiple)
{
    return -(amount % multiple);
}
