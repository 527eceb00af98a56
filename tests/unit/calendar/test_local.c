#include "calendar/local.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/instant.h"

/* Central Europe in 2026: forward on 29 March, back on 25 October, both at 01:00 UTC. */
#define DAY(month, day)        ((int32_t)civil_to_day((struct civil){2026, month, day}))
#define AT(month, day, h, min) (DAY(month, day) * US_PER_DAY + (h)*US_PER_H + (min)*US_PER_MIN)
#define CLOCK(h, min)          ((h)*3600 + (min)*60)

static int64_t instant_of(int32_t day, int32_t second)
{
    const struct cal_offset items[] = {
        {AT(1, 10, 12, 0), 3600}, {AT(3, 29, 1, 0), 7200}, {AT(10, 25, 1, 0), 3600}};
    const struct cal_offsets offsets = {items, LEN(items), AT(12, 20, 12, 0)};
    int64_t at_us;
    if (cal_local_to_instant(offsets, day, second, &at_us))
        return INSTANT_NONE;
    int32_t back_day, back_second;
    assert_int_equal(cal_instant_to_local(offsets, at_us, &back_day, &back_second), 0);
    int64_t difference_s = (back_day - day) * INT64_C(86400) + back_second - second;
    assert_true(difference_s == 0 || difference_s == 3600); /* an hour later in the gap */
    return at_us;
}

static void an_offset_holds_until_the_next(void **state)
{
    (void)state;
    assert_int_equal(instant_of(DAY(2, 1), CLOCK(9, 0)), AT(2, 1, 8, 0));
    assert_int_equal(instant_of(DAY(7, 1), CLOCK(9, 0)), AT(7, 1, 7, 0));
    assert_int_equal(instant_of(DAY(11, 1), CLOCK(0, 30)), AT(10, 31, 23, 30));
    assert_int_equal(instant_of(DAY(11, 1), CLOCK(33, 0)), AT(11, 2, 8, 0));
}

static void a_skipped_hour_is_shown_later(void **state)
{
    (void)state;
    assert_int_equal(instant_of(DAY(3, 29), CLOCK(1, 59)), AT(3, 29, 0, 59));
    assert_int_equal(instant_of(DAY(3, 29), CLOCK(2, 0)), AT(3, 29, 1, 0));
    assert_int_equal(instant_of(DAY(3, 29), CLOCK(2, 30)), AT(3, 29, 1, 30));
    assert_int_equal(instant_of(DAY(3, 29), CLOCK(3, 0)), AT(3, 29, 1, 0));
    assert_int_equal(instant_of(DAY(3, 29), CLOCK(3, 30)), AT(3, 29, 1, 30));
}

static void of_an_hour_shown_twice_the_second_is_meant(void **state)
{
    (void)state;
    assert_int_equal(instant_of(DAY(10, 25), CLOCK(1, 59)), AT(10, 24, 23, 59));
    assert_int_equal(instant_of(DAY(10, 25), CLOCK(2, 0)), AT(10, 25, 1, 0));
    assert_int_equal(instant_of(DAY(10, 25), CLOCK(2, 59)), AT(10, 25, 1, 59));
    assert_int_equal(instant_of(DAY(10, 25), CLOCK(3, 0)), AT(10, 25, 2, 0));
}

static void nothing_is_said_of_other_times(void **state)
{
    (void)state;
    assert_int_equal(instant_of(DAY(1, 10), CLOCK(12, 59)), INSTANT_NONE);
    assert_int_equal(instant_of(DAY(1, 10), CLOCK(13, 0)), AT(1, 10, 12, 0));
    assert_int_equal(instant_of(DAY(12, 20), CLOCK(12, 59)), AT(12, 20, 11, 59));
    assert_int_equal(instant_of(DAY(12, 20), CLOCK(13, 0)), INSTANT_NONE);
    const struct cal_offset item = {AT(1, 1, 0, 0), 0};
    int64_t at_us;
    int32_t day, second;
    assert_int_equal(cal_local_to_instant((struct cal_offsets){NULL, 0, 0}, 0, 0, &at_us),
                     CAL_E_OUTSIDE);
    assert_int_equal(cal_instant_to_local((struct cal_offsets){NULL, 0, 0}, 0, &day, &second),
                     CAL_E_OUTSIDE);
    assert_int_equal(cal_instant_to_local((struct cal_offsets){&item, 1, AT(1, 2, 0, 0)},
                                          AT(1, 2, 0, 0), &day, &second),
                     CAL_E_OUTSIDE);
}

static void the_clock_before_1970_counts_down(void **state)
{
    (void)state;
    const struct cal_offset item = {-2 * US_PER_DAY, -3600};
    int32_t day, second;
    assert_int_equal(
        cal_instant_to_local((struct cal_offsets){&item, 1, US_PER_DAY}, US_PER_MIN, &day, &second),
        0);
    assert_int_equal(day, -1);
    assert_int_equal(second, CLOCK(23, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offset_holds_until_the_next),
        cmocka_unit_test(a_skipped_hour_is_shown_later),
        cmocka_unit_test(of_an_hour_shown_twice_the_second_is_meant),
        cmocka_unit_test(nothing_is_said_of_other_times),
        cmocka_unit_test(the_clock_before_1970_counts_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
