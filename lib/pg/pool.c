/* Asynchronous pool. What a request is about to do is told by the list it is on:
 *
 *   pool->waiting     not sent: a connection with room is wanted
 *   slot->under_way   sent, in the order of the pipeline
 *   pool->ended       its outcome is known, its callback is still to be called
 *
 * request_move() alone changes lists. Callbacks are called by on_turn() only: from the loop, never
 * from within pgpool_submit or from the middle of reading a connection. A request that timed out
 * under way leaves a placeholder (no callback) in the pipeline, which takes the late results. */

#include "pg/pool.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/mem.h"
#include "pg/conn.h"
#include "pg/request.h"

/* Deadlines are looked at this often while there is a request at all. */
#define JANITOR_US (10 * (US_PER_S / 1000))
/* A placeholder at the head of a pipeline is waited for as long as the statement time-out, which
 * ends it when the server is well, within these bounds. */
#define GRACE_LEAST_US US_PER_S
#define GRACE_MOST_US  (30 * US_PER_S)

struct slot {
    struct pgpool *pool;
    struct conn *conn;
    struct request_list under_way;
    bool was_ready;
    bool is_dirty; /* something was queued since the last flush */
};

struct pgpool {
    struct pgpool_conf conf;
    struct slot *slots;
    struct request_list waiting;
    struct request_list ended;
    struct param_frame frame;
    struct event *turn;
    struct event *janitor;
    int64_t grace_us;
    struct pgpool_stats stats;
    bool is_in_turn;
    bool is_closing;
};

static void wake(struct pgpool *pool)
{
    if (!pool->is_in_turn)
        event_active(pool->turn, EV_TIMEOUT, 0);
}

static void finish(struct pgpool *pool, struct request *request, enum pg_outcome outcome,
                   const char *message)
{
    if (!request->done) {
        request_free(request);
        return;
    }
    request->outcome = outcome;
    request->message = message;
    request_move(request, &pool->ended);
    wake(pool);
}

static void count_outcome(struct pgpool_stats *stats, enum pg_outcome outcome)
{
    uint64_t *const counters[] = {
        [PG_DONE] = &stats->done,        [PG_FAILED] = &stats->failed, [PG_BUSY] = &stats->busy,
        [PG_TIMEOUT] = &stats->timeouts, [PG_LOST] = &stats->lost,
    };
    *counters[outcome] += 1;
}

/* A connection whose head is a placeholder may be stuck: nothing new is put behind it. */
static bool is_suspect(const struct slot *slot)
{
    const struct request *head = request_first(&slot->under_way);
    return head && !head->done;
}

/* The ready connection with the fewest requests under way and room for one more, or NULL: commits
 * want many connections, depth comes second. */
static struct slot *choose_slot(const struct pgpool *pool)
{
    struct slot *best = NULL;

    for (unsigned i = 0; i < pool->conf.connections; i++) {
        struct slot *slot = &pool->slots[i];
        if (!conn_is_ready(slot->conn) || is_suspect(slot) ||
            slot->under_way.count >= pool->conf.depth)
            continue;
        if (!best || slot->under_way.count < best->under_way.count)
            best = slot;
    }
    return best;
}

/* 0, -ENOTCONN: the connection is unusable, or a fault of the parameters. A fault in the midst is
 * harmless: without its sync PostgreSQL commits nothing, but the pipeline must be given up. */
static int send_queries(struct slot *slot, const struct request *request)
{
    struct param_frame *frame = &slot->pool->frame;

    for (size_t i = 0; i < request->count; i++) {
        const struct pg_query *query = &request->queries[i];
        int r = param_encode(frame, query->params, (size_t)query->stmt->param_count);
        if (r == 0)
            r = conn_send(slot->conn, query->stmt, frame);
        if (r < 0)
            return r;
    }
    return conn_sync(slot->conn);
}

/* Whether all parameters can be sent, found out before anything is. */
static bool is_sendable(const struct request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        const struct pg_query *query = &request->queries[i];
        if (param_check(query->params, (size_t)query->stmt->param_count) < 0)
            return false;
    }
    return true;
}

static void send_request(struct slot *slot, struct request *request)
{
    request_move(request, &slot->under_way);
    slot->is_dirty = true;
    if (send_queries(slot, request) < 0)
        conn_fail(slot->conn, "a request could not be sent"); /* ends it and its neighbours */
}

static void dispatch(struct pgpool *pool)
{
    struct request *request;
    struct slot *slot;

    while ((request = request_first(&pool->waiting)) && (slot = choose_slot(pool)))
        send_request(slot, request);
}

static void flush(struct pgpool *pool)
{
    for (unsigned i = 0; i < pool->conf.connections; i++) {
        struct slot *slot = &pool->slots[i];
        if (!slot->is_dirty)
            continue;
        slot->is_dirty = false;
        if (conn_is_ready(slot->conn) && conn_flush(slot->conn) < 0)
            conn_fail(slot->conn, "requests could not be sent");
    }
}

/* Calls back for what has ended up to now; what ends meanwhile is left for the next turn, so that a
 * caller who submits again at once cannot keep the loop to itself. */
static void deliver_ended(struct pgpool *pool)
{
    for (size_t left = pool->ended.count; left > 0; left--) {
        struct request *request = request_first(&pool->ended);
        count_outcome(&pool->stats, request->outcome);
        request_deliver(request);
    }
}

static void destroy(struct pgpool *pool)
{
    event_free(pool->turn);
    event_free(pool->janitor);
    param_fini(&pool->frame);
    free(pool->slots);
    free(pool);
}

static void on_turn(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    static const struct timeval at_once = {0, 0};
    struct pgpool *pool = arg;

    pool->is_in_turn = true;
    deliver_ended(pool);
    if (pool->is_closing) { /* a callback freed the pool */
        while (pool->ended.count > 0)
            deliver_ended(pool);
        destroy(pool);
        return;
    }
    dispatch(pool);
    flush(pool);
    pool->is_in_turn = false;
    if (pool->ended.count > 0)
        event_add(pool->turn, &at_once);
}

/* The caller gets its answer now; a placeholder takes the request's place in the pipeline. */
static void time_out(struct slot *slot, struct request *request, int64_t now_us)
{
    request_leave_placeholder(request, now_us + slot->pool->grace_us);
    finish(slot->pool, request, PG_TIMEOUT, "no answer in time");
}

static void check_slot(struct slot *slot, int64_t now_us)
{
    struct request *next;

    for (struct request *request = request_first(&slot->under_way); request; request = next) {
        next = TAILQ_NEXT(request, entry);
        if (request->done && now_us >= request->deadline_us)
            time_out(slot, request, now_us);
    }
    const struct request *head = request_first(&slot->under_way);
    if (is_suspect(slot) && now_us >= head->deadline_us)
        conn_fail(slot->conn, "stuck");
}

static void check_waiting(struct pgpool *pool, int64_t now_us)
{
    struct request *next;

    for (struct request *request = request_first(&pool->waiting); request; request = next) {
        next = TAILQ_NEXT(request, entry);
        if (now_us >= request->deadline_us)
            finish(pool, request, PG_BUSY, "no connection in time");
    }
}

static size_t count_under_way(const struct pgpool *pool)
{
    size_t count = 0;
    for (unsigned i = 0; i < pool->conf.connections; i++)
        count += pool->slots[i].under_way.count;
    return count;
}

static void start_janitor(struct pgpool *pool)
{
    static const struct timeval tick = {0, JANITOR_US};
    if (!event_pending(pool->janitor, EV_TIMEOUT, NULL))
        event_add(pool->janitor, &tick);
}

static void on_janitor(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct pgpool *pool = arg;
    int64_t now_us = mono_us();

    check_waiting(pool, now_us);
    for (unsigned i = 0; i < pool->conf.connections; i++)
        check_slot(&pool->slots[i], now_us);
    if (pool->waiting.count > 0 || count_under_way(pool) > 0)
        start_janitor(pool);
}

static void slot_ready(void *owner)
{
    struct slot *slot = owner;

    slot->pool->stats.connected++;
    slot->pool->stats.reconnects += slot->was_ready;
    slot->was_ready = true;
    wake(slot->pool);
}

static void slot_lost(void *owner)
{
    struct slot *slot = owner;
    struct request *request;

    slot->pool->stats.connected--;
    while ((request = request_first(&slot->under_way)))
        finish(slot->pool, request, PG_LOST, "the connection was lost");
}

/* An answer came, so the connection is not stuck: the next placeholder has a grace of its own. */
static void renew_grace(struct slot *slot)
{
    if (is_suspect(slot))
        request_first(&slot->under_way)->deadline_us = mono_after(slot->pool->grace_us);
}

/* The results of the request at the head of the pipeline, then its sync: only the sync says that it
 * was committed, an error may still come with it (deferred constraints). */
static void slot_result(void *owner, PGresult *result)
{
    struct slot *slot = owner;
    struct request *head = request_first(&slot->under_way);

    if (!head) {
        PQclear(result);
    } else if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
        request_take(head, result);
    } else {
        PQclear(result);
        finish(slot->pool, head, head->failure ? PG_FAILED : PG_DONE, NULL);
        renew_grace(slot);
        if (slot->pool->waiting.count > 0)
            wake(slot->pool);
    }
}

static const struct conn_ops slot_ops = {
    .ready = slot_ready,
    .result = slot_result,
    .lost = slot_lost,
};

static int64_t grace_of(int64_t statement_timeout_us)
{
    if (statement_timeout_us <= 0 || statement_timeout_us > GRACE_MOST_US)
        return GRACE_MOST_US;
    return statement_timeout_us < GRACE_LEAST_US ? GRACE_LEAST_US : statement_timeout_us;
}

struct pgpool *pgpool_new(struct event_base *base, const struct pgpool_conf *conf)
{
    struct pgpool *pool = mem_zalloc(1, sizeof(*pool));
    struct conn_conf conn_conf = {
        .conninfo = conf->conninfo,
        .statements = conf->statements,
        .statement_count = conf->statement_count,
        .statement_timeout_us = conf->statement_timeout_us,
        .reconnect_max_us = conf->reconnect_max_us,
    };

    assert(conf->connections > 0 && conf->depth > 0);
    pool->conf = *conf;
    pool->grace_us = grace_of(conf->statement_timeout_us);
    request_list_init(&pool->waiting);
    request_list_init(&pool->ended);
    pool->turn = evtimer_new(base, on_turn, pool);
    pool->janitor = evtimer_new(base, on_janitor, pool);
    if (!pool->turn || !pool->janitor)
        mem_fail(sizeof(*pool));
    pool->slots = mem_zalloc(conf->connections, sizeof(*pool->slots));
    for (unsigned i = 0; i < conf->connections; i++) {
        struct slot *slot = &pool->slots[i];
        slot->pool = pool;
        request_list_init(&slot->under_way);
        slot->conn = conn_new(base, &conn_conf, &slot_ops, slot);
    }
    return pool;
}

static void close_all(struct pgpool *pool)
{
    struct request *request;

    pool->is_closing = true;
    pool->stats.connected = 0;
    for (unsigned i = 0; i < pool->conf.connections; i++) {
        struct slot *slot = &pool->slots[i];
        conn_free(slot->conn);
        slot->conn = NULL;
        while ((request = request_first(&slot->under_way)))
            finish(pool, request, PG_LOST, "the pool is closed");
    }
    while ((request = request_first(&pool->waiting)))
        finish(pool, request, PG_BUSY, "the pool is closed");
}

void pgpool_free(struct pgpool *pool)
{
    if (!pool || pool->is_closing)
        return;
    close_all(pool);
    if (pool->is_in_turn)
        return; /* called from a callback: on_turn sees to the rest */
    while (pool->ended.count > 0)
        deliver_ended(pool);
    destroy(pool);
}

/* Sends the new request if it can, else checks the queue's bound. */
static void admit(struct pgpool *pool, struct request *request)
{
    if (pool->is_closing) {
        finish(pool, request, PG_BUSY, "the pool is closed");
        return;
    }
    if (!is_sendable(request)) {
        finish(pool, request, PG_FAILED, "the parameters are too large");
        return;
    }
    request_move(request, &pool->waiting);
    dispatch(pool);
    if (request->list == &pool->waiting && pool->waiting.count > pool->conf.queue_limit)
        finish(pool, request, PG_BUSY, "the queue is full");
    start_janitor(pool);
    wake(pool);
}

void pgpool_submit(struct pgpool *pool, const struct pg_query *queries, size_t count,
                   int64_t timeout_us, struct arena *arena, pgpool_done done, void *arg)
{
    struct request *request = mem_zalloc(1, sizeof(*request));

    assert(count > 0 && count <= PGPOOL_QUERIES_MAX && done);
    request->queries = queries;
    request->count = count;
    request->deadline_us = mono_after(timeout_us);
    request->arena = arena;
    request->done = done;
    request->arg = arg;
    admit(pool, request);
}

void pgpool_stats(const struct pgpool *pool, struct pgpool_stats *ret)
{
    *ret = pool->stats;
    ret->waiting = pool->waiting.count;
    ret->under_way = count_under_way(pool);
}
