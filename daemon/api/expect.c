#include "api/expect.h"

#include "billing/explain.h"

/* Funds without a limit, one set a programme: the statement knows the real ones. */
static struct bill_funds *full_funds(struct arena *arena, const struct bill_programme *programmes,
                                     size_t count)
{
    struct bill_funds *funds = arena_array(arena, count + 1, sizeof(*funds));
    for (size_t i = 0; i < count; i++) {
        funds[i].firm_left = BILL_NO_LIMIT;
        funds[i].funder_left = arena_array(arena, programmes[i].funder_count + 1, sizeof(int64_t));
        for (size_t k = 0; k < programmes[i].funder_count; k++)
            funds[i].funder_left[k] = BILL_AMOUNT_MAX;
    }
    return funds;
}

static void collect_holds(struct call *call, const struct bill_support *support, int64_t at_us,
                          struct expectation *ret)
{
    for (size_t i = 0; i < support->grant_count; i++) {
        const struct bill_grant *grant = &support->grants[i];
        for (size_t k = 0; k < grant->programme->funder_count; k++) {
            const struct cat_budget *budget = catalogue_budget(
                call->catalogue, grant->programme->id, grant->programme->funders[k].id, at_us);
            if (!budget || grant->shares[k] == 0 || ret->hold_count == EXPECT_HOLDS_MAX)
                continue;
            ret->budget[ret->hold_count] = budget->id;
            ret->wanted[ret->hold_count++] = grant->shares[k];
        }
    }
}

static struct str explain(struct call *call, const struct cat_site *site,
                          const struct bill_invoice *price, const struct cal_overrides *overrides)
{
    struct buf *text = arena_alloc(call->arena, sizeof(*text));
    arena_defer(call->arena, (void (*)(void *))buf_fini, text);
    struct jsonw w = jsonw(text);
    jw_object(&w, NULL);
    bill_explain(price, &site->terms, site->currency, &w, "price");
    jw_array(&w, "overrides");
    for (size_t i = 0; i < overrides->count; i++)
        jw_cstr(&w, NULL, code_name(overrides->code[i]));
    jw_end_array(&w);
    jw_end_object(&w);
    return buf_view(text);
}

bool expect_price(struct call *call, const struct cat_resource *resource,
                  const struct cat_firm *firm, int64_t start_us, int64_t end_us,
                  const struct cal_overrides *overrides, struct expectation *ret)
{
    size_t programme_count;
    const struct bill_programme *programmes =
        catalogue_programmes(call->catalogue, resource->site->id, &programme_count);
    struct bill_span *span = arena_alloc(call->arena, sizeof(*span));
    *span = (struct bill_span){start_us, end_us};
    struct bill_item *item = arena_alloc(call->arena, sizeof(*item));
    *item = (struct bill_item){
        .usage = {span, 1, (end_us - start_us) / US_PER_S, start_us},
        .tariffs = resource->tariffs,
        .tariff_count = resource->tariff_count,
        .service_day = cat_local_day(resource->site, start_us),
        .firm = cat_firm_at(firm, start_us),
        .programmes = programmes,
        .funds = full_funds(call->arena, programmes, programme_count),
        .programme_count = programme_count,
    };
    int outcome = bill_quote(&resource->site->terms, item, call->arena, &ret->price);
    if (outcome != 0)
        return call_refuse(call, outcome == BILL_E_UNPRICED ? CODE_unpriced : CODE_too_large,
                           "/start");

    ret->hold_count = 0;
    collect_holds(call, &ret->price.supports[0], start_us, ret);
    ret->explain = explain(call, resource->site, &ret->price, overrides);
    return true;
}
