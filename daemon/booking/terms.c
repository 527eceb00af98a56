/* What the rules say of the booking once it is made: it takes that along. */

#include "base/instant.h"
#include "booking/inside.h"

__extension__ typedef __int128 wide;

/* Fixed, and a share of the price, rounded half away from zero; together never more than the price,
 * or the fixed part where that alone is more. */
static int64_t fee_of(int64_t fixed, struct ratio share, int64_t price)
{
    int64_t of_price = (int64_t)(((wide)2 * price * share.num + share.den) / (2 * (wide)share.den));
    int64_t most = price > fixed ? price : fixed;
    return of_price > most - fixed ? most : fixed + of_price;
}

static int64_t or_none(int64_t limit_s)
{
    return limit_s == CAL_NO_LIMIT || limit_s == 0 ? INT64_MIN : limit_s;
}

/* Roles that have to agree: those of every resource that was named, each once, in order. */
static void set_approvals(const struct wish_ask *ask, const struct wish_bundle *bundle,
                          struct arena *arena, struct wish *wish)
{
    struct str *roles = arena_array(arena, CAT_ROLE_COUNT, sizeof(*roles));
    size_t count = 0;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct wish_member *member = &bundle->member[i];
        const struct cat_rule *rule = cat_rule_at(member->resource, ask->start_us);
        for (size_t k = 0; member->is_named && rule && k < rule->approvals.count; k++) {
            size_t known = 0;
            while (known < count && !str_eq(roles[known], rule->approvals.item[k]))
                known++;
            if (known == count && count < CAT_ROLE_COUNT)
                roles[count++] = rule->approvals.item[k];
        }
    }
    wish->approvals = (struct wish_list){roles, wish_overrules(ask) ? 0 : count};
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

static void set_status(const struct wish_ask *ask, const struct cat_rule *rule, struct wish *wish)
{
    bool is_pending = wish->approvals.count > 0 && !ask->keeps_approvals;
    int64_t expiry_s =
        ask->is_offer ? ask->resource->site->offer_expiry_s : rule->approval_expiry_s;
    wish->status = ask->is_offer ? STR("offered") : is_pending ? STR("pending") : STR("confirmed");
    wish->expires_us = INSTANT_NONE;
    if (ask->is_offer || is_pending)
        wish->expires_us = earlier(ask->now_us + expiry_s * US_PER_S, ask->start_us);
}

static void set_rule_terms(const struct wish_ask *ask, const struct cat_rule *rule,
                           struct wish *wish)
{
    int64_t start_us = ask->start_us;
    /* Where staff work, or it is for one of them, nobody of a firm can fail to come. */
    bool may_be_missed =
        ask->mode != WISH_COMMISSIONED && ask->person->firm && rule->no_show_s != CAL_NO_LIMIT;
    wish->waives_pads = rule->waives_pads;
    wish->gap_s = or_none(rule->gap_s);
    if (rule->needs_qualification && wish_needs_qualification(ask)) {
        wish->unused_limit_s = or_none(rule->unused_limit_s);
        wish->never_used_limit_s = or_none(rule->never_used_limit_s);
    }
    if (rule->lock_s > 0)
        wish->locked_from_us = start_us - rule->lock_s * US_PER_S;
    wish->free_until_us = start_us - rule->cancel_free_s * US_PER_S;
    wish->late_fee = fee_of(rule->cancel_fee, rule->cancel_share, wish->price);
    wish->credits_resale = rule->credits_resale;
    if (rule->check_in_s != CAL_NO_LIMIT)
        wish->check_in_from_us = start_us - rule->check_in_s * US_PER_S;
    if (may_be_missed) /* at the latest at its end */
        wish->no_show_at_us = earlier(start_us + rule->no_show_s * US_PER_S, ask->end_us);
    wish->no_show_fee = fee_of(rule->no_show_fee, rule->no_show_share, wish->price);
    set_status(ask, rule, wish);
}

void wish_terms(const struct wish_ask *ask, const struct wish_bundle *bundle, struct arena *arena,
                struct wish *wish)
{
    const struct cat_rule *rule = cat_rule_at(ask->resource, ask->start_us);
    wish->finishes_itself = str_eq(ask->resource->charge_basis, STR("reserved"));
    set_approvals(ask, bundle, arena, wish);
    if (rule)
        set_rule_terms(ask, rule, wish);
}
