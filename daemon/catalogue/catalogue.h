#pragma once
/* The catalogue: what there is and who may use it, as one immutable snapshot in memory. A change in the
 * database makes a new snapshot; the old one lives until its last user lets go. Local rules arrive as
 * instants: PostgreSQL has expanded them (no time-zone arithmetic in C). */

#include "base/arena.h"
#include "base/id.h"
#include "billing/support.h"
#include "billing/tariff.h"
#include "calendar/policy.h"
#include "calendar/span.h"
#include "metering/profile.h"
#include "metering/run_state.h"

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
    struct str code, name, zone, currency;
    const int64_t *day_starts; /* local midnights, ascending */
    size_t day_count;
};

/* Dated rows of one resource. */
struct cat_rule {
    struct cat_validity validity;
    int64_t min_s, max_s; /* max_s 0: none */
    int64_t grid_s, notice_s, horizon_s;
    int64_t pad_before_s, pad_after_s;
    bool needs_qualification;
};

struct cat_tariff {
    struct cat_validity validity;
    struct bill_tariff tariff;
};

struct cat_resource {
    struct uuid id;
    const struct cat_site *site;
    struct str code, kind, name, name_en;
    struct str charge_basis;
    int64_t tolerance_s;
    bool is_active, bills_unobserved;
    int64_t capacity;
    const struct cal_span *open; /* sorted, joined */
    size_t open_count;
    struct cat_rule *rules;
    size_t rule_count;
    struct cat_tariff *tariffs;
    size_t tariff_count;
    bool has_meter;
};

struct cat_fact {
    struct cat_validity validity;
    struct str region, industry;
    int64_t head_count;
};

struct cat_firm {
    struct uuid id;
    struct str code, name, registration_number;
    bool is_blocked;
    struct cat_fact *facts;
    size_t fact_count;
};

struct cat_person {
    struct uuid id;
    struct str code, name;
    unsigned roles; /* bit per enum cat_role */
    const struct cat_firm *firm; /* NULL: of the lab */
};

#define CAT_FUNDERS_MAX 8

struct cat_programme {
    struct uuid id;
    struct str code, name;
    const struct cat_site *site;
    struct cat_validity validity;
    struct bill_programme programme; /* rate, priority, matching, eligibility */
};

/* One funder's money for a programme and fiscal year; the balance is the database's matter. */
struct cat_budget {
    struct uuid id;
    struct uuid programme_id;
    struct str funder;
    int64_t funder_ordinal;
    int64_t fiscal_year;
    struct cat_validity validity; /* the fiscal year */
};

struct cat_meter {
    struct uuid id;
    const struct cat_resource *resource;
    struct str code, host;
    int64_t port, modbus_unit, poll_ms, timeout_ms, rated_w;
    const struct profile *profile;
};

struct cat_run_rule {
    const struct cat_resource *resource;
    struct run_rule rule;
};

struct catalogue;

/* Reads everything in one repeatable-read transaction and builds a snapshot with one reference.
 * `now_us` bounds the expansion of opening hours (a day back, the longest horizon ahead).
 * 0, or 1 with a sentence in `fault`. Blocking: the api calls it from its loader thread. */
must_check int catalogue_load(struct pgsync *db, int64_t now_us, struct catalogue **ret, struct buf *fault);

/* References are taken and given back on one thread only. */
struct catalogue *catalogue_ref(struct catalogue *catalogue);
void catalogue_unref(struct catalogue *catalogue); /* NULL is accepted */

int64_t catalogue_version(const struct catalogue *catalogue);

/* Look-ups by id or by code ("cmm"); NULL when there is none. */
const struct cat_site *catalogue_site(const struct catalogue *catalogue, struct str ref);
const struct cat_resource *catalogue_resource(const struct catalogue *catalogue, struct str ref);
const struct cat_resource *catalogue_resource_by_id(const struct catalogue *catalogue, struct uuid id);
const struct cat_firm *catalogue_firm(const struct catalogue *catalogue, struct str ref);
const struct cat_firm *catalogue_firm_by_id(const struct catalogue *catalogue, struct uuid id);
const struct cat_person *catalogue_person(const struct catalogue *catalogue, struct str ref);

/* The person behind a token's hash, unless the token or the person is not in force at `now_us`. */
const struct cat_person *catalogue_token(const struct catalogue *catalogue, const uint8_t hash[32],
                                         int64_t now_us);

/* Until when the person is qualified for the resource, seen from `at_us`; INSTANT_NONE: not at all. */
int64_t catalogue_qualified_until(const struct catalogue *catalogue, struct uuid person,
                                  struct uuid resource, int64_t at_us);

/* The dated row that holds at `at_us`, or NULL. */
const struct cat_rule *cat_rule_at(const struct cat_resource *resource, int64_t at_us);
const struct bill_tariff *cat_tariff_at(const struct cat_resource *resource, int64_t at_us);
const struct cat_fact *cat_fact_at(const struct cat_firm *firm, int64_t at_us);

/* Whole lists, in a stable order. */
const struct cat_site *const *catalogue_sites(const struct catalogue *catalogue, size_t *ret_count);
const struct cat_resource *const *catalogue_resources(const struct catalogue *catalogue, size_t *ret_count);
const struct cat_programme *catalogue_programmes(const struct catalogue *catalogue, size_t *ret_count);
const struct cat_budget *catalogue_budgets(const struct catalogue *catalogue, size_t *ret_count);
const struct cat_meter *catalogue_meters(const struct catalogue *catalogue, size_t *ret_count);
const struct cat_run_rule *catalogue_run_rules(const struct catalogue *catalogue, size_t *ret_count);
