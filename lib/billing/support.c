#include "billing/support.h"

#include "base/money.h"

const char *const bill_matching_names[] = {"loose", "strict", NULL};

bool bill_eligible(const struct bill_programme *programme, const struct bill_firm *firm,
                   int32_t service_day, unsigned *ret_bars)
{
    unsigned bars = 0;
    bool has_condition = programme->regions.count > 0 || programme->industries.count > 0 ||
                         programme->head_count_max != BILL_NO_LIMIT;
    if (service_day < programme->valid_from_day || service_day >= programme->valid_to_day)
        bars |= BILL_BAR_NOT_IN_FORCE;
    if (has_condition && !firm->is_known) {
        bars |= BILL_BAR_NO_FACTS;
    } else if (has_condition) {
        if (programme->regions.count > 0 && !texts_have(programme->regions, firm->region))
            bars |= BILL_BAR_REGION;
        if (programme->industries.count > 0 && !texts_begin(programme->industries, firm->industry))
            bars |= BILL_BAR_INDUSTRY;
        if (firm->head_count > programme->head_count_max)
            bars |= BILL_BAR_HEAD_COUNT;
    }
    *ret_bars = bars;
    return bars == 0;
}

static void cut(struct bill_grant *grant, enum bill_cut_reason reason,
                const struct bill_funder *funder, int64_t amount)
{
    if (amount <= 0)
        return;
    grant->cuts[grant->cut_count++] = (struct bill_cut){reason, funder, amount};
    grant->amount -= amount;
}

static int64_t free_of(const struct bill_funds *funds, size_t funder)
{
    int64_t left = funds->funder_left[funder];
    return left > 0 ? left : 0;
}

/* Index of the first funder who can't give its share, `funder_count` when all can. */
static size_t first_dry(const struct bill_grant *grant, const struct bill_funds *funds)
{
    size_t i = 0;
    while (i < grant->programme->funder_count && grant->shares[i] <= free_of(funds, i))
        i++;
    return i;
}

static int share_out(struct bill_grant *grant, int64_t *weights)
{
    const struct bill_programme *programme = grant->programme;
    for (size_t i = 0; i < programme->funder_count; i++) {
        weights[i] = programme->funders[i].weight;
        if (weights[i] < 0 || weights[i] > BILL_AMOUNT_MAX)
            return BILL_E_RANGE;
    }
    if (money_split(grant->amount, weights, programme->funder_count, grant->shares) != 0)
        return BILL_E_RANGE;
    return 0;
}

static void draw_loosely(struct bill_grant *grant, const struct bill_funds *funds)
{
    for (size_t i = 0; i < grant->programme->funder_count; i++) {
        int64_t left = free_of(funds, i);
        if (grant->shares[i] > left) {
            cut(grant, BILL_CUT_BUDGET, &grant->programme->funders[i], grant->shares[i] - left);
            grant->shares[i] = left;
        }
    }
}

/* The largest amount whose exact share of every funder fits into its budget. Rounding by largest
 * remainder gives nobody more than its exact share rounded up, so it fits too. */
static int most_that_matches(const struct bill_grant *grant, const struct bill_funds *funds,
                             int64_t *ret_amount, size_t *ret_dry)
{
    const struct bill_programme *programme = grant->programme;
    int64_t weights = 0;
    for (size_t i = 0; i < programme->funder_count; i++)
        weights += programme->funders[i].weight;
    *ret_amount = grant->amount;
    for (size_t i = 0; i < programme->funder_count; i++) {
        int64_t left = free_of(funds, i);
        if (left >= *ret_amount || programme->funders[i].weight == 0)
            continue;
        int64_t product;
        if (__builtin_mul_overflow(left, weights, &product))
            return BILL_E_RANGE;
        if (product / programme->funders[i].weight < *ret_amount) {
            *ret_amount = product / programme->funders[i].weight;
            *ret_dry = i;
        }
    }
    return 0;
}

static int draw_strictly(struct bill_grant *grant, const struct bill_funds *funds, int64_t *weights)
{
    int64_t amount;
    size_t dry = 0;
    if (most_that_matches(grant, funds, &amount, &dry) != 0)
        return BILL_E_RANGE;
    const struct bill_funder *funder = &grant->programme->funders[dry];
    int64_t missing = grant->amount - amount;
    int64_t before = grant->shares[dry];
    grant->amount = amount;
    if (share_out(grant, weights) != 0)
        return BILL_E_RANGE;
    int64_t own = before - grant->shares[dry];
    if (own > missing)
        own = missing;
    grant->amount += missing;
    cut(grant, BILL_CUT_BUDGET, funder, own);
    cut(grant, BILL_CUT_MATCHING, funder, missing - own);
    return 0;
}

static void draw_nothing(struct bill_grant *grant, const struct bill_funder *funder)
{
    cut(grant, BILL_CUT_ALL_OR_NOTHING, funder, grant->amount);
    for (size_t i = 0; i < grant->programme->funder_count; i++)
        grant->shares[i] = 0;
}

/* Draws the grant's amount on the budgets, as far as the programme's rules let it. */
static int draw(struct bill_grant *grant, struct bill_funds *funds, struct arena *arena)
{
    const struct bill_programme *programme = grant->programme;
    if (programme->funder_count == 0) {
        cut(grant, BILL_CUT_BUDGET, NULL, grant->amount);
        return 0;
    }
    int64_t *weights = arena_array(arena, programme->funder_count, sizeof(*weights));
    int outcome = share_out(grant, weights);
    if (outcome != 0)
        return outcome;
    size_t dry = first_dry(grant, funds);
    if (dry < programme->funder_count) {
        if (!programme->draws_partially)
            draw_nothing(grant, &programme->funders[dry]);
        else if (programme->matching == BILL_STRICT)
            outcome = draw_strictly(grant, funds, weights);
        else
            draw_loosely(grant, funds);
    }
    for (size_t i = 0; i < programme->funder_count; i++)
        funds->funder_left[i] -= grant->shares[i];
    if (funds->firm_left != BILL_NO_LIMIT)
        funds->firm_left -= grant->amount;
    return outcome;
}

static int grant_one(struct bill_grant *grant, struct bill_funds *funds, int64_t fee,
                     int64_t fee_left, struct arena *arena)
{
    struct ratio exact;
    if (ratio_mul(grant->programme->rate, (struct ratio){fee, 1}, &exact) != 0)
        return BILL_E_RANGE;
    grant->wanted = ratio_round(exact, ROUND_HALF_AWAY);
    if (grant->wanted < 0)
        return BILL_E_RANGE;
    grant->amount = grant->wanted;
    cut(grant, BILL_CUT_WHOLE_FEE, NULL, grant->amount - fee_left);
    int64_t firm_left = funds->firm_left > 0 ? funds->firm_left : 0;
    cut(grant, BILL_CUT_FIRM_CAP, NULL, grant->amount - firm_left);
    return grant->amount > 0 ? draw(grant, funds, arena) : 0;
}

/* Indices of the programmes by priority, equal ones in the order of the list. */
static size_t *by_priority(const struct bill_programme *programmes, size_t count,
                           struct arena *arena)
{
    size_t *order = arena_array(arena, count, sizeof(*order));
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && programmes[order[at - 1]].priority > programmes[i].priority; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

int bill_support(const struct bill_programme *programmes, struct bill_funds *funds, size_t count,
                 const struct bill_firm *firm, int32_t service_day, int64_t fee,
                 struct arena *arena, struct bill_support *ret)
{
    if (fee < 0)
        return BILL_E_RANGE;
    *ret = (struct bill_support){
        .fee = fee,
        .own_share = fee,
        .grants = arena_array(arena, count, sizeof(struct bill_grant)),
        .grant_count = count,
    };
    const size_t *order = by_priority(programmes, count, arena);
    for (size_t i = 0; i < count; i++) {
        const struct bill_programme *programme = &programmes[order[i]];
        struct bill_grant *grant = &ret->grants[i];
        grant->programme = programme;
        grant->shares = arena_array(arena, programme->funder_count, sizeof(*grant->shares));
        /* Whole fee and cap, then at most one cut a funder, or two for strict matching. */
        grant->cuts = arena_array(arena, programme->funder_count + 4, sizeof(*grant->cuts));
        if (!bill_eligible(programme, firm, service_day, &grant->bars))
            continue;
        int outcome = grant_one(grant, &funds[order[i]], fee, ret->own_share, arena);
        if (outcome != 0)
            return outcome;
        ret->total += grant->amount;
        ret->own_share -= grant->amount;
    }
    return 0;
}

const char *bill_cut_name(enum bill_cut_reason reason)
{
    static const char *const names[] = {
        [BILL_CUT_WHOLE_FEE] = "whole_fee",           [BILL_CUT_FIRM_CAP] = "firm_year_cap",
        [BILL_CUT_BUDGET] = "budget_exhausted",       [BILL_CUT_MATCHING] = "matching",
        [BILL_CUT_ALL_OR_NOTHING] = "all_or_nothing",
    };
    return names[reason];
}

const char *bill_bar_name(enum bill_bar bar)
{
    switch (bar) {
    case BILL_BAR_NOT_IN_FORCE:
        return "not_in_force";
    case BILL_BAR_NO_FACTS:
        return "no_facts";
    case BILL_BAR_REGION:
        return "region";
    case BILL_BAR_INDUSTRY:
        return "industry";
    case BILL_BAR_HEAD_COUNT:
        return "head_count";
    }
    return "unknown";
}
