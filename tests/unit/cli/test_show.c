#include "cmocka_all.h"

#include "base/figure.h"
#include "show.h"

static void assert_shown(struct buf *out, const char *expected)
{
    assert_string_equal(out->data, expected);
    buf_fini(out);
}

static void test_count(void **state)
{
    (void)state;
    static const struct {
        int64_t count;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-1, "-1"},
        {999, "999"},
        {1000, "1,000"},
        {-1234567, "-1,234,567"},
        {1000001, "1,000,001"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out = {0};
        figure_count(&out, rows[i].count);
        assert_shown(&out, rows[i].text);
    }
}

static void test_amount(void **state)
{
    (void)state;
    static const struct {
        int64_t amount;
        const char *currency, *text;
    } rows[] = {
        {0, "KRW", "0 KRW"},        {123450, "KRW", "123,450 KRW"},
        {-7, "KRW", "-7 KRW"},      {123450, "USD", "1,234.50 USD"},
        {-5, "EUR", "-0.05 EUR"},   {1234567, "KWD", "1,234.567 KWD"},
        {1234567, "", "1,234,567"}, {INT64_MIN, "KRW", "-9,223,372,036,854,775,808 KRW"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out = {0};
        show_amount(&out, rows[i].amount, str_of(rows[i].currency));
        assert_shown(&out, rows[i].text);
    }
}

static void test_ratio_and_price(void **state)
{
    (void)state;
    struct buf out = {0};
    figure_ratio(&out, (struct ratio){5, 4});
    assert_shown(&out, "1.25");
    figure_ratio(&out, (struct ratio){-12000, 1});
    assert_shown(&out, "-12,000");
    figure_ratio(&out, (struct ratio){1, 3});
    assert_shown(&out, "1/3");
    figure_ratio(&out, (struct ratio){0, 1});
    assert_shown(&out, "0");
    show_price(&out, (struct ratio){67, 2}, STR("KRW"));
    assert_shown(&out, "33.5 KRW");
    show_price(&out, (struct ratio){67, 2}, STR("USD"));
    assert_shown(&out, "0.335 USD");
    show_price(&out, (struct ratio){1, INT64_MAX}, STR("USD"));
    assert_shown(&out, "1/9,223,372,036,854,775,807 of the smallest unit of USD");
}

static void test_duration(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {0, "0 s"},
        {59, "59 s"},
        {60, "1 min"},
        {330, "5 min 30 s"},
        {3600, "1 h 00 min"},
        {3900, "1 h 05 min"},
        {3905, "1 h 05 min 05 s"},
        {3605, "1 h 00 min 05 s"},
        {-90, "-1 min 30 s"},
        {3600000, "1,000 h 00 min"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out = {0};
        show_duration(&out, rows[i].seconds);
        assert_shown(&out, rows[i].text);
    }
}

static void test_milli(void **state)
{
    (void)state;
    struct buf out = {0};
    show_milli(&out, 1234567, "Wh");
    assert_shown(&out, "1,234.567 Wh");
    show_milli(&out, 1200000, "W");
    assert_shown(&out, "1,200 W");
    show_milli(&out, -5, "W");
    assert_shown(&out, "-0.005 W");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),           cmocka_unit_test(test_amount),
        cmocka_unit_test(test_ratio_and_price), cmocka_unit_test(test_duration),
        cmocka_unit_test(test_milli),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
