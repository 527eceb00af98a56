#include "db/admin.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/secret.h"
#include "clock.h"
#include "db/conninfo.h"
#include "pg/sync.h"

#define DEADLINE_US (30 * US_PER_S)

/* $1 person's id, $2 code, $3 token's id, $4 hash, $5 now. No row: the code is somebody else's. */
static const struct pg_stmt q_admin_token = {
    "admin_token",
    "with admin as (\n"
    "  insert into person (id, code, name, roles)\n"
    "  values ($1::uuid, $2::text, $2::text, array['admin'])\n"
    "  on conflict (code) do update set is_active = true where 'admin' = any (person.roles)\n"
    "  returning id)\n"
    "insert into token (id, person_id, hash, label, created_at)\n"
    "select $3::uuid, id, $4::bytea, 'labtabd --admin-token', $5::timestamptz from admin\n"
    "returning id",
    5,
};

static int store(struct pgsync *db, const char *code, struct str token, struct buf *fault)
{
    int64_t now_us = clock_now_us();
    uint8_t hash[SECRET_HASH_LEN];
    struct arena *arena = arena_new();
    struct pg_reply reply;

    secret_hash(token, hash);
    const struct pg_param params[] = {
        pg_uuid(uuid_v7(now_us)),     pg_cstr(code),      pg_uuid(uuid_v7(now_us)),
        pg_bytes(hash, sizeof(hash)), pg_instant(now_us),
    };
    const struct pg_query query = {&q_admin_token, params};

    pgsync_run(db, &query, DEADLINE_US, arena, &reply);
    bool is_done = reply.outcome == PG_DONE && pg_row_count(reply.rows) == 1;

    if (reply.outcome == PG_DONE && !is_done)
        buf_printf(fault, "%s is the code of somebody who is no administrator", code);
    else if (!is_done)
        buf_printf(fault, "the token could not be stored: %s",
                   reply.message ? reply.message : "no answer");
    arena_free(arena);
    return !is_done;
}

int admin_token(const char *database, const char *code, struct buf *ret_token, struct buf *fault)
{
    char *conninfo = conninfo_with_user(database, "labtab_owner");
    char token[SECRET_TOKEN_MAX];
    struct pgsync *db = NULL;
    int outcome;

    secret_init();
    secret_token(token);
    outcome = pgsync_open(conninfo, DEADLINE_US, &db, fault);
    if (outcome == 0)
        outcome = store(db, code, str_of(token), fault);
    if (outcome == 0)
        buf_puts(ret_token, token);
    pgsync_close(db);
    free(conninfo);
    return outcome;
}
