#include "calendar/availability.h"

#include "base/instant.h"

static int64_t plus(int64_t at_us, int64_t us)
{
    int64_t sum_us;
    if (__builtin_add_overflow(at_us, us, &sum_us))
        return us < 0 ? INT64_MIN : INT64_MAX;
    return sum_us;
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

/* The first instant from `at_us` on when one unit might be free for the whole claim: `at_us` itself
 * when one is. Each call passes one claim of the unit that is free first. */
static int64_t when_a_unit_is_free(const struct cal_slot_query *query, int64_t at_us,
                                   int64_t duration_us)
{
    int64_t pad_us = query->rules->pad_before_s * US_PER_S;
    struct cal_span claim = cal_claim_span(query->rules, at_us, at_us + duration_us);
    int64_t first_us = INT64_MAX;
    for (size_t i = 0; i < query->unit_count; i++) {
        struct cal_spans busy = query->units[i];
        size_t next = cal_spans_find(busy, claim.from_us);
        if (next == busy.count || busy.item[next].from_us >= claim.to_us)
            return at_us;
        int64_t free_us = plus(busy.item[next].to_us, pad_us);
        if (free_us < first_us)
            first_us = free_us;
    }
    return first_us;
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
    if (end_day < days.count && days.at_us[end_day] - duration_us < next_us)
        next_us = days.at_us[end_day] - duration_us;
    return next_us;
}

/* Moves a start that can't be to the next one that might; the same instant back: it can. */
static int64_t next_start(const struct cal_slot_query *query, int64_t at_us, int64_t duration_us)
{
    const struct cal_rules *rules = query->rules;
    int64_t start_us = cal_grid_up(rules, at_us);
    if (start_us == INSTANT_NONE)
        return rules->day_starts.count > 0 ? rules->day_starts.at_us[0] : INT64_MAX;
    if (start_us != at_us)
        return start_us;
    size_t i = cal_spans_find(rules->open, at_us);
    if (i == rules->open.count)
        return INT64_MAX;
    struct cal_span open = rules->open.item[i];
    if (open.from_us > at_us)
        return open.from_us;
    if (open.to_us < at_us + duration_us)
        return open.to_us;
    if (cal_grid_up(rules, at_us + duration_us) != at_us + duration_us)
        return when_the_grid_shifts(rules->day_starts, at_us, duration_us);
    return when_a_unit_is_free(query, at_us, duration_us);
}

size_t cal_slots(const struct cal_slot_query *query, int64_t now_us, struct cal_span *ret_slots,
                 size_t most)
{
    const struct cal_rules *rules = query->rules;
    if (!rules->is_bookable || query->unit_count == 0)
        return 0;
    int64_t duration_us = cal_slot_duration(rules, query->duration_s) * US_PER_S;
    if (duration_us == 0)
        return 0;
    int64_t last_us = plus(query->until_us, -duration_us);
    if (rules->horizon_s != CAL_NO_LIMIT && plus(now_us, rules->horizon_s * US_PER_S) < last_us)
        last_us = plus(now_us, rules->horizon_s * US_PER_S);
    int64_t at_us = plus(now_us, rules->notice_s * US_PER_S);
    if (query->from_us > at_us)
        at_us = query->from_us;

    size_t count = 0;
    while (count < most && at_us <= last_us) {
        int64_t next_us = next_start(query, at_us, duration_us);
        if (next_us == at_us) {
            ret_slots[count++] = (struct cal_span){at_us, at_us + duration_us};
            next_us = at_us + duration_us;
        }
        at_us = next_us;
    }
    return count;
}
