#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/figure.h"

static void test_counts(void **state)
{
    (void)state;
    static const struct {
        int64_t count;
        const char *text;
    } rows[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {-1000, "-1,000"},
        {1234567, "1,234,567"},
        {1000002, "1,000,002"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out = {0};
        figure_count(&out, rows[i].count);
        assert_string_equal(out.data, rows[i].text);
        buf_fini(&out);
    }
}

static void test_ratios(void **state)
{
    (void)state;
    static const struct {
        struct ratio ratio;
        const char *text;
    } rows[] = {
        {{5, 4}, "1.25"},       {{-5, 2}, "-2.5"},        {{0, 1}, "0"},
        {{61, 60}, "61/60"},    {{-6100, 3}, "-6,100/3"}, {{1, 1000000000}, "0.000000001"},
        {{12000, 1}, "12,000"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out = {0};
        figure_ratio(&out, rows[i].ratio);
        assert_string_equal(out.data, rows[i].text);
        buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_ratios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
