/* A batch changes the machines when it is stored, and not before. */

#include "unit/daemon/cmocka_all.h"

#include "base/str.h"
#include "meter/machine.h"

#define METERS 2

struct world {
    struct report report;
    struct settings settings;
    struct meter_settings meters[METERS];
    struct resource_settings resources[METERS];
    struct machines *machines;
    struct buf spans, memories, json;
};

static struct uuid id_of(uint8_t kind, size_t n)
{
    return (struct uuid){{kind, (uint8_t)n}};
}

static int setup(void **state)
{
    static struct world world;

    world = (struct world){.machines = machines_new(&world.report)};
    for (size_t i = 0; i < METERS; i++) {
        world.meters[i] = (struct meter_settings){.id = id_of(1, i), .resource = id_of(2, i)};
        world.resources[i] =
            (struct resource_settings){.id = id_of(2, i), .rule = RUN_RULE_DEFAULT};
        world.resources[i].rule.basis = RUN_BY_POWER;
    }
    world.settings.meters = world.meters;
    world.settings.meter_count = METERS;
    world.settings.resources = world.resources;
    world.settings.resource_count = METERS;
    machines_apply(world.machines, &world.settings);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    machines_free(world->machines);
    buf_fini(&world->spans);
    buf_fini(&world->memories);
    buf_fini(&world->json);
    return 0;
}

/* Second `n` of meter `meter`. */
static struct meter_sample sample(size_t meter, int64_t n, int64_t power_w)
{
    return (struct meter_sample){
        .meter = id_of(1, meter),
        .seq = n + 1,
        .at_us = n * US_PER_S + 1000000000,
        .mono_us = n * US_PER_S,
        .has = SAMPLE_POWER,
        .power_mw = power_w * 1000,
    };
}

static void run_batch(struct world *world, int64_t from, int64_t to, int64_t power_w)
{
    buf_reset(&world->spans);
    buf_reset(&world->memories);
    buf_reset(&world->json);
    machines_begin(world->machines);
    for (int64_t n = from; n < to; n++) {
        struct meter_sample taken = sample(0, n, power_w);
        assert_int_equal(machines_step(world->machines, &taken, &world->spans), MACHINE_TAKEN);
    }
    machines_finish(world->machines, &world->spans, &world->memories, &world->json);
}

static void test_batch_that_failed_is_made_again_the_same(void **state)
{
    struct world *world = *state;
    struct buf first = {0};

    run_batch(world, 0, 10, 100);
    machines_commit(world->machines);
    run_batch(world, 10, 200, 1000);
    buf_str(&first, buf_view(&world->json));
    run_batch(world, 10, 200, 1000);
    assert_true(str_eq(buf_view(&first), buf_view(&world->json)));
    machines_commit(world->machines);
    run_batch(world, 10, 200, 1000); /* of unknown outcome, and committed: only known samples */
    assert_true(str_eq(buf_view(&first), buf_view(&world->json)));
    buf_fini(&first);
}

static void test_batches_of_any_size_give_the_same_spans(void **state)
{
    struct world *world = *state;
    struct buf whole = {0};

    run_batch(world, 0, 50, 100);
    machines_commit(world->machines);
    run_batch(world, 50, 300, 1000);
    buf_str(&whole, buf_view(&world->json));
    for (int64_t n = 50; n < 300; n++) {
        run_batch(world, n, n + 1, 1000);
        machines_commit(world->machines);
    }
    assert_true(str_eq(buf_view(&whole), buf_view(&world->json)));
    buf_fini(&whole);
}

static void test_only_touched_machines_are_in_the_batch(void **state)
{
    struct world *world = *state;

    run_batch(world, 0, 3, 100);
    assert_int_equal(world->memories.len, sizeof(struct machine_memory));
    const struct machine_span *open = (const void *)world->spans.data;
    assert_int_equal(world->spans.len, sizeof(*open));
    assert_true(open->is_open);
    assert_true(uuid_eq(open->resource, id_of(2, 0)));
    assert_int_equal(open->span.state, RUN_IDLE);
}

static void test_unknown_meter_is_evidence_only(void **state)
{
    struct world *world = *state;
    struct meter_sample stranger = sample(7, 1, 100);

    machines_begin(world->machines);
    assert_int_equal(machines_step(world->machines, &stranger, &world->spans), MACHINE_UNKNOWN);
    machines_finish(world->machines, &world->spans, &world->memories, &world->json);
    assert_int_equal(world->memories.len, 0);
}

static void test_unreadable_memory_is_never_begun_anew(void **state)
{
    struct world *world = *state;
    struct machines *machines = machines_new(&world->report);
    struct meter_sample taken = sample(0, 1, 100);

    world->resources[0].has_state = true;
    world->resources[0].is_state_bad = true;
    machines_apply(machines, &world->settings);
    machines_begin(machines);
    assert_int_equal(machines_step(machines, &taken, &world->spans), MACHINE_UNKNOWN);
    machines_free(machines);
}

static void test_running_machine_outlives_new_settings(void **state)
{
    struct world *world = *state;
    struct buf before = {0};

    run_batch(world, 0, 100, 1000);
    machines_commit(world->machines);
    buf_str(&before, buf_view(&world->json));
    machines_apply(world->machines, &world->settings); /* read before that batch was stored */
    run_batch(world, 99, 100, 1000);
    assert_true(str_eq(buf_view(&before), buf_view(&world->json)));
    buf_fini(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_batch_that_failed_is_made_again_the_same, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_batches_of_any_size_give_the_same_spans, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_only_touched_machines_are_in_the_batch, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_unknown_meter_is_evidence_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unreadable_memory_is_never_begun_anew, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_running_machine_outlives_new_settings, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
