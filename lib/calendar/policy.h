#pragma once
/* May this be booked? All rules of one resource over one request, all violations at once. Whether
 * the time is still free is not asked here: claims in the database settle it, and nobody overrides
 * them. */

#include "base/problem.h"
#include "calendar/span.h"

#define CAL_NO_LIMIT INT64_MAX

/* The rules of one resource that hold on the booking's local day. Local rules come as instants:
 * PostgreSQL has expanded them. */
struct cal_rules {
    bool is_bookable; /* active, and a rule holds on that day */
    bool needs_qualification;
    struct texts regions;        /* of which the firm has to be; none: any */
    struct texts industries;     /* ... or beginnings of them: C25 holds C2599 too */
    struct texts groups;         /* ... one of which it has to be in */
    int64_t head_count_max;      /* CAL_NO_LIMIT: any */
    struct texts configurations; /* one has to be chosen; none: nothing can be */
    int64_t min_s;
    int64_t max_s;        /* CAL_NO_LIMIT: none */
    int64_t grid_s;       /* >= 1; start and end lie on it, counted from their local midnight */
    int64_t notice_s;     /* least time from now to the start */
    int64_t horizon_s;    /* most time from now to the start; CAL_NO_LIMIT: none */
    int64_t pad_before_s; /* set-up and tear-down: part of the claim, not of the booking */
    int64_t pad_after_s;
    struct cal_spans open;          /* opening hours without holidays and closures, joined */
    struct cal_instants day_starts; /* local midnights over the same time as `open` */
};

/* What is true of the firm on the booking's day. */
struct cal_firm {
    bool is_known; /* false: no facts hold on that day; no region, industry or size is then right */
    struct str region, industry;
    int64_t head_count;
    struct texts groups;
};

/* Instants are of the years 1970 to 2199, as instant_parse() gives them. */
struct cal_request {
    int64_t start_us;
    int64_t end_us;
    /* Until when the person is qualified for this resource, seen from the start; INSTANT_NONE: not
     * at all, INT64_MAX: without end. */
    int64_t qualified_until_us;
    const struct cal_firm *firm; /* NULL: whether it may book is not asked */
    struct str configuration;    /* ptr NULL: none was chosen */
    bool is_firm_blocked;
    bool is_override; /* staff with a reason, checked by the caller: rules yield */
};

enum {
    CAL_E_REFUSED = 1, /* the problem has gained violations */
};

#define CAL_OVERRIDES_MAX 32

/* Rules that were broken and yielded to staff: part of the booking. */
struct cal_overrides {
    size_t count;
    enum code code[CAL_OVERRIDES_MAX];
};

/* Checks `request` at `now_us`. Every broken rule becomes a violation with a pointer into the
 * request ("" for the firm), its limit and the actual value:
 *
 *   end_not_after_start  /end       start, end; what needs a span is then not asked
 *   in_the_past          /start     now, start; start = now is legal
 *   notice_too_short     /start     seconds; not asked of the past
 *   beyond_horizon       /start     seconds; not asked of the past
 *   duration_too_short   /end       seconds
 *   duration_too_long    /end       seconds
 *   off_grid             /start     grid in seconds, start
 *   off_grid             /end       grid in seconds, end
 *   closed               /start     next opening if any, start: the start is closed
 *   closed               /end       closing, end: it closes during the booking
 *   not_qualified        /resource  end, end of the qualification (nothing: there is none)
 *   not_eligible         /firm      regions that may book, the firm's
 *   not_eligible         /firm      industries that may book, the firm's
 *   not_eligible         /firm      most employees, the firm's
 *   not_eligible         /firm      groups that may book, the firm's
 *   missing_field        /configuration  what there is to choose, nothing
 *   unknown_value        /configuration  what there is to choose (nothing: it has no choice), what
 * was chosen firm_blocked         (empty)    nothing not_bookable         /resource  nothing; the
 * resource's other rules are then not asked
 *
 * With `is_override`, what staff may overrule (all but the end before the start, the past, the
 * configuration and what is not bookable) goes into `ret_overrides` (each code once) instead. The
 * grid is not asked outside `day_starts`, where everything is closed. 0, or CAL_E_REFUSED. */
must_check int cal_policy_check(const struct cal_rules *rules, const struct cal_request *request,
                                int64_t now_us, struct problem *out,
                                struct cal_overrides *ret_overrides);

/* What the booking takes: the span with the resource's pads. */
struct cal_span cal_claim_span(const struct cal_rules *rules, int64_t start_us, int64_t end_us);

/* The first instant at or after `at_us` on the grid of its local day (a midnight always is);
 * INSTANT_NONE outside `day_starts`. */
int64_t cal_grid_up(const struct cal_rules *rules, int64_t at_us);
