/* The wish itself: what it costs, what it takes, which quotas it may concern. Its rules are in
 * check.c, its terms in terms.c. */

#include "booking/wish.h"

#include <string.h>

#include "base/instant.h"
#include "booking/expect.h"
#include "booking/inside.h"

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
        .quote = ask->quote,
        .series = ask->series,
    };
}

/* What the database could not even try: a span that is none, or longer than any booking may be. */
static bool is_hopeless(const struct wish_ask *ask)
{
    return ask->end_us <= ask->start_us || ask->end_us - ask->start_us > WISH_SPAN_MAX_US;
}

/* Only staff overrule, whatever else is wrong. */
static int check_override(const struct wish_ask *ask, struct problem *problem)
{
    if (!ask->override_reason.ptr || wish_is_staff(ask))
        return 0;
    problem_add(problem, CODE_forbidden, "/override_reason", NO_FACT, NO_FACT);
    return WISH_E_REFUSED;
}

int wish_of_bundle(const struct wish_ask *ask, const struct wish_bundle *bundle,
                   struct arena *arena, struct problem *problem, struct wish *ret)
{
    struct cal_overrides overrides;
    *ret = blank(ask);
    int outcome = check_override(ask, problem);
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
    wish_terms(ask, bundle, arena, ret);
    return outcome;
}

int wish_make(const struct wish_ask *ask, struct arena *arena, struct problem *problem,
              struct wish *ret)
{
    struct wish_bundle *bundle = arena_alloc(arena, sizeof(*bundle));
    if (wish_bundle(ask, arena, problem, bundle) == 0)
        return wish_of_bundle(ask, bundle, arena, problem, ret);
    (void)check_override(ask, problem);
    return WISH_E_HOPELESS;
}
