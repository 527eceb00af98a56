#include "calendar/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LIST(array) ((struct cal_spans){(array), LEN(array)})
#define NO_SPANS    ((struct cal_spans){NULL, 0})

static void join_sorts_drops_and_merges(void **state)
{
    (void)state;
    struct cal_span items[] = {{50, 60}, {10, 20}, {20, 30}, {5, 5}, {9, 2}, {12, 14}, {28, 40}};
    size_t count = cal_spans_join(items, LEN(items));
    assert_int_equal(count, 2);
    assert_int_equal(items[0].from_us, 10);
    assert_int_equal(items[0].to_us, 40);
    assert_int_equal(items[1].from_us, 50);
    assert_int_equal(items[1].to_us, 60);
    assert_int_equal(cal_spans_join(items, 0), 0);
}

static void spans_are_half_open(void **state)
{
    (void)state;
    const struct cal_span items[] = {{10, 20}, {30, 40}};
    struct cal_spans list = LIST(items);
    assert_true(cal_spans_hold(list, 10));
    assert_true(cal_spans_hold(list, 19));
    assert_false(cal_spans_hold(list, 20));
    assert_false(cal_spans_hold(list, 9));
    assert_false(cal_spans_overlap(list, (struct cal_span){20, 30}));
    assert_true(cal_spans_overlap(list, (struct cal_span){19, 20}));
    assert_true(cal_spans_overlap(list, (struct cal_span){20, 31}));
    assert_false(cal_spans_overlap(list, (struct cal_span){15, 15}));
    assert_true(cal_spans_cover(list, (struct cal_span){10, 20}));
    assert_false(cal_spans_cover(list, (struct cal_span){10, 21}));
    assert_false(cal_spans_cover(list, (struct cal_span){15, 35}));
    assert_false(cal_spans_cover(NO_SPANS, (struct cal_span){1, 2}));
}

static void find_gives_the_holder_or_the_next(void **state)
{
    (void)state;
    const struct cal_span items[] = {{10, 20}, {30, 40}};
    struct cal_spans list = LIST(items);
    assert_int_equal(cal_spans_find(list, 0), 0);
    assert_int_equal(cal_spans_find(list, 19), 0);
    assert_int_equal(cal_spans_find(list, 20), 1);
    assert_int_equal(cal_spans_find(list, 39), 1);
    assert_int_equal(cal_spans_find(list, 40), 2);
}

static void gaps_stay_in_the_window(void **state)
{
    (void)state;
    const struct cal_span open[] = {{0, 100}, {200, 300}};
    const struct cal_span busy[] = {{10, 20}, {90, 210}, {220, 230}};
    const struct cal_span expected[] = {{5, 10}, {20, 90}, {210, 220}, {230, 250}};
    struct cal_gaps gaps = cal_gaps(LIST(open), LIST(busy), (struct cal_span){5, 250});
    struct cal_span gap;
    for (size_t i = 0; i < LEN(expected); i++) {
        assert_true(cal_gaps_next(&gaps, &gap));
        assert_int_equal(gap.from_us, expected[i].from_us);
        assert_int_equal(gap.to_us, expected[i].to_us);
    }
    assert_false(cal_gaps_next(&gaps, &gap));
    assert_false(cal_gaps_next(&gaps, &gap));
}

static void the_latest_instant_is_found(void **state)
{
    (void)state;
    const int64_t at[] = {10, 20, 30};
    struct cal_instants list = {at, LEN(at)};
    assert_int_equal(cal_instants_latest(list, 9), 3);
    assert_int_equal(cal_instants_latest(list, 10), 0);
    assert_int_equal(cal_instants_latest(list, 29), 1);
    assert_int_equal(cal_instants_latest(list, 1000), 2);
}

static uint64_t random_state;

static int64_t random_below(int64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int64_t)(random_state % (uint64_t)limit);
}

#define WORLD 64 /* every instant of it can be looked at */
#define MOST  12

static struct cal_spans random_list(struct cal_span *items, bool *map)
{
    size_t count = (size_t)random_below(MOST);
    memset(map, 0, WORLD);
    for (size_t i = 0; i < count; i++) {
        items[i].from_us = random_below(WORLD);
        items[i].to_us = items[i].from_us + random_below(9);
        if (items[i].to_us > WORLD)
            items[i].to_us = WORLD;
        for (int64_t at = items[i].from_us; at < items[i].to_us; at++)
            map[at] = true;
    }
    return (struct cal_spans){items, cal_spans_join(items, count)};
}

/* Lists against a map of every instant: join, hold, cover, overlap and subtract say the same. */
static void lists_agree_with_a_map(void **state)
{
    (void)state;
    random_state = 20261124;
    for (int round = 0; round < 2000; round++) {
        struct cal_span a_items[MOST];
        struct cal_span b_items[MOST];
        struct cal_span rest[2 * MOST];
        bool a_map[WORLD];
        bool b_map[WORLD];
        struct cal_spans a = random_list(a_items, a_map);
        struct cal_spans b = random_list(b_items, b_map);
        struct cal_spans left = {rest, cal_spans_subtract(a, b, rest)};
        for (size_t i = 1; i < left.count; i++)
            assert_true(rest[i - 1].to_us < rest[i].from_us);
        for (int64_t at = 0; at < WORLD; at++) {
            assert_int_equal(cal_spans_hold(a, at), a_map[at]);
            assert_int_equal(cal_spans_hold(left, at), a_map[at] && !b_map[at]);
        }
        int64_t from = random_below(WORLD - 1);
        int64_t to = from + 1 + random_below(WORLD - from - 1);
        bool covers = true;
        bool overlaps = false;
        for (int64_t at = from; at < to; at++) {
            covers = covers && a_map[at];
            overlaps = overlaps || a_map[at];
        }
        assert_int_equal(cal_spans_cover(a, (struct cal_span){from, to}), covers);
        assert_int_equal(cal_spans_overlap(a, (struct cal_span){from, to}), overlaps);
    }
}

/* What one, two, ... of some lists have in common, against the same maps. */
static void shared_agrees_with_a_map(void **state)
{
    (void)state;
    random_state = 7;
    for (int round = 0; round < 2000; round++) {
        struct arena *arena = arena_new();
        struct cal_span items[5][MOST];
        struct cal_spans lists[5];
        bool maps[5][WORLD];
        size_t count = (size_t)random_below(6);
        for (size_t i = 0; i < count; i++)
            lists[i] = random_list(items[i], maps[i]);
        size_t least = 1 + (size_t)random_below(6);
        struct cal_spans shared = cal_spans_shared(lists, count, least, arena);
        for (size_t i = 1; i < shared.count; i++)
            assert_true(shared.item[i - 1].to_us < shared.item[i].from_us);
        for (int64_t at = 0; at < WORLD; at++) {
            size_t held = 0;
            for (size_t i = 0; i < count; i++)
                held += maps[i][at];
            assert_int_equal(cal_spans_hold(shared, at), held >= least);
        }
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join_sorts_drops_and_merges),
        cmocka_unit_test(spans_are_half_open),
        cmocka_unit_test(find_gives_the_holder_or_the_next),
        cmocka_unit_test(gaps_stay_in_the_window),
        cmocka_unit_test(the_latest_instant_is_found),
        cmocka_unit_test(lists_agree_with_a_map),
        cmocka_unit_test(shared_agrees_with_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
