#include "base/instant.h"
#include "cmocka_all.h"
#include "metering/run_state.h"

#define T0    INT64_C(1764028800000000)
#define SPANS 64

/* One resource under test: its machine and every span that it closed. */
struct bench {
    struct run_state state;
    struct run_rule rule;
    struct run_edges edges;
    int64_t seq;
    size_t count;
    struct run_span span[SPANS];
};

static struct bench bench_of(enum run_basis basis)
{
    struct bench bench = {.rule = RUN_RULE_DEFAULT};
    bench.rule.basis = basis;
    run_state_init(&bench.state, T0);
    return bench;
}

static int put(struct bench *bench, const struct meter_sample *sample)
{
    int r = run_state_step(&bench->state, &bench->rule, sample, &bench->edges);
    for (size_t i = 0; i < bench->edges.closed_count; i++) {
        if (bench->count == SPANS)
            fail_msg("too many spans");
        bench->span[bench->count++] = bench->edges.closed[i];
    }
    return r;
}

static struct meter_sample sample_at(struct bench *bench, int64_t ms)
{
    return (struct meter_sample){.meter = {{1}},
                                 .seq = ++bench->seq,
                                 .at_us = T0 + ms * 1000,
                                 .mono_us = 5000000 + ms * 1000};
}

static void power(struct bench *bench, int64_t ms, int64_t watts)
{
    struct meter_sample sample = sample_at(bench, ms);
    sample.has = SAMPLE_POWER;
    sample.power_mw = watts * 1000;
    assert_int_equal(put(bench, &sample), 0);
}

static void contact(struct bench *bench, int64_t ms, bool closed)
{
    struct meter_sample sample = sample_at(bench, ms);
    sample.has = SAMPLE_CONTACT;
    sample.contact = closed;
    sample.meter.byte[0] = 2;
    assert_int_equal(put(bench, &sample), 0);
}

static void energy(struct bench *bench, int64_t ms, bool closed, int64_t mwh)
{
    struct meter_sample sample = sample_at(bench, ms);
    sample.has = SAMPLE_CONTACT | SAMPLE_ENERGY;
    sample.contact = closed;
    sample.energy_mwh = mwh;
    assert_int_equal(put(bench, &sample), 0);
}

static void full(struct bench *bench, int64_t ms, bool closed, int64_t watts, int64_t mwh)
{
    struct meter_sample sample = sample_at(bench, ms);
    sample.has = SAMPLE_ALL;
    sample.contact = closed;
    sample.power_mw = watts * 1000;
    sample.energy_mwh = mwh;
    assert_int_equal(put(bench, &sample), 0);
}

static void contacts(struct bench *bench, int64_t from_ms, int64_t to_ms, bool closed)
{
    for (int64_t ms = from_ms; ms < to_ms; ms += 1000)
        contact(bench, ms, closed);
}

static void powers(struct bench *bench, int64_t from_ms, int64_t to_ms, int64_t watts)
{
    for (int64_t ms = from_ms; ms < to_ms; ms += 1000)
        power(bench, ms, watts);
}

/* State, and milliseconds from the start. */
static void expect(const struct bench *bench, size_t k, enum run_status status, int64_t from_ms,
                   int64_t to_ms)
{
    const struct run_span *span = &bench->span[k];
    if (k >= bench->count)
        fail_msg("only %zu spans", bench->count);
    if (span->state != status || span->start_us != T0 + from_ms * 1000 ||
        span->end_us != T0 + to_ms * 1000)
        fail_msg("span %zu: %s from %lld to %lld ms", k, run_status_names[span->state],
                 (long long)(span->start_us - T0) / 1000, (long long)(span->end_us - T0) / 1000);
    assert_int_equal(span->ordinal, k + 1);
}

static void two_thresholds_make_one_run(void **unused)
{
    (void)unused;
    static const int watts[] = {350, 420, 380, 390, 210, 190, 190, 190, 190, 190, 190, 190};
    struct bench bench = bench_of(RUN_BY_POWER);

    for (size_t i = 0; i < LEN(watts); i++)
        power(&bench, (int64_t)i * 10000, watts[i]);
    assert_int_equal(bench.count, 2);
    expect(&bench, 0, RUN_IDLE, 0, 10000);
    expect(&bench, 1, RUN_RUN, 10000, 50000);
    assert_int_equal(bench.edges.open.state, RUN_IDLE);
    assert_int_equal(bench.edges.open.start_us, T0 + 50000000);
    assert_int_equal(bench.edges.open.end_us, T0 + 110000000);
}

static void a_short_closure_is_no_run(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);

    contacts(&bench, 0, 10000, false);
    contact(&bench, 10000, true);
    contact(&bench, 10400, false);
    contacts(&bench, 11000, 100000, false);
    assert_int_equal(bench.count, 0);
    assert_int_equal(bench.edges.open.state, RUN_OFF);
    assert_int_equal(bench.edges.open.end_us, T0 + 99000000);
}

static void a_closure_first_seen_after_a_gap_is_debounced_too(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);

    contact(&bench, 0, false);
    contact(&bench, 100000, true);
    contact(&bench, 100400, false);
    contacts(&bench, 101000, 110000, false);
    assert_int_equal(bench.edges.open.state, RUN_OFF);
    assert_int_equal(bench.count, 1);
    expect(&bench, 0, RUN_UNKNOWN, 0, 100000);
}

static void debounce_is_dated_back(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);

    contacts(&bench, 0, 10000, false);
    contacts(&bench, 10000, 12000, true);
    assert_int_equal(bench.count, 0);
    contact(&bench, 12000, true);
    assert_int_equal(bench.count, 1);
    expect(&bench, 0, RUN_OFF, 0, 10000);
    assert_int_equal(bench.edges.open.state, RUN_RUN);
    assert_int_equal(bench.edges.open.start_us, T0 + 10000000);
    contacts(&bench, 13000, 20000, true);
    contacts(&bench, 20000, 23000, false); /* bounces */
    contacts(&bench, 23000, 30000, true);
    contacts(&bench, 30000, 100000, false);
    assert_int_equal(bench.count, 2);
    expect(&bench, 1, RUN_RUN, 10000, 30000);
}

/* Standby 40 W, run 400 W, threshold 150 W, pause 60 s; a drop of 30 s after twenty minutes. */
static void a_short_pause_belongs_to_the_run(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);
    const int64_t minute = 60000;

    bench.rule.on_w = bench.rule.off_w = 150;
    powers(&bench, 0, 20 * minute, 400);
    powers(&bench, 20 * minute, 20 * minute + 30000, 40);
    powers(&bench, 20 * minute + 30000, 60 * minute, 400);
    powers(&bench, 60 * minute, 62 * minute, 40);
    assert_int_equal(bench.count, 1);
    expect(&bench, 0, RUN_RUN, 0, 60 * minute);
    assert_int_equal(bench.edges.open.state, RUN_IDLE);
}

static void a_long_pause_ends_the_run(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    powers(&bench, 0, 100000, 500);
    powers(&bench, 100000, 160000, 3);
    assert_int_equal(bench.count, 0);
    assert_int_equal(bench.edges.open.state, RUN_RUN);
    assert_int_equal(bench.edges.open.end_us, T0 + 100000000); /* the rest isn't certain */
    powers(&bench, 160000, 200000, 500);
    powers(&bench, 200000, 261000, 3);
    assert_int_equal(bench.count, 3);
    expect(&bench, 0, RUN_RUN, 0, 100000);
    expect(&bench, 1, RUN_OFF, 100000, 160000);
    expect(&bench, 2, RUN_RUN, 160000, 200000);
    assert_int_equal(bench.span[0].run_no, 1);
    assert_int_equal(bench.span[2].run_no, 2);
}

/* Off and idle flap within a pause; then the run goes on. Nothing of it remains. */
static void a_pause_may_flap(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    powers(&bench, 0, 10000, 500);
    for (int64_t ms = 10000; ms < 65000; ms += 1000)
        power(&bench, ms, ms / 1000 % 2 ? 3 : 100);
    powers(&bench, 65000, 70000, 500);
    powers(&bench, 70000, 140000, 3);
    assert_int_equal(bench.count, 1);
    expect(&bench, 0, RUN_RUN, 0, 70000);
}

static void silence_is_unknown(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);
    const int64_t minute = 60000;

    powers(&bench, 0, 20 * minute + 1000, 400);
    powers(&bench, 35 * minute, 60 * minute, 400);
    assert_int_equal(bench.count, 2);
    expect(&bench, 0, RUN_RUN, 0, 20 * minute);
    expect(&bench, 1, RUN_UNKNOWN, 20 * minute, 35 * minute);
    assert_int_equal(bench.span[1].quality, QUALITY_GAP);
    assert_int_equal(bench.span[0].run_no, 1);
    assert_int_equal(bench.edges.open.run_no, 1); /* the same run on both sides */
}

/* Two hours without a sample: the counter knows the energy, nobody the run time. */
static void energy_of_a_gap_is_recovered(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);

    energy(&bench, 0, false, 9990000);
    energy(&bench, 10000, false, 10000000);
    energy(&bench, 7210000, false, 14000000);
    energy(&bench, 7220000, false, 14000000);
    assert_int_equal(bench.count, 2);
    expect(&bench, 1, RUN_UNKNOWN, 10000, 7210000);
    assert_int_equal(bench.span[0].energy_mwh, 10000);
    assert_int_equal(bench.span[1].energy_mwh, 4000000);
    assert_int_equal(bench.span[1].quality, QUALITY_GAP | QUALITY_RECOVERED);
}

/* The contact module is back first; the meter's difference still belongs to the gap. */
static void a_gap_waits_for_its_counter(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);
    struct meter_sample sample;

    for (int64_t ms = 0; ms <= 10000; ms += 1000) {
        contact(&bench, ms, true);
        sample = sample_at(&bench, ms + 300);
        sample.has = SAMPLE_POWER | SAMPLE_ENERGY;
        sample.power_mw = 3600000;
        sample.energy_mwh = ms;
        assert_int_equal(put(&bench, &sample), 0);
    }
    contacts(&bench, 610000, 613000, true);
    sample = sample_at(&bench, 613300);
    sample.has = SAMPLE_POWER | SAMPLE_ENERGY;
    sample.power_mw = 3600000;
    sample.energy_mwh = 610000;
    assert_int_equal(put(&bench, &sample), 0);
    contacts(&bench, 614000, 620000, true);
    assert_int_equal(bench.count, 2);
    expect(&bench, 0, RUN_RUN, 0, 10000);
    expect(&bench, 1, RUN_UNKNOWN, 10000, 610000);
    assert_in_range(bench.span[0].energy_mwh, 9600, 9700);
    assert_in_range(bench.span[1].energy_mwh, 595000, 600300);
    assert_int_equal(bench.span[0].energy_mwh + bench.span[1].energy_mwh +
                         run_state_unattributed(&bench.state),
                     610000);
}

static void without_a_counter_power_is_integrated(void **unused)
{
    (void)unused;
    static const struct {
        size_t count;
        struct {
            int64_t ms, watts;
        } at[4];
        int64_t mwh;
        enum run_status state;
    } rows[] = {
        {2, {{0, 1000}, {20000, 1000}}, 5555, RUN_RUN},
        {2, {{0, 1000}, {3600000, 1000}}, 0, RUN_UNKNOWN},
        {4, {{0, 1200}, {7000, 1200}, {19000, 2400}, {31000, 2400}}, 16333, RUN_RUN},
        {3, {{0, 0}, {10000, -3600}, {20000, 0}}, 0, RUN_OFF},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct bench bench = bench_of(RUN_BY_POWER);
        for (size_t k = 0; k < rows[i].count; k++)
            power(&bench, rows[i].at[k].ms, rows[i].at[k].watts);
        struct run_span span = bench.count > 0 ? bench.span[bench.count - 1] : bench.edges.open;
        if (span.energy_mwh != rows[i].mwh || span.state != rows[i].state)
            fail_msg("row %zu: %lld mWh in %s", i, (long long)span.energy_mwh,
                     run_status_names[span.state]);
        if (rows[i].mwh > 0)
            assert_int_equal(span.quality, QUALITY_ESTIMATED);
    }
}

/* Ten runs of 300 W for ten minutes under a counter with steps of 0.1 kWh. */
static void coarse_steps_are_shared_by_power(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);
    const int64_t tick = 100000;
    int64_t used_uj = 0;
    int64_t sum = 0;
    int64_t ms = 0;
    int64_t last = 0;

    bench.rule.on_w = bench.rule.off_w = 200;
    bench.rule.counter = (struct counter_rule){0, tick, 0, 3, 5000000};
    for (int run = 0; run < 10; run++)
        for (int second = 0; second < 1200; second++, ms += 1000) {
            int64_t watts = second < 600 ? 300 : 0;
            used_uj += (last + watts) * 500000;
            last = watts;
            full(&bench, ms, false, watts, 55200000 + used_uj / 3600000 / tick * tick);
        }
    size_t runs = 0;
    for (size_t i = 0; i < bench.count; i++) {
        sum += bench.span[i].energy_mwh;
        if (bench.span[i].state != RUN_RUN)
            continue;
        runs++;
        assert_in_range(bench.span[i].energy_mwh, 49900, 50100);
        assert_int_equal(bench.span[i].quality, QUALITY_GOOD);
    }
    assert_int_equal(runs, 10);
    assert_int_equal(sum + run_state_unattributed(&bench.state), 500000);
}

static void the_same_sample_counts_once(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);

    energy(&bench, 0, true, 0);
    energy(&bench, 1000, true, 500);
    struct meter_sample again = sample_at(&bench, 1000);
    again.has = SAMPLE_ENERGY;
    again.energy_mwh = 900;
    again.seq = bench.seq - 1;
    struct run_state before = bench.state;
    assert_int_equal(put(&bench, &again), RUN_E_DUPLICATE);
    assert_memory_equal(&bench.state, &before, sizeof(before));
    again.seq = ++bench.seq;
    again.at_us -= 500000;
    again.mono_us -= 500000;
    assert_int_equal(put(&bench, &again), RUN_E_LATE);
    again.meter.byte[0] = 9;
    assert_int_equal(put(&bench, &again), RUN_E_LATE);
    assert_memory_equal(&bench.state, &before, sizeof(before));
}

static void two_samples_of_one_millisecond(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_BOTH);

    for (int64_t ms = 0; ms <= 10000; ms += 1000) {
        power(&bench, ms, 1000);
        contact(&bench, ms, true);
    }
    power(&bench, 10000, 1000);
    assert_int_equal(bench.count, 0);
    assert_int_equal(bench.edges.open.state, RUN_RUN);
    assert_int_equal(bench.edges.open.start_us, T0);
    assert_int_equal(bench.edges.open.end_us, T0 + 10000000);
    assert_int_equal(bench.edges.open.energy_mwh, 2777);
}

/* The wall clock is set 30 s back in a run of a minute: the run stays a minute. */
static void a_clock_step_changes_no_duration(void **unused)
{
    (void)unused;
    static const int64_t steps_s[] = {-30, 30, -7200, 7200};

    for (size_t i = 0; i < LEN(steps_s); i++) {
        struct bench bench = bench_of(RUN_BY_CONTACT);
        int64_t moved = 0;
        for (int64_t s = 0; s <= 300; s++) {
            struct meter_sample sample = sample_at(&bench, s * 1000);
            moved = s >= 90 ? steps_s[i] * US_PER_S : 0;
            sample.at_us += moved;
            sample.has = SAMPLE_CONTACT | SAMPLE_ENERGY;
            sample.contact = s >= 60 && s < 120;
            sample.energy_mwh = s * 100;
            assert_int_equal(put(&bench, &sample), 0);
            assert_int_equal(bench.edges.clock_step_us, s == 90 ? moved : 0);
        }
        assert_true(bench.count >= 2);
        expect(&bench, 0, RUN_OFF, 0, 60000);
        expect(&bench, 1, RUN_RUN, 60000, 120000);
        assert_int_equal(bench.span[1].quality, QUALITY_CLOCK);
        assert_int_equal(bench.span[1].energy_mwh, 6000);
        int64_t sum = run_state_unattributed(&bench.state);
        int64_t end = T0;
        for (size_t k = 0; k < bench.count; k++) {
            assert_int_equal(bench.span[k].start_us, end);
            end = bench.span[k].end_us;
            sum += bench.span[k].energy_mwh;
        }
        assert_int_equal(bench.edges.open.start_us, end);
        assert_int_equal(sum, 30000);
        /* At rest the time line is back on the wall clock: forward at once, backward by waiting. */
        if (steps_s[i] > -100)
            assert_int_equal(bench.state.now_us, T0 + 300 * US_PER_S + moved);
    }
}

/* Stored at 20.0 kWh in a run; five minutes later a new process goes on with it. */
static void a_restart_continues_the_run(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_CONTACT);

    energy(&bench, 0, true, 19990000);
    energy(&bench, 10000, true, 20000000);
    struct meter_sample sample = sample_at(&bench, 310000);
    sample.has = SAMPLE_CONTACT | SAMPLE_ENERGY;
    sample.contact = true;
    sample.energy_mwh = 20300000;
    sample.mono_us = 77; /* another machine, another start */
    sample.quality = QUALITY_RESTART;
    assert_int_equal(put(&bench, &sample), 0);
    sample.seq = ++bench.seq;
    sample.at_us += 10000000;
    sample.mono_us += 10000000;
    sample.quality = 0;
    assert_int_equal(put(&bench, &sample), 0);
    assert_int_equal(bench.count, 2);
    expect(&bench, 0, RUN_RUN, 0, 10000);
    expect(&bench, 1, RUN_UNKNOWN, 10000, 310000);
    assert_int_equal(bench.span[1].energy_mwh, 300000);
    assert_int_equal(bench.span[1].quality, QUALITY_GAP | QUALITY_RECOVERED);
    assert_int_equal(bench.span[0].run_no, 1);
    assert_int_equal(bench.edges.open.run_no, 1);
    assert_int_equal(bench.edges.open.state, RUN_RUN);
}

static void a_welded_contact_is_no_run(void **unused)
{
    (void)unused;
    static const enum run_basis bases[] = {RUN_BY_CONTACT, RUN_BY_BOTH};

    for (size_t i = 0; i < LEN(bases); i++) {
        struct bench bench = bench_of(bases[i]);
        for (int64_t s = 0; s <= 7200; s += 10)
            full(&bench, s * 1000, true, 3, s * 3 / 4);
        assert_int_equal(bench.count, 0);
        assert_int_equal(bench.edges.open.state, RUN_OFF);
        assert_true(bench.edges.open.quality & QUALITY_SUSPECT);
    }
}

static void reversed_wiring_is_suspect(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    for (int64_t s = 0; s <= 600; s += 10)
        full(&bench, s * 1000, true, -800, 5000000);
    assert_int_equal(bench.count, 0);
    assert_true(bench.edges.open.quality & QUALITY_SUSPECT);
    assert_int_equal(bench.edges.open.energy_mwh, 0);
}

static void a_frozen_source_is_suspect(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    bench.rule.counter.resolution_mwh = 10000;
    for (int64_t s = 0; s < 600; s += 10)
        full(&bench, s * 1000, true, 1234, 5000000);
    assert_false(bench.edges.open.quality & QUALITY_SUSPECT);
    full(&bench, 600000, true, 1234, 5000000);
    assert_true(bench.edges.open.quality & QUALITY_SUSPECT);
}

static void power_of_the_wrong_unit_is_suspect(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    bench.rule.counter.rated_mw = 5000000;
    power(&bench, 0, 2500000);
    power(&bench, 10000, 2500000);
    assert_true(bench.edges.open.quality & QUALITY_SUSPECT);
    assert_in_range(bench.edges.open.energy_mwh, 16600, 16667); /* 6 kW for 10 s, not 2.5 MW */
}

/* The counter is silent for ten minutes, the power isn't: estimated first, then replaced. */
static void a_counter_that_returns_replaces_estimates(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    full(&bench, 0, false, 3600, 0);
    full(&bench, 1000, false, 3600, 1000);
    powers(&bench, 2000, 300000, 3600);
    powers(&bench, 300000, 400000, 20);
    assert_int_equal(bench.count, 1);
    expect(&bench, 0, RUN_RUN, 0, 300000);
    assert_true(bench.span[0].quality & QUALITY_ESTIMATED);
    assert_in_range(bench.span[0].energy_mwh, 298000, 300000);
    full(&bench, 400000, false, 20, 310000);
    assert_true(bench.edges.open.quality & QUALITY_RECOVERED);
    assert_int_equal(bench.span[0].energy_mwh + run_state_unattributed(&bench.state), 310000);
}

static void too_many_meters_are_refused(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);

    for (int i = 0; i <= RUN_SOURCES_MAX; i++) {
        struct meter_sample sample = sample_at(&bench, 0);
        sample.meter.byte[0] = (uint8_t)(10 + i);
        sample.has = SAMPLE_POWER;
        sample.power_mw = 200000;
        assert_int_equal(put(&bench, &sample), i < RUN_SOURCES_MAX ? 0 : RUN_E_SOURCES);
    }
    /* One that has fallen silent gives way. */
    for (int64_t ms = 10000; ms < 50000; ms += 10000)
        for (int i = 1; i < RUN_SOURCES_MAX; i++) {
            struct meter_sample sample = sample_at(&bench, ms);
            sample.meter.byte[0] = (uint8_t)(10 + i);
            sample.has = SAMPLE_POWER;
            assert_int_equal(put(&bench, &sample), 0);
        }
    struct meter_sample sample = sample_at(&bench, 40000);
    sample.meter.byte[0] = 99;
    assert_int_equal(put(&bench, &sample), 0);
}

static void states_that_are_none_are_refused(void **unused)
{
    (void)unused;
    struct bench bench = bench_of(RUN_BY_POWER);
    struct arena *arena = arena_new();
    struct problem problem;
    struct run_state back;
    struct buf text = {0};
    const struct json *doc;
    const char *why;

    powers(&bench, 0, 10000, 500);
    run_state_encode(&bench.state, &text);
    problem_init(&problem, arena);
    assert_int_equal(json_parse(buf_view(&text), arena, &doc, &why), 0);
    assert_int_equal(run_state_decode(doc, arena, &back, &problem), 0);

    static const char *const rows[] = {"{}", "[]", "{\"version\":2}"};
    for (size_t i = 0; i < LEN(rows); i++) {
        problem_init(&problem, arena);
        assert_int_equal(json_parse(str_of(rows[i]), arena, &doc, &why), 0);
        assert_int_equal(run_state_decode(doc, arena, &back, &problem), 1);
        assert_true(problem.count > 0);
    }
    char *version = strstr(text.data, "\"version\":1");
    assert_non_null(version);
    version[10] = '2';
    problem_init(&problem, arena);
    assert_int_equal(json_parse(buf_view(&text), arena, &doc, &why), 0);
    assert_int_equal(run_state_decode(doc, arena, &back, &problem), 1);
    buf_fini(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_thresholds_make_one_run),
        cmocka_unit_test(a_short_closure_is_no_run),
        cmocka_unit_test(a_closure_first_seen_after_a_gap_is_debounced_too),
        cmocka_unit_test(debounce_is_dated_back),
        cmocka_unit_test(a_short_pause_belongs_to_the_run),
        cmocka_unit_test(a_long_pause_ends_the_run),
        cmocka_unit_test(a_pause_may_flap),
        cmocka_unit_test(silence_is_unknown),
        cmocka_unit_test(energy_of_a_gap_is_recovered),
        cmocka_unit_test(a_gap_waits_for_its_counter),
        cmocka_unit_test(without_a_counter_power_is_integrated),
        cmocka_unit_test(coarse_steps_are_shared_by_power),
        cmocka_unit_test(the_same_sample_counts_once),
        cmocka_unit_test(two_samples_of_one_millisecond),
        cmocka_unit_test(a_clock_step_changes_no_duration),
        cmocka_unit_test(a_restart_continues_the_run),
        cmocka_unit_test(a_welded_contact_is_no_run),
        cmocka_unit_test(reversed_wiring_is_suspect),
        cmocka_unit_test(a_frozen_source_is_suspect),
        cmocka_unit_test(power_of_the_wrong_unit_is_suspect),
        cmocka_unit_test(a_counter_that_returns_replaces_estimates),
        cmocka_unit_test(too_many_meters_are_refused),
        cmocka_unit_test(states_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
