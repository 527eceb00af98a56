#pragma once
/* A wish: one booking as somebody wants it, with all that the catalogue knows of it: who may, what
 * it takes, what it costs, and what time will do to it. Made from plain inputs, so that the api
 * (bookings, changes, quotes, series, slots) and the jobs (offers to the waiting list) make the
 * same wish of the same request. What only the database knows (claims, quotas, gaps, strikes,
 * unpaid invoices, last use) is settled by the statement that the wish is bound to.
 *
 *   struct wish wish;
 *   int outcome = wish_make(&ask, arena, problem, &wish);      // bundle, rules, price, terms
 *   ...
 *   for (size_t i = 0; i < wish_params(&wish, params); i++)     // in the order of fn.wish
 *       call_bind(call, params[i]);
 */

#include "base/instant.h"
#include "base/json.h"
#include "base/problem.h"
#include "calendar/availability.h"
#include "catalogue/catalogue.h"
#include "pg/pg.h"

enum wish_mode { WISH_SELF, WISH_ASSISTED, WISH_COMMISSIONED };
extern const char *const wish_mode_names[]; /* as in requests and in SQL; NULL-terminated */

#define WISH_WITH_MAX    8
#define WISH_SPAN_MAX_US (31 * US_PER_DAY) /* of any booking: the table's own limit */

/* What is asked for. Everything outlives the wish. */
struct wish_ask {
    const struct catalogue *catalogue;
    int64_t now_us;
    const struct cat_person *by;     /* who asks; of the lab: staff, who may overrule */
    const struct cat_person *person; /* for whom: the firm's, or of the lab */
    const struct cat_firm *firm;     /* whose booking it will be; NULL: nobody's, to show slots */
    const struct cat_resource *resource;
    const struct cat_resource *with[WISH_WITH_MAX]; /* booked along with it */
    size_t with_count;
    enum wish_mode mode;
    int64_t start_us, end_us;
    struct str purpose, configuration;
    struct str override_reason; /* of staff: rules yield; ptr NULL: none */
    struct uuid id;             /* of the booking that is changed; nil: a new one */
    bool has_started;           /* ... which runs: of its start nothing is asked any more */
    bool keeps_approvals;       /* ... whose change needs no new approval */
    bool is_offer;              /* to the waiting list: expires by the site's offer_expiry_s */
    struct uuid quote;          /* nil: none. The statement compares it with the wish */
    struct uuid series;         /* nil: none */
    bool has_price;             /* promised before: by the quote, or by a booking that keeps it */
    int64_t fee;                /* ... and how much; */
    struct str price;           /* ... JSON: the member `price` of its explanation */
};

/* ---------------------------------------------------------------- the bundle */

/* One resource that the booking takes. */
struct wish_member {
    const struct cat_resource *resource;
    const char *pointer; /* what of the request wants it: "/start", "/mode", "/with/0" */
    bool is_named;       /* by the request: it has to be bookable. Of parts and operators without
                          * rules only the opening hours count */
    bool is_claimed;     /* it has units of its own */
    struct cal_spans
        open; /* opening hours, on public holidays too where the firm may use it then */
};

/* What a booking takes, each once: the resource (always the first), its parts, everything of `with`
 * and their parts, and of an assisted one the site's first active operator. */
struct wish_bundle {
    struct wish_member member[CAL_MEMBERS_MAX];
    size_t count;
};

/* 0, or WISH_E_HOPELESS with the problem filled:
 *
 *   duplicate      /with/0   named twice
 *   not_bookable   /mode     there is no operator
 *   too_large      /with     more than CAL_MEMBERS_MAX resources, parts included
 *   unknown_value  /with/0   of another site
 *
 * Reads catalogue, now, by, firm, resource, with and mode of `ask`, not the span. */
must_check int wish_bundle(const struct wish_ask *ask, struct arena *arena, struct problem *problem,
                           struct wish_bundle *ret);

/* The member as the search for slots wants it: all versions of its rules (one without rules has the
 * main resource's pads), its opening hours. `full` and `own` are empty: what is taken is the
 * caller's to add, from the claims of `resource`. */
struct cal_member wish_slot_member(const struct wish_ask *ask, const struct wish_bundle *bundle,
                                   size_t index, struct arena *arena);

/* ---------------------------------------------------------------- the wish */

/* Everything of SQL's type fn.wish. Lists are in the arena. */
struct wish_list {
    const void *items; /* struct uuid[], struct str[], or int64_t[] */
    size_t count;
};

struct wish {
    struct uuid id, firm, resource, person;
    struct str mode, status;
    int64_t starts_us, ends_us;
    struct wish_list also;                 /* of `with`, and the operator */
    struct wish_list claims;               /* of which a unit is taken, ... */
    struct wish_list claim_from, claim_to; /* ... with pads */
    struct wish_list claim_pointers;
    bool waives_pads;
    struct str purpose, configuration, override_reason;
    bool is_staff;
    int64_t price;
    struct str explain;
    struct wish_list budgets, wanted;
    struct wish_list quotas;
    int64_t gap_s, unused_limit_s, never_used_limit_s; /* INT64_MIN: not asked */
    int64_t locked_from_us, free_until_us;             /* INSTANT_NONE: never, always */
    int64_t late_fee;
    bool credits_resale;
    int64_t check_in_from_us; /* INSTANT_NONE: at any time */
    int64_t no_show_at_us;    /* INSTANT_NONE: never missed */
    int64_t no_show_fee;
    bool finishes_itself;
    struct wish_list approvals;
    int64_t expires_us; /* of one that is pending or offered */
    struct uuid quote, series;
};

enum {
    WISH_E_REFUSED = 1, /* rules are broken; all of the wish is filled, so that the statement can
                         * still tell in a trial which of the database's rules are broken too */
    WISH_E_HOPELESS,    /* what is asked for can't be asked of the database: no wish */
};

/* Everything in one: bundle, rules, price, terms. Violations go into `problem`, all of them:
 *
 *  - those of cal_policy_check() for the resource, with its pointers; for the other members with
 *    theirs ("/with/0", "/mode"), limit and actual as they are. What is of the firm or of the clock
 *    alone (firm_blocked, end_not_after_start, in_the_past) is told once;
 *  - forbidden /override_reason: by somebody who is not of the lab; the rules are asked all the
 * same
 *  - unpriced /start, too_large /start: no tariff on that day, or an amount out of range
 *  - those of wish_bundle().
 *
 * A person of the lab, and one for whom staff work (mode), needs no qualification.
 * 0, WISH_E_REFUSED or WISH_E_HOPELESS. */
must_check int wish_make(const struct wish_ask *ask, struct arena *arena, struct problem *problem,
                         struct wish *ret);

/* The same with the bundle of wish_bundle(), which many wishes that differ in their times share. */
must_check int wish_of_bundle(const struct wish_ask *ask, const struct wish_bundle *bundle,
                              struct arena *arena, struct problem *problem, struct wish *ret);

/* The rules alone, of a span or (waiting list) of the first span that might do: what is broken, by
 * member. `overrides`: what yielded to staff. 0 or WISH_E_REFUSED. */
must_check int wish_check(const struct wish_ask *ask, const struct wish_bundle *bundle,
                          struct problem *problem, struct cal_overrides *ret_overrides);

/* Is it broken whenever it is asked, so that waiting is of no use? True of not_bookable,
 * not_eligible, not_qualified, firm_blocked, unpriced and what is wrong with the request; false of
 * what another time may cure: hours, notice, horizon, the grid. */
bool wish_is_lasting(enum code code);

/* The wish as parameters, in the order of fn.wish's members; what they point at is the wish's. */
#define WISH_PARAMS 38
size_t wish_params(const struct wish *wish, struct pg_param ret[WISH_PARAMS]);

/* The wish as a JSON object with fn.wish's members, an element of the current array: for a
 * statement that takes many, `jsonb_populate_recordset(null::fn.wish, $n::jsonb)`. */
void wish_json(const struct wish *wish, struct jsonw *w);
