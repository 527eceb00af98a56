/* The wish itself: rules, price, and what time will do to it. */

#include "booking/wish.h"

#include <string.h>

#include "base/instant.h"
#include "booking/expect.h"
#include "booking/inside.h"

__extension__ typedef __int128 wide;

/* ---------------------------------------------------------------- rules */

/* Of the firm or of the clock alone: asked of the first member only. */
static bool is_told_once(enum code code)
{
    return code == CODE_end_not_after_start || code == CODE_in_the_past ||
           code == CODE_firm_blocked;
}

static bool is_same_fact(struct fact a, struct fact b)
{
    return a.kind == b.kind && a.number == b.number && a.text.len == b.text.len &&
           (a.text.len == 0 || str_eq(a.text, b.text));
}

static bool is_told(const struct problem *problem, const struct violation *violation)
{
    for (size_t i = 0; i < problem->count; i++) {
        const struct violation *known = &problem->violation[i];
        if (known->code == violation->code && str_eq(known->pointer, violation->pointer) &&
            is_same_fact(known->limit, violation->limit) &&
            is_same_fact(known->actual, violation->actual))
            return true;
    }
    return false;
}

/* What of the request a member's violation is about. The resource's parts are it in this. */
static const char *pointer_of(const struct wish_member *member, struct str pointer,
                              struct arena *arena)
{
    if (str_eq_c(pointer, "") || strcmp(member->pointer, "/start") == 0)
        return arena_strndup(arena, pointer.ptr, pointer.len);
    return member->pointer;
}

/* The violations found of one member, as they are told. */
static int tell(const struct wish_ask *ask, const struct wish_member *member, bool is_first,
                const struct problem *found, struct problem *problem)
{
    int outcome = 0;
    for (size_t i = 0; i < found->count; i++) {
        struct violation violation = found->violation[i];
        bool is_of_start = str_eq_c(violation.pointer, "/start");
        if ((!is_first && is_told_once(violation.code)) || (ask->has_started && is_of_start))
            continue;
        const char *pointer = pointer_of(member, violation.pointer, problem->arena);
        violation.pointer = str_of(pointer);
        outcome = WISH_E_REFUSED;
        if (!is_told(problem, &violation))
            problem_add(problem, violation.code, pointer, violation.limit, violation.actual);
    }
    return outcome;
}

static void join_overrides(struct cal_overrides *all, const struct cal_overrides *more)
{
    for (size_t i = 0; i < more->count; i++) {
        size_t k = 0;
        while (k < all->count && all->code[k] != more->code[i])
            k++;
        if (k == all->count && k < CAL_OVERRIDES_MAX)
            all->code[all->count++] = more->code[i];
    }
}

static int64_t qualified_until(const struct wish_ask *ask, const struct cat_resource *resource)
{
    struct cal_spans spans = catalogue_qualified(ask->catalogue, ask->person->id, resource->id);
    return cal_spans_hold(spans, ask->start_us)
               ? spans.item[cal_spans_find(spans, ask->start_us)].to_us
               : INSTANT_NONE;
}

bool wish_needs_qualification(const struct wish_ask *ask)
{
    return ask->mode == WISH_SELF && ask->person->firm;
}

/* What is chosen for the resource; of what is booked along with it nothing is chosen. */
static void choose(const struct wish_ask *ask, bool is_first, struct cal_rules *rules,
                   struct cal_request *request)
{
    if (is_first)
        request->configuration = ask->configuration;
    else
        rules->configurations = (struct texts){NULL, 0};
}

int wish_check(const struct wish_ask *ask, const struct wish_bundle *bundle,
               struct problem *problem, struct cal_overrides *ret_overrides)
{
    int outcome = 0;
    struct problem *found = arena_alloc(problem->arena, sizeof(*found));
    ret_overrides->count = 0;
    /* What runs began in its time: its end alone is asked, by the rules as of then. */
    int64_t now_us = ask->has_started ? ask->start_us : ask->now_us;
    if (ask->end_us <= ask->now_us && ask->has_started) {
        problem_add(problem, CODE_in_the_past, "/end", fact_instant(ask->now_us),
                    fact_instant(ask->end_us));
        outcome = WISH_E_REFUSED;
    }
    struct cal_firm firm = cat_firm_facts(ask->firm, ask->start_us, problem->arena);
    for (size_t i = 0; i < bundle->count; i++) {
        const struct wish_member *member = &bundle->member[i];
        struct cal_rules rules = wish_rules_at(bundle, member, ask->start_us);
        struct cal_request request = {
            .start_us = ask->start_us,
            .end_us = ask->end_us,
            .qualified_until_us = qualified_until(ask, member->resource),
            .firm = &firm,
            .is_firm_blocked = ask->firm->is_blocked,
            .is_override = wish_overrules(ask),
        };
        struct cal_overrides overrides;
        rules.needs_qualification &= wish_needs_qualification(ask);
        choose(ask, i == 0, &rules, &request);
        problem_init(found, problem->arena);
        if (cal_policy_check(&rules, &request, now_us, found, &overrides) &&
            tell(ask, member, i == 0, found, problem))
            outcome = WISH_E_REFUSED;
        join_overrides(ret_overrides, &overrides);
    }
    return outcome;
}

bool wish_is_lasting(enum code code)
{
    switch ((int)code) {
    case CODE_end_not_after_start:
    case CODE_in_the_past:
    case CODE_notice_too_short:
    case CODE_beyond_horizon:
    case CODE_off_grid:
    case CODE_closed:
        return false;
    default:
        return true;
    }
}

/* ---------------------------------------------------------------- price */

static struct str explain(struct str price, const struct cal_overrides *overrides,
                          struct arena *arena)
{
    struct buf *text = arena_alloc(arena, sizeof(*text));
    arena_defer(arena, (void (*)(void *))buf_fini, text);
    struct jsonw w = jsonw(text);
    jw_object(&w, NULL);
    if (price.ptr)
        jw_raw(&w, "price", price);
    else
        jw_null(&w, "price");
    jw_array(&w, "overrides");
    for (size_t i = 0; i < overrides->count; i++)
        jw_cstr(&w, NULL, code_name(overrides->code[i]));
    jw_end_array(&w);
    jw_end_object(&w);
    return buf_view(text);
}

/* The price is the resource's: what is booked along with it is in that. */
static int set_price(const struct wish_ask *ask, const struct cal_overrides *overrides,
                     struct arena *arena, struct problem *problem, struct wish *wish)
{
    struct expectation *expected = arena_alloc(arena, sizeof(*expected));
    int outcome = expect_price(ask->catalogue, ask->resource, ask->firm,
                               (struct cal_span){ask->start_us, ask->end_us}, arena, expected);
    if (ask->has_price)
        expect_promised(expected, ask->fee, ask->price);
    else if (outcome)
        problem_add(problem, outcome == BILL_E_UNPRICED ? CODE_unpriced : CODE_too_large, "/start",
                    NO_FACT, NO_FACT);
    wish->price = expected->fee;
    wish->explain = explain(expected->price, overrides, arena);
    wish->budgets = (struct wish_list){expected->budget, expected->hold_count};
    wish->wanted = (struct wish_list){expected->wanted, expected->hold_count};
    return outcome && !ask->has_price ? WISH_E_REFUSED : 0;
}

/* ---------------------------------------------------------------- what it takes */

static void set_claims(const struct wish_ask *ask, const struct wish_bundle *bundle,
                       struct arena *arena, struct wish *wish)
{
    struct uuid *units = arena_array(arena, bundle->count, sizeof(*units));
    int64_t *from = arena_array(arena, bundle->count, sizeof(*from));
    int64_t *to = arena_array(arena, bundle->count, sizeof(*to));
    struct str *pointers = arena_array(arena, bundle->count, sizeof(*pointers));
    size_t count = 0;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct wish_member *member = &bundle->member[i];
        if (!member->is_claimed)
            continue;
        struct cal_rules rules = wish_rules_at(bundle, member, ask->start_us);
        struct cal_span span = cal_claim_span(&rules, ask->start_us, ask->end_us);
        units[count] = member->resource->id;
        from[count] = span.from_us;
        to[count] = span.to_us;
        pointers[count++] = str_of(member->pointer);
    }
    wish->claims = (struct wish_list){units, count};
    wish->claim_from = (struct wish_list){from, count};
    wish->claim_to = (struct wish_list){to, count};
    wish->claim_pointers = (struct wish_list){pointers, count};
}

/* Of `with`, and of an assisted one the operator: the member that the mode wants. */
static void set_also(const struct wish_ask *ask, const struct wish_bundle *bundle,
                     struct arena *arena, struct wish *wish)
{
    struct uuid *also = arena_array(arena, WISH_WITH_MAX + 1, sizeof(*also));
    size_t count = 0;
    for (size_t i = 0; i < ask->with_count; i++)
        also[count++] = ask->with[i]->id;
    for (size_t i = 0; i < bundle->count; i++) {
        if (strcmp(bundle->member[i].pointer, "/mode") == 0)
            also[count++] = bundle->member[i].resource->id;
    }
    wish->also = (struct wish_list){also, count};
}

/* ---------------------------------------------------------------- quotas */

static bool takes_resource(const struct wish_bundle *bundle, const struct cat_resource *resource)
{
    for (size_t i = 0; i < bundle->count; i++) {
        if (bundle->member[i].resource == resource)
            return true;
    }
    return false;
}

static bool takes_kind(const struct wish_bundle *bundle, struct str kind)
{
    for (size_t i = 0; i < bundle->count; i++) {
        if (str_eq(bundle->member[i].resource->kind, kind))
            return true;
    }
    return false;
}

/* Does the quota hold at the start, for the firm, and for something of the bundle? */
static bool is_of_concern(const struct cat_quota *quota, const struct wish_ask *ask,
                          const struct wish_bundle *bundle)
{
    if (!cat_holds(quota->validity, ask->start_us))
        return false;
    if (quota->group.ptr && !cat_firm_in_group(ask->firm, quota->group, ask->start_us))
        return false;
    if (quota->resource)
        return takes_resource(bundle, quota->resource);
    return !quota->kind.ptr || takes_kind(bundle, quota->kind);
}

static void set_quotas(const struct wish_ask *ask, const struct wish_bundle *bundle,
                       struct arena *arena, struct wish *wish)
{
    size_t count, kept = 0;
    const struct cat_quota *quotas =
        catalogue_quotas(ask->catalogue, ask->resource->site->id, &count);
    struct uuid *ids = arena_array(arena, count + 1, sizeof(*ids));
    for (size_t i = 0; i < count; i++) {
        if (is_of_concern(&quotas[i], ask, bundle))
            ids[kept++] = quotas[i].id;
    }
    wish->quotas = (struct wish_list){ids, kept};
}

/* ---------------------------------------------------------------- terms */

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

static void set_terms(const struct wish_ask *ask, const struct cat_rule *rule, struct wish *wish)
{
    int64_t start_us = ask->start_us;
    bool may_be_missed = ask->mode != WISH_COMMISSIONED && rule->no_show_s != CAL_NO_LIMIT;
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
    if (may_be_missed)
        wish->no_show_at_us = start_us + rule->no_show_s * US_PER_S;
    wish->no_show_fee = fee_of(rule->no_show_fee, rule->no_show_share, wish->price);
    set_status(ask, rule, wish);
}

/* ---------------------------------------------------------------- all of it */

static struct wish blank(const struct wish_ask *ask)
{
    return (struct wish){
        .id = uuid_is_nil(ask->id) ? uuid_v7(ask->now_us) : ask->id,
        .firm = ask->firm->id,
        .resource = ask->resource->id,
        .person = ask->person->id,
        .mode = str_of(wish_mode_names[ask->mode]),
        .status = STR("confirmed"),
        .starts_us = ask->start_us,
        .ends_us = ask->end_us,
        .purpose = ask->purpose,
        .configuration = ask->configuration,
        .override_reason = ask->override_reason,
        .is_staff = wish_is_staff(ask),
        .gap_s = INT64_MIN,
        .unused_limit_s = INT64_MIN,
        .never_used_limit_s = INT64_MIN,
        .locked_from_us = INSTANT_NONE,
        .free_until_us = INSTANT_NONE,
        .check_in_from_us = INSTANT_NONE,
        .no_show_at_us = INSTANT_NONE,
        .expires_us = INSTANT_NONE,
        .finishes_itself = str_eq(ask->resource->charge_basis, STR("reserved")),
        .quote = ask->quote,
        .series = ask->series,
    };
}

/* What the database could not even try: a span that is none, or longer than any booking may be. */
static bool is_hopeless(const struct wish_ask *ask)
{
    return ask->end_us <= ask->start_us || ask->end_us - ask->start_us > WISH_SPAN_MAX_US;
}

int wish_make(const struct wish_ask *ask, struct arena *arena, struct problem *problem,
              struct wish *ret)
{
    struct wish_bundle *bundle = arena_alloc(arena, sizeof(*bundle));
    struct cal_overrides overrides;
    *ret = blank(ask);
    int outcome = 0;
    if (ask->override_reason.ptr && !wish_is_staff(ask)) {
        problem_add(problem, CODE_forbidden, "/override_reason", NO_FACT, NO_FACT);
        outcome = WISH_E_REFUSED;
    }
    if (wish_bundle(ask, arena, problem, bundle))
        return WISH_E_HOPELESS;
    if (wish_check(ask, bundle, problem, &overrides))
        outcome = WISH_E_REFUSED;
    if (is_hopeless(ask)) {
        if (!outcome)
            problem_add(problem, CODE_duration_too_long, "/end",
                        fact_int(WISH_SPAN_MAX_US / US_PER_S),
                        fact_int((ask->end_us - ask->start_us) / US_PER_S));
        return WISH_E_HOPELESS;
    }
    if (set_price(ask, &overrides, arena, problem, ret))
        outcome = WISH_E_REFUSED;
    set_also(ask, bundle, arena, ret);
    set_claims(ask, bundle, arena, ret);
    set_quotas(ask, bundle, arena, ret);
    set_approvals(ask, bundle, arena, ret);
    const struct cat_rule *rule = cat_rule_at(ask->resource, ask->start_us);
    if (rule)
        set_terms(ask, rule, ret);
    return outcome;
}
