/* Reads the catalogue's tables in one transaction and builds the snapshot. */

#include "catalogue/catalogue.h"

#include "base/instant.h"
#include "catalogue/table.h"
#include "pg/sync.h"
#include "schema/queries.h"

#define LOAD_TIMEOUT_US (30 * US_PER_S)
#define LOOK_BACK_US    (2 * US_PER_DAY)
#define LOOK_AHEAD_US   (400 * US_PER_DAY)

static int load_version(struct catalogue *cat, struct pg_row *t, size_t count)
{
    if (count != 1)
        return 1;
    cat->version = pg_row_int(*t, "version");
    return 0;
}

/* The tables in the order in which they refer to each other. A function's result is not 0 when a
 * row refers to nothing or holds a value that does not fit: the tables' constraints forbid both. */
static const struct load_step {
    const struct pg_stmt *stmt;
    catalogue_load_fn *load;
} load_steps[] = {
    {&q_catalogue_version, load_version},
    {&q_catalogue_sites, load_sites},
    {&q_catalogue_days, load_days},
    {&q_catalogue_zone_offsets, load_offsets},
    {&q_catalogue_resources, load_resources},
    {&q_catalogue_parts, load_parts},
    {&q_catalogue_openings_expanded, load_openings},
    {&q_catalogue_rules, load_rules},
    {&q_catalogue_quotas, load_quotas},
    {&q_catalogue_tariffs, load_tariffs},
    {&q_catalogue_firms, load_firms},
    {&q_catalogue_firm_facts, load_facts},
    {&q_catalogue_firm_groups, load_groups},
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
    struct pg_row row = {reply.rows, 0};
    if (step->load(cat, &row, (size_t)pg_row_count(reply.rows))) {
        buf_printf(fault, "%s: row %d does not fit", step->stmt->name, row.row);
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
