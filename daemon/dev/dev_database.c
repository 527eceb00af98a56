#include "dev/dev_database.h"

#include "base/instant.h"
#include "pg/sync.h"
#include "schema/schema.h"

#define DEADLINE_US (30 * US_PER_S)

void dev_database_conninfo(const char *socket_directory, struct buf *ret)
{
    buf_printf(ret, "host=%s port=" DEV_PORT " dbname=labtab", socket_directory);
}

int dev_database_connect(const char *socket_directory, struct pgsync **ret, struct buf *fault)
{
    struct buf conninfo = {0};
    int outcome;

    buf_printf(&conninfo, "host=%s port=" DEV_PORT " dbname=postgres user=" DEV_SUPERUSER,
               socket_directory);
    outcome = pgsync_open(conninfo.data, US_PER_S, ret, fault);
    buf_fini(&conninfo);
    return outcome;
}

static const struct pg_stmt q_database_is_there = {
    "database_is_there",
    "select from pg_database where datname = 'labtab'",
    0,
};

static bool is_there(struct pgsync *db, struct arena *arena)
{
    const struct pg_query query = {&q_database_is_there, NULL};
    struct pg_reply reply;

    pgsync_run(db, &query, DEADLINE_US, arena, &reply);
    return reply.outcome == PG_DONE && pg_row_count(reply.rows) == 1;
}

int dev_database_make(struct pgsync *db, struct buf *fault)
{
    const char *const statements[] = {
        schema_roles.sql,
        "create database labtab owner labtab_owner encoding 'UTF8' template template0",
        "revoke all on database labtab from public",
        "grant connect on database labtab to labtab_api, labtab_meter, labtab_jobs",
    };
    struct arena *arena = arena_new();
    size_t count =
        is_there(db, arena) ? 1 : LEN(statements); /* the roles may be those of an older version */
    struct pg_reply reply = {.outcome = PG_DONE};

    for (size_t i = 0; i < count && reply.outcome == PG_DONE; i++)
        pgsync_exec(db, statements[i], DEADLINE_US, arena, &reply);
    if (reply.outcome != PG_DONE)
        buf_printf(fault, "the database could not be made: %s",
                   reply.message ? reply.message : "no answer");
    arena_free(arena);
    return reply.outcome != PG_DONE;
}
