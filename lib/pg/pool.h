#pragma once
/* Asynchronous pool: pipelined connections to one PostgreSQL, on a libevent loop.
 *
 * A request is one transaction, unless it is shared: shared requests that wait at the same time
 * travel under one sync, so that one commit (one flush of the log) serves them all. Nothing waits
 * for company: a group is what has gathered when a connection for it becomes free. When anything
 * of a group fails, nothing of it was committed, and each of its requests is sent again alone, so
 * that the one at fault fails alone. */

#include "pg/pg.h"

struct event_base;
struct pgpool;

struct pgpool_conf {
    const char *conninfo; /* libpq's; host names are refused (a look-up would block) */
    const struct pg_stmt *const *statements; /* prepared on every connection before its first use */
    size_t statement_count;
    unsigned connections;         /* kept open */
    unsigned depth;               /* nothing is put behind so many requests on one connection */
    unsigned share_most;          /* most requests in one shared transaction; 0 or 1: never */
    unsigned share_connections;   /* most connections that carry shared transactions at a time, one
                                   * each, so that what waits gathers and the others stay free for
                                   * what is not shared; 0: never */
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

/* What is asked: `queries` take effect all or none. */
struct pgpool_ask {
    const struct pg_query *queries; /* they and what their parameters point at must live until
                                     * `done` is called (allocate them in `arena`) */
    size_t count;                   /* 1 to PGPOOL_QUERIES_MAX */
    int64_t timeout_us;             /* from now; covers waiting in the queue */
    bool is_shared;                 /* may share a transaction with others that say so: it bears
                                     * their locks and settings, leaves nothing behind when it
                                     * refuses, and should not wait for locks */
    struct arena *arena;            /* or NULL; the result is deferred to it */
    pgpool_done done;
    void *arg;
};

void pgpool_submit(struct pgpool *pool, const struct pgpool_ask *ask);

struct pgpool_stats {
    unsigned connected;
    size_t waiting;
    size_t under_way;
    uint64_t done, failed, busy, timeouts, lost, reconnects;
    uint64_t groups;  /* transactions of more than one request */
    uint64_t grouped; /* requests in them */
    uint64_t split;   /* of the groups: failed, their requests sent again alone */
};
void pgpool_stats(const struct pgpool *pool, struct pgpool_stats *ret);
