#include "cmocka_all.h"
#include "metering/sample.h"

static struct meter_sample example(void)
{
    return (struct meter_sample){
        .meter = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
        .seq = 4711,
        .at_us = 1764000000123456,
        .mono_us = 987654321,
        .half_us = 17500,
        .power_mw = -800000,
        .energy_mwh = 1523450000,
        .quality = QUALITY_POWER_DOWN | QUALITY_RESTART,
        .has = SAMPLE_ALL,
        .contact = true,
    };
}

static void comes_back_as_it_was(void **unused)
{
    (void)unused;
    struct meter_sample sample = example();
    struct meter_sample back;
    uint8_t bytes[SAMPLE_BYTES];

    memset(&back, 0, sizeof(back));
    sample_encode(&sample, bytes);
    assert_int_equal(sample_decode(bytes, sizeof(bytes), &back), 0);
    assert_true(uuid_eq(back.meter, sample.meter));
    assert_int_equal(back.seq, sample.seq);
    assert_int_equal(back.at_us, sample.at_us);
    assert_int_equal(back.mono_us, sample.mono_us);
    assert_int_equal(back.half_us, sample.half_us);
    assert_int_equal(back.power_mw, sample.power_mw);
    assert_int_equal(back.energy_mwh, sample.energy_mwh);
    assert_int_equal(back.quality, sample.quality);
    assert_int_equal(back.has, sample.has);
    assert_true(back.contact);
}

/* The form is on disks: these bytes must stay readable. */
static void version_1_has_these_bytes(void **unused)
{
    (void)unused;
    static const uint8_t stored[SAMPLE_BYTES] = {
        0x01, 0x07, 0x01, 0x00, 0x90, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
        0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x67, 0x12, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x40, 0x22, 0x64, 0x41, 0x59, 0x44, 0x06, 0x00, 0xb1, 0x68,
        0xde, 0x3a, 0x00, 0x00, 0x00, 0x00, 0x00, 0xcb, 0xf3, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x90, 0x00, 0xce, 0x5a, 0x00, 0x00, 0x00, 0x00, 0x5c, 0x44, 0x00, 0x00,
    };
    struct meter_sample sample = example();
    uint8_t bytes[SAMPLE_BYTES];

    sample_encode(&sample, bytes);
    assert_memory_equal(bytes, stored, sizeof(stored));
}

static void refuses_what_is_no_sample(void **unused)
{
    (void)unused;
    static const struct {
        size_t at;
        uint8_t value;
        const char *why;
    } rows[] = {
        {0, 2, "unknown version"},          {1, 0x0f, "unknown value bit"},
        {2, 2, "contact beyond 1"},         {3, 1, "padding"},
        {5, 1, "unknown quality bit"},      {1, 6, "power without its bit"},
        {1, 5, "energy without its bit"},   {1, 3, "contact without its bit"},
        {31, 0x80, "negative sequence"},    {39, 0x7f, "time beyond 2^53"},
        {67, 0x80, "negative uncertainty"},
    };
    struct meter_sample sample = example();
    uint8_t bytes[SAMPLE_BYTES];

    for (size_t i = 0; i < LEN(rows); i++) {
        sample_encode(&sample, bytes);
        bytes[rows[i].at] = rows[i].value;
        struct meter_sample back = {.seq = -1};
        if (sample_decode(bytes, sizeof(bytes), &back) != 1)
            fail_msg("taken: %s", rows[i].why);
        assert_int_equal(back.seq, -1);
    }
    sample_encode(&sample, bytes);
    assert_int_equal(sample_decode(bytes, SAMPLE_BYTES - 1, &sample), 1);
}

static void names_follow_the_bits(void **unused)
{
    (void)unused;
    assert_string_equal(quality_names[0], "estimated");
    assert_string_equal(quality_names[2], "suspect");
    assert_string_equal(quality_names[5], "gap");
    assert_string_equal(quality_names[7], "restart");
    assert_null(quality_names[8]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(version_1_has_these_bytes),
        cmocka_unit_test(refuses_what_is_no_sample),
        cmocka_unit_test(names_follow_the_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
