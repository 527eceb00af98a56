#include "api/recurring.h"

#include "base/instant.h"
#include "ical/expand.h"

/* Outside of the catalogue's time UTC will do: nothing there is in reach of the horizon. */
static struct ical_local local_of(const void *zone, int64_t at_us)
{
    const struct cat_site *site = zone;
    struct ical_local local;
    if (cal_instant_to_local(site->offsets, at_us, &local.day, &local.second) != 0)
        local = (struct ical_local){(int32_t)(at_us / US_PER_DAY),
                                    (int32_t)(at_us % US_PER_DAY / US_PER_S)};
    return local;
}

/* A date is the whole day, an instant one start. */
static bool read_except(struct call *call, const struct recurring *recurring,
                        struct ical_series *series)
{
    const struct str *texts = recurring->except.items;
    struct ical_local *items =
        arena_array(call->arena, recurring->except.count, sizeof(struct ical_local));
    bool is_good = true;
    for (size_t i = 0; i < recurring->except.count; i++) {
        int64_t at_us = 0;
        if (date_parse(texts[i], &items[i].day) == 0) {
            items[i].second = ICAL_WHOLE_DAY;
        } else if (instant_parse(texts[i], &at_us) == 0) {
            items[i] = local_of(recurring->site, at_us);
        } else {
            problem_add(&call->problem, CODE_bad_format,
                        arena_printf(call->arena, "/exdates/%zu", i), NO_FACT, fact_text(texts[i]));
            is_good = false;
        }
    }
    series->except = items;
    series->except_count = recurring->except.count;
    return is_good;
}

/* The last day whose offsets are known to its end. */
static int32_t horizon_of(const struct cat_site *site)
{
    return local_of(site, site->offsets.until_us - 1).day - 1;
}

/* The start's local time; refused where the catalogue does not reach. */
static bool read_start(struct call *call, const struct recurring *recurring, struct ical_local *ret)
{
    struct cal_offsets offsets = recurring->site->offsets;
    if (cal_instant_to_local(offsets, recurring->start_us, &ret->day, &ret->second) == 0)
        return true;
    bool is_past = recurring->start_us < offsets.until_us;
    problem_add(&call->problem, is_past ? CODE_in_the_past : CODE_beyond_horizon, "/start",
                fact_instant(is_past ? call->now_us : offsets.until_us),
                fact_instant(recurring->start_us));
    return false;
}

/* The first start is the instant that was given, also where the clock shows its time twice. */
static bool place(struct call *call, const struct recurring *recurring, struct ical_local first,
                  struct ical_starts starts, struct cal_span *ret)
{
    int64_t length_us = recurring->end_us - recurring->start_us;
    for (size_t i = 0; i < starts.count; i++) {
        int64_t at_us = recurring->start_us;
        if (ical_local_compare(starts.item[i], first) != 0 &&
            cal_local_to_instant(recurring->site->offsets, starts.item[i].day,
                                 starts.item[i].second, &at_us) != 0)
            return call_refuse(call, CODE_beyond_horizon, "/rrule");
        ret[i] = (struct cal_span){at_us, at_us + length_us};
    }
    return true;
}

bool recurring_spans(struct call *call, const struct recurring *recurring, struct cal_spans *ret)
{
    if (recurring->end_us <= recurring->start_us) {
        problem_add(&call->problem, CODE_end_not_after_start, "/end",
                    fact_instant(recurring->start_us), fact_instant(recurring->end_us));
        return false;
    }
    if (!recurring->rule.ptr) {
        struct cal_span *once = arena_alloc(call->arena, sizeof(*once));
        *once = (struct cal_span){recurring->start_us, recurring->end_us};
        *ret = (struct cal_spans){once, 1};
        return recurring->except.count == 0 || call_refuse(call, CODE_missing_field, "/rrule");
    }
    struct ical_starts starts;
    struct ical_series series = {
        .rule = recurring->rule,
        .horizon_day = horizon_of(recurring->site),
        .most = RECURRING_MOST,
        .local_of = local_of,
        .zone = recurring->site,
    };
    bool is_good = read_except(call, recurring, &series);
    if (!read_start(call, recurring, &series.start) || !is_good ||
        ical_expand(&series, call->arena, "/rrule", &call->problem, &starts) != 0)
        return false;
    struct cal_span *items = arena_array(call->arena, starts.count, sizeof(*items));
    *ret = (struct cal_spans){items, starts.count};
    return place(call, recurring, series.start, starts, items);
}

void recurring_bind(struct call *call, struct cal_spans spans)
{
    int64_t *from_us = arena_array(call->arena, spans.count, sizeof(*from_us));
    int64_t *to_us = arena_array(call->arena, spans.count, sizeof(*to_us));
    for (size_t i = 0; i < spans.count; i++) {
        from_us[i] = spans.item[i].from_us;
        to_us[i] = spans.item[i].to_us;
    }
    call_bind(call, pg_instants(from_us, spans.count));
    call_bind(call, pg_instants(to_us, spans.count));
}
