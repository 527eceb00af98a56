#include "base/money.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "child.h"

#define WEIGHT_MAX (INT64_C(1) << 31)

struct split_case {
    int64_t amount;
    size_t count;
    int64_t weights[4];
    int64_t shares[4];
    int result;
};

static void known_splits(void **state)
{
    (void)state;
    static const struct split_case cases[] = {
        {10001, 3, {50, 30, 20}, {5001, 3000, 2000}, 0},
        {-10001, 3, {50, 30, 20}, {-5001, -3000, -2000}, 0},
        {10, 3, {1, 1, 1}, {4, 3, 3}, 0},
        {5, 3, {1, 1, 1}, {2, 2, 1}, 0},
        {-5, 3, {1, 1, 1}, {-2, -2, -1}, 0},
        {1, 3, {0, 1, 1}, {0, 1, 0}, 0},
        {2, 4, {0, 1, 0, 1}, {0, 1, 0, 1}, 0},
        {1, 2, {1, 2}, {0, 1}, 0}, /* the larger fraction, not the first party */
        {100, 1, {7}, {100}, 0},
        {0, 3, {1, 2, 3}, {0, 0, 0}, 0},
        {0, 2, {0, 0}, {0, 0}, 0},
        {0, 0, {0}, {0}, 0},
        {7, 2, {0, 0}, {0, 0}, 1},
        {-7, 2, {0, 0}, {0, 0}, 1},
        {7, 0, {0}, {0}, 1},
        {INT64_MAX, 2, {1, 1}, {INT64_MAX / 2 + 1, INT64_MAX / 2}, 0},
        {INT64_MIN, 2, {1, 1}, {INT64_MIN / 2, INT64_MIN / 2}, 0},
        {INT64_MIN, 1, {WEIGHT_MAX}, {INT64_MIN}, 0},
        {INT64_MAX, 2, {WEIGHT_MAX, 0}, {INT64_MAX, 0}, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t shares[4] = {-1, -1, -1, -1};
        int result = money_split(cases[i].amount, cases[i].weights, cases[i].count, shares);
        assert_int_equal(result, cases[i].result);
        for (size_t j = 0; j < cases[i].count; j++) {
            if (shares[j] != cases[i].shares[j])
                fail_msg("case %zu: share %zu is %lld", i, j, (long long)shares[j]);
        }
    }
}

/* A fixed sequence (xorshift64*), so that a failure can be repeated. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static int64_t random_weight(uint64_t *seed)
{
    switch (next_random(seed) % 4) {
    case 0:
        return 0;
    case 1:
        return (int64_t)(next_random(seed) % 10);
    case 2:
        return (int64_t)(next_random(seed) % 10000);
    default:
        return (int64_t)(next_random(seed) % ((uint64_t)WEIGHT_MAX + 1));
    }
}

static int64_t random_amount(uint64_t *seed)
{
    int64_t amount = (int64_t)(next_random(seed) >> 1);
    return amount >> (next_random(seed) % 63); /* any size */
}

/* Each share is the exact one rounded down or up, and none is unfair: checked in 128 bits. */
static void check_shares(int64_t amount, const int64_t *weights, size_t count,
                         const int64_t *shares)
{
    __extension__ typedef __int128 wide;
    int64_t total = 0;
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
        total += shares[i];
    }
    assert_true(total == amount);
    for (size_t i = 0; i < count; i++) {
        wide off = (wide)shares[i] * sum - (wide)amount * weights[i];
        assert_true(off > -(wide)sum && off < (wide)sum);
        if (weights[i] == 0)
            assert_int_equal(shares[i], 0);
        /* Who was rounded up has at least the fraction of who was rounded down; ties go to the
         * earlier party. */
        for (size_t j = 0; j < count; j++) {
            wide other = (wide)shares[j] * sum - (wide)amount * weights[j];
            if (off > 0 && other <= 0)
                assert_true(sum - off > -other || (sum - off == -other && i < j));
        }
    }
}

static void shares_add_up_and_mirror(void **state)
{
    (void)state;
    uint64_t seed = 20260131;
    for (int round = 0; round < 20000; round++) {
        int64_t weights[12];
        int64_t shares[12];
        int64_t mirror[12];
        size_t count = 1 + next_random(&seed) % LEN(weights);
        int64_t amount = random_amount(&seed);
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += weights[i] = random_weight(&seed);
        int expected = sum == 0 && amount != 0 ? 1 : 0;
        assert_int_equal(money_split(amount, weights, count, shares), expected);
        assert_int_equal(money_split(-amount, weights, count, mirror), expected);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(shares[i], -mirror[i]);
        if (sum > 0)
            check_shares(amount, weights, count, shares);
    }
}

/* A discount over all lines of a large invoice: quadratic work would show. */
static void very_many_parties(void **state)
{
    (void)state;
    const size_t count = 300000;
    int64_t *weights = calloc(count, sizeof(*weights));
    int64_t *shares = calloc(count, sizeof(*shares));
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        weights[i] = (int64_t)(i % 1000);
    assert_int_equal(money_split(123456789, weights, count, shares), 0);
    for (size_t i = 0; i < count; i++)
        sum += shares[i];
    assert_int_equal(sum, 123456789);
    free(weights);
    free(shares);
}

static void split_by_negative_weight(void)
{
    const int64_t weights[] = {1, -1};
    int64_t shares[2];
    _exit(money_split(1, weights, 2, shares));
}

static void a_negative_weight_is_a_bug(void **state)
{
    (void)state;
    assert_aborts(split_by_negative_weight, "weights[i] >= 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_splits),
        cmocka_unit_test(shares_add_up_and_mirror),
        cmocka_unit_test(very_many_parties),
        cmocka_unit_test(a_negative_weight_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
