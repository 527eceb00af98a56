#include "booking/expect.h"

#include "base/instant.h"
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

static void collect_holds(const struct catalogue *catalogue, const struct bill_support *support,
                          int64_t at_us, struct expectation *ret)
{
    ret->hold_count = 0;
    for (size_t i = 0; i < support->grant_count; i++) {
        const struct bill_grant *grant = &support->grants[i];
        for (size_t k = 0; k < grant->programme->funder_count; k++) {
            const struct cat_budget *budget = catalogue_budget(
                catalogue, grant->programme->id, grant->programme->funders[k].id, at_us);
            if (!budget || grant->shares[k] == 0 || ret->hold_count == EXPECT_HOLDS_MAX)
                continue;
            ret->budget[ret->hold_count] = budget->id;
            ret->wanted[ret->hold_count++] = grant->shares[k];
        }
    }
}

static struct str explain(const struct cat_site *site, const struct bill_invoice *price,
                          struct arena *arena)
{
    struct buf *text = arena_alloc(arena, sizeof(*text));
    arena_defer(arena, (void (*)(void *))buf_fini, text);
    struct jsonw w = jsonw(text);
    bill_explain(price, &site->terms, site->currency, &w, NULL);
    return buf_view(text);
}

int expect_price(const struct catalogue *catalogue, const struct cat_resource *resource,
                 const struct cat_firm *firm, struct cal_span span, struct arena *arena,
                 struct expectation *ret)
{
    size_t programme_count;
    const struct bill_programme *programmes =
        catalogue_programmes(catalogue, resource->site->id, &programme_count);
    struct bill_span used = {span.from_us, span.to_us};
    struct bill_item item = {
        .usage = {.spans = &used,
                  .span_count = 1,
                  .billable_s = (span.to_us - span.from_us) / US_PER_S,
                  .service_us = span.from_us},
        .tariffs = resource->tariffs,
        .tariff_count = resource->tariff_count,
        .service_day = cat_local_day(resource->site, span.from_us),
        .firm = cat_firm_at(firm, span.from_us),
        .programmes = programmes,
        .funds = full_funds(arena, programmes, programme_count),
        .programme_count = programme_count,
    };
    struct bill_invoice price;
    int outcome = bill_quote(&resource->site->terms, &item, arena, &price);
    if (outcome)
        return outcome;
    ret->fee = price.fee;
    ret->price = explain(resource->site, &price, arena);
    collect_holds(catalogue, &price.supports[0], span.from_us, ret);
    return 0;
}

void expect_promised(struct expectation *expected, int64_t fee, struct str price)
{
    expected->fee = fee;
    expected->price = price;
    for (size_t i = 0; i < expected->hold_count; i++) {
        if (expected->wanted[i] > fee)
            expected->wanted[i] = fee;
        fee -= expected->wanted[i];
    }
}
