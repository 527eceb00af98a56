#include "billing/tax.h"

#include "fixture.h"

static const struct bill_tariff taxable = {.tax_kind = BILL_TAXABLE};
static const struct bill_tariff zero_rated = {.tax_kind = BILL_ZERO_RATED};
static const struct bill_tariff exempt = {.tax_kind = BILL_EXEMPT};

static struct bill_line line_of(const struct bill_tariff *tariff, int64_t fee, int64_t support)
{
    return (struct bill_line){
        .tariff = tariff, .fee = fee, .support = support, .own_share = fee - support};
}

/* 68.33 + 68.33 + 57.50 + 85.00 at 20 %: taxed as a whole 55.83, line by line it would be 55.84. */
static void tax_is_rounded_once_per_invoice(void **state)
{
    struct bill_line lines[] = {
        line_of(&taxable, 6833, 0),
        line_of(&taxable, 6833, 0),
        line_of(&taxable, 5750, 0),
        line_of(&taxable, 8500, 0),
    };
    struct bill_tax_rule rule = {{20, 100}, BILL_BASE_FULL_FEE, ROUND_HALF_AWAY};
    struct bill_tax_sum sums[BILL_TAX_KINDS];
    int64_t total = 0;
    assert_int_equal(bill_tax(&rule, lines, LEN(lines), *state, sums), 0);
    assert_int_equal(sums[BILL_TAXABLE].base, 27916);
    assert_int_equal(sums[BILL_TAXABLE].tax, 5583);
    for (size_t i = 0; i < LEN(lines); i++)
        total += lines[i].tax;
    assert_int_equal(total, 5583);
    assert_int_equal(lines[0].tax, 1367); /* 1,366.55 and the larger remainder, first of two */
    assert_int_equal(lines[1].tax, 1366);
}

static void only_taxable_lines_bear_tax(void **state)
{
    struct bill_line lines[] = {line_of(&taxable, 9000, 0), line_of(&exempt, 4500, 0),
                                line_of(&zero_rated, 700, 0)};
    struct bill_tax_rule rule = {{10, 100}, BILL_BASE_FULL_FEE, ROUND_FLOOR};
    struct bill_tax_sum sums[BILL_TAX_KINDS];
    assert_int_equal(bill_tax(&rule, lines, LEN(lines), *state, sums), 0);
    assert_int_equal(lines[0].tax, 900);
    assert_int_equal(lines[1].tax, 0);
    assert_int_equal(lines[2].tax, 0);
    assert_int_equal(sums[BILL_TAXABLE].tax, 900);
    assert_int_equal(sums[BILL_EXEMPT].base, 4500);
    assert_int_equal(sums[BILL_EXEMPT].tax, 0);
    assert_int_equal(sums[BILL_ZERO_RATED].base, 700);
}

static void base_and_rounding_are_settings(void **state)
{
    static const struct {
        enum bill_tax_base base;
        enum ratio_rounding rounding;
        int64_t fee, support, tax;
    } rows[] = {
        {BILL_BASE_FULL_FEE, ROUND_FLOOR, 100000, 70000, 10000},
        {BILL_BASE_OWN_SHARE, ROUND_FLOOR, 100000, 70000, 3000},
        {BILL_BASE_FULL_FEE, ROUND_FLOOR, 1995, 0, 199},
        {BILL_BASE_FULL_FEE, ROUND_HALF_AWAY, 1995, 0, 200},
        {BILL_BASE_OWN_SHARE, ROUND_HALF_AWAY, 1995, 1995, 0},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct bill_line line = line_of(&taxable, rows[i].fee, rows[i].support);
        struct bill_tax_rule rule = {{10, 100}, rows[i].base, rows[i].rounding};
        struct bill_tax_sum sums[BILL_TAX_KINDS];
        assert_int_equal(bill_tax(&rule, &line, 1, *state, sums), 0);
        assert_int_equal(line.tax, rows[i].tax);
    }
}

static void an_empty_invoice_bears_no_tax(void **state)
{
    struct bill_tax_rule rule = {{10, 100}, BILL_BASE_FULL_FEE, ROUND_FLOOR};
    struct bill_tax_sum sums[BILL_TAX_KINDS];
    assert_int_equal(bill_tax(&rule, NULL, 0, *state, sums), 0);
    assert_int_equal(sums[BILL_TAXABLE].tax, 0);
}

static void impossible_tax_is_refused(void **state)
{
    struct bill_line lines[] = {line_of(&taxable, BILL_AMOUNT_MAX, 0)};
    struct bill_tax_sum sums[BILL_TAX_KINDS];
    struct bill_tax_rule rule = {{INT64_MAX, 1}, BILL_BASE_FULL_FEE, ROUND_FLOOR};
    assert_int_equal(bill_tax(&rule, lines, 1, *state, sums), BILL_E_RANGE);
    rule.rate = (struct ratio){1, 10};
    lines[0].fee++;
    assert_int_equal(bill_tax(&rule, lines, 1, *state, sums), BILL_E_RANGE);
    lines[0].fee = -1;
    assert_int_equal(bill_tax(&rule, lines, 1, *state, sums), BILL_E_RANGE);
}

static void a_price_with_tax_splits_without_loss(void **state)
{
    static const struct {
        int64_t price, net, tax;
        enum ratio_rounding rounding;
    } rows[] = {
        {11000, 10000, 1000, ROUND_FLOOR},      {10000, 9091, 909, ROUND_FLOOR},
        {1100, 1000, 100, ROUND_FLOOR},         {10006, 9097, 909, ROUND_FLOOR},
        {10006, 9096, 910, ROUND_HALF_AWAY},    {-10006, -9097, -909, ROUND_FLOOR},
        {-10006, -9096, -910, ROUND_HALF_AWAY},
    };
    (void)state;
    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t net;
        int64_t tax;
        assert_int_equal(
            bill_tax_within(rows[i].price, (struct ratio){10, 100}, rows[i].rounding, &net, &tax),
            0);
        assert_int_equal(net, rows[i].net);
        assert_int_equal(tax, rows[i].tax);
    }
    int64_t net;
    int64_t tax;
    assert_int_equal(bill_tax_within(1, (struct ratio){-1, 1}, ROUND_FLOOR, &net, &tax),
                     BILL_E_RANGE);
}

static void truncation_goes_toward_zero(void **state)
{
    (void)state;
    assert_int_equal(bill_truncation(33499, 10), -9);
    assert_int_equal(bill_truncation(33490, 10), 0);
    assert_int_equal(bill_truncation(-33499, 10), 9);
    assert_int_equal(bill_truncation(33499, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(tax_is_rounded_once_per_invoice),
        ARENA_TEST(only_taxable_lines_bear_tax),
        ARENA_TEST(base_and_rounding_are_settings),
        ARENA_TEST(an_empty_invoice_bears_no_tax),
        ARENA_TEST(impossible_tax_is_refused),
        ARENA_TEST(a_price_with_tax_splits_without_loss),
        ARENA_TEST(truncation_goes_toward_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
