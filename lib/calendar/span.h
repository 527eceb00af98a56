#pragma once
/* Spans of time and sorted lists of them. Spans are half-open: [from_us, to_us), so that one may
 * end where the next begins. A list is `joined` when it is sorted by start and its spans are not
 * empty, don't overlap and don't touch; every function over a list needs it joined and is a binary
 * search. */

#include "base/arena.h"

struct cal_span {
    int64_t from_us;
    int64_t to_us;
};

/* A joined list that somebody else owns; `item` may be NULL when `count` is 0. */
struct cal_spans {
    const struct cal_span *item;
    size_t count;
};

/* Sorted, distinct instants that somebody else owns: local midnights. */
struct cal_instants {
    const int64_t *at_us;
    size_t count;
};

bool cal_span_is_empty(struct cal_span span); /* also one that ends before it starts */
bool cal_span_overlaps(struct cal_span a, struct cal_span b);

/* Joins any spans in place: sorts, drops empty ones, merges those that overlap or touch.
 * Returns how many are left. */
size_t cal_spans_join(struct cal_span *items, size_t count);

/* Index of the first span that ends after `at_us` (the one that holds it, or the next); `count`
 * when there is none. */
size_t cal_spans_find(struct cal_spans list, int64_t at_us);

/* True when one span of the list holds the instant / overlaps `span` / holds the whole of `span`.
 */
bool cal_spans_hold(struct cal_spans list, int64_t at_us);
bool cal_spans_overlap(struct cal_spans list, struct cal_span span);
bool cal_spans_cover(struct cal_spans list, struct cal_span span);

/* What of `from` is not in `minus`, joined, into `ret`, which has room for from.count + minus.count
 * spans. Returns how many there are. */
size_t cal_spans_subtract(struct cal_spans from, struct cal_spans minus, struct cal_span *ret);

/* When at least `least` (1 or more) of the lists hold the instant: 1 joins the lists, `count` keeps
 * what they have in common. In the arena, or one of the lists. O(n log count) for n spans. */
struct cal_spans cal_spans_shared(const struct cal_spans *lists, size_t count, size_t least,
                                  struct arena *arena);

/* Walks what of `open` is free of `busy` within `window`, in order of time. O(log n) to begin, then
 * O(1) a span passed. */
struct cal_gaps {
    struct cal_spans open;
    struct cal_spans busy;
    size_t open_index;
    size_t busy_index;
    int64_t at_us;
    int64_t until_us;
};

struct cal_gaps cal_gaps(struct cal_spans open, struct cal_spans busy, struct cal_span window);
/* The next gap, never empty; false when there is none. */
bool cal_gaps_next(struct cal_gaps *gaps, struct cal_span *ret_gap);

/* Index of the latest instant at or before `at_us`; `count` when there is none. */
size_t cal_instants_latest(struct cal_instants list, int64_t at_us);
