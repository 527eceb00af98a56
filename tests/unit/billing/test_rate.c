#include "billing/rate.h"

#include "fixture.h"

static int rate_span(struct arena *arena, const struct bill_tariff *tariffs, size_t count,
                     int64_t from_us, int64_t to_us, struct bill_fee *ret)
{
    const struct bill_span span = {from_us, to_us};
    struct bill_usage usage = {.spans = &span, .span_count = 1, .service_us = from_us};
    return bill_rate(tariffs, count, &usage, arena, ret);
}

static int rate_seconds(struct arena *arena, const struct bill_tariff *tariff, int64_t billable_s,
                        struct bill_fee *ret)
{
    struct bill_usage usage = {.billable_s = billable_s, .service_us = DAY_US};
    return bill_rate(tariff, 1, &usage, arena, ret);
}

/* One exact product, rounded once, half away from zero; the price is never rounded. */
static void a_line_is_rounded_once(void **state)
{
    static const struct {
        struct ratio price;
        int64_t unit_s, billable_s, fee;
    } rows[] = {
        {{67, 1}, 1000, 3685, 247},    /* 246.895 */
        {{1333, 1}, 3600, 9000, 3333}, /* 3,332.5 */
        {{592, 5}, 100, 3726, 4412},   /* 118.4 x 37.26 = 4,411.584 */
        {{100, 3}, 3600, 10800, 100},  /* a price that no decimal can hold */
        {{20000, 1}, 3600, 1, 6},      /* 5.56 */
        {{1, 1}, 3600, 1799, 0},       /* below a half */
        {{1, 1}, 3600, 1800, 1},       /* a half */
        {{INT64_C(2147483647), 1}, 3600, 3600, INT64_C(2147483647)},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct bill_tariff tariff = hourly(0);
        struct bill_fee fee;
        tariff.price = rows[i].price;
        tariff.time_unit_s = rows[i].unit_s;
        assert_int_equal(rate_seconds(*state, &tariff, rows[i].billable_s, &fee), 0);
        assert_int_equal(fee.total, rows[i].fee);
        assert_int_equal(fee.count, 1);
        assert_int_equal(fee.lines[0].kind, BILL_LINE_USE);
        assert_int_equal(fee.lines[0].own_share, rows[i].fee);
    }
}

static void minutes_drop_seconds_at_both_ends(void **state)
{
    static const struct {
        int64_t from_us, to_us, minutes;
    } rows[] = {
        {CLOCK_S(12, 0, 10), CLOCK_S(12, 0, 20), 1},
        {CLOCK_S(12, 0, 0), CLOCK_S(12, 2, 50), 2},
        {CLOCK_S(12, 0, 59), CLOCK_S(12, 2, 0), 2},
        {CLOCK_S(12, 0, 0), CLOCK_S(13, 0, 0), 60},
    };
    struct bill_tariff tariff = hourly(6000);
    tariff.rounding = BILL_MINUTE;
    for (size_t i = 0; i < LEN(rows); i++) {
        struct bill_fee fee;
        assert_int_equal(rate_span(*state, &tariff, 1, rows[i].from_us, rows[i].to_us, &fee), 0);
        assert_int_equal(fee.lines[0].billed_us, rows[i].minutes * US_PER_MIN);
        assert_int_equal(fee.total, rows[i].minutes * 100);
    }
    struct bill_fee fee;
    assert_int_equal(rate_seconds(*state, &tariff, 170, &fee), 0);
    assert_int_equal(fee.total, 200);
}

/* The least minute is for the usage, not for each of its spans. */
static void the_least_minute_is_charged_once(void **state)
{
    const struct bill_span spans[] = {
        {CLOCK_S(9, 0, 10), CLOCK_S(9, 0, 40)},
        {CLOCK_S(9, 5, 10), CLOCK_S(9, 5, 40)},
        {CLOCK_S(9, 9, 10), CLOCK_S(9, 9, 40)},
    };
    struct bill_usage usage = {.spans = spans, .span_count = 3, .service_us = CLOCK(9, 0)};
    struct bill_tariff tariff = hourly(6000);
    tariff.rounding = BILL_MINUTE;
    struct bill_fee fee;
    assert_int_equal(bill_rate(&tariff, 1, &usage, *state, &fee), 0);
    assert_int_equal(fee.total, 100);
    assert_int_equal(fee.lines[0].used_us, 90 * US_PER_S);
}

static void started_blocks_count(void **state)
{
    static const struct {
        int64_t block_s, billable_s, blocks;
    } rows[] = {
        {1800, 1799, 1}, {1800, 1800, 1}, {1800, 1801, 2}, {3600, 60, 1},
        {3600, 3600, 1}, {3600, 3660, 2}, {3600, 7200, 2}, {3600, 7260, 3},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct bill_tariff tariff = hourly(3200);
        struct bill_fee fee;
        tariff.rounding = BILL_BLOCK;
        tariff.block_s = rows[i].block_s;
        assert_int_equal(rate_seconds(*state, &tariff, rows[i].billable_s, &fee), 0);
        assert_int_equal(fee.lines[0].billed_us, rows[i].blocks * rows[i].block_s * US_PER_S);
        assert_int_equal(fee.total, 3200 * rows[i].blocks * rows[i].block_s / 3600);
    }
}

static void two_versions_make_two_lines(void **state)
{
    struct bill_tariff tariffs[] = {hourly(20000), hourly(24000)};
    tariffs[0].valid.to_us = CLOCK(10, 0);
    tariffs[1].valid.from_us = CLOCK(10, 0);
    struct bill_fee fee;
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(9, 30), CLOCK(10, 30), &fee), 0);
    assert_int_equal(fee.count, 2);
    assert_int_equal(fee.lines[0].fee, 10000);
    assert_int_equal(fee.lines[1].fee, 12000);
    assert_ptr_equal(fee.lines[1].tariff, &tariffs[1]);
    assert_int_equal(fee.total, 22000);

    /* Half-open: the border belongs to the new version. */
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(9, 0), CLOCK(10, 0), &fee), 0);
    assert_int_equal(fee.count, 1);
    assert_int_equal(fee.total, 20000);
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(10, 0), CLOCK(11, 0), &fee), 0);
    assert_int_equal(fee.total, 24000);
}

static void a_block_belongs_to_the_version_it_starts_in(void **state)
{
    struct bill_tariff tariffs[] = {hourly(20000), hourly(24000)};
    for (size_t i = 0; i < 2; i++) {
        tariffs[i].rounding = BILL_BLOCK;
        tariffs[i].block_s = 3600;
    }
    tariffs[0].valid.to_us = CLOCK(10, 0);
    tariffs[1].valid.from_us = CLOCK(10, 0);
    struct bill_fee fee;
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(9, 30), CLOCK(10, 30), &fee), 0);
    assert_int_equal(fee.count, 1);
    assert_int_equal(fee.total, 20000);
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(9, 30), CLOCK(10, 31), &fee), 0);
    assert_int_equal(fee.count, 2);
    assert_int_equal(fee.total, 44000);
}

/* Set-up counts towards the minimum, which is one line of what is missing. */
static void setup_and_minimum_are_charged_once(void **state)
{
    static const struct {
        int64_t billable_s, setup_fee;
        bool charges_unused;
        size_t lines;
        int64_t total;
    } rows[] = {
        {3200, 0, false, 2, 5000}, /* 3,200 + 1,800 */
        {5300, 0, false, 1, 5300}, /* over it */
        {5000, 0, false, 1, 5000}, /* exactly it */
        {0, 0, false, 0, 0},       /* no use, no charge ... */
        {0, 0, true, 1, 5000},     /* ... unless the tariff says so */
        {3200, 1000, false, 3, 5000}, {3200, 2000, false, 2, 5200}, {0, 700, true, 2, 5000},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct bill_tariff tariff = hourly(3600);
        struct bill_fee fee;
        int64_t sum = 0;
        tariff.minimum_fee = 5000;
        tariff.setup_fee = rows[i].setup_fee;
        tariff.charges_unused = rows[i].charges_unused;
        assert_int_equal(rate_seconds(*state, &tariff, rows[i].billable_s, &fee), 0);
        assert_int_equal(fee.count, rows[i].lines);
        assert_int_equal(fee.total, rows[i].total);
        for (size_t j = 0; j < fee.count; j++)
            sum += fee.lines[j].fee;
        assert_int_equal(sum, fee.total);
    }
}

static void what_has_no_price_is_no_free_lunch(void **state)
{
    struct bill_tariff tariffs[] = {hourly(100), hourly(200)};
    struct bill_fee fee;
    tariffs[0].valid = (struct bill_span){CLOCK(8, 0), CLOCK(10, 0)};
    tariffs[1].valid = (struct bill_span){CLOCK(11, 0), CLOCK(12, 0)};
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(7, 59), CLOCK(9, 0), &fee),
                     BILL_E_UNPRICED);
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(9, 0), CLOCK(11, 30), &fee),
                     BILL_E_UNPRICED);
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(11, 0), CLOCK_S(12, 0, 1), &fee),
                     BILL_E_UNPRICED);
    assert_int_equal(rate_span(*state, tariffs, 0, CLOCK(9, 0), CLOCK(9, 30), &fee),
                     BILL_E_UNPRICED);
    assert_int_equal(rate_span(*state, tariffs, 2, CLOCK(9, 0), CLOCK(10, 0), &fee), 0);
}

static void impossible_spans_have_no_price(void **state)
{
    struct bill_tariff tariff = hourly(100);
    struct bill_fee fee;
    assert_int_equal(rate_span(*state, &tariff, 1, CLOCK(9, 0), CLOCK(8, 0), &fee),
                     BILL_E_BAD_SPAN);
    assert_int_equal(rate_seconds(*state, &tariff, -1, &fee), BILL_E_BAD_SPAN);
    const struct bill_span overlapping[] = {{CLOCK(9, 0), CLOCK(10, 0)},
                                            {CLOCK(9, 59), CLOCK(11, 0)}};
    struct bill_usage usage = {.spans = overlapping, .span_count = 2, .service_us = CLOCK(9, 0)};
    assert_int_equal(bill_rate(&tariff, 1, &usage, *state, &fee), BILL_E_BAD_SPAN);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct bill_tariff tariff = hourly(INT64_MAX);
    struct bill_fee fee;
    assert_int_equal(rate_seconds(*state, &tariff, 7200, &fee), BILL_E_RANGE);
    tariff = hourly(BILL_AMOUNT_MAX);
    assert_int_equal(rate_seconds(*state, &tariff, 3601, &fee), BILL_E_RANGE);
    assert_int_equal(rate_seconds(*state, &tariff, INT64_MAX, &fee), BILL_E_RANGE);
    tariff.price = (struct ratio){0, 0};
    assert_int_equal(rate_seconds(*state, &tariff, 3600, &fee), BILL_E_RANGE);
    tariff = hourly(100);
    tariff.rounding = BILL_BLOCK; /* without a length */
    assert_int_equal(rate_seconds(*state, &tariff, 3600, &fee), BILL_E_RANGE);
    tariff = hourly(100);
    assert_int_equal(rate_span(*state, &tariff, 1, INT64_MIN, INT64_MAX, &fee), BILL_E_RANGE);
}

/* What the usage counts as 1,800 s is one block of them, whatever the clocks' fractions were. */
static void parts_of_a_second_are_not_billed(void **state)
{
    struct bill_tariff tariff = hourly(3600);
    struct bill_fee fee;
    assert_int_equal(rate_span(*state, &tariff, 1, CLOCK(9, 0), CLOCK_S(9, 30, 0) + 400000, &fee),
                     0);
    assert_int_equal(fee.lines[0].billed_us, 1800 * US_PER_S);
    tariff.rounding = BILL_BLOCK;
    tariff.block_s = 1800;
    assert_int_equal(rate_span(*state, &tariff, 1, CLOCK(9, 0), CLOCK_S(9, 30, 0) + 400000, &fee),
                     0);
    assert_int_equal(fee.lines[0].billed_us, 1800 * US_PER_S);
    assert_int_equal(rate_span(*state, &tariff, 1, CLOCK(9, 0), CLOCK(9, 0) + 999999, &fee), 0);
    assert_int_equal(fee.count, 0);
    /* Over a border the whole seconds add up: 1.6 s and 1.6 s are three. */
    struct bill_tariff versions[] = {hourly(3600), hourly(3600)};
    versions[0].valid.to_us = versions[1].valid.from_us = CLOCK(10, 0);
    assert_int_equal(
        rate_span(*state, versions, 2, CLOCK(10, 0) - 1600000, CLOCK(10, 0) + 1600000, &fee), 0);
    assert_int_equal(fee.lines[0].billed_us, 1 * US_PER_S);
    assert_int_equal(fee.lines[1].billed_us, 2 * US_PER_S);
}

/* Lines that fit one by one must fit together: support and tax weigh by them. */
static void a_usage_has_its_limit(void **state)
{
    struct bill_tariff tariff = hourly(BILL_AMOUNT_MAX - 10);
    struct bill_fee fee;
    tariff.setup_fee = 10;
    assert_int_equal(rate_seconds(*state, &tariff, 3600, &fee), 0);
    assert_int_equal(fee.total, BILL_AMOUNT_MAX);
    tariff.setup_fee = 11;
    assert_int_equal(rate_seconds(*state, &tariff, 3600, &fee), BILL_E_RANGE);
}

/* Wherever versions change, all whole seconds are in a line, and blocks are those of the whole
 * usage. */
static void borders_lose_and_make_no_time(void **state)
{
    uint64_t seed = 20261124;
    for (int round = 0; round < 3000; round++) {
        struct bill_tariff tariffs[4];
        struct bill_span spans[3];
        int64_t at_us = CLOCK(8, 0);
        int64_t used_us = 0;
        enum bill_rounding rounding = random_below(&seed, 2) ? BILL_EXACT : BILL_BLOCK;
        int64_t block_s = 1 + random_below(&seed, 4000);
        for (size_t i = 0; i < LEN(spans); i++) {
            at_us += random_below(&seed, US_PER_H);
            spans[i].from_us = at_us;
            at_us += random_below(&seed, US_PER_H);
            spans[i].to_us = at_us;
            used_us += spans[i].to_us - spans[i].from_us;
        }
        at_us = CLOCK(8, 0);
        for (size_t i = 0; i < LEN(tariffs); i++) {
            tariffs[i] = hourly(1 + random_below(&seed, 50000));
            tariffs[i].rounding = rounding;
            tariffs[i].block_s = block_s;
            tariffs[i].valid.from_us = at_us;
            at_us += random_below(&seed, 2 * US_PER_H);
            tariffs[i].valid.to_us = i + 1 < LEN(tariffs) ? at_us : INT64_MAX;
        }
        struct bill_usage usage = {
            .spans = spans, .span_count = LEN(spans), .service_us = spans[0].from_us};
        struct bill_fee fee;
        int64_t billed_us = 0;
        int64_t total = 0;
        assert_int_equal(bill_rate(tariffs, LEN(tariffs), &usage, *state, &fee), 0);
        for (size_t i = 0; i < fee.count; i++) {
            billed_us += fee.lines[i].billed_us;
            total += fee.lines[i].fee;
        }
        int64_t block_us = block_s * US_PER_S;
        used_us -= used_us % US_PER_S;
        int64_t expected_us =
            rounding == BILL_EXACT ? used_us : (used_us + block_us - 1) / block_us * block_us;
        assert_int_equal(billed_us, expected_us);
        assert_int_equal(total, fee.total);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(a_line_is_rounded_once),
        ARENA_TEST(minutes_drop_seconds_at_both_ends),
        ARENA_TEST(the_least_minute_is_charged_once),
        ARENA_TEST(started_blocks_count),
        ARENA_TEST(two_versions_make_two_lines),
        ARENA_TEST(a_block_belongs_to_the_version_it_starts_in),
        ARENA_TEST(setup_and_minimum_are_charged_once),
        ARENA_TEST(what_has_no_price_is_no_free_lunch),
        ARENA_TEST(impossible_spans_have_no_price),
        ARENA_TEST(what_does_not_fit_is_refused),
        ARENA_TEST(parts_of_a_second_are_not_billed),
        ARENA_TEST(a_usage_has_its_limit),
        ARENA_TEST(borders_lose_and_make_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
