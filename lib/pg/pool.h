#pragma once
/* Asynchronous pool: pipelined connections to one PostgreSQL, on a libevent loop. */

#include "pg/pg.h"

struct event_base;
struct pgpool;

struct pgpool_conf {
    const char *conninfo; /* libpq's; host names are refused (a look-up would block) */
    const struct pg_stmt *const *statements; /* prepared on every connection before its first use */
    size_t statement_count;
    unsigned connections;         /* kept open */
    unsigned depth;               /* most requests under way on one connection */
    size_t queue_limit;           /* requests waiting for a connection; beyond: PG_BUSY at once */
    int64_t reconnect_max_us;     /* back-off doubles from 50 ms to this */
    int64_t statement_timeout_us; /* set on the connection: bounds the backend when we give up, and
                                   * how long a connection may be stuck (1 to 30 s); 0: 30 s */
};

/* The pool starts to connect at once, and for ever again after a loss, also when a statement does
 * not fit the schema (told in the log at debug): until then requests end in PG_BUSY at their
 * deadline. The conf's texts and statements must outlive it. Not with a string that
 * pg_conninfo_check refuses. */
struct pgpool *pgpool_new(struct event_base *base, const struct pgpool_conf *conf);
/* Ends every request with PG_BUSY or PG_LOST, closes, frees. NULL is accepted. Allowed in a
 * callback: then the other callbacks follow. A request submitted by one of these callbacks ends in
 * PG_BUSY. */
void pgpool_free(struct pgpool *pool);

/* Called exactly once per request, never from within pgpool_submit. */
typedef void (*pgpool_done)(void *arg, const struct pg_reply *reply);

#define PGPOOL_QUERIES_MAX 8

/* Sends `queries` as one transaction under one sync: all or none. `queries` and what their
 * parameters point at must live until `done` is called (allocate them in `arena`; the result is
 * deferred to it when it is given). `timeout_us` counts from now and covers waiting in the queue.
 */
void pgpool_submit(struct pgpool *pool, const struct pg_query *queries, size_t count,
                   int64_t timeout_us, struct arena *arena, pgpool_done done, void *arg);

struct pgpool_stats {
    unsigned connected;
    size_t waiting;
    size_t under_way;
    uint64_t done, failed, busy, timeouts, lost, reconnects;
};
void pgpool_stats(const struct pgpool *pool, struct pgpool_stats *ret);
