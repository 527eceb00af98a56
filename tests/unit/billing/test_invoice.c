#include "billing/invoice.h"

#include <string.h>

#include "fixture.h"

#define ITEMS_MAX 8

static const struct bill_funder funders[] = {
    {.id = {{1}}, .code = {"national", 8}, .weight = 2},
    {.id = {{2}}, .code = {"city", 4}, .weight = 1},
};

static struct bill_programme programme_of(int64_t percent)
{
    return (struct bill_programme){
        .code = STR("voucher"),
        .name = STR("Voucher"),
        .valid_from_day = INT32_MIN,
        .valid_to_day = INT32_MAX,
        .rate = {percent, 100},
        .draws_partially = true,
        .head_count_max = BILL_NO_LIMIT,
        .funders = funders,
        .funder_count = LEN(funders),
    };
}

static struct bill_item item_of(const struct bill_tariff *tariff, int64_t billable_s,
                                const struct bill_programme *programme, struct bill_funds *funds)
{
    return (struct bill_item){
        .usage = {.billable_s = billable_s, .service_us = DAY_US},
        .tariffs = tariff,
        .tariff_count = 1,
        .service_day = BASE_DAY,
        .programmes = programme,
        .funds = funds,
        .programme_count = programme != NULL,
    };
}

static struct bill_terms terms_of(enum bill_tax_base base, int64_t truncate_to)
{
    return (struct bill_terms){{{10, 100}, base, ROUND_FLOOR}, truncate_to};
}

/* A minimum comes before the support: 3,200 is raised to 5,000, of which 70 % are 3,500. */
static void the_minimum_is_supported(void **state)
{
    int64_t left[] = {1000000, 1000000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = programme_of(70);
    struct bill_tariff tariff = hourly(3200);
    struct bill_terms terms = terms_of(BILL_BASE_FULL_FEE, 1);
    struct bill_item item = item_of(&tariff, 3600, &programme, &funds);
    struct bill_invoice invoice;
    tariff.minimum_fee = 5000;
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
    assert_int_equal(invoice.line_count, 2);
    assert_int_equal(invoice.fee, 5000);
    assert_int_equal(invoice.support, 3500);
    assert_int_equal(invoice.own_share, 1500);
    assert_int_equal(invoice.lines[0].support, 2240);
    assert_int_equal(invoice.lines[1].support, 1260);
}

static void the_tax_base_is_a_setting(void **state)
{
    static const struct {
        enum bill_tax_base base;
        int64_t tax, total;
    } rows[] = {{BILL_BASE_FULL_FEE, 10000, 40000}, {BILL_BASE_OWN_SHARE, 3000, 33000}};
    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t left[] = {1000000, 1000000};
        struct bill_funds funds = {BILL_NO_LIMIT, left};
        struct bill_programme programme = programme_of(70);
        struct bill_tariff tariff = hourly(100000);
        struct bill_terms terms = terms_of(rows[i].base, 10);
        struct bill_item item = item_of(&tariff, 3600, &programme, &funds);
        struct bill_invoice invoice;
        assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
        assert_int_equal(invoice.own_share, 30000);
        assert_int_equal(invoice.tax, rows[i].tax);
        assert_int_equal(invoice.total, rows[i].total);
        assert_int_equal(invoice.truncation, 0);
    }
}

static void a_budget_is_drawn_in_the_order_of_usages(void **state)
{
    int64_t left[] = {80000, 40000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = programme_of(50);
    struct bill_tariff tariff = hourly(100000);
    struct bill_terms terms = terms_of(BILL_BASE_FULL_FEE, 10);
    struct bill_item items[3];
    struct bill_invoice invoice;
    size_t at_fault;
    for (size_t i = 0; i < LEN(items); i++)
        items[i] = item_of(&tariff, 3600, &programme, &funds);
    assert_int_equal(bill_invoice(&terms, items, LEN(items), *state, &invoice, &at_fault), 0);
    assert_int_equal(invoice.supports[0].total, 50000);
    assert_int_equal(invoice.supports[1].total, 50000);
    assert_int_equal(invoice.supports[2].total, 20000);
    assert_int_equal(invoice.supports[2].own_share, 80000);
    assert_int_equal(invoice.supports[2].grants[0].cut_count, 2);
    assert_int_equal(invoice.support, 120000);
    assert_int_equal(left[0] + left[1], 0);
}

/* After tax, once, as its own figure. */
static void truncation_comes_last(void **state)
{
    struct bill_tariff tariff = hourly(12345);
    struct bill_terms terms = terms_of(BILL_BASE_FULL_FEE, 10);
    struct bill_item item = item_of(&tariff, 3600, NULL, NULL);
    struct bill_invoice invoice;
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
    assert_int_equal(invoice.tax, 1234);
    assert_int_equal(invoice.truncation, -9);
    assert_int_equal(invoice.total, 13570);
}

static void the_item_at_fault_is_named(void **state)
{
    struct bill_tariff tariff = hourly(100);
    struct bill_tariff later = hourly(100);
    struct bill_terms terms = terms_of(BILL_BASE_FULL_FEE, 10);
    struct bill_invoice invoice;
    size_t at_fault;
    later.valid.from_us = DAY_US + 1;
    struct bill_item items[] = {item_of(&tariff, 60, NULL, NULL), item_of(&later, 60, NULL, NULL)};
    assert_int_equal(bill_invoice(&terms, items, 2, *state, &invoice, &at_fault), BILL_E_UNPRICED);
    assert_int_equal(at_fault, 1);
    items[0].usage.billable_s = -1;
    assert_int_equal(bill_invoice(&terms, items, 2, *state, &invoice, &at_fault), BILL_E_BAD_SPAN);
    assert_int_equal(at_fault, 0);
    assert_int_equal(bill_invoice(&terms, items, 0, *state, &invoice, &at_fault), 0);
    assert_int_equal(invoice.total, 0);
    terms.tax.rate = (struct ratio){INT64_MAX, 1};
    items[0].usage.billable_s = 7200;
    assert_int_equal(bill_invoice(&terms, items, 1, *state, &invoice, &at_fault), BILL_E_RANGE);
    assert_int_equal(at_fault, 1);
}

static void assert_invariants(const struct bill_invoice *invoice, const struct bill_terms *terms)
{
    int64_t fee = 0;
    int64_t support = 0;
    int64_t tax = 0;
    for (size_t i = 0; i < invoice->item_count; i++) {
        int64_t item_support = 0;
        for (size_t j = invoice->first_line[i]; j < invoice->first_line[i + 1]; j++) {
            const struct bill_line *line = &invoice->lines[j];
            assert_true(line->support >= 0 && line->support <= line->fee);
            assert_int_equal(line->own_share, line->fee - line->support);
            assert_true(line->tax >= 0);
            fee += line->fee;
            tax += line->tax;
            item_support += line->support;
        }
        assert_int_equal(item_support, invoice->supports[i].total);
        support += item_support;
    }
    assert_int_equal(invoice->fee, fee);
    assert_int_equal(invoice->support, support);
    assert_int_equal(invoice->tax, tax);
    assert_int_equal(invoice->own_share, fee - support);
    assert_int_equal(invoice->total, invoice->own_share + invoice->tax + invoice->truncation);
    assert_int_equal(invoice->total % terms->truncate_to, 0);
    assert_true(invoice->truncation <= 0 && invoice->truncation > -terms->truncate_to);
}

/* The tariffs, usages and budgets of one round. */
struct world {
    struct bill_tariff tariffs[2];
    struct bill_span spans[ITEMS_MAX][2];
    struct bill_programme programmes[2];
    struct bill_funds funds[2];
    int64_t left[2][2];
    struct bill_item items[ITEMS_MAX];
    struct bill_terms terms;
};

static void world_tariffs(struct world *world, uint64_t *seed)
{
    for (size_t i = 0; i < 2; i++) {
        struct bill_tariff *tariff = &world->tariffs[i];
        *tariff = hourly(0);
        tariff->price = (struct ratio){random_below(seed, 300000), 7};
        tariff->rounding = (enum bill_rounding)random_below(seed, 3);
        tariff->block_s = 1800;
        tariff->setup_fee = random_below(seed, 3000);
        tariff->minimum_fee = random_below(seed, 20000);
        tariff->tax_kind = (enum bill_tax_kind)random_below(seed, 3);
    }
    world->tariffs[0].valid.to_us = CLOCK(12, 0);
    world->tariffs[1].valid.from_us = CLOCK(12, 0);
}

static void world_make(struct world *world, uint64_t *seed)
{
    world_tariffs(world, seed);
    for (size_t i = 0; i < 2; i++) {
        world->programmes[i] = programme_of(random_below(seed, 101));
        world->programmes[i].matching = random_below(seed, 2) ? BILL_STRICT : BILL_LOOSE;
        world->left[i][0] = random_below(seed, 200000);
        world->left[i][1] = random_below(seed, 200000);
        world->funds[i] = (struct bill_funds){
            random_below(seed, 2) ? BILL_NO_LIMIT : random_below(seed, 100000), world->left[i]};
    }
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        int64_t at_us = CLOCK(8, random_below(seed, 300));
        world->spans[i][0] = (struct bill_span){at_us, at_us + random_below(seed, US_PER_H)};
        at_us += US_PER_H;
        world->spans[i][1] = (struct bill_span){at_us, at_us + random_below(seed, US_PER_H)};
        world->items[i] = (struct bill_item){
            .usage = {.spans = world->spans[i],
                      .span_count = 2,
                      .service_us = world->spans[i][0].from_us},
            .tariffs = world->tariffs,
            .tariff_count = 2,
            .service_day = BASE_DAY,
            .programmes = world->programmes,
            .funds = world->funds,
            .programme_count = 2,
        };
    }
    world->terms = terms_of(random_below(seed, 2) ? BILL_BASE_FULL_FEE : BILL_BASE_OWN_SHARE,
                            random_below(seed, 2) ? 10 : 1);
}

static void totals_are_the_sums_of_their_parts(void **state)
{
    uint64_t seed = 97;
    for (int round = 0; round < 2000; round++) {
        struct world world;
        struct bill_invoice invoice;
        size_t at_fault;
        world_make(&world, &seed);
        size_t count = (size_t)random_below(&seed, ITEMS_MAX + 1);
        assert_int_equal(
            bill_invoice(&world.terms, world.items, count, *state, &invoice, &at_fault), 0);
        assert_invariants(&invoice, &world.terms);
        for (size_t i = 0; i < 2; i++)
            assert_true(world.left[i][0] >= 0 && world.left[i][1] >= 0);
    }
}

/* A usage that went as planned costs what was quoted, also as one of many while budgets last. */
static void a_quote_is_the_bill(void **state)
{
    uint64_t seed = 101;
    for (int round = 0; round < 500; round++) {
        struct world world;
        struct bill_invoice invoice;
        size_t at_fault;
        world_make(&world, &seed);
        for (size_t i = 0; i < 2; i++) {
            world.left[i][0] = world.left[i][1] = INT64_C(1) << 40;
            world.funds[i].firm_left = BILL_NO_LIMIT;
        }
        assert_int_equal(
            bill_invoice(&world.terms, world.items, ITEMS_MAX, *state, &invoice, &at_fault), 0);
        for (size_t i = 0; i < ITEMS_MAX; i++) {
            struct bill_invoice quote;
            assert_int_equal(bill_quote(&world.terms, &world.items[i], *state, &quote), 0);
            assert_invariants(&quote, &world.terms);
            assert_int_equal(quote.fee, invoice.supports[i].fee);
            assert_int_equal(quote.support, invoice.supports[i].total);
            assert_int_equal(quote.line_count, invoice.first_line[i + 1] - invoice.first_line[i]);
            for (size_t j = 0; j < quote.line_count; j++) {
                const struct bill_line *billed = &invoice.lines[invoice.first_line[i] + j];
                assert_int_equal(quote.lines[j].fee, billed->fee);
                assert_int_equal(quote.lines[j].own_share, billed->own_share);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(the_minimum_is_supported),
        ARENA_TEST(the_tax_base_is_a_setting),
        ARENA_TEST(a_budget_is_drawn_in_the_order_of_usages),
        ARENA_TEST(truncation_comes_last),
        ARENA_TEST(the_item_at_fault_is_named),
        ARENA_TEST(totals_are_the_sums_of_their_parts),
        ARENA_TEST(a_quote_is_the_bill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
