/* Reads the catalogue's tables and builds the snapshot. One function a table; columns by name. */

#include "catalogue/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "catalogue/snapshot.h"
#include "pg/sync.h"
#include "schema/queries.h"

#define LOAD_TIMEOUT_US (30 * US_PER_S)
#define LOOK_BACK_US    (2 * US_PER_DAY)
#define LOOK_AHEAD_US   (400 * US_PER_DAY)

/* One table being read, at one row. */
struct table {
    const struct pg_rows *rows;
    int row;
};

static int64_t get_int(const struct table *t, const char *name)
{
    return pg_get_int(t->rows, t->row, pg_column(t->rows, name));
}

/* The integer, or `fallback` for a NULL. */
static int64_t get_int_or(const struct table *t, const char *name, int64_t fallback)
{
    int column = pg_column(t->rows, name);
    return pg_is_null(t->rows, t->row, column) ? fallback : pg_get_int(t->rows, t->row, column);
}

static bool get_bool(const struct table *t, const char *name)
{
    return pg_get_bool(t->rows, t->row, pg_column(t->rows, name));
}

static struct uuid get_uuid(const struct table *t, const char *name)
{
    return pg_get_uuid(t->rows, t->row, pg_column(t->rows, name));
}

static int64_t get_instant(const struct table *t, const char *name)
{
    return pg_get_instant(t->rows, t->row, pg_column(t->rows, name));
}

/* INT32_MIN for a NULL. */
static int32_t get_day(const struct table *t, const char *name)
{
    return pg_get_date(t->rows, t->row, pg_column(t->rows, name));
}

static struct str keep(struct catalogue *cat, struct str text)
{
    return text.ptr ? (struct str){arena_strndup(cat->arena, text.ptr, text.len), text.len} : text;
}

static struct str get_text(struct catalogue *cat, const struct table *t, const char *name)
{
    int column = pg_column(t->rows, name);
    if (pg_is_null(t->rows, t->row, column))
        return (struct str){NULL, 0};
    return keep(cat, pg_get_text(t->rows, t->row, column));
}

static struct bill_texts get_texts(struct catalogue *cat, const struct table *t, const char *name)
{
    size_t count = 0;
    int column = pg_column(t->rows, name);
    if (pg_is_null(t->rows, t->row, column))
        return (struct bill_texts){NULL, 0};
    const struct str *read = pg_get_array(t->rows, t->row, column, cat->scratch, &count);
    struct str *items = arena_array(cat->arena, count + 1, sizeof(*items));
    for (size_t i = 0; i < count; i++)
        items[i] = keep(cat, read[i]);
    return (struct bill_texts){items, count};
}

/* Validity: NULL ends are open. */
static struct cat_validity get_validity(const struct table *t)
{
    int from = pg_column(t->rows, "valid_from"), to = pg_column(t->rows, "valid_to");
    return (struct cat_validity){
        pg_is_null(t->rows, t->row, from) ? INT64_MIN : pg_get_instant(t->rows, t->row, from),
        pg_is_null(t->rows, t->row, to) ? INT64_MAX : pg_get_instant(t->rows, t->row, to),
    };
}

/* The index of a name in a NULL-terminated list; the database's constraints allow no other. */
static int get_enum(const struct table *t, const char *name, const char *const *names)
{
    struct str text = pg_get_text(t->rows, t->row, pg_column(t->rows, name));
    int index = 0;
    while (names[index] && !str_eq_c(text, names[index]))
        index++;
    return names[index] ? index : 0;
}

/* ---------------------------------------------------------------- sites and resources */

static struct cat_site *site_of(struct catalogue *cat, struct uuid id)
{
    for (size_t i = 0; i < cat->site_count; i++) {
        if (uuid_eq(cat->sites[i].id, id))
            return &cat->sites[i];
    }
    return NULL;
}

static int load_sites(struct catalogue *cat, struct table *t, size_t count)
{
    cat->sites = arena_array(cat->arena, count + 1, sizeof(*cat->sites));
    cat->site_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_site *site = &cat->sites[i];
        site->id = get_uuid(t, "id");
        site->code = get_text(cat, t, "code");
        site->name = get_text(cat, t, "name");
        site->zone = get_text(cat, t, "zone");
        site->currency = get_text(cat, t, "currency").ptr;
        site->terms.truncate_to = get_int(t, "truncate_to");
        site->terms.tax.base = (enum bill_tax_base)get_enum(t, "tax_base", bill_tax_base_names);
        site->terms.tax.rounding =
            bill_tax_roundings[get_enum(t, "tax_rounding", bill_tax_rounding_names)];
        if (ratio_make(get_int(t, "tax_rate_num"), get_int(t, "tax_rate_den"),
                       &site->terms.tax.rate))
            return 1;
        snapshot_name(cat, SNAPSHOT_SITE, site->id, site->code, site);
    }
    return 0;
}

static int load_days(struct catalogue *cat, struct table *t, size_t count)
{
    int64_t *starts = arena_array(cat->arena, count + 1, sizeof(*starts));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_site *site = site_of(cat, get_uuid(t, "site_id"));
        starts[i] = get_instant(t, "day_start");
        if (!site)
            return 1;
        if (site->day_starts.count == 0) {
            site->day_starts.at_us = &starts[i];
            site->first_day = get_day(t, "day");
        }
        site->day_starts.count++;
    }
    return 0;
}

static struct cat_resource *resource_of(struct catalogue *cat, struct uuid id)
{
    return snapshot_by_id(cat, SNAPSHOT_RESOURCE, id);
}

static int load_resources(struct catalogue *cat, struct table *t, size_t count)
{
    cat->resources = arena_array(cat->arena, count + 1, sizeof(*cat->resources));
    cat->resource_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_resource *resource = &cat->resources[i];
        resource->id = get_uuid(t, "id");
        resource->site = site_of(cat, get_uuid(t, "site_id"));
        resource->code = get_text(cat, t, "code");
        resource->kind = get_text(cat, t, "kind");
        resource->name = get_text(cat, t, "name");
        resource->name_en = get_text(cat, t, "name_en");
        resource->charge_basis = get_text(cat, t, "charge_basis");
        resource->tolerance_s = get_int(t, "tolerance_s");
        resource->is_active = get_bool(t, "is_active");
        resource->bills_unobserved = get_bool(t, "bills_unobserved");
        resource->capacity = get_int(t, "capacity");
        resource->has_meter = get_bool(t, "has_meter");
        if (!resource->site)
            return 1;
        snapshot_name(cat, SNAPSHOT_RESOURCE, resource->id, resource->code, resource);
    }
    return 0;
}

/* How many rows from this one on have the same id in column `name`: tables come grouped by it. */
static size_t group_size(const struct table *t, const char *name)
{
    int column = pg_column(t->rows, name), count = pg_row_count(t->rows);
    struct uuid id = pg_get_uuid(t->rows, t->row, column);
    int end = t->row;
    while (end < count && uuid_eq(pg_get_uuid(t->rows, end, column), id))
        end++;
    return (size_t)(end - t->row);
}

static int load_openings(struct catalogue *cat, struct table *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = group_size(t, "resource_id");
        struct cat_resource *resource = resource_of(cat, get_uuid(t, "resource_id"));
        struct cal_span *spans = arena_array(cat->arena, size, sizeof(*spans));
        for (size_t i = 0; i < size; i++, t->row++)
            spans[i] = (struct cal_span){get_instant(t, "open_from"), get_instant(t, "open_to")};
        if (!resource)
            return 1;
        resource->open = (struct cal_spans){spans, cal_spans_join(spans, size)};
    }
    return 0;
}

static int load_rules(struct catalogue *cat, struct table *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = group_size(t, "resource_id");
        struct cat_resource *resource = resource_of(cat, get_uuid(t, "resource_id"));
        struct cat_rule *rules = arena_array(cat->arena, size, sizeof(*rules));
        for (size_t i = 0; i < size; i++, t->row++)
            rules[i] = (struct cat_rule){
                .validity = get_validity(t),
                .min_s = get_int(t, "min_s"),
                .max_s = get_int(t, "max_s") ? get_int(t, "max_s") : CAL_NO_LIMIT,
                .grid_s = get_int(t, "grid_s"),
                .notice_s = get_int(t, "notice_s"),
                .horizon_s = get_int(t, "horizon_s"),
                .pad_before_s = get_int(t, "pad_before_s"),
                .pad_after_s = get_int(t, "pad_after_s"),
                .needs_qualification = get_bool(t, "needs_qualification"),
            };
        if (!resource)
            return 1;
        resource->rules = rules;
        resource->rule_count = size;
    }
    return 0;
}

static int read_tariff(const struct table *t, struct bill_tariff *ret)
{
    struct cat_validity validity = get_validity(t);
    *ret = (struct bill_tariff){
        .id = get_uuid(t, "id"),
        .valid = {validity.from_us, validity.to_us},
        .time_unit_s = get_int(t, "time_unit_s"),
        .rounding = (enum bill_rounding)get_enum(t, "rounding", bill_rounding_names),
        .block_s = get_int(t, "block_s"),
        .setup_fee = get_int(t, "setup_fee"),
        .minimum_fee = get_int(t, "minimum_fee"),
        .tax_kind = (enum bill_tax_kind)get_enum(t, "tax_kind", bill_tax_kind_names),
        .charges_unused = get_bool(t, "charges_unused"),
    };
    return ratio_make(get_int(t, "price_num"), get_int(t, "price_den"), &ret->price);
}

static int load_tariffs(struct catalogue *cat, struct table *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = group_size(t, "resource_id");
        struct cat_resource *resource = resource_of(cat, get_uuid(t, "resource_id"));
        struct bill_tariff *tariffs = arena_array(cat->arena, size, sizeof(*tariffs));
        for (size_t i = 0; i < size; i++, t->row++) {
            if (read_tariff(t, &tariffs[i]))
                return 1;
        }
        if (!resource)
            return 1;
        resource->tariffs = tariffs;
        resource->tariff_count = size;
    }
    return 0;
}

/* ---------------------------------------------------------------- firms and people */

static int load_firms(struct catalogue *cat, struct table *t, size_t count)
{
    struct cat_firm *firms = arena_array(cat->arena, count + 1, sizeof(*firms));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_firm *firm = &firms[i];
        firm->id = get_uuid(t, "id");
        firm->code = get_text(cat, t, "code");
        firm->name = get_text(cat, t, "name");
        firm->registration_number = get_text(cat, t, "registration_number");
        firm->is_blocked = get_bool(t, "is_blocked");
        snapshot_name(cat, SNAPSHOT_FIRM, firm->id, firm->code, firm);
    }
    return 0;
}

static int load_facts(struct catalogue *cat, struct table *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = group_size(t, "firm_id");
        struct cat_firm *firm = snapshot_by_id(cat, SNAPSHOT_FIRM, get_uuid(t, "firm_id"));
        struct cat_fact *facts = arena_array(cat->arena, size, sizeof(*facts));
        for (size_t i = 0; i < size; i++, t->row++)
            facts[i] = (struct cat_fact){
                .validity = get_validity(t),
                .region = get_text(cat, t, "region"),
                .industry = get_text(cat, t, "industry"),
                .head_count = get_int(t, "head_count"),
            };
        if (!firm)
            return 1;
        firm->facts = facts;
        firm->fact_count = size;
    }
    return 0;
}

static unsigned read_roles(struct catalogue *cat, const struct table *t)
{
    struct bill_texts names = get_texts(cat, t, "roles");
    unsigned roles = 0;
    for (size_t i = 0; i < names.count; i++) {
        for (unsigned role = 0; role < CAT_ROLE_COUNT; role++) {
            if (str_eq_c(names.item[i], cat_role_names[role]))
                roles |= 1u << role;
        }
    }
    return roles;
}

static int load_people(struct catalogue *cat, struct table *t, size_t count)
{
    struct cat_person *people = arena_array(cat->arena, count + 1, sizeof(*people));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_person *person = &people[i];
        struct uuid firm = get_uuid(t, "firm_id");
        person->id = get_uuid(t, "id");
        person->code = get_text(cat, t, "code");
        person->name = get_text(cat, t, "name");
        person->roles = read_roles(cat, t);
        person->firm = uuid_is_nil(firm) ? NULL : snapshot_by_id(cat, SNAPSHOT_FIRM, firm);
        if (!uuid_is_nil(firm) && !person->firm)
            return 1;
        snapshot_name(cat, SNAPSHOT_PERSON, person->id, person->code, person);
    }
    return 0;
}

static int load_tokens(struct catalogue *cat, struct table *t, size_t count)
{
    struct snapshot_token *tokens = arena_array(cat->arena, count + 1, sizeof(*tokens));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct str hash = pg_get_bytes(t->rows, t->row, pg_column(t->rows, "hash"));
        struct snapshot_token *token = &tokens[i];
        token->person = snapshot_by_id(cat, SNAPSHOT_PERSON, get_uuid(t, "person_id"));
        token->expires_us = get_instant(t, "expires_at");
        if (hash.len != sizeof(token->hash))
            return 1;
        memcpy(token->hash, hash.ptr, sizeof(token->hash));
        if (token->person) /* an inactive person's tokens are not in force */
            snapshot_token(cat, token);
    }
    return 0;
}

static int load_qualifications(struct catalogue *cat, struct table *t, size_t count)
{
    struct snapshot_qualification *all = arena_array(cat->arena, count + 1, sizeof(*all));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_validity validity = get_validity(t);
        all[i].key.person = get_uuid(t, "person_id");
        all[i].key.resource = get_uuid(t, "resource_id");
        all[i].span = (struct cal_span){validity.from_us, validity.to_us};
    }
    snapshot_qualifications(cat, all, count);
    return 0;
}

/* ---------------------------------------------------------------- support */

static int load_programmes(struct catalogue *cat, struct table *t, size_t count)
{
    cat->programmes = arena_array(cat->arena, count + 1, sizeof(*cat->programmes));
    cat->programme_sites = arena_array(cat->arena, count + 1, sizeof(*cat->programme_sites));
    cat->programme_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        int32_t to_day = get_day(t, "valid_to_day");
        cat->programme_sites[i] = get_uuid(t, "site_id");
        cat->programmes[i] = (struct bill_programme){
            .id = get_uuid(t, "id"),
            .code = get_text(cat, t, "code"),
            .name = get_text(cat, t, "name"),
            .valid_from_day = get_day(t, "valid_from_day"),
            .valid_to_day = to_day == INT32_MIN ? INT32_MAX : to_day,
            .priority = get_int(t, "priority"),
            .matching = (enum bill_matching)get_enum(t, "matching", bill_matching_names),
            .draws_partially = get_bool(t, "draws_partially"),
            .regions = get_texts(cat, t, "regions"),
            .industries = get_texts(cat, t, "industries"),
            .head_count_max = get_int_or(t, "head_count_max", BILL_NO_LIMIT),
        };
        if (ratio_make(get_int(t, "rate_num"), get_int(t, "rate_den"), &cat->programmes[i].rate))
            return 1;
    }
    return 0;
}

static int load_funders(struct catalogue *cat, struct table *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = group_size(t, "programme_id");
        struct uuid programme = get_uuid(t, "programme_id");
        struct bill_funder *funders = arena_array(cat->arena, size, sizeof(*funders));
        for (size_t i = 0; i < size; i++, t->row++)
            funders[i] = (struct bill_funder){
                .id = get_uuid(t, "funder_id"),
                .code = get_text(cat, t, "code"),
                .weight = get_int(t, "weight"),
            };
        for (size_t i = 0; i < cat->programme_count; i++) {
            if (!uuid_eq(cat->programmes[i].id, programme))
                continue;
            cat->programmes[i].funders = funders;
            cat->programmes[i].funder_count = size;
        }
    }
    return 0;
}

static int load_budgets(struct catalogue *cat, struct table *t, size_t count)
{
    cat->budgets = arena_array(cat->arena, count + 1, sizeof(*cat->budgets));
    cat->budget_count = count;
    for (size_t i = 0; i < count; i++, t->row++)
        cat->budgets[i] = (struct cat_budget){
            .id = get_uuid(t, "id"),
            .programme_id = get_uuid(t, "programme_id"),
            .funder_id = get_uuid(t, "funder_id"),
            .validity = get_validity(t),
        };
    return 0;
}

static int load_version(struct catalogue *cat, struct table *t, size_t count)
{
    if (count != 1)
        return 1;
    cat->version = get_int(t, "version");
    return 0;
}

/* ---------------------------------------------------------------- all of it */

/* The tables in the order in which they refer to each other. A function's result is not 0 when a
 * row refers to nothing or holds a value that does not fit: the tables' constraints forbid both. */
static const struct load_step {
    const struct pg_stmt *stmt;
    int (*load)(struct catalogue *cat, struct table *t, size_t count);
} load_steps[] = {
    {&q_catalogue_version, load_version},
    {&q_catalogue_sites, load_sites},
    {&q_catalogue_days, load_days},
    {&q_catalogue_resources, load_resources},
    {&q_catalogue_openings_expanded, load_openings},
    {&q_catalogue_rules, load_rules},
    {&q_catalogue_tariffs, load_tariffs},
    {&q_catalogue_firms, load_firms},
    {&q_catalogue_firm_facts, load_facts},
    {&q_catalogue_people, load_people},
    {&q_catalogue_tokens, load_tokens},
    {&q_catalogue_qualifications, load_qualifications},
    {&q_catalogue_programmes, load_programmes},
    {&q_catalogue_programme_funders, load_funders},
    {&q_catalogue_budgets, load_budgets},
};

static int run_step(struct pgsync *db, const struct load_step *step,
                    const struct pg_param window[2], struct catalogue *cat, struct buf *fault)
{
    struct pg_reply reply;
    const struct pg_query query = {step->stmt, step->stmt->param_count ? window : NULL};
    pgsync_run(db, &query, LOAD_TIMEOUT_US, cat->scratch, &reply);
    if (reply.outcome != PG_DONE) {
        buf_printf(fault, "%s: %s", step->stmt->name, reply.message ? reply.message : "no answer");
        return 1;
    }
    struct table table = {reply.rows, 0};
    if (step->load(cat, &table, (size_t)pg_row_count(reply.rows))) {
        buf_printf(fault, "%s: row %d does not fit", step->stmt->name, table.row);
        return 1;
    }
    return 0;
}

static int exec(struct pgsync *db, const char *sql, struct catalogue *cat, struct buf *fault)
{
    struct pg_reply reply;
    pgsync_exec(db, sql, LOAD_TIMEOUT_US, cat->scratch, &reply);
    if (reply.outcome == PG_DONE)
        return 0;
    buf_printf(fault, "%s: %s", sql, reply.message ? reply.message : "no answer");
    return 1;
}

/* One snapshot of the database for all tables, so that they fit each other. The scope is the lab's:
 * the catalogue holds all firms. */
static int load_tables(struct pgsync *db, int64_t now_us, struct catalogue *cat, struct buf *fault)
{
    const struct pg_param window[2] = {pg_instant(now_us - LOOK_BACK_US),
                                       pg_instant(now_us + LOOK_AHEAD_US)};
    if (exec(db, "begin isolation level repeatable read read only; set local labtab.firm = '*'",
             cat, fault))
        return 1;
    int result = 0;
    for (size_t i = 0; i < LEN(load_steps) && result == 0; i++)
        result = run_step(db, &load_steps[i], window, cat, fault);
    struct buf ignored = {0};
    int ended = exec(db, "commit", cat, result ? &ignored : fault);
    buf_fini(&ignored);
    return result ? result : ended;
}

int catalogue_load(struct pgsync *db, int64_t now_us, struct catalogue **ret, struct buf *fault)
{
    struct catalogue *cat = snapshot_new();
    int result = load_tables(db, now_us, cat, fault);
    arena_free(cat->scratch);
    cat->scratch = NULL;
    if (result == 0) {
        *ret = cat;
        return 0;
    }
    catalogue_unref(cat);
    return 1;
}
