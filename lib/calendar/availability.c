#include "calendar/availability.h"

#include <assert.h>

#include "base/instant.h"

static int64_t plus(int64_t at_us, int64_t us)
{
    int64_t sum_us;
    if (__builtin_add_overflow(at_us, us, &sum_us))
        return us < 0 ? INT64_MIN : INT64_MAX;
    return sum_us;
}

static int64_t plus_s(int64_t at_us, int64_t s)
{
    return s > INT64_MAX / US_PER_S ? INT64_MAX : plus(at_us, s * US_PER_S);
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

static int64_t later(int64_t a_us, int64_t b_us)
{
    return a_us > b_us ? a_us : b_us;
}

int64_t cal_slot_duration(const struct cal_rules *rules, int64_t duration_s)
{
    int64_t least_s = rules->min_s > 0 ? rules->min_s : 1;
    int64_t wished_s = duration_s > least_s ? duration_s : least_s;
    if (wished_s > rules->max_s)
        wished_s = rules->max_s;
    if (wished_s > INT64_MAX / US_PER_S - rules->grid_s)
        return 0;
    int64_t down_s = wished_s - wished_s % rules->grid_s;
    int64_t up_s = down_s < wished_s ? down_s + rules->grid_s : down_s;
    if (up_s <= rules->max_s)
        return up_s;
    return down_s >= least_s ? down_s : 0;
}

/* ------------------------------------------------------------ a stretch of unchanging rules */

/* A time within which no member's rules change: starts from `at_us` to `last_us` are of interest,
 * and the next stretch begins at `until_us`. */
struct stretch {
    const struct cal_rules *rules[CAL_MEMBERS_MAX]; /* NULL: only the opening hours count */
    int64_t at_us;
    int64_t last_us;
    int64_t until_us;
    int64_t duration_us; /* 0: none is possible */
};

static size_t version_at(const struct cal_member *member, int64_t at_us)
{
    size_t low = 0;
    size_t high = member->version_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (member->versions[middle].validity.to_us > at_us)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The member's rules at `at_us`, or NULL. `until_us` becomes earlier when they change before. */
static const struct cal_rules *rules_at(const struct cal_member *member, int64_t at_us,
                                        int64_t *until_us)
{
    size_t i = version_at(member, at_us);
    if (i == member->version_count)
        return NULL;
    const struct cal_rules_version *version = &member->versions[i];
    if (version->validity.from_us > at_us) {
        *until_us = earlier(*until_us, version->validity.from_us);
        return NULL;
    }
    *until_us = earlier(*until_us, version->validity.to_us);
    return version->rules.is_bookable ? &version->rules : NULL;
}

/* The least common multiple; where that is beyond all durations, INT64_MAX. */
static int64_t common_grid(int64_t a_s, int64_t b_s)
{
    int64_t divisor_s = a_s;
    for (int64_t rest_s = b_s; rest_s != 0;) {
        int64_t next_s = divisor_s % rest_s;
        divisor_s = rest_s;
        rest_s = next_s;
    }
    int64_t product_s;
    if (__builtin_mul_overflow(a_s / divisor_s, b_s, &product_s))
        return INT64_MAX;
    return product_s;
}

static struct stretch stretch_at(const struct cal_slot_query *query, int64_t now_us, int64_t at_us)
{
    struct stretch stretch = {.at_us = later(at_us, now_us), .until_us = INT64_MAX};
    struct cal_rules joint = {.max_s = CAL_NO_LIMIT, .horizon_s = CAL_NO_LIMIT, .grid_s = 1};
    bool is_possible = true;
    for (size_t i = 0; i < query->member_count; i++) {
        const struct cal_member *member = &query->members[i];
        const struct cal_rules *rules = rules_at(member, at_us, &stretch.until_us);
        stretch.rules[i] = rules;
        if (!rules) {
            is_possible = is_possible && !member->must_be_bookable;
            continue;
        }
        joint.min_s = later(joint.min_s, rules->min_s);
        joint.max_s = earlier(joint.max_s, rules->max_s);
        joint.notice_s = later(joint.notice_s, rules->notice_s);
        joint.horizon_s = earlier(joint.horizon_s, rules->horizon_s);
        joint.grid_s = common_grid(joint.grid_s, rules->grid_s);
    }
    if (is_possible)
        stretch.duration_us = cal_slot_duration(&joint, query->duration_s) * US_PER_S;
    stretch.at_us = later(stretch.at_us, plus_s(now_us, joint.notice_s));
    stretch.last_us = earlier(plus(query->until_us, -stretch.duration_us), stretch.until_us - 1);
    if (joint.horizon_s != CAL_NO_LIMIT)
        stretch.last_us = earlier(stretch.last_us, plus_s(now_us, joint.horizon_s));
    return stretch;
}

/* ------------------------------------------------------------ one member's next start */

/* The first start from `at_us` on whose slot lies in one opening; INT64_MAX: none. */
static int64_t when_open(struct cal_spans open, int64_t at_us, int64_t duration_us)
{
    for (size_t i = cal_spans_find(open, at_us); i < open.count; i++) {
        int64_t from_us = later(open.item[i].from_us, at_us);
        if (open.item[i].to_us - from_us >= duration_us)
            return from_us;
    }
    return INT64_MAX;
}

/* The first start from `at_us` on whose slot, with its pads, is clear of `taken`; one after
 * `last_us` may be too early. */
static int64_t when_clear(struct cal_spans taken, int64_t at_us, int64_t last_us,
                          int64_t duration_us, int64_t before_s, int64_t after_s)
{
    int64_t before_us = before_s * US_PER_S;
    int64_t claim_us = plus(plus(before_us, duration_us), after_s * US_PER_S);
    int64_t from_us = at_us - before_us;
    for (size_t i = cal_spans_find(taken, from_us); i < taken.count; i++) {
        if (taken.item[i].from_us >= plus(from_us, claim_us) || from_us + before_us > last_us)
            break;
        from_us = taken.item[i].to_us;
        if (from_us > INT64_MAX - claim_us)
            return INT64_MAX;
    }
    return from_us + before_us;
}

/* The next start whose end may lie on the grid, when the one at `at_us` does not. Between midnights
 * all ends are off by the same, so only another day, of the start or of the end, helps. */
static int64_t when_the_grid_shifts(struct cal_instants days, int64_t at_us, int64_t duration_us)
{
    size_t end_day = cal_instants_latest(days, at_us + duration_us) + 1;
    size_t start_day = cal_instants_latest(days, at_us) + 1;
    int64_t next_us = INT64_MAX;
    if (start_day < days.count)
        next_us = days.at_us[start_day];
    if (end_day < days.count)
        next_us = earlier(next_us, days.at_us[end_day] - duration_us);
    return next_us;
}

/* The next start from `at_us` on that may lie on the grid, the end too; `at_us` itself: it does. */
static int64_t when_on_grid(const struct cal_rules *rules, int64_t at_us, int64_t duration_us)
{
    struct cal_instants days = rules->day_starts;
    int64_t start_us = cal_grid_up(rules, at_us);
    if (start_us == INSTANT_NONE)
        return days.count > 0 ? days.at_us[0] : INT64_MAX;
    if (start_us != at_us || cal_grid_up(rules, at_us + duration_us) == at_us + duration_us)
        return start_us;
    return when_the_grid_shifts(days, at_us, duration_us);
}

/* Moves a start that can't be for this member to the next one that might, or one after the
 * stretch's last; `at_us` itself: it can. */
static int64_t next_start(const struct cal_member *member, const struct cal_rules *rules,
                          const struct stretch *stretch, int64_t at_us)
{
    int64_t last_us = stretch->last_us;
    int64_t duration_us = stretch->duration_us;
    int64_t next_us = when_open(member->open, at_us, duration_us);
    if (next_us > last_us)
        return next_us;
    next_us = when_clear(member->full, next_us, last_us, duration_us,
                         rules ? rules->pad_before_s : 0, rules ? rules->pad_after_s : 0);
    if (next_us > last_us)
        return next_us;
    next_us = when_clear(member->own, next_us, last_us, duration_us, 0, 0);
    if (next_us > last_us || !rules)
        return next_us;
    return when_on_grid(rules, next_us, duration_us);
}

/* The first start of the stretch that all members agree to; one after its last: there is none. */
static int64_t agreed_start(const struct cal_slot_query *query, const struct stretch *stretch,
                            int64_t at_us, size_t *steps)
{
    size_t agreed = 0;
    for (size_t i = 0; agreed < query->member_count; i = (i + 1) % query->member_count) {
        if (at_us > stretch->last_us || ++*steps > CAL_SEARCH_STEPS_MAX)
            return INT64_MAX;
        int64_t next_us = next_start(&query->members[i], stretch->rules[i], stretch, at_us);
        agreed = next_us == at_us ? agreed + 1 : 0;
        at_us = next_us;
    }
    return at_us;
}

size_t cal_slots(const struct cal_slot_query *query, int64_t now_us, struct cal_span *ret_slots,
                 size_t most)
{
    assert(query->member_count >= 1 && query->member_count <= CAL_MEMBERS_MAX);
    size_t count = 0;
    size_t steps = 0;
    int64_t at_us = later(query->from_us, now_us);
    while (count < most && at_us < query->until_us && steps++ < CAL_SEARCH_STEPS_MAX) {
        struct stretch stretch = stretch_at(query, now_us, at_us);
        int64_t start_us = INT64_MAX;
        if (stretch.duration_us > 0)
            start_us = agreed_start(query, &stretch, stretch.at_us, &steps);
        if (start_us > stretch.last_us) {
            at_us = stretch.until_us;
            continue;
        }
        at_us = start_us + stretch.duration_us;
        ret_slots[count++] = (struct cal_span){start_us, at_us};
    }
    return count;
}

/* ------------------------------------------------------------ lists for the search */

struct cal_spans cal_units_full(const struct cal_spans *units, size_t unit_count, size_t need,
                                struct arena *arena)
{
    if (need <= unit_count)
        return cal_spans_shared(units, unit_count, unit_count - need + 1, arena);
    struct cal_span *always = arena_alloc(arena, sizeof(*always));
    *always = (struct cal_span){INT64_MIN, INT64_MAX};
    return (struct cal_spans){always, 1};
}

static struct cal_spans member_free(const struct cal_member *member, struct cal_span window,
                                    struct arena *arena)
{
    struct cal_spans taken_lists[] = {member->full, member->own};
    struct cal_spans taken = cal_spans_shared(taken_lists, LEN(taken_lists), 1, arena);
    struct cal_gaps gaps = cal_gaps(member->open, taken, window);
    struct cal_span *free_spans =
        arena_array(arena, member->open.count + taken.count, sizeof(*free_spans));
    size_t count = 0;
    while (cal_gaps_next(&gaps, &free_spans[count]))
        count++;
    return (struct cal_spans){free_spans, count};
}

struct cal_spans cal_free_spans(const struct cal_member *members, size_t member_count,
                                struct cal_span window, struct arena *arena)
{
    assert(member_count >= 1 && member_count <= CAL_MEMBERS_MAX);
    struct cal_spans lists[CAL_MEMBERS_MAX];
    for (size_t i = 0; i < member_count; i++)
        lists[i] = member_free(&members[i], window, arena);
    return cal_spans_shared(lists, member_count, member_count, arena);
}
