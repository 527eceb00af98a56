#include "cmocka_all.h"
#include "metering/counter.h"

#define KWH(milli) ((int64_t)(milli)*1000) /* thousandths of a kWh in mWh */
#define S          INT64_C(1000000)
#define READINGS   8

/* A series of readings, `every_us` apart, and what comes of it. */
static const struct row {
    const char *rule;
    struct counter_rule counter;
    int64_t every_us;
    size_t count;
    int64_t reading[READINGS];
    enum counter_class last; /* of the last reading */
    bool has_class;          /* somewhere: */
    enum counter_class seen;
    int64_t booked;
} rows[] = {
    {"differences add up",
     {0, 1, 0, 3, 0},
     10 * S,
     3,
     {KWH(10000), KWH(10020), KWH(10050)},
     COUNTER_NORMAL,
     false,
     0,
     KWH(50)},
    {"the first reading is a base line",
     {0, 1, 0, 3, 0},
     10 * S,
     2,
     {KWH(939000), KWH(939100)},
     COUNTER_NORMAL,
     true,
     COUNTER_BASELINE,
     KWH(100)},
    {"a reset has two pieces",
     {0, 10, 0, 3, 0},
     60 * S,
     5,
     {KWH(1523400), KWH(1523450), 0, KWH(20), KWH(50)},
     COUNTER_RESET,
     true,
     COUNTER_PENDING,
     KWH(100)},
    {"a glitch to zero leaves no trace",
     {0, 10, 0, 3, 0},
     60 * S,
     4,
     {KWH(1523400), KWH(1523450), 0, KWH(1523500)},
     COUNTER_GLITCH,
     true,
     COUNTER_PENDING,
     KWH(100)},
    {"two readings of zero are a glitch too",
     {0, 10, 0, 3, 0},
     60 * S,
     5,
     {KWH(1523400), KWH(1523450), 0, 0, KWH(1523500)},
     COUNTER_GLITCH,
     true,
     COUNTER_PENDING,
     KWH(100)},
    {"32 bits of Wh wrap",
     {INT64_C(4294967296000), 1000, 0, 3, 0},
     60 * S,
     2,
     {INT64_C(4294965796000), 2300000},
     COUNTER_ROLLOVER,
     false,
     0,
     3800000},
    {"32 bits of Wh wrap at a plausible pace",
     {INT64_C(4294967296000), 1000, 0, 3, 500000000},
     60 * S,
     2,
     {INT64_C(4294965796000), 2300000},
     COUNTER_ROLLOVER,
     false,
     0,
     3800000},
    {"six decimal digits wrap",
     {KWH(1000000000), KWH(100), 0, 3, 0},
     60 * S,
     2,
     {KWH(999999600), KWH(300)},
     COUNTER_ROLLOVER,
     false,
     0,
     KWH(700)},
    {"16 bits of pulses wrap",
     {65536000, 1000, 0, 3, 0},
     10 * S,
     2,
     {65530000, 4000},
     COUNTER_ROLLOVER,
     false,
     0,
     10000},
    {"neither reset nor wrap is possible in one step",
     {KWH(1000000000), KWH(1), 0, 3, 5000000},
     10 * S,
     4,
     {KWH(5000000), KWH(300), KWH(300), KWH(300)},
     COUNTER_RESET,
     true,
     COUNTER_PENDING,
     0},
    {"a spike leaves no trace",
     {0, KWH(10), 0, 3, 3000000},
     10 * S,
     3,
     {KWH(100000), KWH(53800000), KWH(100020)},
     COUNTER_SPIKE,
     true,
     COUNTER_PENDING,
     KWH(20)},
    {"a torn word is a spike",
     {0, KWH(100), 0, 3, 5000000},
     60 * S,
     3,
     {KWH(6553500), KWH(13107100), KWH(6553600)},
     COUNTER_SPIKE,
     true,
     COUNTER_PENDING,
     KWH(100)},
    {"a step that stays is rejected, what follows counts",
     {0, KWH(10), 0, 3, 3000000},
     10 * S,
     5,
     {KWH(100000), KWH(500000), KWH(500005), KWH(500010), KWH(500015)},
     COUNTER_NORMAL,
     true,
     COUNTER_STEP,
     KWH(15)},
    {"falling by little and staying is for a person",
     {0, KWH(1), 0, 3, 3000000},
     10 * S,
     4,
     {KWH(100000), KWH(99000), KWH(99001), KWH(99002)},
     COUNTER_REGRESSION,
     true,
     COUNTER_PENDING,
     KWH(2)},
    {"a dip within one step is noise",
     {0, KWH(10), 0, 3, 3000000},
     60 * S,
     4,
     {KWH(100000), KWH(99990), KWH(100000), KWH(100010)},
     COUNTER_NORMAL,
     true,
     COUNTER_DIP,
     KWH(10)},
    {"the step of a float grows with it",
     {0, 1, 24, 3, 3000000},
     60 * S,
     3,
     {KWH(131072000), KWH(131071985), KWH(131072015)},
     COUNTER_NORMAL,
     true,
     COUNTER_DIP,
     KWH(15)},
    {"a coarse step comes late",
     {0, KWH(100), 0, 3, 5000000},
     S,
     4,
     {KWH(55200), KWH(55200), KWH(55300), KWH(55300)},
     COUNTER_NORMAL,
     false,
     0,
     KWH(100)},
    {"two coarse steps at once are too many",
     {0, KWH(100), 0, 3, 5000000},
     S,
     3,
     {KWH(55200), KWH(55300), KWH(55400)},
     COUNTER_PENDING,
     false,
     0,
     KWH(100)},
    {"what time makes possible is taken",
     {0, KWH(1), 0, 9, 3000000},
     10 * S,
     5,
     {KWH(100000), KWH(100035), KWH(100035), KWH(100036), KWH(100037)},
     COUNTER_NORMAL,
     true,
     COUNTER_PENDING,
     KWH(37)},
    {"different wrong values don't confirm each other",
     {0, KWH(1), 0, 3, 3000000},
     10 * S,
     6,
     {KWH(100000), KWH(500000), KWH(9000), KWH(800000), KWH(3), KWH(100001)},
     COUNTER_GLITCH,
     true,
     COUNTER_PENDING,
     KWH(1)},
};

static void follows_the_rule(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < LEN(rows); i++) {
        const struct row *row = &rows[i];
        struct counter_state state = {0};
        struct counter_step step = {0};
        bool is_seen = !row->has_class;
        int64_t booked = 0;
        int64_t shift = 0;

        for (size_t k = 0; k < row->count; k++) {
            step = counter_step(&state, &row->counter, row->reading[k], row->every_us);
            is_seen |= step.class == row->seen;
            booked += step.booked_mwh;
            shift += step.shift_mwh;
        }
        if (booked != row->booked || step.class != row->last || !is_seen)
            fail_msg("%s: booked %lld, last %s", row->rule, (long long)booked,
                     counter_class_names[step.class]);
        if (booked + shift != state.base_mwh - row->reading[0])
            fail_msg("%s: pieces don't add up", row->rule);
    }
}

/* After a gap so long that the register could have come round, a low reading may be a wrap or a
 * reset: the lower explanation is booked, and said to be one of several. */
static void books_the_lower_explanation(void **unused)
{
    (void)unused;
    struct counter_rule rule = {65536000, 1000, 0, 3, 5000000};
    struct counter_state state = {0};

    counter_step(&state, &rule, 60000000, 0);
    struct counter_step step = counter_step(&state, &rule, 4000, 24 * 3600 * S);
    assert_int_equal(step.class, COUNTER_PENDING);
    counter_step(&state, &rule, 5000, S);
    step = counter_step(&state, &rule, 6000, S);
    assert_int_equal(step.class, COUNTER_RESET);
    assert_true(step.is_ambiguous);
    assert_int_equal(step.booked_mwh, 2000);
}

/* A rise after a gap in which the register could have come round once more. */
static void says_that_a_rise_is_ambiguous(void **unused)
{
    (void)unused;
    struct counter_rule rule = {65536000, 1000, 0, 3, 5000000};
    struct counter_state state = {0};

    counter_step(&state, &rule, 10000, 0);
    struct counter_step step = counter_step(&state, &rule, 20000, 24 * 3600 * S);
    assert_int_equal(step.class, COUNTER_NORMAL);
    assert_int_equal(step.booked_mwh, 10000);
    assert_true(step.is_ambiguous);
}

static void exchange_counts_both_ends(void **unused)
{
    (void)unused;
    struct counter_rule rule = {0, KWH(10), 0, 3, 5000000};
    struct counter_state state = {0};

    counter_step(&state, &rule, KWH(7240300), 0);
    struct counter_step step = counter_exchange(&state, &rule, KWH(7240500), KWH(12500), 3600 * S);
    assert_int_equal(step.class, COUNTER_REPLACED);
    assert_int_equal(step.booked_mwh, KWH(200));
    assert_int_equal(step.booked_mwh + step.shift_mwh, KWH(12500) - KWH(7240300));
    step = counter_step(&state, &rule, KWH(12700), 3600 * S);
    assert_int_equal(step.booked_mwh, KWH(200));
}

static void exchange_without_a_record_counts_nothing(void **unused)
{
    (void)unused;
    struct counter_rule rule = {0, KWH(10), 0, 3, 5000000};
    struct counter_state state = {0};

    counter_step(&state, &rule, KWH(7240300), 0);
    assert_int_equal(counter_replace(&state).class, COUNTER_REPLACED);
    struct counter_step step = counter_step(&state, &rule, KWH(12700), 3600 * S);
    assert_int_equal(step.class, COUNTER_BASELINE);
    assert_int_equal(step.booked_mwh, 0);
}

/* Whatever the readings are: no more than rated power x 1.2 x time and one step of the register. */
static void never_books_beyond_physics(void **unused)
{
    (void)unused;
    struct counter_rule rule = {INT64_C(4294967296000), 1000, 0, 3, 5000000};
    uint64_t seed = 20260704;

    for (int round = 0; round < 200; round++) {
        struct counter_state state = {0};
        int64_t truth = (int64_t)(seed % 4294967296) * 1000;
        int64_t booked = 0;
        int64_t elapsed = 0;
        for (int k = 0; k < 200; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint32_t dice = (uint32_t)(seed >> 33);
            truth = (truth + (int64_t)(dice % 1389)) % rule.modulus_mwh;
            int64_t reading = dice % 7 == 0 ? (int64_t)(seed % 4294967296) * 1000 : truth;
            int64_t lasts = dice % 11 == 0 ? 0 : S;
            booked += counter_step(&state, &rule, reading, lasts).booked_mwh;
            elapsed += k > 0 ? lasts : 0;
        }
        int64_t most = counter_limit_mwh(&rule, elapsed) + rule.resolution_mwh;
        if (booked > most)
            fail_msg("round %d: booked %lld of %lld", round, (long long)booked, (long long)most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_rule),
        cmocka_unit_test(books_the_lower_explanation),
        cmocka_unit_test(says_that_a_rise_is_ambiguous),
        cmocka_unit_test(exchange_counts_both_ends),
        cmocka_unit_test(exchange_without_a_record_counts_nothing),
        cmocka_unit_test(never_books_beyond_physics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
