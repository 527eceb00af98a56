#include "base/ratio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MAX INT64_MAX
#define MIN INT64_MIN

static void assert_ratio(struct ratio r, int64_t num, int64_t den)
{
    if (r.num != num || r.den != den)
        fail_msg("%lld/%lld is not %lld/%lld", (long long)r.num, (long long)r.den, (long long)num,
                 (long long)den);
}

struct make_case {
    int64_t num;
    int64_t den;
    int result;
    struct ratio ratio;
};

static void making_reduces(void **state)
{
    (void)state;
    static const struct make_case cases[] = {
        {6, 4, 0, {3, 2}},
        {-6, 4, 0, {-3, 2}},
        {6, -4, 0, {-3, 2}},
        {-6, -4, 0, {3, 2}},
        {0, -7, 0, {0, 1}},
        {MAX, MAX, 0, {1, 1}},
        {MIN, MIN, 0, {1, 1}},
        {MIN, 1, 0, {MIN, 1}},
        {MIN, 2, 0, {MIN / 2, 1}},
        {2, MIN, 0, {-1, INT64_C(1) << 62}},
        {MIN, -1, RATIO_E_RANGE, {0, 0}}, /* 2^63 */
        {1, MIN, RATIO_E_RANGE, {0, 0}},  /* a denominator of 2^63 */
        {1, 0, RATIO_E_RANGE, {0, 0}},
        {0, 0, RATIO_E_RANGE, {0, 0}},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct ratio r = {0, 0};
        assert_int_equal(ratio_make(cases[i].num, cases[i].den, &r), cases[i].result);
        assert_ratio(r, cases[i].ratio.num, cases[i].ratio.den);
    }
}

typedef int operation(struct ratio, struct ratio, struct ratio *);

struct operation_case {
    operation *operation;
    struct ratio a;
    struct ratio b;
    int result;
    struct ratio ratio;
};

static void arithmetic(void **state)
{
    (void)state;
    static const struct operation_case cases[] = {
        {ratio_add, {1, 2}, {1, 3}, 0, {5, 6}},
        {ratio_add, {1, 2}, {-1, 2}, 0, {0, 1}},
        {ratio_add, {MAX, 1}, {1, 1}, RATIO_E_RANGE, {0, 0}},
        {ratio_add, {MAX, 1}, {MIN, 1}, 0, {-1, 1}},
        {ratio_add, {MIN, MAX}, {MIN, MAX}, RATIO_E_RANGE, {0, 0}},
        {ratio_add, {MIN, 1}, {MIN, 1}, RATIO_E_RANGE, {0, 0}},
        {ratio_add, {1, MAX}, {1, MAX - 1}, RATIO_E_RANGE, {0, 0}},
        {ratio_add, {0, 0}, {1, 1}, RATIO_E_RANGE, {0, 0}}, /* absent */
        {ratio_mul, {2, 3}, {3, 4}, 0, {1, 2}},
        {ratio_mul, {MAX, 2}, {2, MAX}, 0, {1, 1}},
        {ratio_mul, {MIN, 3}, {3, 2}, 0, {MIN / 2, 1}},
        {ratio_mul, {MIN, 1}, {MIN, 1}, RATIO_E_RANGE, {0, 0}},
        {ratio_mul, {MAX, 1}, {2, 1}, RATIO_E_RANGE, {0, 0}},
        {ratio_mul, {0, 1}, {MAX, 1}, 0, {0, 1}},
        {ratio_div, {1, 2}, {-3, 4}, 0, {-2, 3}},
        {ratio_div, {MIN, 1}, {MIN, 1}, 0, {1, 1}},
        {ratio_div, {1, 2}, {0, 1}, RATIO_E_RANGE, {0, 0}},
        {ratio_div, {1, 1}, {MIN, 1}, RATIO_E_RANGE, {0, 0}},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct ratio r = {0, 0};
        assert_int_equal(cases[i].operation(cases[i].a, cases[i].b, &r), cases[i].result);
        assert_ratio(r, cases[i].ratio.num, cases[i].ratio.den);
    }
}

static void comparing(void **state)
{
    (void)state;
    static const struct ratio ascending[] = {
        {MIN, 1},           {-1, 1},        {-1, 2}, {-1, MAX},      {0, 1},   {1, MAX},
        {MAX - 2, MAX - 1}, {MAX - 1, MAX}, {1, 1},  {MAX, MAX - 1}, {MAX, 1},
    };
    for (size_t i = 0; i < LEN(ascending); i++) {
        for (size_t j = 0; j < LEN(ascending); j++) {
            int order = ratio_cmp(ascending[i], ascending[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

struct parse_case {
    const char *text;
    int result;
    struct ratio ratio;
};

static void decimals(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"118.4", 0, {592, 5}},
        {"-0.05", 0, {-1, 20}},
        {"0", 0, {0, 1}},
        {"-0.000", 0, {0, 1}},
        {"007", 0, {7, 1}},
        {"0.000000001", 0, {1, 1000000000}},
        {"9223372036854775807", 0, {MAX, 1}},
        {"-9223372036854775808", 0, {MIN, 1}},
        {"9223372036854775807.000000000", 0, {MAX, 1}},
        {"9223372036.854775807", 0, {MAX, 1000000000}},
        {"9223372036854775808", 1, {0, 0}},
        {"92233720368547758.070000001", 1, {0, 0}},
        {"99999999999999999999999999999999999999999999", 1, {0, 0}},
        {"0.0000000001", 1, {0, 0}}, /* ten digits */
        {"1.0000000000", 1, {0, 0}},
        {"", 1, {0, 0}},
        {"-", 1, {0, 0}},
        {".", 1, {0, 0}},
        {".5", 1, {0, 0}},
        {"5.", 1, {0, 0}},
        {"+5", 1, {0, 0}},
        {"--5", 1, {0, 0}},
        {"1,5", 1, {0, 0}},
        {"1.5.5", 1, {0, 0}},
        {"1.-5", 1, {0, 0}},
        {"1e3", 1, {0, 0}},
        {" 1", 1, {0, 0}},
        {"1 ", 1, {0, 0}},
        {"0x1", 1, {0, 0}},
        {"1/2", 1, {0, 0}},
        {"nan", 1, {0, 0}},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct ratio r = {0, 0};
        if (ratio_parse(str_of(cases[i].text), &r) != cases[i].result)
            fail_msg("\"%s\"", cases[i].text);
        assert_ratio(r, cases[i].ratio.num, cases[i].ratio.den);
    }
}

struct round_case {
    struct ratio ratio;
    int64_t half_away;
    int64_t floor;
    int64_t ceil;
    int64_t trunc;
};

static void rounding(void **state)
{
    (void)state;
    static const struct round_case cases[] = {
        {{0, 1}, 0, 0, 0, 0},
        {{5, 2}, 3, 2, 3, 2},
        {{-5, 2}, -3, -3, -2, -2},
        {{3, 2}, 2, 1, 2, 1},
        {{1, 2}, 1, 0, 1, 0},
        {{-1, 2}, -1, -1, 0, 0},
        {{1, 3}, 0, 0, 1, 0},
        {{-1, 3}, 0, -1, 0, 0},
        {{2, 3}, 1, 0, 1, 0},
        {{-2, 3}, -1, -1, 0, 0},
        {{7, 1}, 7, 7, 7, 7},
        {{-7, 1}, -7, -7, -7, -7},
        {{MAX, 1}, MAX, MAX, MAX, MAX},
        {{MIN, 1}, MIN, MIN, MIN, MIN},
        {{MAX, 2}, INT64_C(1) << 62, MAX / 2, INT64_C(1) << 62, MAX / 2},
        {{1, MAX}, 0, 0, 1, 0},
        {{-1, MAX}, 0, -1, 0, 0},
        {{MAX - 1, MAX}, 1, 0, 1, 0},
        {{4611686018427387903, MAX}, 0, 0, 1, 0}, /* just below a half */
        {{4611686018427387904, MAX}, 1, 0, 1, 0}, /* just above */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(ratio_round(cases[i].ratio, ROUND_HALF_AWAY), cases[i].half_away);
        assert_int_equal(ratio_round(cases[i].ratio, ROUND_FLOOR), cases[i].floor);
        assert_int_equal(ratio_round(cases[i].ratio, ROUND_CEIL), cases[i].ceil);
        assert_int_equal(ratio_round(cases[i].ratio, ROUND_TRUNC), cases[i].trunc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making_reduces), cmocka_unit_test(arithmetic), cmocka_unit_test(comparing),
        cmocka_unit_test(decimals),       cmocka_unit_test(rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
