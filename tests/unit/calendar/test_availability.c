#include "calendar/availability.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "day.h"

static const struct cal_span hours[] = {
    {AT(0, 9, 0), AT(0, 17, 0)},
    {AT(1, 9, 0), AT(1, 17, 0)},
    {AT(2, 9, 0), AT(2, 17, 0)},
};
static const int64_t midnights[] = {AT(0, 0, 0), AT(1, 0, 0), AT(2, 0, 0), AT(3, 0, 0)};

#define RULES                                                                                      \
    .is_bookable = true, .max_s = CAL_NO_LIMIT, .grid_s = 300, .horizon_s = CAL_NO_LIMIT,          \
    .open = {hours, LEN(hours)}, .day_starts = {midnights, LEN(midnights)}

static const struct cal_spans idle_unit = {NULL, 0};

/* The first slot of an hour at `now_us`, INSTANT_NONE when there is none. */
static int64_t first_slot(const struct cal_rules *rules, const struct cal_spans *units,
                          size_t unit_count, int64_t now_us)
{
    struct cal_slot_query query = {
        .rules = rules,
        .units = units,
        .unit_count = unit_count,
        .duration_s = 3600,
        .from_us = now_us,
        .until_us = INT64_MAX,
    };
    struct cal_span slot;
    if (cal_slots(&query, now_us, &slot, 1) == 0)
        return INSTANT_NONE;
    assert_int_equal(slot.to_us - slot.from_us, US_PER_H);
    return slot.from_us;
}

static void the_next_slot_keeps_hours_grid_and_notice(void **state)
{
    (void)state;
    struct cal_rules rules = {RULES};
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 0, 0)), AT(0, 9, 0));
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 9, 1)), AT(0, 9, 5));
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 9, 0) + 1), AT(0, 9, 5));
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 16, 1)), AT(1, 9, 0));
    rules.notice_s = 36000;
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 9, 0)), AT(1, 9, 0));
    rules.horizon_s = 86400 - 1;
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 9, 0)), INSTANT_NONE);
    rules.horizon_s = 86400;
    assert_int_equal(first_slot(&rules, &idle_unit, 1, AT(0, 9, 0)), AT(1, 9, 0));
}

static void nothing_is_offered_without_rules(void **state)
{
    (void)state;
    struct cal_rules none = {0};
    struct cal_rules closed = {RULES};
    closed.open.count = 0;
    struct cal_rules nowhere = {RULES};
    nowhere.day_starts.count = 0;
    struct cal_rules rules = {RULES};
    assert_int_equal(first_slot(&none, &idle_unit, 1, AT(0, 0, 0)), INSTANT_NONE);
    assert_int_equal(first_slot(&closed, &idle_unit, 1, AT(0, 0, 0)), INSTANT_NONE);
    assert_int_equal(first_slot(&nowhere, &idle_unit, 1, AT(0, 0, 0)), INSTANT_NONE);
    assert_int_equal(first_slot(&rules, NULL, 0, AT(0, 0, 0)), INSTANT_NONE);
}

/* A tear-down of an hour: free at 05 after a claim to 06, and the next one starts at 08. */
static void pads_keep_bookings_apart(void **state)
{
    (void)state;
    struct cal_rules rules = {RULES, .pad_after_s = 3600};
    const struct cal_span two_hours[] = {{AT(0, 8, 0), AT(0, 10, 0)}, {AT(0, 12, 0), AT(0, 17, 0)}};
    struct cal_spans unit = {two_hours, LEN(two_hours)};
    assert_int_equal(first_slot(&rules, &unit, 1, AT(0, 9, 0)), AT(0, 10, 0));

    const struct cal_span one_hour[] = {{AT(0, 8, 0), AT(0, 10, 0)}, {AT(0, 11, 0), AT(0, 17, 0)}};
    unit.item = one_hour;
    assert_int_equal(first_slot(&rules, &unit, 1, AT(0, 9, 0)), AT(1, 9, 0));

    rules.pad_after_s = 0;
    rules.pad_before_s = 900; /* a claim ends at 10: the next may start a set-up later */
    unit.item = two_hours;
    assert_int_equal(first_slot(&rules, &unit, 1, AT(0, 9, 0)), AT(0, 10, 15));
}

static void one_free_unit_is_enough(void **state)
{
    (void)state;
    struct cal_rules rules = {RULES};
    const struct cal_span first[] = {{AT(0, 9, 0), AT(0, 12, 0)}};
    const struct cal_span second[] = {{AT(0, 9, 0), AT(0, 10, 30)}, {AT(0, 11, 0), AT(0, 17, 0)}};
    const struct cal_spans units[] = {{first, LEN(first)}, {second, LEN(second)}};
    assert_int_equal(first_slot(&rules, units, 2, AT(0, 9, 0)), AT(0, 12, 0));
    const struct cal_spans three[] = {units[0], units[1], idle_unit};
    assert_int_equal(first_slot(&rules, three, 3, AT(0, 9, 0)), AT(0, 9, 0));
}

static void several_slots_do_not_overlap(void **state)
{
    (void)state;
    struct cal_rules rules = {RULES};
    const struct cal_span busy[] = {{AT(0, 10, 0), AT(0, 14, 30)}};
    const struct cal_spans unit = {busy, LEN(busy)};
    struct cal_slot_query query = {&rules, &unit, 1, 7200, AT(0, 9, 30), AT(2, 11, 0)};
    const int64_t expected[] = {AT(0, 14, 30), AT(1, 9, 0),  AT(1, 11, 0),
                                AT(1, 13, 0),  AT(1, 15, 0), AT(2, 9, 0)};
    struct cal_span slots[8];
    assert_int_equal(cal_slots(&query, AT(0, 8, 0), slots, LEN(slots)), LEN(expected));
    for (size_t i = 0; i < LEN(expected); i++)
        assert_int_equal(slots[i].from_us, expected[i]);
    assert_int_equal(cal_slots(&query, AT(0, 8, 0), slots, 2), 2);
}

static void durations_follow_the_rules(void **state)
{
    (void)state;
    struct cal_rules rules = {.min_s = 1800, .max_s = 7200, .grid_s = 900};
    assert_int_equal(cal_slot_duration(&rules, 0), 1800);
    assert_int_equal(cal_slot_duration(&rules, 1801), 2700);
    assert_int_equal(cal_slot_duration(&rules, 99999), 7200);
    rules.max_s = 7000;
    assert_int_equal(cal_slot_duration(&rules, 6900), 6300);
    rules.min_s = 6400;
    assert_int_equal(cal_slot_duration(&rules, 0), 0);
    rules.max_s = CAL_NO_LIMIT;
    assert_int_equal(cal_slot_duration(&rules, INT64_MAX), 0);
}

/* A grid that does not divide the day: ends lie on their own day's grid. */
static void ends_after_midnight_lie_on_their_grid(void **state)
{
    (void)state;
    const struct cal_span open[] = {{AT(0, 20, 0), AT(1, 20, 0)}};
    struct cal_rules rules = {RULES};
    rules.open = (struct cal_spans){open, LEN(open)};
    rules.grid_s = 25200; /* 00, 07, 14, 21 */
    struct cal_slot_query query = {&rules, &idle_unit, 1, 25200, AT(0, 20, 0), INT64_MAX};
    struct cal_span slot;
    assert_int_equal(cal_slots(&query, AT(0, 0, 0), &slot, 1), 1);
    assert_int_equal(slot.from_us, AT(1, 0, 0));
}

/* A short day (clocks go forward) shifts the grid: a long slot with its ends on both grids comes
 * late. */
static void a_short_day_shifts_the_grid(void **state)
{
    (void)state;
    const int64_t days[] = {
        0, 24 * US_PER_H, 47 * US_PER_H, 71 * US_PER_H, 95 * US_PER_H, 119 * US_PER_H};
    const struct cal_span open[] = {{0, 200 * US_PER_H}};
    struct cal_rules rules = {RULES};
    rules.open = (struct cal_spans){open, LEN(open)};
    rules.day_starts = (struct cal_instants){days, LEN(days)};
    rules.grid_s = 7200;
    struct cal_slot_query query = {&rules, &idle_unit, 1, 70 * 3600, 0, INT64_MAX};
    struct cal_span slot;
    assert_int_equal(cal_slots(&query, 0, &slot, 1), 1);
    assert_int_equal(slot.from_us, 47 * US_PER_H);
}

static uint64_t random_state;

static int64_t random_below(int64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int64_t)(random_state % (uint64_t)limit);
}

static bool is_feasible(const struct cal_slot_query *query, int64_t now_us, int64_t start_us,
                        int64_t duration_us, struct arena *arena)
{
    struct problem problem;
    struct cal_overrides overrides;
    struct cal_request request = {.start_us = start_us, .end_us = start_us + duration_us};
    problem_init(&problem, arena);
    if (cal_policy_check(query->rules, &request, now_us, &problem, &overrides) != 0)
        return false;
    struct cal_span claim = cal_claim_span(query->rules, request.start_us, request.end_us);
    for (size_t i = 0; i < query->unit_count; i++) {
        if (!cal_spans_overlap(query->units[i], claim))
            return true;
    }
    return false;
}

/* Trying every minute one by one finds the same first slot, and it passes the policy. */
static void the_first_slot_is_the_first(void **state)
{
    (void)state;
    random_state = 42;
    for (int round = 0; round < 300; round++) {
        struct cal_rules rules = {RULES};
        rules.grid_s = 60 * (1 + random_below(45));
        rules.notice_s = 60 * random_below(120);
        rules.pad_before_s = 60 * random_below(20);
        rules.pad_after_s = 60 * random_below(20);
        rules.max_s = 60 * (45 + random_below(200));
        rules.horizon_s = US_PER_DAY / US_PER_S * (1 + random_below(3));
        struct cal_span busy[2][10];
        struct cal_spans units[2];
        for (size_t i = 0; i < 2; i++) {
            for (size_t j = 0; j < 10; j++) {
                int64_t at_us = AT(random_below(2), 9, random_below(480));
                busy[i][j] = (struct cal_span){at_us, at_us + US_PER_MIN * random_below(90)};
            }
            units[i] = (struct cal_spans){busy[i], cal_spans_join(busy[i], 10)};
        }
        int64_t now_us = AT(0, 8, random_below(600));
        struct cal_slot_query query = {&rules, units,       2, 60 * (1 + random_below(180)),
                                       now_us, AT(2, 17, 0)};
        int64_t duration_us = cal_slot_duration(&rules, query.duration_s) * US_PER_S;
        struct cal_span slot = {INSTANT_NONE, INSTANT_NONE};
        size_t found = cal_slots(&query, now_us, &slot, 1);
        struct arena *arena = arena_new();
        int64_t at_us = now_us;
        while (at_us + duration_us <= query.until_us &&
               !is_feasible(&query, now_us, at_us, duration_us, arena))
            at_us += US_PER_MIN;
        arena_free(arena);
        if (at_us + duration_us > query.until_us || duration_us == 0)
            assert_int_equal(found, 0);
        else
            assert_int_equal(slot.from_us, at_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_slot_keeps_hours_grid_and_notice),
        cmocka_unit_test(nothing_is_offered_without_rules),
        cmocka_unit_test(pads_keep_bookings_apart),
        cmocka_unit_test(one_free_unit_is_enough),
        cmocka_unit_test(several_slots_do_not_overlap),
        cmocka_unit_test(durations_follow_the_rules),
        cmocka_unit_test(ends_after_midnight_lie_on_their_grid),
        cmocka_unit_test(a_short_day_shifts_the_grid),
        cmocka_unit_test(the_first_slot_is_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
