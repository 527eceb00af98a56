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
    .day_starts = {midnights, LEN(midnights)}

#define SPANS(list) ((struct cal_spans){(list), LEN(list)})

/* A resource with one set of rules for ever, open as usual and idle: to be spoilt by a test. */
struct lab {
    struct cal_rules_version version;
    struct cal_member member;
};

static struct lab *lab_init(struct lab *lab)
{
    *lab = (struct lab){
        .version = {.validity = {INT64_MIN, INT64_MAX}, .rules = {RULES}},
        .member = {.version_count = 1, .must_be_bookable = true, .open = SPANS(hours)},
    };
    lab->member.versions = &lab->version;
    return lab;
}

/* The first slot of an hour for a bundle at `now_us`, INSTANT_NONE when there is none. */
static int64_t first_of(const struct cal_member *members, size_t count, int64_t now_us)
{
    struct cal_slot_query query = {members, count, 3600, now_us, INT64_MAX};
    struct cal_span slot;
    if (cal_slots(&query, now_us, &slot, 1) == 0)
        return INSTANT_NONE;
    assert_int_equal(slot.to_us - slot.from_us, US_PER_H);
    return slot.from_us;
}

static int64_t first_slot(const struct lab *lab, int64_t now_us)
{
    return first_of(&lab->member, 1, now_us);
}

static void the_next_slot_keeps_hours_grid_and_notice(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab);
    assert_int_equal(first_slot(&lab, AT(0, 0, 0)), AT(0, 9, 0));
    assert_int_equal(first_slot(&lab, AT(0, 9, 1)), AT(0, 9, 5));
    assert_int_equal(first_slot(&lab, AT(0, 9, 0) + 1), AT(0, 9, 5));
    assert_int_equal(first_slot(&lab, AT(0, 16, 1)), AT(1, 9, 0));
    lab.version.rules.notice_s = 36000;
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(1, 9, 0));
    lab.version.rules.horizon_s = 86400 - 1;
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), INSTANT_NONE);
    lab.version.rules.horizon_s = 86400;
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(1, 9, 0));
}

static void nothing_is_offered_without_rules(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab)->version.rules.is_bookable = false;
    assert_int_equal(first_slot(&lab, AT(0, 0, 0)), INSTANT_NONE);
    lab_init(&lab)->member.version_count = 0;
    assert_int_equal(first_slot(&lab, AT(0, 0, 0)), INSTANT_NONE);
    lab.member.must_be_bookable = false; /* a part: its hours are enough */
    assert_int_equal(first_slot(&lab, AT(0, 8, 59)), AT(0, 9, 0));
    lab_init(&lab)->member.open.count = 0;
    assert_int_equal(first_slot(&lab, AT(0, 0, 0)), INSTANT_NONE);
    lab_init(&lab)->version.rules.day_starts.count = 0;
    assert_int_equal(first_slot(&lab, AT(0, 0, 0)), INSTANT_NONE);
}

/* A tear-down of an hour: free at 05 after a claim to 06, and the next one starts at 08. */
static void pads_keep_bookings_apart(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab)->version.rules.pad_after_s = 3600;
    const struct cal_span two_hours[] = {{AT(0, 8, 0), AT(0, 10, 0)}, {AT(0, 12, 0), AT(0, 17, 0)}};
    lab.member.full = SPANS(two_hours);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(0, 10, 0));

    const struct cal_span one_hour[] = {{AT(0, 8, 0), AT(0, 10, 0)}, {AT(0, 11, 0), AT(0, 17, 0)}};
    lab.member.full = SPANS(one_hour);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(1, 9, 0));
    lab.member.own = lab.member.full; /* waived between the firm's own bookings */
    lab.member.full.count = 0;
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(0, 10, 0));

    lab_init(&lab)->version.rules.pad_before_s = 900;
    lab.member.full = SPANS(two_hours); /* a claim ends at 10: the next may start a set-up later */
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(0, 10, 15));
}

static void one_free_unit_is_enough(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct lab lab;
    lab_init(&lab);
    const struct cal_span first[] = {{AT(0, 9, 0), AT(0, 12, 0)}};
    const struct cal_span second[] = {{AT(0, 9, 0), AT(0, 10, 30)}, {AT(0, 11, 0), AT(0, 17, 0)}};
    const struct cal_spans units[] = {SPANS(first), SPANS(second), {NULL, 0}};
    lab.member.full = cal_units_full(units, 2, 1, arena);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(0, 12, 0));
    lab.member.full = cal_units_full(units, 3, 1, arena);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(0, 9, 0));
    lab.member.full = cal_units_full(units, 3, 2, arena);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(0, 12, 0));
    lab.member.full = cal_units_full(units, 3, 3, arena);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), AT(1, 9, 0));
    lab.member.full = cal_units_full(units, 3, 4, arena);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), INSTANT_NONE);
    lab.member.full = cal_units_full(NULL, 0, 1, arena);
    assert_int_equal(first_slot(&lab, AT(0, 9, 0)), INSTANT_NONE);
    arena_free(arena);
}

/* Three seats: 10-11, 11-12, and 9:30-11 leave room for 9-12, whoever sits where. */
static void units_may_be_dealt_out_anew(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct cal_span a[] = {{AT(0, 10, 0), AT(0, 11, 0)}};
    const struct cal_span b[] = {{AT(0, 11, 0), AT(0, 12, 0)}};
    const struct cal_span c[] = {{AT(0, 9, 30), AT(0, 11, 0)}};
    const struct cal_spans units[] = {SPANS(a), SPANS(b), SPANS(c)};
    struct lab lab;
    lab_init(&lab)->member.full = cal_units_full(units, 3, 1, arena);
    struct cal_slot_query query = {&lab.member, 1, 3 * 3600, AT(0, 9, 0), AT(0, 12, 0)};
    struct cal_span slot;
    assert_int_equal(cal_slots(&query, AT(0, 9, 0), &slot, 1), 1);
    lab.member.full = cal_units_full(units, 3, 2, arena);
    assert_int_equal(cal_slots(&query, AT(0, 9, 0), &slot, 1), 0);
    arena_free(arena);
}

static void several_slots_do_not_overlap(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab);
    const struct cal_span busy[] = {{AT(0, 10, 0), AT(0, 14, 30)}};
    lab.member.full = SPANS(busy);
    struct cal_slot_query query = {&lab.member, 1, 7200, AT(0, 9, 30), AT(2, 11, 0)};
    const int64_t expected[] = {AT(0, 14, 30), AT(1, 9, 0),  AT(1, 11, 0),
                                AT(1, 13, 0),  AT(1, 15, 0), AT(2, 9, 0)};
    struct cal_span slots[8];
    assert_int_equal(cal_slots(&query, AT(0, 8, 0), slots, LEN(slots)), LEN(expected));
    for (size_t i = 0; i < LEN(expected); i++)
        assert_int_equal(slots[i].from_us, expected[i]);
    assert_int_equal(cal_slots(&query, AT(0, 8, 0), slots, 2), 2);
}

/* Grids of 10 and 15 minutes meet every 30; the operator comes late and the room goes early. */
static void a_bundle_agrees(void **state)
{
    (void)state;
    struct lab instrument;
    struct lab operator_;
    struct lab room;
    lab_init(&instrument)->version.rules.grid_s = 600;
    lab_init(&operator_)->version.rules.grid_s = 900;
    lab_init(&room)->member.must_be_bookable = false;
    const struct cal_span morning[] = {{AT(0, 9, 0), AT(0, 10, 5)}, {AT(0, 13, 10), AT(0, 15, 0)}};
    operator_.member.full = SPANS(morning);
    const struct cal_span early[] = {{AT(0, 7, 0), AT(0, 11, 0)}, {AT(1, 9, 0), AT(1, 12, 0)}};
    room.member.open = SPANS(early);
    const struct cal_member bundle[] = {instrument.member, operator_.member, room.member};
    assert_int_equal(first_of(bundle, 2, AT(0, 8, 0)), AT(0, 10, 30));
    assert_int_equal(first_of(bundle, 2, AT(0, 12, 31)), AT(0, 15, 0));
    assert_int_equal(first_of(bundle, 3, AT(0, 8, 0)), AT(1, 9, 0));

    struct cal_slot_query query = {bundle, 2, 600, AT(0, 8, 0), INT64_MAX};
    struct cal_span slot;
    assert_int_equal(cal_slots(&query, AT(0, 8, 0), &slot, 1), 1);
    assert_int_equal(slot.to_us - slot.from_us, 30 * US_PER_MIN);
}

/* From day 1 on: another grid and a minimum of two hours; on day 2 no rules. */
static void the_version_at_the_start_counts(void **state)
{
    (void)state;
    struct cal_rules_version versions[] = {
        {{AT(0, 0, 0), AT(1, 0, 0)}, {RULES, .pad_before_s = 3600}},
        {{AT(1, 0, 0), AT(2, 0, 0)}, {RULES, .min_s = 7200}},
    };
    versions[1].rules.grid_s = 3600;
    const struct cal_span busy[] = {{AT(0, 9, 0), AT(0, 15, 0)}, {AT(1, 9, 0), AT(1, 9, 30)}};
    struct lab lab;
    lab_init(&lab)->member.versions = versions;
    lab.member.version_count = LEN(versions);
    lab.member.full = SPANS(busy);
    struct cal_slot_query query = {&lab.member, 1, 3600, AT(0, 9, 0), INT64_MAX};
    const struct cal_span expected[] = {{AT(0, 16, 0), AT(0, 17, 0)},
                                        {AT(1, 10, 0), AT(1, 12, 0)},
                                        {AT(1, 12, 0), AT(1, 14, 0)},
                                        {AT(1, 14, 0), AT(1, 16, 0)}};
    struct cal_span slots[8];
    assert_int_equal(cal_slots(&query, AT(0, 0, 0), slots, LEN(slots)), LEN(expected));
    for (size_t i = 0; i < LEN(expected); i++) {
        assert_int_equal(slots[i].from_us, expected[i].from_us);
        assert_int_equal(slots[i].to_us, expected[i].to_us);
    }
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
    struct lab lab;
    lab_init(&lab)->member.open = SPANS(open);
    lab.version.rules.grid_s = 25200; /* 00, 07, 14, 21 */
    struct cal_slot_query query = {&lab.member, 1, 25200, AT(0, 20, 0), INT64_MAX};
    struct cal_span slot;
    assert_int_equal(cal_slots(&query, AT(0, 0, 0), &slot, 1), 1);
    assert_int_equal(slot.from_us, AT(1, 0, 0));
}

/* A day of 23 or 25 hours shifts the grid: a long slot with its ends on both grids comes late. */
static void a_short_or_long_day_shifts_the_grid(void **state)
{
    (void)state;
    for (int64_t day_h = 23; day_h <= 25; day_h += 2) {
        int64_t days[6] = {0, 24 * US_PER_H, (24 + day_h) * US_PER_H};
        for (size_t i = 3; i < LEN(days); i++)
            days[i] = days[i - 1] + 24 * US_PER_H;
        const struct cal_span open[] = {{0, 200 * US_PER_H}};
        struct lab lab;
        lab_init(&lab)->member.open = SPANS(open);
        lab.version.rules.day_starts = (struct cal_instants){days, LEN(days)};
        lab.version.rules.grid_s = 7200;
        struct cal_slot_query query = {&lab.member, 1, 70 * 3600, 0, INT64_MAX};
        struct cal_span slot;
        assert_int_equal(cal_slots(&query, 0, &slot, 1), 1);
        assert_int_equal(slot.from_us, days[2]);
    }
}

static void free_spans_are_joint(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct cal_span busy[] = {{AT(0, 10, 0), AT(0, 11, 0)}, {AT(0, 15, 0), AT(0, 18, 0)}};
    const struct cal_span own[] = {{AT(0, 11, 0), AT(0, 12, 0)}};
    const struct cal_span late[] = {{AT(0, 8, 0), AT(0, 9, 30)}, {AT(0, 10, 30), AT(1, 10, 0)}};
    struct lab a;
    struct lab b;
    lab_init(&a)->member.full = SPANS(busy);
    a.member.own = SPANS(own);
    lab_init(&b)->member.open = SPANS(late);
    const struct cal_member bundle[] = {a.member, b.member};
    const struct cal_span expected[] = {
        {AT(0, 9, 10), AT(0, 9, 30)}, {AT(0, 12, 0), AT(0, 15, 0)}, {AT(1, 9, 0), AT(1, 9, 45)}};
    struct cal_span window = {AT(0, 9, 10), AT(1, 9, 45)};
    struct cal_spans found = cal_free_spans(bundle, 2, window, arena);
    assert_int_equal(found.count, LEN(expected));
    assert_memory_equal(found.item, expected, sizeof(expected));
    arena_free(arena);
}

/* Sixteen grids of different primes meet at midnight only, when everything is closed: the search
 * gives up after its steps. */
static void grids_that_never_meet_end_the_search(void **state)
{
    (void)state;
    const int64_t primes[CAL_MEMBERS_MAX] = {307, 311, 313, 317, 331, 337, 347, 349,
                                             353, 359, 367, 373, 379, 383, 389, 397};
    static const struct cal_span open[] = {{AT(0, 0, 1), AT(3000, 0, 0)}};
    struct lab labs[CAL_MEMBERS_MAX];
    struct cal_member bundle[CAL_MEMBERS_MAX];
    for (size_t i = 0; i < LEN(labs); i++) {
        lab_init(&labs[i])->version.rules.grid_s = primes[i];
        labs[i].version.rules.day_starts.count = 1;
        labs[i].member.open = SPANS(open);
        bundle[i] = labs[i].member;
    }
    struct cal_slot_query query = {bundle, LEN(bundle), 1, AT(0, 0, 1), INT64_MAX};
    struct cal_span slot;
    assert_int_equal(cal_slots(&query, AT(0, 0, 0), &slot, 1), 0);
}

/* ------------------------------------------------------------ random worlds, minute by minute */

static uint64_t random_state;

static int64_t random_below(int64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int64_t)(random_state % (uint64_t)limit);
}

#define WORLD_DAYS    4
#define WORLD_MIN     (WORLD_DAYS * 24 * 60)
#define WORLD_UNITS   3
#define WORLD_MEMBERS 3
#define WORLD_CLAIMS  12
#define MIN_AT(min)   (DAY_0_US + (min)*US_PER_MIN)

struct world_member {
    struct cal_rules_version versions[3];
    struct cal_span open[WORLD_DAYS * 2];
    struct cal_span busy[WORLD_UNITS][WORLD_CLAIMS];
    struct cal_spans units[WORLD_UNITS];
    size_t unit_count;
    size_t need;
    struct cal_span own[3];
};

struct world {
    struct arena *arena;
    int64_t days[WORLD_DAYS + 1];
    struct world_member data[WORLD_MEMBERS];
    struct cal_member members[WORLD_MEMBERS];
    struct cal_slot_query query;
    int64_t now_us;
    const struct cal_rules *kept_for[WORLD_MEMBERS];
    int64_t kept_min; /* below 0: nothing kept */
};

static struct cal_spans random_spans(struct cal_span *items, size_t count, int64_t least_min,
                                     int64_t most_min)
{
    for (size_t i = 0; i < count; i++) {
        int64_t from_us = MIN_AT(random_below(WORLD_MIN));
        items[i].from_us = from_us;
        items[i].to_us =
            from_us + US_PER_MIN * (least_min + random_below(most_min - least_min + 1));
    }
    return (struct cal_spans){items, cal_spans_join(items, count)};
}

static struct cal_rules random_rules(struct cal_spans open, struct cal_instants days)
{
    static const int64_t grids_min[] = {1, 5, 7, 10, 15, 30, 60, 90, 100};
    struct cal_rules rules = {
        .is_bookable = random_below(8) > 0,
        .min_s = 60 * random_below(60),
        .max_s = random_below(3) ? 60 * (60 + random_below(300)) : CAL_NO_LIMIT,
        .grid_s = 60 * grids_min[random_below(LEN(grids_min))],
        .notice_s = random_below(2) * 60 * random_below(600),
        .horizon_s = random_below(2) ? CAL_NO_LIMIT : 3600 * (10 + random_below(80)),
        .pad_before_s = random_below(2) * 60 * random_below(20),
        .pad_after_s = random_below(2) * 60 * random_below(20),
        .open = open,
        .day_starts = days,
    };
    return rules;
}

/* Versions begin at some minute of the world, with or without a gap between them. */
static size_t random_versions(struct cal_rules_version *versions, struct cal_spans open,
                              struct cal_instants days)
{
    size_t count = (size_t)random_below(4);
    int64_t from_us = random_below(2) ? INT64_MIN : MIN_AT(random_below(1000));
    for (size_t i = 0; i < count; i++) {
        int64_t to_us = (from_us > 0 ? from_us : DAY_0_US) + US_PER_MIN * (1 + random_below(3000));
        versions[i] = (struct cal_rules_version){{from_us, to_us}, random_rules(open, days)};
        from_us = to_us + random_below(2) * US_PER_MIN * random_below(500);
    }
    return count;
}

static void world_member_init(struct world *world, size_t i)
{
    struct world_member *data = &world->data[i];
    struct cal_member *member = &world->members[i];
    member->must_be_bookable = random_below(2);
    member->open = random_spans(data->open, LEN(data->open), 60, 20 * 60);
    member->version_count = random_versions(data->versions, member->open,
                                            (struct cal_instants){world->days, WORLD_DAYS + 1});
    member->versions = data->versions;
    data->unit_count = 1 + (size_t)random_below(WORLD_UNITS);
    data->need = 1 + (size_t)random_below((int64_t)data->unit_count);
    for (size_t j = 0; j < data->unit_count; j++)
        data->units[j] =
            random_spans(data->busy[j], 1 + (size_t)random_below(WORLD_CLAIMS), 0, 300);
    member->full = cal_units_full(data->units, data->unit_count, data->need, world->arena);
    member->own = random_spans(data->own, (size_t)random_below(LEN(data->own)), 0, 200);
}

static void world_init(struct world *world)
{
    memset(world, 0, sizeof(*world));
    world->kept_min = -1;
    world->arena = arena_new();
    world->days[0] = DAY_0_US;
    for (size_t i = 0; i < WORLD_DAYS; i++)
        world->days[i + 1] = world->days[i] + (23 + random_below(3)) * US_PER_H;
    size_t count = 1 + (size_t)random_below(WORLD_MEMBERS);
    for (size_t i = 0; i < count; i++)
        world_member_init(world, i);
    int64_t from_us = MIN_AT(random_below(WORLD_MIN / 2));
    world->now_us = from_us + US_PER_MIN * (random_below(200) - 100);
    world->query = (struct cal_slot_query){world->members, count, 60 * (1 + random_below(240)),
                                           from_us, MIN_AT(WORLD_MIN - random_below(600))};
}

static const struct cal_rules *rules_of(const struct cal_member *member, int64_t at_us)
{
    for (size_t i = 0; i < member->version_count; i++) {
        const struct cal_rules_version *version = &member->versions[i];
        if (version->validity.from_us <= at_us && at_us < version->validity.to_us)
            return version->rules.is_bookable ? &version->rules : NULL;
    }
    return NULL;
}

/* The duration that suits all members' rules, by trying every minute; 0: none. */
static int64_t duration_min_of(const struct cal_rules *const *rules, size_t count,
                               int64_t wished_min)
{
    int64_t below_min = 0;
    for (int64_t min = 1; min <= WORLD_MIN; min++) {
        bool suits = true;
        for (size_t i = 0; i < count; i++)
            suits = suits &&
                    (!rules[i] || (min * 60 % rules[i]->grid_s == 0 &&
                                   min * 60 >= rules[i]->min_s && min * 60 <= rules[i]->max_s));
        if (suits && min >= wished_min)
            return min;
        if (suits)
            below_min = min;
    }
    return below_min;
}

/* The same at an instant; what was found for the same rules is kept. */
static int64_t duration_min_at(struct world *world, int64_t at_us)
{
    const struct cal_rules *rules[WORLD_MEMBERS] = {NULL};
    for (size_t i = 0; i < world->query.member_count; i++)
        rules[i] = rules_of(&world->members[i], at_us);
    if (world->kept_min < 0 || memcmp(rules, world->kept_for, sizeof(rules)) != 0) {
        memcpy(world->kept_for, rules, sizeof(rules));
        world->kept_min =
            duration_min_of(rules, world->query.member_count, world->query.duration_s / 60);
    }
    return world->kept_min;
}

static bool has_enough_units(const struct world_member *data, struct cal_span claim)
{
    for (int64_t at_us = claim.from_us; at_us < claim.to_us; at_us += US_PER_MIN) {
        size_t free_units = 0;
        for (size_t i = 0; i < data->unit_count; i++)
            free_units += !cal_spans_hold(data->units[i], at_us);
        if (free_units < data->need)
            return false;
    }
    return true;
}

static bool suits_member(const struct world *world, size_t i, struct cal_span slot)
{
    const struct cal_member *member = &world->members[i];
    const struct cal_rules *rules = rules_of(member, slot.from_us);
    struct cal_span claim = slot;
    if (rules) {
        struct problem problem;
        struct cal_overrides overrides;
        struct cal_request request = {.start_us = slot.from_us, .end_us = slot.to_us};
        problem_init(&problem, world->arena);
        if (cal_policy_check(rules, &request, world->now_us, &problem, &overrides) != 0)
            return false;
        claim = cal_claim_span(rules, slot.from_us, slot.to_us);
    } else if (member->must_be_bookable || !cal_spans_cover(member->open, slot)) {
        return false;
    }
    return has_enough_units(&world->data[i], claim) && !cal_spans_overlap(member->own, slot);
}

/* Trying every minute one by one finds the same slots, and they pass the policy. */
static void slots_are_those_of_every_minute(void **state)
{
    (void)state;
    random_state = 20261124;
    size_t found = 0;
    for (int round = 0; round < 1500; round++) {
        struct world world;
        world_init(&world);
        struct cal_span slots[6];
        size_t count = cal_slots(&world.query, world.now_us, slots, LEN(slots));
        size_t i = 0;
        int64_t at_us = world.query.from_us > world.now_us ? world.query.from_us : world.now_us;
        while (i < LEN(slots) && at_us < world.query.until_us) {
            struct cal_span slot = {at_us, at_us + duration_min_at(&world, at_us) * US_PER_MIN};
            bool suits = slot.to_us > at_us && slot.to_us <= world.query.until_us;
            for (size_t j = 0; suits && j < world.query.member_count; j++)
                suits = suits_member(&world, j, slot);
            at_us = suits ? slot.to_us : at_us + US_PER_MIN;
            if (!suits)
                continue;
            assert_true(i < count);
            assert_int_equal(slots[i].from_us, slot.from_us);
            assert_int_equal(slots[i].to_us, slot.to_us);
            i++;
        }
        assert_int_equal(i, count);
        found += count;
        arena_free(world.arena);
    }
    assert_true(found > 1000);
}

static void free_spans_are_those_of_every_minute(void **state)
{
    (void)state;
    random_state = 42;
    for (int round = 0; round < 300; round++) {
        struct world world;
        world_init(&world);
        struct cal_span window = {world.query.from_us, world.query.until_us};
        struct cal_spans free_spans =
            cal_free_spans(world.members, world.query.member_count, window, world.arena);
        for (size_t i = 1; i < free_spans.count; i++)
            assert_true(free_spans.item[i - 1].to_us < free_spans.item[i].from_us);
        for (int64_t at_us = MIN_AT(-60); at_us < MIN_AT(WORLD_MIN); at_us += US_PER_MIN) {
            struct cal_span minute = {at_us, at_us + US_PER_MIN};
            bool is_free = window.from_us <= at_us && at_us < window.to_us;
            for (size_t i = 0; i < world.query.member_count; i++) {
                const struct cal_member *member = &world.members[i];
                is_free = is_free && cal_spans_hold(member->open, at_us) &&
                          !cal_spans_hold(member->own, at_us) &&
                          has_enough_units(&world.data[i], minute);
            }
            assert_int_equal(cal_spans_hold(free_spans, at_us), is_free);
        }
        arena_free(world.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_slot_keeps_hours_grid_and_notice),
        cmocka_unit_test(nothing_is_offered_without_rules),
        cmocka_unit_test(pads_keep_bookings_apart),
        cmocka_unit_test(one_free_unit_is_enough),
        cmocka_unit_test(units_may_be_dealt_out_anew),
        cmocka_unit_test(several_slots_do_not_overlap),
        cmocka_unit_test(a_bundle_agrees),
        cmocka_unit_test(the_version_at_the_start_counts),
        cmocka_unit_test(durations_follow_the_rules),
        cmocka_unit_test(ends_after_midnight_lie_on_their_grid),
        cmocka_unit_test(a_short_or_long_day_shifts_the_grid),
        cmocka_unit_test(free_spans_are_joint),
        cmocka_unit_test(grids_that_never_meet_end_the_search),
        cmocka_unit_test(slots_are_those_of_every_minute),
        cmocka_unit_test(free_spans_are_those_of_every_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
