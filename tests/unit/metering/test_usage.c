#include "base/instant.h"
#include "cmocka_all.h"
#include "metering/usage.h"

#define AT(h, m) (INT64_C(1764028800000000) + ((h)*60 + (m)) * US_PER_MIN)
#define MIN(n)   ((n)*60)
#define NONE                                                                                       \
    {                                                                                              \
        INSTANT_NONE, INSTANT_NONE                                                                 \
    }
#define KWH INT64_C(1000000)

static const struct usage_rule plain = {USAGE_USED, 600, false, true, 5};

/* One hour costs 60, so that minutes are money: reserved 15 to 16. */
static void charge_bases_differ(void **unused)
{
    (void)unused;
    static const struct {
        int from, to; /* minutes after 15:00 */
        int reserved, used, overage, greater, spanned;
    } rows[] = {
        {0, 60, 60, 60, 60, 60, 60},  {15, 45, 60, 30, 60, 60, 60},  {0, 75, 60, 75, 75, 75, 75},
        {15, 75, 60, 60, 75, 60, 75}, {-15, 75, 60, 90, 90, 90, 90}, {70, 90, 60, 20, 80, 60, 90},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t from = AT(15, 0) + rows[i].from * US_PER_MIN;
        int64_t to = AT(15, 0) + rows[i].to * US_PER_MIN;
        struct run_span span = {.state = RUN_RUN, .start_us = from, .end_us = to};
        struct usage_input input = {{AT(15, 0), AT(16, 0)}, {from, to}, &span, 1};
        const int wanted[] = {rows[i].reserved,
                              rows[i].used,
                              rows[i].overage,
                              rows[i].greater,
                              rows[i].spanned,
                              rows[i].to - rows[i].from,
                              0};
        for (int basis = USAGE_RESERVED; basis <= USAGE_PER_UNIT; basis++)
            for (int has_meter = 0; has_meter <= 1; has_meter++) {
                struct usage_rule rule = plain;
                struct usage_result result;
                struct usage_evidence evidence[1];
                rule.basis = (enum usage_basis)basis;
                rule.has_meter = has_meter;
                assert_int_equal(usage_reconcile(&input, &rule, &result, evidence), 0);
                if (result.billable_s != MIN(wanted[basis]))
                    fail_msg("row %zu, %s, meter %d: %lld s", i, usage_basis_names[basis],
                             has_meter, (long long)result.billable_s);
                assert_int_equal(result.held, USAGE_NOT_HELD);
            }
    }
}

/* Booked 10 to 12, run 10:05 to 11:10, logged 10:00 to 11:30. */
static void three_times_stand_side_by_side(void **unused)
{
    (void)unused;
    const struct run_span spans[] = {
        {1, 0, RUN_IDLE, AT(9, 0), AT(10, 5), 1 * KWH, 0},
        {2, 1, RUN_RUN, AT(10, 5), AT(11, 10), 13 * KWH, 0},
        {3, 0, RUN_OFF, AT(11, 10), AT(13, 0), 0, 0},
    };
    struct usage_input input = {{AT(10, 0), AT(12, 0)}, {AT(10, 0), AT(11, 30)}, spans, 3};
    struct usage_evidence evidence[3];
    struct usage_result result;

    assert_int_equal(usage_reconcile(&input, &plain, &result, evidence), 0);
    assert_int_equal(result.reserved_s, MIN(120));
    assert_int_equal(result.logged_s, MIN(90));
    assert_int_equal(result.metered_s, MIN(65));
    assert_int_equal(result.metered_from_us, AT(10, 5));
    assert_int_equal(result.metered_to_us, AT(11, 10));
    assert_int_equal(result.billable_s, MIN(65));
    assert_int_equal(result.unobserved_s, 0);
    assert_int_equal(result.held, USAGE_HELD_DIFFERENCE);
    assert_int_equal(result.evidence_count, 3);
    assert_int_equal(evidence[0].from_us, AT(10, 0));
    assert_int_equal(evidence[0].energy_mwh, KWH - KWH * 60 / 65);
    assert_int_equal(result.energy_mwh, 13 * KWH + evidence[0].energy_mwh);
    struct usage_rule wide = plain;
    wide.tolerance_s = MIN(25);
    assert_int_equal(usage_reconcile(&input, &wide, &result, evidence), 0);
    assert_int_equal(result.held, USAGE_NOT_HELD);
    input.was_forgotten = true;
    assert_int_equal(usage_reconcile(&input, &wide, &result, evidence), 0);
    assert_int_equal(result.held, USAGE_HELD_FORGOTTEN);
}

/* The meter was silent from 10:20 to 10:35. */
static void unobserved_time_is_not_held_against_the_firm(void **unused)
{
    (void)unused;
    const struct run_span spans[] = {
        {1, 1, RUN_RUN, AT(10, 0), AT(10, 20), KWH, 0},
        {2, 0, RUN_UNKNOWN, AT(10, 20), AT(10, 35), KWH, QUALITY_GAP | QUALITY_RECOVERED},
        {3, 1, RUN_RUN, AT(10, 35), AT(11, 0), KWH, 0},
    };
    static const struct {
        bool bills;
        int reserved_to; /* minutes after 10:00; 0: no booking */
        int minutes;
    } rows[] = {{false, 60, 45}, {true, 60, 60}, {true, 50, 50}, {true, 30, 45}, {true, 0, 45}};

    for (size_t i = 0; i < LEN(rows); i++) {
        struct usage_input input = {NONE, {AT(10, 0), AT(11, 0)}, spans, 3};
        struct usage_rule rule = plain;
        struct usage_evidence evidence[3];
        struct usage_result result;
        if (rows[i].reserved_to > 0)
            input.reserved = (struct usage_interval){AT(10, 0), AT(10, rows[i].reserved_to)};
        rule.bills_unobserved = rows[i].bills;
        assert_int_equal(usage_reconcile(&input, &rule, &result, evidence), 0);
        if (result.billable_s != MIN(rows[i].minutes))
            fail_msg("row %zu: %lld s", i, (long long)result.billable_s);
        assert_int_equal(result.unobserved_s, MIN(15));
        assert_int_equal(result.held, USAGE_NOT_HELD);
        assert_int_equal(result.quality, QUALITY_GAP | QUALITY_RECOVERED);
        assert_int_equal(result.energy_mwh, 3 * KWH);
    }
}

static void doubtful_evidence_is_held(void **unused)
{
    (void)unused;
    static const struct {
        uint32_t quality;
        int64_t energy, rest;
        enum usage_reason held;
    } rows[] = {
        {QUALITY_SUSPECT, 0, 10 * KWH, USAGE_HELD_SUSPECT},
        {QUALITY_AMBIGUOUS, 0, 10 * KWH, USAGE_HELD_SUSPECT},
        {QUALITY_ESTIMATED, 5 * KWH, 95 * KWH, USAGE_NOT_HELD},
        {QUALITY_ESTIMATED, 5 * KWH + 1, 95 * KWH - 1, USAGE_HELD_ESTIMATED},
        {QUALITY_RECOVERED, KWH, KWH, USAGE_NOT_HELD},
        {QUALITY_CLOCK, KWH, KWH, USAGE_NOT_HELD},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        const struct run_span spans[] = {
            {1, 1, RUN_RUN, AT(10, 0), AT(10, 30), rows[i].energy, rows[i].quality},
            {2, 1, RUN_RUN, AT(10, 30), AT(11, 0), rows[i].rest, 0},
        };
        struct usage_input input = {NONE, {AT(10, 0), AT(11, 0)}, spans, 2};
        struct usage_evidence evidence[2];
        struct usage_result result;
        assert_int_equal(usage_reconcile(&input, &plain, &result, evidence), 0);
        if (result.held != rows[i].held)
            fail_msg("row %zu: held %s", i, usage_reason_names[result.held]);
        assert_int_equal(result.quality, rows[i].quality);
        /* What lies outside of the session doesn't matter. */
        input.logged = (struct usage_interval){AT(10, 30), AT(11, 0)};
        assert_int_equal(usage_reconcile(&input, &plain, &result, evidence), 0);
        assert_int_equal(result.held, USAGE_NOT_HELD);
    }
}

static void a_silent_meter_is_held(void **unused)
{
    (void)unused;
    struct usage_input input = {{AT(10, 0), AT(11, 0)}, {AT(10, 0), AT(11, 0)}, NULL, 0};
    struct usage_result result;

    assert_int_equal(usage_reconcile(&input, &plain, &result, NULL), 0);
    assert_int_equal(result.billable_s, 0);
    assert_int_equal(result.unobserved_s, MIN(60));
    assert_int_equal(result.metered_from_us, INSTANT_NONE);
    assert_int_equal(result.held, USAGE_HELD_UNOBSERVED);
}

/* Sessions one after the other over one span: nothing is lost between them. */
static void clipped_energy_adds_up(void **unused)
{
    (void)unused;
    const struct run_span span = {1, 1, RUN_RUN, AT(10, 0), AT(17, 0), 1000003, 0};
    int64_t sum = 0;

    for (int i = 0; i < 60; i++) {
        int64_t from = AT(10, 0) + 7 * US_PER_MIN * i;
        struct usage_input input = {NONE, {from, from + 7 * US_PER_MIN}, &span, 1};
        struct usage_evidence evidence[1];
        struct usage_result result;
        assert_int_equal(usage_reconcile(&input, &plain, &result, evidence), 0);
        assert_int_equal(result.metered_s, MIN(7));
        sum += result.energy_mwh;
    }
    assert_int_equal(sum, span.energy_mwh);
}

static void absurd_intervals_are_refused(void **unused)
{
    (void)unused;
    static const struct usage_input rows[] = {
        {.reserved = NONE, .logged = NONE},
        {.reserved = NONE, .logged = {AT(11, 0), AT(10, 0)}},
        {.reserved = {AT(11, 0), AT(10, 0)}, .logged = {AT(10, 0), AT(11, 0)}},
        {.reserved = {AT(10, 0), INSTANT_NONE}, .logged = {AT(10, 0), AT(11, 0)}},
    };
    struct usage_result result;

    for (size_t i = 0; i < LEN(rows); i++)
        assert_int_equal(usage_reconcile(&rows[i], &plain, &result, NULL), USAGE_E_INTERVAL);
}

static void unclaimed_run_is_found(void **unused)
{
    (void)unused;
    struct run_span span = {1, 1, RUN_RUN, AT(10, 0), AT(11, 0), KWH, 0};
    const struct usage_interval claimed[] = {
        {AT(9, 0), AT(10, 10)}, {AT(9, 30), AT(10, 5)}, {AT(10, 30), AT(10, 55)}};

    assert_int_equal(usage_unclaimed_us(&span, NULL, 0), 60 * US_PER_MIN);
    assert_int_equal(usage_unclaimed_us(&span, claimed, 3), 25 * US_PER_MIN);
    assert_int_equal(usage_unclaimed_us(&span, (struct usage_interval[]){{AT(9, 0), AT(12, 0)}}, 1),
                     0);
    span.state = RUN_IDLE;
    assert_int_equal(usage_unclaimed_us(&span, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charge_bases_differ),
        cmocka_unit_test(three_times_stand_side_by_side),
        cmocka_unit_test(unobserved_time_is_not_held_against_the_firm),
        cmocka_unit_test(doubtful_evidence_is_held),
        cmocka_unit_test(a_silent_meter_is_held),
        cmocka_unit_test(clipped_energy_adds_up),
        cmocka_unit_test(absurd_intervals_are_refused),
        cmocka_unit_test(unclaimed_run_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
