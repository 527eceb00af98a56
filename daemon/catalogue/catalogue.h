#pragma once
/* The catalogue: what there is, who may use it and what it costs, as one immutable snapshot in
 * memory. A change in the database makes a new snapshot; the old one lives until its last user lets
 * go. Local rules arrive as instants: PostgreSQL has expanded them (no time-zone arithmetic in C).
 */

#include "base/arena.h"
#include "base/id.h"
#include "billing/invoice.h"
#include "calendar/local.h"
#include "calendar/policy.h"
#include "calendar/span.h"

struct pgsync;

enum cat_role {
    CAT_FIRM_MEMBER,
    CAT_FIRM_MANAGER,
    CAT_TECHNICIAN,
    CAT_FINANCE,
    CAT_APPROVER,
    CAT_ADMIN,
    CAT_AUDITOR,
    CAT_ROLE_COUNT,
};

extern const char *const cat_role_names[CAT_ROLE_COUNT + 1]; /* NULL-terminated */

/* Spans of validity are instants; an open end is INT64_MIN or INT64_MAX. */
struct cat_validity {
    int64_t from_us;
    int64_t to_us;
};
bool cat_holds(struct cat_validity validity, int64_t at_us);

struct cat_site {
    struct uuid id;
    struct str code, name, zone;
    const char *currency;
    struct cal_instants day_starts; /* local midnights around the time of loading ... */
    int32_t first_day;              /* ... the first one is this day's */
    struct cal_offsets offsets;     /* of its clock over the same time */
    struct bill_terms terms;
    /* So many missed bookings of a firm within the window keep it from booking for the ban.
     * CAL_NO_LIMIT: no such rule; then all three are. */
    int64_t strike_count, strike_window_s, strike_ban_s;
    int64_t unpaid_grace_s; /* CAL_NO_LIMIT: an unpaid invoice keeps nobody from booking */
    int64_t offer_expiry_s; /* how long an offer to the waiting list holds */
};

/* Dated rows of one resource. */
struct cat_rule {
    struct cat_validity validity;
    int64_t min_s, max_s;
    int64_t grid_s, notice_s, horizon_s;
    int64_t pad_before_s, pad_after_s;
    bool waives_pads; /* between two bookings of one firm */
    int64_t gap_s;    /* between two bookings of one person; 0: none */
    int64_t lock_s;   /* before the start: the firm can't change or cancel any more */
    bool needs_qualification;
    int64_t unused_limit_s, never_used_limit_s; /* a qualification lapses; CAL_NO_LIMIT: never */
    int64_t reminder_s; /* ... and the person is told so long before; CAL_NO_LIMIT: not */

    /* Cancelling is free until so long before the start; then a fixed fee and a share of the price.
     */
    int64_t cancel_free_s, cancel_fee;
    struct ratio cancel_share;
    bool credits_resale;
    int64_t check_in_s; /* how early; CAL_NO_LIMIT: at any time */
    int64_t no_show_s;  /* missed so long after the start; CAL_NO_LIMIT: never */
    int64_t no_show_fee;
    struct ratio no_show_share;

    struct texts approvals; /* roles in their order; none: confirmed at once */
    int64_t approval_expiry_s;
    struct texts regions, industries, groups; /* which firms may book; none: any */
    int64_t head_count_max;                   /* CAL_NO_LIMIT: any */
    struct texts holiday_groups; /* whose firms may use it on public holidays; none: nobody */
    struct texts configurations; /* one has to be chosen; none: there is nothing to choose */
    bool takes_waitlist;
};

struct cat_resource {
    struct uuid id;
    const struct cat_site *site;
    struct str code, kind, name, name_en;
    struct str charge_basis;
    int64_t tolerance_s;
    bool is_active, bills_unobserved;
    int64_t capacity; /* units of its own; 0: a bundle, or another name of its parts */
    const struct cat_resource *const *parts; /* of each of which a unit is taken too, in order */
    size_t part_count;
    struct cal_spans open;             /* holidays are closed ... */
    struct cal_spans open_on_holidays; /* ... and for firms that may come then: ordinary days */
    const struct cat_rule *rules;
    size_t rule_count;
    const struct bill_tariff *tariffs; /* by time, not overlapping */
    size_t tariff_count;
    bool has_meter;
};

struct cat_fact {
    struct cat_validity validity;
    struct str region, industry;
    int64_t head_count;
};

/* A firm is in the group meanwhile. */
struct cat_group {
    struct str code;
    struct cat_validity validity;
};

struct cat_firm {
    struct uuid id;
    struct str code, name, registration_number;
    bool is_blocked;
    const struct cat_fact *facts;
    size_t fact_count;
    const struct cat_group *groups; /* by code and time; one code's do not overlap */
    size_t group_count;
};

struct cat_person {
    struct uuid id;
    struct str code, name;
    unsigned roles;              /* bit per enum cat_role */
    const struct cat_firm *firm; /* NULL: of the lab */
};

/* One funder's money for a programme and fiscal year; the balance is the database's matter. */
struct cat_budget {
    struct uuid id;
    struct uuid programme_id;
    struct uuid funder_id;
    struct cat_validity validity; /* the fiscal year */
};

/* Whose bookings a quota counts together. */
enum cat_holder { CAT_HOLDER_PERSON, CAT_HOLDER_FIRM, CAT_HOLDER_GROUP, CAT_HOLDER_ALL };
extern const char *const cat_holder_names[]; /* NULL-terminated */

/* Over which local time it counts them; `ahead`: all that have not ended. */
enum cat_period {
    CAT_PERIOD_DAY,
    CAT_PERIOD_WEEK,
    CAT_PERIOD_MONTH,
    CAT_PERIOD_YEAR,
    CAT_PERIOD_AHEAD,
};
extern const char *const cat_period_names[]; /* NULL-terminated */

/* How much may be booked: of one resource, of all of a kind, or (neither) of all of the site. */
struct cat_quota {
    struct uuid id;
    struct str code;
    struct cat_validity validity;
    enum cat_holder holder;
    struct str group;                    /* only firms of this group; ptr NULL: all firms */
    const struct cat_resource *resource; /* NULL: not of one */
    struct str kind;                     /* ptr NULL: not of a kind */
    enum cat_period period;
    unsigned weekdays;          /* that count: bit 0 is Monday */
    int64_t most_count, most_s; /* one of them is CAL_NO_LIMIT */
};

struct catalogue;

/* Reads everything in one repeatable-read transaction and builds a snapshot with one reference.
 * Opening hours and days are expanded from 2 days before `now_us` to 400 days after it.
 * 0, or 1 with a sentence in `fault`. Blocking: the api calls it from its loader thread. */
must_check int catalogue_load(struct pgsync *db, int64_t now_us, struct catalogue **ret,
                              struct buf *fault);

/* References are taken and given back on one thread only. */
struct catalogue *catalogue_ref(struct catalogue *catalogue);
void catalogue_unref(struct catalogue *catalogue); /* NULL is accepted */

int64_t catalogue_version(const struct catalogue *catalogue);

/* Look-ups by id or by code ("cmm"); NULL when there is none. */
const struct cat_site *catalogue_site(const struct catalogue *catalogue, struct str ref);
const struct cat_resource *catalogue_resource(const struct catalogue *catalogue, struct str ref);
const struct cat_resource *catalogue_resource_by_id(const struct catalogue *catalogue,
                                                    struct uuid id);
const struct cat_firm *catalogue_firm(const struct catalogue *catalogue, struct str ref);
const struct cat_firm *catalogue_firm_by_id(const struct catalogue *catalogue, struct uuid id);
const struct cat_person *catalogue_person(const struct catalogue *catalogue, struct str ref);

/* The person behind a token's hash, unless the token or the person is not in force at `now_us`. */
const struct cat_person *catalogue_token(const struct catalogue *catalogue, const uint8_t hash[32],
                                         int64_t now_us);

/* When the person is qualified for the resource, joined. */
struct cal_spans catalogue_qualified(const struct catalogue *catalogue, struct uuid person,
                                     struct uuid resource);

/* The dated row that holds at `at_us`, or NULL. */
const struct cat_rule *cat_rule_at(const struct cat_resource *resource, int64_t at_us);

/* The firm's facts that hold at `at_us`, as support wants them. */
struct bill_firm cat_firm_at(const struct cat_firm *firm, int64_t at_us);

/* Is the firm in the group at `at_us`? */
bool cat_firm_in_group(const struct cat_firm *firm, struct str group, int64_t at_us);

/* What rules of booking ask of the firm as it is at `at_us`. The list of groups is the arena's. */
struct cal_firm cat_firm_facts(const struct cat_firm *firm, int64_t at_us, struct arena *arena);

/* The local day of `at_us`; INT32_MIN outside the time that was loaded. */
int32_t cat_local_day(const struct cat_site *site, int64_t at_us);

/* The budget of a programme's funder for the fiscal year of `at_us`, or NULL. */
const struct cat_budget *catalogue_budget(const struct catalogue *catalogue, struct uuid programme,
                                          struct uuid funder, int64_t at_us);

/* Whole lists, in a stable order. Programmes are those of a site, by priority. */
const struct cat_resource *catalogue_resources(const struct catalogue *catalogue,
                                               size_t *ret_count);
const struct bill_programme *catalogue_programmes(const struct catalogue *catalogue,
                                                  struct uuid site, size_t *ret_count);
/* The quotas of a site, by code. */
const struct cat_quota *catalogue_quotas(const struct catalogue *catalogue, struct uuid site,
                                         size_t *ret_count);
