#pragma once
/* One non-blocking connection in pipeline mode that keeps itself up: connects, makes its settings,
 * prepares the statements, reads results; after a loss it tries again with doubling back-off.
 * Private to lib/pg: the pool and the listener are built of it. */

#include "pg/inside.h"

struct event_base;
struct conn;

struct conn_conf {
    const char *conninfo;
    const struct pg_stmt *const *statements;
    size_t statement_count;
    int64_t statement_timeout_us;
    int64_t reconnect_max_us;
};

/* What the owner is told. It may call conn_free and conn_fail from within any of them. */
struct conn_ops {
    void (*ready)(void *owner);                    /* statements can be sent */
    void (*result)(void *owner, PGresult *result); /* the owner's now; PGRES_PIPELINE_SYNC too */
    void (*notify)(void *owner, const char *channel, const char *payload); /* or NULL */
    void (*lost)(void *owner); /* was ready: nothing under way will be answered */
};

/* The first attempt starts on the loop's next turn. Texts and statements must outlive it. */
struct conn *conn_new(struct event_base *base, const struct conn_conf *conf,
                      const struct conn_ops *ops, void *owner);
void conn_free(struct conn *conn); /* without a word to the owner; NULL is accepted */

bool conn_is_ready(const struct conn *conn);

/* Queue messages; nothing is sent before conn_flush unless libpq's buffer is full. The caller has
 * encoded the parameters. 0, or -ENOTCONN: the connection is unusable, to be given up by conn_fail.
 */
must_check int conn_send(struct conn *conn, const struct pg_stmt *stmt,
                         const struct param_frame *frame);
must_check int conn_sync(struct conn *conn);
must_check int conn_flush(struct conn *conn);

/* Closes the connection, tells the owner (`lost`, when it was ready), and connects anew later. */
void conn_fail(struct conn *conn, const char *why);
