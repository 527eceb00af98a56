/* Who waits for a newer catalogue goes on with one that was read after it was asked for, not with
 * one whose reading was under way already. */

#include "cmocka_all.h"

#include <event2/event.h>

#include "api/parking.h"

static struct call *retried[4];
static size_t retried_count;

static void retry(struct call *call)
{
    retried[retried_count++] = call;
}

struct scene {
    struct event_base *base;
    struct parking *parking;
    struct arena *arena;
    struct call *first, *second;
};

static int set_up(void **state)
{
    static struct scene scene;
    scene.base = event_base_new();
    scene.parking = parking_new(scene.base, retry);
    scene.arena = arena_new();
    scene.first = arena_alloc(scene.arena, sizeof(*scene.first));
    scene.second = arena_alloc(scene.arena, sizeof(*scene.second));
    scene.first->arena = scene.second->arena = scene.arena;
    retried_count = 0;
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    parking_free(scene->parking);
    event_base_free(scene->base);
    arena_free(scene->arena);
    return 0;
}

static void test_stale_calls_wait_for_their_renewal(void **state)
{
    struct scene *scene = *state;
    parking_stale(scene->parking, scene->first, 4);
    parking_stale(scene->parking, scene->second, 5);
    parking_resume(scene->parking, 3);
    assert_int_equal(retried_count, 0);
    parking_resume(scene->parking, 4);
    assert_int_equal(retried_count, 1);
    assert_ptr_equal(retried[0], scene->first);
    parking_resume(scene->parking, 7);
    assert_int_equal(retried_count, 2);
    assert_ptr_equal(retried[1], scene->second);
}

static void test_a_moment_is_a_tick_of_the_timer(void **state)
{
    struct scene *scene = *state;
    parking_moment(scene->parking, scene->first);
    parking_resume(scene->parking, 9);
    assert_int_equal(retried_count, 0);
    event_base_loop(scene->base, EVLOOP_ONCE);
    assert_int_equal(retried_count, 1);
    assert_int_equal(event_base_get_num_events(scene->base, EVENT_BASE_COUNT_ADDED), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_stale_calls_wait_for_their_renewal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_moment_is_a_tick_of_the_timer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
