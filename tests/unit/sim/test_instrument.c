#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/instant.h"
#include "instrument.h"

static struct sim_step steps[] = {{0, 100, false}, {600, 2400, true}, {4200, 100, false}};

static struct sim_spec spec(void)
{
    return (struct sim_spec){
        .code = STR("cmm"),
        .serial = 7,
        .rated_w = 3000,
        .standby_w = 100,
        .counter_wh = 5000,
    };
}

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static void test_energy_is_exact(void **state)
{
    struct sim_spec s = spec();
    struct instrument cmm;
    instrument_init(&cmm, &s, 1, *state);
    instrument_advance(&cmm, 1800 * US_PER_S);
    assert_int_equal(cmm.total.mwh, 50 * 1000);
    instrument_run(&cmm, 900, 3500);
    instrument_advance(&cmm, 3600 * US_PER_S);
    /* 900 s at 3500 W, then 900 s at 100 W. */
    assert_int_equal(cmm.total.mwh, (50 + 875 + 25) * 1000);
    assert_int_equal(instrument_counter_mwh(&cmm), (5000 + 950) * 1000);
    assert_int_equal(cmm.run_count, 1);
    assert_int_equal(cmm.runs[0].from_us, 1800 * US_PER_S);
    assert_int_equal(cmm.runs[0].to_us, 2700 * US_PER_S);
    assert_int_equal(instrument_run_mwh(&cmm, 0), 875 * 1000);
    instrument_off(&cmm);
    instrument_advance(&cmm, 7200 * US_PER_S);
    assert_int_equal(cmm.total.mwh, 950 * 1000);
}

static void test_script_repeats(void **state)
{
    struct sim_spec s = spec();
    struct instrument cmm;
    s.script = (struct field_list){steps, LEN(steps)};
    s.cycle_s = 7200;
    instrument_init(&cmm, &s, 1, *state);
    instrument_advance(&cmm, 3 * 7200 * US_PER_S);
    assert_int_equal(cmm.run_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(cmm.runs[i].from_us, ((int64_t)i * 7200 + 600) * US_PER_S);
        assert_int_equal(cmm.runs[i].to_us, ((int64_t)i * 7200 + 4200) * US_PER_S);
        assert_int_equal(cmm.runs[i].energy_mwh, 2400 * 1000);
    }
    assert_int_equal(cmm.total.mwh, 3 * (2400 + 100) * 1000);
}

static void test_last_step_stays(void **state)
{
    struct sim_spec s = spec();
    struct instrument cmm;
    s.script = (struct field_list){steps, 2};
    instrument_init(&cmm, &s, 1, *state);
    instrument_advance(&cmm, 100000 * US_PER_S);
    assert_true(cmm.contact);
    assert_int_equal(cmm.runs[0].to_us, -1);
    assert_int_equal(instrument_run_mwh(&cmm, 0), (INT64_C(100000) - 600) * 2400 * 1000 / 3600);
}

/* The same energy whatever the steps in which time passes; another one with another seed. */
static void test_ripple_is_repeatable(void **state)
{
    struct sim_spec s = spec();
    struct instrument whole, pieces, other;
    s.ripple_permille = 50;
    instrument_init(&whole, &s, 9, *state);
    instrument_init(&pieces, &s, 9, *state);
    instrument_init(&other, &s, 10, *state);
    instrument_run(&whole, 3600, 3000);
    instrument_run(&pieces, 3600, 3000);
    instrument_run(&other, 3600, 3000);
    instrument_advance(&whole, 3600 * US_PER_S);
    instrument_advance(&other, 3600 * US_PER_S);
    for (int64_t at_us = 0; at_us < 3600 * US_PER_S; at_us += 777777)
        instrument_advance(&pieces, at_us);
    instrument_advance(&pieces, 3600 * US_PER_S);
    assert_int_equal(whole.total.mwh, pieces.total.mwh);
    assert_int_equal(whole.total.mw_us, pieces.total.mw_us);
    assert_int_not_equal(whole.total.mwh, other.total.mwh);
    assert_in_range(whole.total.mwh, 2850 * 1000, 3150 * 1000);
}

static void test_energy_does_not_overflow(void **state)
{
    struct sim_spec s = spec();
    struct instrument cmm;
    instrument_init(&cmm, &s, 1, *state);
    instrument_run(&cmm, SIM_TIME_MAX_S, SIM_POWER_MAX_W);
    instrument_advance(&cmm, SIM_TIME_MAX_S * US_PER_S);
    assert_int_equal(cmm.total.mwh, SIM_POWER_MAX_W * 1000 * (SIM_TIME_MAX_S / 3600));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        ROW(test_energy_is_exact),          ROW(test_script_repeats),
        ROW(test_last_step_stays),          ROW(test_ripple_is_repeatable),
        ROW(test_energy_does_not_overflow),
#undef ROW
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
