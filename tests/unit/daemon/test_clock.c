#include "cmocka_all.h"

#include <time.h>

#include "base/instant.h"
#include "clock.h"

#define SHOWN_US INT64_C(1795482000123457)

static int64_t real_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

static int unset(void **state unused_arg)
{
    clock_unset();
    return 0;
}

static void test_unset_is_the_systems(void **state unused_arg)
{
    int64_t before_us = real_now_us();
    int64_t now_us = clock_now_us();

    assert_true(before_us <= now_us && now_us <= real_now_us());
}

static void test_rate_0_stands_still(void **state unused_arg)
{
    clock_set(&(struct clock_setting){real_now_us() - US_PER_DAY, SHOWN_US, 0});
    int64_t mono_us = clock_mono_us();

    for (int i = 0; i < 1000; i++) {
        assert_int_equal(clock_now_us(), SHOWN_US);
        assert_int_equal(clock_mono_us(), mono_us);
    }
}

/* A day ago it showed SHOWN_US; at 60 times the speed sixty days have passed, to the microsecond.
 */
static void test_rate_is_exact(void **state unused_arg)
{
    int64_t real_us = real_now_us() - US_PER_DAY;

    clock_set(&(struct clock_setting){real_us, SHOWN_US, 60});
    int64_t least_us = SHOWN_US + (real_now_us() - real_us) * 60;
    int64_t now_us = clock_now_us();
    int64_t most_us = SHOWN_US + (real_now_us() - real_us) * 60;

    assert_true(least_us <= now_us && now_us <= most_us);
    assert_int_equal((now_us - SHOWN_US) % 60, 0);
}

static void test_jump_ahead_is_time_that_passed(void **state unused_arg)
{
    clock_set(&(struct clock_setting){real_now_us(), SHOWN_US, 0});
    int64_t mono_us = clock_mono_us();

    clock_set(&(struct clock_setting){real_now_us(), SHOWN_US + 3 * US_PER_H, 0});
    assert_int_equal(clock_now_us(), SHOWN_US + 3 * US_PER_H);
    assert_int_equal(clock_mono_us(), mono_us + 3 * US_PER_H);
}

static void test_jump_back_leaves_monotonic_time(void **state unused_arg)
{
    clock_set(&(struct clock_setting){real_now_us(), SHOWN_US, 0});
    int64_t mono_us = clock_mono_us();

    clock_set(&(struct clock_setting){real_now_us(), SHOWN_US - US_PER_DAY, 0});
    assert_int_equal(clock_now_us(), SHOWN_US - US_PER_DAY);
    assert_int_equal(clock_mono_us(), mono_us);
    clock_set(&(struct clock_setting){real_now_us(), SHOWN_US - US_PER_DAY + 7, 0});
    assert_int_equal(clock_mono_us(), mono_us + 7);
}

static void test_monotonic_goes_on_when_unset(void **state unused_arg)
{
    clock_set(&(struct clock_setting){real_now_us(), SHOWN_US + 20000 * US_PER_DAY, 1});
    int64_t mono_us = clock_mono_us();

    clock_unset();
    assert_true(clock_mono_us() >= mono_us);
    assert_true(clock_mono_us() < mono_us + US_PER_H);
}

/* Whatever is in the table, nothing overflows and the clock stays within 1970 to 2199. */
static void test_absurd_settings_are_bounded(void **state unused_arg)
{
    const struct clock_setting settings[] = {
        {INT64_MIN, INT64_MAX, INT32_MAX}, {INT64_MAX, INT64_MIN, INT32_MAX},
        {0, INT64_MAX, INT32_MAX},         {INT64_MAX, 0, 1},
        {INT64_MIN, INT64_MIN, 0},
    };
    int64_t mono_us = clock_mono_us();

    for (size_t i = 0; i < LEN(settings); i++) {
        clock_set(&settings[i]);
        assert_in_range(clock_now_us(), 0, INT64_C(7258118399999999));
        assert_true(clock_mono_us() >= mono_us);
        mono_us = clock_mono_us();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_unset_is_the_systems, unset),
        cmocka_unit_test_teardown(test_rate_0_stands_still, unset),
        cmocka_unit_test_teardown(test_rate_is_exact, unset),
        cmocka_unit_test_teardown(test_jump_ahead_is_time_that_passed, unset),
        cmocka_unit_test_teardown(test_jump_back_leaves_monotonic_time, unset),
        cmocka_unit_test_teardown(test_monotonic_goes_on_when_unset, unset),
        cmocka_unit_test_teardown(test_absurd_settings_are_bounded, unset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
