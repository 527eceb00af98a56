/* Samples of one resource come out in the order of their time, and none is held for ever. */

#include "unit/daemon/cmocka_all.h"

#include "meter/order.h"

struct seen {
    size_t count;
    int64_t mono_us[256];
};

static void see(void *arg, const struct meter_sample *sample)
{
    struct seen *seen = arg;
    assert_true(seen->count < LEN(seen->mono_us));
    seen->mono_us[seen->count++] = sample->mono_us;
}

static struct meter_sample at(int64_t mono_us)
{
    return (struct meter_sample){.mono_us = mono_us};
}

static void test_alone_nothing_waits(void **state)
{
    (void)state;
    struct order order;
    struct order_mark mark;
    struct seen seen = {0};
    struct meter_sample sample = at(15);

    order_init(&order);
    order_begin(&order, &mark, 10);
    order_end(&order, &mark, &sample, see, &seen);
    assert_int_equal(seen.count, 1);
    order_begin(&order, &mark, 20);
    order_end(&order, &mark, NULL, see, &seen);
    assert_int_equal(seen.count, 1);
}

static void test_quick_one_waits_for_what_may_be_older(void **state)
{
    (void)state;
    struct order order;
    struct order_mark slow, quick;
    struct seen seen = {0};
    struct meter_sample first = at(21), second = at(15);

    order_init(&order);
    order_begin(&order, &slow, 10);
    order_begin(&order, &quick, 20);
    order_end(&order, &quick, &first, see, &seen);
    assert_int_equal(seen.count, 0);
    order_end(&order, &slow, &second, see, &seen);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.mono_us[0], 15);
    assert_int_equal(seen.mono_us[1], 21);
}

static void test_what_began_later_holds_nothing_back(void **state)
{
    (void)state;
    struct order order;
    struct order_mark early, later;
    struct seen seen = {0};
    struct meter_sample sample = at(12);

    order_init(&order);
    order_begin(&order, &early, 10);
    order_begin(&order, &later, 13);
    order_end(&order, &early, &sample, see, &seen);
    assert_int_equal(seen.count, 1);
    order_end(&order, &later, NULL, see, &seen);
    assert_int_equal(seen.count, 1);
}

static void test_failed_poll_lets_go(void **state)
{
    (void)state;
    struct order order;
    struct order_mark dead, quick;
    struct seen seen = {0};

    order_init(&order);
    order_begin(&order, &dead, 10);
    for (int64_t mono_us = 20; mono_us < 50; mono_us += 10) {
        struct meter_sample sample = at(mono_us + 1);
        order_begin(&order, &quick, mono_us);
        order_end(&order, &quick, &sample, see, &seen);
    }
    assert_int_equal(seen.count, 0);
    order_end(&order, &dead, NULL, see, &seen);
    assert_int_equal(seen.count, 3);
    for (size_t i = 1; i < seen.count; i++)
        assert_true(seen.mono_us[i - 1] < seen.mono_us[i]);
}

static void test_bound_lets_the_oldest_go(void **state)
{
    (void)state;
    struct order order;
    struct order_mark dead, quick;
    struct seen seen = {0};

    order_init(&order);
    order_begin(&order, &dead, 0);
    for (int64_t n = 1; n <= ORDER_HELD_MAX + 5; n++) {
        struct meter_sample sample = at(n);
        order_begin(&order, &quick, n);
        order_end(&order, &quick, &sample, see, &seen);
    }
    assert_int_equal(seen.count, 5);
    assert_int_equal(seen.mono_us[0], 1);
    assert_int_equal(seen.mono_us[4], 5);
    order_end(&order, &dead, NULL, see, &seen);
    assert_int_equal(seen.count, ORDER_HELD_MAX + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone_nothing_waits),
        cmocka_unit_test(test_quick_one_waits_for_what_may_be_older),
        cmocka_unit_test(test_what_began_later_holds_nothing_back),
        cmocka_unit_test(test_failed_poll_lets_go),
        cmocka_unit_test(test_bound_lets_the_oldest_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
