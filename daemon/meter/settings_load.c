/* Reads the tables that the meter role follows: rows only, what they mean is settings.c's. */

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "dev/dev_clock.h"
#include "meter/settings_parts.h"
#include "pg/row.h"
#include "pg/sync.h"
#include "schema/queries.h"

#define LOAD_TIMEOUT_US (30 * US_PER_S)

/* ---------------------------------------------------------------- tables */

/* One function a table, counting `t` up row by row; texts are views into the result, which lives in
 * the settings' arena. Not 0 when a row does not fit: the tables' constraints allow none. */

static int load_version(struct settings_build *build, struct pg_row *t, size_t count)
{
    build->settings->version = count > 0 ? pg_row_int(*t, "version") : 0;
    return 0;
}

static int load_clock(struct settings_build *build, struct pg_row *t, size_t count)
{
    build->settings->has_clock = count > 0;
    if (count > 0)
        build->settings->clock = dev_clock_read(*t);
    return 0;
}

static int load_profiles(struct settings_build *build, struct pg_row *t, size_t count)
{
    build->profiles = arena_array(build->settings->arena, count + 1, sizeof(*build->profiles));
    build->profile_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        build->profiles[i].code = pg_row_text(*t, "code");
        build->profiles[i].doc = pg_row_json(*t, "doc");
    }
    return 0;
}

static int load_rules(struct settings_build *build, struct pg_row *t, size_t count)
{
    build->rules = arena_array(build->settings->arena, count + 1, sizeof(*build->rules));
    build->rule_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct run_rule *rule = &build->rules[i].rule;
        build->rules[i].id = pg_row_uuid(*t, "resource_id");
        int basis;
        *rule = RUN_RULE_DEFAULT;
        if (pg_row_enum(*t, "basis", run_basis_names, &basis))
            return 1;
        rule->basis = (enum run_basis)basis;
        rule->on_w = (int32_t)pg_row_int(*t, "on_w");
        rule->off_w = (int32_t)pg_row_int(*t, "off_w");
        rule->standby_w = (int32_t)pg_row_int(*t, "standby_w");
        rule->contact_on_ms = (int32_t)pg_row_int(*t, "contact_on_ms");
        rule->contact_off_ms = (int32_t)pg_row_int(*t, "contact_off_ms");
        rule->hold_ms = (int32_t)pg_row_int(*t, "hold_ms");
        rule->gap_ms = (int32_t)pg_row_int(*t, "gap_ms");
        rule->counter.confirm_count = (int32_t)pg_row_int(*t, "confirm_count");
    }
    return 0;
}

static int load_meters(struct settings_build *build, struct pg_row *t, size_t count)
{
    build->rows = arena_array(build->settings->arena, count + 1, sizeof(*build->rows));
    build->row_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct settings_row *row = &build->rows[i];
        struct meter_settings *meter = &row->meter;
        struct str code = pg_row_text(*t, "code");
        meter->id = pg_row_uuid(*t, "id");
        meter->resource = pg_row_uuid(*t, "resource_id");
        memcpy(meter->code, code.ptr, code.len < sizeof(meter->code) ? code.len : 0);
        meter->port = (uint16_t)pg_row_int(*t, "port");
        meter->unit = (uint8_t)pg_row_int(*t, "modbus_unit");
        meter->period_us = pg_row_int(*t, "poll_ms") * 1000;
        meter->timeout_us = pg_row_int(*t, "timeout_ms") * 1000;
        row->rated_w = pg_row_int(*t, "rated_w");
        row->profile = pg_row_text(*t, "profile");
        row->host = pg_row_text(*t, "host");
    }
    return 0;
}

static int load_states(struct settings_build *build, struct pg_row *t, size_t count)
{
    struct settings *settings = build->settings;
    struct problem problem;

    for (size_t i = 0; i < count; i++, t->row++) {
        struct resource_settings *resource =
            settings_resource(settings, pg_row_uuid(*t, "resource_id"));
        const struct json *doc;
        const char *fault;
        if (!resource)
            continue;
        problem_init(&problem, settings->arena);
        resource->has_state = true;
        resource->is_state_bad =
            json_parse(pg_row_json(*t, "state"), settings->arena, &doc, &fault) ||
            run_state_decode(doc, settings->arena, &resource->state, &problem);
    }
    return 0;
}

/* Both tables are in the order of the meters' ids. */
static int load_progress(struct settings_build *build, struct pg_row *t, size_t count)
{
    struct settings *settings = build->settings;
    size_t next = 0;

    for (size_t i = 0; i < count; i++, t->row++) {
        struct uuid id = pg_row_uuid(*t, "meter_id");
        while (next < settings->meter_count &&
               memcmp(&settings->meters[next].id, &id, sizeof(id)) < 0)
            next++;
        if (next < settings->meter_count && uuid_eq(settings->meters[next].id, id))
            settings->meters[next].last_seq = pg_row_int(*t, "last_seq");
    }
    return 0;
}

static int assemble(struct settings_build *build, struct pg_row *t, size_t count)
{
    (void)t, (void)count;
    settings_assemble(build);
    return 0;
}

/* ---------------------------------------------------------------- the transaction */

static const struct step {
    const struct pg_stmt *stmt; /* NULL: none, what was read is put together */
    int (*load)(struct settings_build *build, struct pg_row *t, size_t count);
} steps[] = {
    {&q_catalogue_version, load_version},   {&q_dev_clock_get, load_clock},
    {&q_catalogue_profiles, load_profiles}, {&q_catalogue_run_rules, load_rules},
    {&q_catalogue_meters, load_meters},     {NULL, assemble},
    {&q_meter_state_load, load_states},     {&q_meter_progress_load, load_progress},
};

static int run_step(struct pgsync *db, const struct step *step, struct settings_build *build,
                    struct buf *fault)
{
    struct pg_reply reply = {.outcome = PG_DONE};

    if (step->stmt)
        pgsync_run(db, &(struct pg_query){step->stmt, NULL}, LOAD_TIMEOUT_US,
                   build->settings->arena, &reply);
    if (reply.outcome != PG_DONE) {
        buf_printf(fault, "%s: %s", step->stmt->name, reply.message ? reply.message : "no answer");
        return 1;
    }
    struct pg_row row = {reply.rows, 0};
    if (step->load(build, &row, (size_t)pg_row_count(reply.rows))) {
        buf_printf(fault, "%s: row %d does not fit", step->stmt->name, row.row);
        return 1;
    }
    return 0;
}

static int exec(struct pgsync *db, const char *sql, struct arena *arena, struct buf *fault)
{
    struct pg_reply reply;

    pgsync_exec(db, sql, LOAD_TIMEOUT_US, arena, &reply);
    if (reply.outcome == PG_DONE)
        return 0;
    buf_printf(fault, "%s: %s", sql, reply.message ? reply.message : "no answer");
    return 1;
}

int settings_load(struct pgsync *db, struct settings **ret, struct buf *fault)
{
    struct arena *arena = arena_new();
    struct settings_build build = {.settings = arena_alloc(arena, sizeof(*build.settings))};
    struct buf ignored = {0};

    build.settings->arena = arena;
    int r = exec(db, "begin isolation level repeatable read read only; set local labtab.firm = '*'",
                 arena, fault);
    if (r == 0) {
        for (size_t i = 0; i < LEN(steps) && r == 0; i++)
            r = run_step(db, &steps[i], &build, fault);
        int ended = exec(db, "commit", arena, r ? &ignored : fault);
        r = r ? r : ended;
    }
    buf_fini(&ignored);
    if (r == 0)
        *ret = build.settings;
    else
        arena_free(arena);
    return r;
}
