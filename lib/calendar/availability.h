#pragma once
/* When is it free next? The search for slots of one resource or of a bundle (instrument, operator,
 * room) that is booked in one piece. */

#include "base/arena.h"
#include "calendar/policy.h"

/* Rules from one date to another. */
struct cal_rules_version {
    struct cal_span validity;
    struct cal_rules rules; /* its `open` is not read: see struct cal_member */
};

/* One resource of the bundle, as somebody else holds it. */
struct cal_member {
    /* By time, not overlapping. The one that holds at a slot's start counts for the whole slot,
     * with its pads. Where none holds, the opening hours alone count. */
    const struct cal_rules_version *versions;
    size_t version_count;
    bool must_be_bookable; /* no slot where no rules hold, or such that forbid booking */
    struct cal_spans open;
    struct cal_spans full; /* too few units are free; the slot's pads keep clear of it too */
    struct cal_spans own;  /* taken where pads are waived: only the slot itself keeps clear of it */
};

#define CAL_MEMBERS_MAX 16

struct cal_slot_query {
    const struct cal_member *members;
    size_t member_count; /* 1 to CAL_MEMBERS_MAX */
    int64_t duration_s;  /* wished; see cal_slot_duration() */
    int64_t from_us;     /* the first start of interest */
    int64_t until_us;    /* slots end at or before this */
};

/* The wished duration as the rules allow it, in seconds: at least min_s, at most max_s, rounded up
 * to the grid (down where up would pass max_s); 0 when no duration is allowed. */
int64_t cal_slot_duration(const struct cal_rules *rules, int64_t duration_s);

/* Up to `most` next slots, in order, not overlapping each other. For every member each of them
 * would pass cal_policy_check() at `now_us` (qualification and firm apart), and the member is not
 * full during the claim that the slot and its pads make. A slot's duration is the wished one as all
 * members' rules together allow it: the largest minimum, the smallest maximum, the grid that they
 * have in common.
 *
 * Returns how many. Cost: O(log n) an opening, grid step or version passed, O(1) a claim passed
 * among others too close to it, not the calendar's size. After CAL_SEARCH_STEPS_MAX steps (grids
 * that hardly ever meet) it returns what was found so far. */
#define CAL_SEARCH_STEPS_MAX 50000
size_t cal_slots(const struct cal_slot_query *query, int64_t now_us, struct cal_span *ret_slots,
                 size_t most);

/* When fewer than `need` of the units are free, given each unit's taken spans: a member's `full`.
 * Units are alike, and the claims on them may be dealt out anew: what counts is how many are taken
 * at an instant, not which. In the arena, or the one unit's own list. */
struct cal_spans cal_units_full(const struct cal_spans *units, size_t unit_count, size_t need,
                                struct arena *arena);

/* When all members are open and none is full, within `window`: joined, in the arena. Neither rules
 * nor pads are asked. */
struct cal_spans cal_free_spans(const struct cal_member *members, size_t member_count,
                                struct cal_span window, struct arena *arena);
