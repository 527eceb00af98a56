#include "calendar/span.h"

#include <stdlib.h>

bool cal_span_is_empty(struct cal_span span)
{
    return span.from_us >= span.to_us;
}

bool cal_span_overlaps(struct cal_span a, struct cal_span b)
{
    return !cal_span_is_empty(a) && !cal_span_is_empty(b) && a.from_us < b.to_us &&
           b.from_us < a.to_us;
}

static int by_start(const void *left, const void *right)
{
    const struct cal_span *a = left;
    const struct cal_span *b = right;
    return (a->from_us > b->from_us) - (a->from_us < b->from_us);
}

size_t cal_spans_join(struct cal_span *items, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!cal_span_is_empty(items[i]))
            items[kept++] = items[i];
    }
    if (kept == 0)
        return 0;
    qsort(items, kept, sizeof(*items), by_start);
    size_t last = 0;
    for (size_t i = 1; i < kept; i++) {
        if (items[i].from_us > items[last].to_us)
            items[++last] = items[i];
        else if (items[i].to_us > items[last].to_us)
            items[last].to_us = items[i].to_us;
    }
    return last + 1;
}

size_t cal_spans_find(struct cal_spans list, int64_t at_us)
{
    size_t low = 0;
    size_t high = list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list.item[middle].to_us > at_us)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool cal_spans_hold(struct cal_spans list, int64_t at_us)
{
    size_t i = cal_spans_find(list, at_us);
    return i < list.count && list.item[i].from_us <= at_us;
}

bool cal_spans_overlap(struct cal_spans list, struct cal_span span)
{
    size_t i = cal_spans_find(list, span.from_us);
    return i < list.count && cal_span_overlaps(list.item[i], span);
}

bool cal_spans_cover(struct cal_spans list, struct cal_span span)
{
    if (cal_span_is_empty(span))
        return true;
    size_t i = cal_spans_find(list, span.from_us);
    return i < list.count && list.item[i].from_us <= span.from_us &&
           list.item[i].to_us >= span.to_us;
}

size_t cal_spans_subtract(struct cal_spans from, struct cal_spans minus, struct cal_span *ret)
{
    struct cal_gaps gaps = cal_gaps(from, minus, (struct cal_span){INT64_MIN, INT64_MAX});
    size_t count = 0;
    while (cal_gaps_next(&gaps, &ret[count]))
        count++;
    return count;
}

/* Merges the lists' starts, or ends, in order into `ret`; `scratch` has the same room. */
static size_t sorted_edges(const struct cal_spans *lists, size_t count, bool is_end, int64_t *ret,
                           int64_t *scratch)
{
    if (count == 1) {
        for (size_t i = 0; i < lists[0].count; i++)
            ret[i] = is_end ? lists[0].item[i].to_us : lists[0].item[i].from_us;
        return lists[0].count;
    }
    size_t half = count / 2;
    size_t left = sorted_edges(lists, half, is_end, scratch, ret);
    size_t right = sorted_edges(lists + half, count - half, is_end, scratch + left, ret + left);
    size_t a = 0;
    size_t b = left;
    for (size_t i = 0; i < left + right; i++) {
        bool is_left = a < left && (b == left + right || scratch[a] <= scratch[b]);
        ret[i] = is_left ? scratch[a++] : scratch[b++];
    }
    return left + right;
}

/* Counts how many lists hold each instant; what ends leaves before what starts there comes. */
static size_t sweep(const int64_t *starts, const int64_t *ends, size_t count, size_t least,
                    struct cal_span *ret)
{
    size_t kept = 0;
    size_t held = 0;
    bool is_shared = false;
    for (size_t s = 0, e = 0; e < count;) {
        int64_t at_us = s < count && starts[s] < ends[e] ? starts[s] : ends[e];
        for (; e < count && ends[e] == at_us; e++)
            held--;
        for (; s < count && starts[s] == at_us; s++)
            held++;
        if (!is_shared && held >= least)
            ret[kept].from_us = at_us;
        if (is_shared && held < least)
            ret[kept++].to_us = at_us;
        is_shared = held >= least;
    }
    return kept;
}

struct cal_spans cal_spans_shared(const struct cal_spans *lists, size_t count, size_t least,
                                  struct arena *arena)
{
    size_t spans = 0;
    size_t filled = 0;
    struct cal_spans last = {NULL, 0};
    for (size_t i = 0; i < count; i++) {
        if (lists[i].count == 0)
            continue;
        spans += lists[i].count;
        filled++;
        last = lists[i];
    }
    if (filled < least)
        return (struct cal_spans){NULL, 0};
    if (filled == 1)
        return last;
    int64_t *starts = arena_array(arena, spans, sizeof(*starts));
    int64_t *ends = arena_array(arena, spans, sizeof(*ends));
    int64_t *scratch = arena_array(arena, spans, sizeof(*scratch));
    struct cal_span *shared = arena_array(arena, spans, sizeof(*shared));
    sorted_edges(lists, count, false, starts, scratch);
    sorted_edges(lists, count, true, ends, scratch);
    return (struct cal_spans){shared, sweep(starts, ends, spans, least, shared)};
}

struct cal_gaps cal_gaps(struct cal_spans open, struct cal_spans busy, struct cal_span window)
{
    return (struct cal_gaps){
        .open = open,
        .busy = busy,
        .open_index = cal_spans_find(open, window.from_us),
        .busy_index = cal_spans_find(busy, window.from_us),
        .at_us = window.from_us,
        .until_us = window.to_us,
    };
}

bool cal_gaps_next(struct cal_gaps *gaps, struct cal_span *ret_gap)
{
    while (gaps->open_index < gaps->open.count) {
        struct cal_span open = gaps->open.item[gaps->open_index];
        int64_t from_us = open.from_us > gaps->at_us ? open.from_us : gaps->at_us;
        int64_t to_us = open.to_us < gaps->until_us ? open.to_us : gaps->until_us;
        if (from_us >= to_us) {
            if (to_us == gaps->until_us)
                return false;
            gaps->open_index++;
            continue;
        }
        while (gaps->busy_index < gaps->busy.count &&
               gaps->busy.item[gaps->busy_index].to_us <= from_us)
            gaps->busy_index++;
        if (gaps->busy_index < gaps->busy.count) {
            struct cal_span busy = gaps->busy.item[gaps->busy_index];
            if (busy.from_us <= from_us) {
                gaps->at_us = busy.to_us;
                continue;
            }
            if (busy.from_us < to_us)
                to_us = busy.from_us;
        }
        gaps->at_us = to_us;
        *ret_gap = (struct cal_span){from_us, to_us};
        return true;
    }
    return false;
}

size_t cal_instants_latest(struct cal_instants list, int64_t at_us)
{
    size_t low = 0;
    size_t high = list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list.at_us[middle] > at_us)
            high = middle;
        else
            low = middle + 1;
    }
    return low > 0 ? low - 1 : list.count;
}
