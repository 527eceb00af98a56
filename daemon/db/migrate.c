#include "db/migrate.h"

#include "base/instant.h"
#include "pg/sync.h"
#include "schema/schema.h"

#define CONNECT_TIMEOUT_US (10 * US_PER_S)
#define STEP_TIMEOUT_US    (600 * US_PER_S) /* a migration may rewrite a large table */
#define LOCK_TIMEOUT_US    (900 * US_PER_S) /* somebody else's migrations come first */

/* Arbitrary, and the same in every version of the program. */
#define LOCK   "select pg_advisory_lock(7100000001)"
#define UNLOCK "select pg_advisory_unlock(7100000001)"

static const char record_tables[] =
    "create table if not exists schema_migration ("
    " version integer primary key, name text not null, checksum text not null,"
    " applied_at timestamptz not null);"
    "create table if not exists schema_object ("
    " singleton boolean primary key default true check (singleton), checksum text not null,"
    " applied_at timestamptz not null)";

static const struct pg_stmt q_migrations = {
    "schema_migrations",
    "select version, name, checksum from schema_migration order by version",
    0,
};

static const struct pg_stmt q_migration_record = {
    "schema_migration_record",
    "insert into schema_migration (version, name, checksum, applied_at)"
    " values ($1::bigint::integer, $2::text, $3::text, $4::timestamptz)",
    4,
};

static const struct pg_stmt q_object = {
    "schema_object",
    "select from schema_object where checksum = $1::text",
    1,
};

static const struct pg_stmt q_object_record = {
    "schema_object_record",
    "insert into schema_object (checksum, applied_at) values ($1::text, $2::timestamptz)"
    " on conflict (singleton) do update"
    " set checksum = excluded.checksum, applied_at = excluded.applied_at",
    2,
};

static const struct pg_stmt q_profile_put = {
    "schema_profile_put",
    "insert into profile (code, doc) values ($1::text, $2::jsonb)"
    " on conflict (code) do update set doc = excluded.doc"
    " where profile.doc is distinct from excluded.doc",
    2,
};

struct run {
    struct pgsync *db;
    struct arena *arena;
    int64_t now_us;
    struct buf *fault;
};

/* 0, or 1 with what was tried, and on which file, in the fault. */
static int check(const struct run *run, const struct pg_reply *reply, const char *what,
                 const char *name)
{
    if (reply->outcome == PG_DONE)
        return 0;
    buf_printf(run->fault, "%s %s: %s", what, name,
               reply->message ? reply->message : "no answer in time");
    return 1;
}

static int exec(const struct run *run, const char *sql, const char *what, const char *name)
{
    struct pg_reply reply;

    pgsync_exec(run->db, sql, STEP_TIMEOUT_US, run->arena, &reply);
    return check(run, &reply, what, name);
}

static int query(const struct run *run, const struct pg_stmt *stmt, const struct pg_param *params,
                 struct pg_reply *ret)
{
    const struct pg_query query = {stmt, params};

    pgsync_run(run->db, &query, STEP_TIMEOUT_US, run->arena, ret);
    return check(run, ret, "statement", stmt->name);
}

/* ---------------------------------------------------------------- migrations */

/* Row `row` of what was applied must be migration `row` of this program. */
static int check_applied(const struct run *run, const struct pg_rows *rows, int row)
{
    int64_t version = pg_get_int(rows, row, 0);
    struct str name = pg_get_text(rows, row, 1);

    if ((size_t)row >= schema_migration_count) {
        buf_printf(run->fault,
                   "the database is newer than this program: migration " STR_FMT
                   " was applied, the last one known here is %s",
                   STR_ARG(name), schema_migrations[schema_migration_count - 1].name);
        return 1;
    }
    const struct schema_file *file = &schema_migrations[row];

    if (version != row + 1 || !str_eq_c(pg_get_text(rows, row, 2), file->sha256)) {
        buf_printf(run->fault,
                   "migration " STR_FMT
                   " of the database is not this program's %s: it was changed after it had been "
                   "applied, or is of another program",
                   STR_ARG(name), file->name);
        return 1;
    }
    return 0;
}

/* Runs the file and records it: both or none. */
static int migrate_one(const struct run *run, size_t index)
{
    const struct schema_file *file = &schema_migrations[index];
    const struct pg_param params[] = {
        pg_int((int64_t)index + 1),
        pg_cstr(file->name),
        pg_cstr(file->sha256),
        pg_instant(run->now_us),
    };
    struct pg_reply reply;

    return exec(run, "begin", "migration", file->name) ||
           exec(run, file->sql, "migration", file->name) ||
           query(run, &q_migration_record, params, &reply) ||
           exec(run, "commit", "migration", file->name);
}

static int migrate_all(const struct run *run)
{
    struct pg_reply reply;

    if (query(run, &q_migrations, NULL, &reply))
        return 1;
    int applied = pg_row_count(reply.rows);

    for (int row = 0; row < applied; row++) {
        if (check_applied(run, reply.rows, row))
            return 1;
    }
    for (size_t i = (size_t)applied; i < schema_migration_count; i++) {
        if (migrate_one(run, i))
            return 1;
    }
    return 0;
}

/* ---------------------------------------------------------------- functions, profiles, grants */

static int put_profile(const struct run *run, const struct schema_file *file)
{
    const struct pg_param params[] = {pg_cstr(file->name), pg_jsonb(str_of(file->sql))};
    struct pg_reply reply;

    return query(run, &q_profile_put, params, &reply);
}

/* Function bodies are not checked as they come: they refer to each other in any order. */
static int put_objects(const struct run *run)
{
    if (exec(run, "begin; set local check_function_bodies = off", "functions", ""))
        return 1;
    for (size_t i = 0; i < schema_function_count; i++) {
        if (exec(run, schema_functions[i].sql, "function", schema_functions[i].name))
            return 1;
    }
    for (size_t i = 0; i < schema_profile_count; i++) {
        if (put_profile(run, &schema_profiles[i]))
            return 1;
    }
    return exec(run, schema_grants.sql, "grants", "");
}

static int renew_objects(const struct run *run)
{
    const struct pg_param params[] = {pg_cstr(schema_objects_sha256), pg_instant(run->now_us)};
    struct pg_reply reply;

    if (query(run, &q_object, params, &reply))
        return 1;
    if (pg_row_count(reply.rows) == 1)
        return 0;
    return put_objects(run) || query(run, &q_object_record, params, &reply) ||
           exec(run, "commit", "functions", "");
}

/* ---------------------------------------------------------------- all of it */

/* A transaction that is open when something fails ends with the connection. */
static int migrate_locked(const struct run *run)
{
    struct pg_reply reply;

    pgsync_exec(run->db, LOCK, LOCK_TIMEOUT_US, run->arena, &reply);
    return check(run, &reply, "lock", "of migrations") ||
           exec(run, record_tables, "tables", "of migrations") || migrate_all(run) ||
           renew_objects(run) || exec(run, UNLOCK, "lock", "of migrations");
}

int db_migrate(const char *conninfo, int64_t now_us, struct buf *fault)
{
    struct run run = {.now_us = now_us, .fault = fault};

    if (pgsync_open(conninfo, CONNECT_TIMEOUT_US, &run.db, fault))
        return 1;
    run.arena = arena_new();
    int outcome = migrate_locked(&run);

    arena_free(run.arena);
    pgsync_close(run.db);
    return outcome;
}
