/* Random series of samples with faults: what must hold whatever happens. The seeds are fixed. */

#include "base/instant.h"
#include "cmocka_all.h"
#include "metering/run_state.h"

#define T0     INT64_C(1764028800000000)
#define ROUNDS 80
#define STEPS  400

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % sides;
}

/* The world that the samples are of. */
struct world {
    uint64_t seed;
    int64_t at_us; /* wall */
    int64_t mono_us;
    int64_t seq;
    int64_t power_mw;
    bool contact;
    int64_t used_uj;
    int64_t offset_mwh; /* moved by resets */
    int64_t tick_mwh;
};

static void move_on(struct world *world)
{
    int64_t lasts = (int64_t)dice(&world->seed, 3) * 500000;

    if (dice(&world->seed, 40) == 0)
        lasts = (int64_t)dice(&world->seed, 600) * US_PER_S;
    world->mono_us += lasts;
    world->at_us += lasts;
    world->used_uj += world->power_mw * (lasts / 1000);
    if (dice(&world->seed, 60) == 0)
        world->at_us += ((int64_t)dice(&world->seed, 200) - 100) * US_PER_S;
    if (dice(&world->seed, 12) == 0) {
        static const int64_t watts[] = {0, 5, 40, 180, 300, 420, 1500, 4900};
        world->power_mw = watts[dice(&world->seed, 8)] * 1000;
        world->contact =
            dice(&world->seed, 5) == 0 ? world->power_mw == 0 : world->power_mw >= 300000;
    }
    if (dice(&world->seed, 150) == 0)
        world->offset_mwh = -(world->used_uj / 3600000);
}

static struct meter_sample observe(struct world *world, bool has_faults)
{
    struct meter_sample sample = {
        .seq = ++world->seq,
        .at_us = world->at_us,
        .mono_us = world->mono_us,
        .power_mw = world->power_mw,
        .contact = world->contact,
        .energy_mwh =
            (world->used_uj / 3600000 + world->offset_mwh) / world->tick_mwh * world->tick_mwh,
    };
    sample.meter.byte[0] = (uint8_t)(1 + dice(&world->seed, 2));
    sample.has = sample.meter.byte[0] == 1 ? SAMPLE_POWER | SAMPLE_ENERGY : SAMPLE_CONTACT;
    if (!has_faults)
        return sample;
    switch (dice(&world->seed, 25)) {
    case 0:
        sample.energy_mwh = (int64_t)dice(&world->seed, UINT32_MAX) * 1000;
        break;
    case 1:
        sample.energy_mwh = 0;
        break;
    case 2:
        sample.power_mw = (int64_t)dice(&world->seed, UINT32_MAX) * 1000 - 1000000000;
        break;
    case 3:
        sample.has &= (uint8_t)~SAMPLE_POWER;
        break;
    case 4:
        sample.has &= (uint8_t)~SAMPLE_ENERGY;
        break;
    case 5:
        sample.seq -= 3;
        break;
    case 6:
        sample.mono_us -= 2 * US_PER_S;
        sample.at_us -= 2 * US_PER_S;
        break;
    case 7:
        sample.quality = QUALITY_RESTART;
        sample.mono_us = world->mono_us = (int64_t)dice(&world->seed, 1000) * US_PER_S;
        break;
    default:
        break;
    }
    return sample;
}

static struct run_rule rule_of(uint64_t *seed, int64_t tick_mwh)
{
    struct run_rule rule = RUN_RULE_DEFAULT;
    rule.basis = (enum run_basis)dice(seed, 3);
    rule.hold_ms = (int32_t)dice(seed, 3) * 30000;
    rule.contact_on_ms = (int32_t)dice(seed, 3) * 1000;
    rule.contact_off_ms = (int32_t)dice(seed, 3) * 2500;
    rule.counter = (struct counter_rule){0, tick_mwh, 0, 3, 5000000};
    return rule;
}

static void store_and_restore(struct run_state *state)
{
    struct arena *arena = arena_new();
    struct problem problem;
    struct buf text = {0};
    const struct json *doc;
    const char *why;
    struct run_state back;

    problem_init(&problem, arena);
    run_state_encode(state, &text);
    if (json_parse(buf_view(&text), arena, &doc, &why))
        fail_msg("%s", why);
    if (run_state_decode(doc, arena, &back, &problem))
        fail_msg("%s at " STR_FMT, code_name(problem.violation[0].code),
                 STR_ARG(problem.violation[0].pointer));
    *state = back;
    buf_fini(&text);
    arena_free(arena);
}

static void same_span(const struct run_span *a, const struct run_span *b)
{
    assert_int_equal(a->ordinal, b->ordinal);
    assert_int_equal(a->run_no, b->run_no);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->start_us, b->start_us);
    assert_int_equal(a->end_us, b->end_us);
    assert_int_equal(a->energy_mwh, b->energy_mwh);
    assert_int_equal(a->quality, b->quality);
}

static void same_edges(const struct run_edges *a, const struct run_edges *b)
{
    assert_int_equal(a->closed_count, b->closed_count);
    for (size_t i = 0; i < a->closed_count; i++)
        same_span(&a->closed[i], &b->closed[i]);
    same_span(&a->open, &b->open);
    assert_int_equal(a->clock_step_us, b->clock_step_us);
    assert_int_equal(a->counter.booked_mwh, b->counter.booked_mwh);
}

/* No span holds more than the instrument could have drawn, and one step. Where the wall clock was
 * stepped a span's length isn't the time that passed. */
static void check_energy(const struct run_span *span, const struct run_rule *rule)
{
    int64_t limit = counter_limit_mwh(&rule->counter, span->end_us - span->start_us);
    if (!(span->quality & QUALITY_CLOCK) && span->energy_mwh > limit + rule->counter.resolution_mwh)
        fail_msg("span %lld (%s, %lld s): %lld mWh, at most %lld", (long long)span->ordinal,
                 run_status_names[span->state],
                 (long long)(span->end_us - span->start_us) / 1000000, (long long)span->energy_mwh,
                 (long long)limit);
}

/* What is added up over one round. */
struct tally {
    int64_t booked_mwh;
    int64_t spans_mwh;
    int64_t end_us;
    int64_t ordinal;
    enum run_status state;
};

static void check_spans(const struct run_edges *edges, const struct run_rule *rule,
                        struct tally *tally)
{
    for (size_t i = 0; i < edges->closed_count; i++) {
        const struct run_span *span = &edges->closed[i];
        assert_int_equal(span->start_us, tally->end_us);
        assert_true(span->end_us > span->start_us);
        assert_int_equal(span->ordinal, tally->ordinal + 1);
        assert_true(span->energy_mwh >= 0);
        check_energy(span, rule);
        if (span->ordinal > 1)
            assert_int_not_equal(span->state, tally->state);
        assert_int_equal(span->run_no > 0, span->state == RUN_RUN);
        tally->state = span->state;
        tally->end_us = span->end_us;
        tally->ordinal = span->ordinal;
        tally->spans_mwh += span->energy_mwh;
    }
    assert_int_equal(edges->open.start_us, tally->end_us);
    assert_int_equal(edges->open.ordinal, tally->ordinal + 1);
    assert_true(edges->open.end_us >= edges->open.start_us);
}

static void one_round(uint64_t seed, bool has_faults)
{
    struct world world = {.seed = seed, .at_us = T0, .mono_us = 1000000};
    struct tally tally = {.end_us = T0};
    struct run_state state;
    struct run_state twin;
    struct run_edges edges;
    struct run_edges other;

    world.tick_mwh = dice(&world.seed, 2) ? 1000 : 100000;
    struct run_rule rule = rule_of(&world.seed, world.tick_mwh);
    run_state_init(&state, T0);
    /* With a base line from the start all energy is the counter's. */
    struct meter_sample first = {.meter = {{1}},
                                 .seq = ++world.seq,
                                 .at_us = T0,
                                 .mono_us = world.mono_us,
                                 .has = SAMPLE_ENERGY};
    assert_int_equal(run_state_step(&state, &rule, &first, &edges), 0);
    twin = state;
    for (int k = 0; k < STEPS; k++) {
        move_on(&world);
        struct meter_sample sample = observe(&world, has_faults);
        int r = run_state_step(&state, &rule, &sample, &edges);
        assert_int_equal(run_state_step(&twin, &rule, &sample, &other), r);
        same_edges(&edges, &other);
        if (dice(&world.seed, 5) == 0)
            store_and_restore(&twin);
        tally.booked_mwh += edges.counter.booked_mwh;
        check_spans(&edges, &rule, &tally);
        int64_t sum = tally.spans_mwh + run_state_unattributed(&state);
        if (sum != tally.booked_mwh)
            fail_msg("seed %llu, step %d: %lld of %lld mWh", (unsigned long long)seed, k,
                     (long long)sum, (long long)tally.booked_mwh);
    }
}

static void spans_and_sums_hold(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++)
        one_round(seed, false);
}

static void spans_and_sums_hold_under_faults(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1000; seed < 1000 + ROUNDS; seed++)
        one_round(seed, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_and_sums_hold),
        cmocka_unit_test(spans_and_sums_hold_under_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
