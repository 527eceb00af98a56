/* Asynchronous pool. What a request is about to do is told by the list it is on:
 *
 *   pool->waiting[]   not sent: a connection with room is wanted; shared ones apart from the others
 *   slot->under_way   sent (pg/slot.c)
 *   pool->ended       its outcome is known, its callback is still to be called
 *
 * Callbacks are called by on_turn() only: from the loop, never from within pgpool_submit or from
 * the middle of reading a connection. It also sends, so that what arrives within one turn of the
 * loop can travel together. */

#include "pg/pool.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/mem.h"
#include "pg/slot.h"

/* Deadlines are looked at this often while there is a request at all. */
#define JANITOR_US (10 * (US_PER_S / 1000))
/* A placeholder at the head of a pipeline is waited for as long as the statement time-out, which
 * ends it when the server is well, within these bounds. */
#define GRACE_LEAST_US US_PER_S
#define GRACE_MOST_US  (30 * US_PER_S)

enum queue { ALONE, SHARED, QUEUE_COUNT };

struct pgpool {
    struct pgpool_conf conf;
    struct slot_env env;
    struct slot *slots;
    struct request_list waiting[QUEUE_COUNT]; /* in the order of arrival */
    struct request_list ended;
    uint64_t arrivals;
    struct param_frame frame;
    struct event *turn;
    struct event *janitor;
    struct pgpool_stats stats;
    bool is_in_turn;
    bool is_closing;
};

static void wake(void *arg)
{
    struct pgpool *pool = arg;
    if (!pool->is_in_turn)
        event_active(pool->turn, EV_TIMEOUT, 0);
}

static void finish(struct pgpool *pool, struct request *request, enum pg_outcome outcome,
                   const char *message)
{
    request_end(request, &pool->ended, outcome, message);
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

static size_t count_waiting(const struct pgpool *pool)
{
    return pool->waiting[ALONE].count + pool->waiting[SHARED].count;
}

/* Where the next request of a queue could go: the connection with the fewest requests under way and
 * room for more, or NULL. Commits want many connections, depth comes second. */
static struct slot *choose_slot(const struct pgpool *pool, enum queue queue)
{
    struct slot *best = NULL;
    unsigned sharing = 0;

    for (unsigned i = 0; i < pool->conf.connections; i++) {
        struct slot *slot = &pool->slots[i];
        sharing += slot->has_shared;
        if (!slot_has_room(slot, pool->conf.depth) || (queue == SHARED && slot->has_shared))
            continue;
        if (!best || slot->under_way.count < best->under_way.count)
            best = slot;
    }
    return queue == SHARED && sharing >= pool->conf.share_connections ? NULL : best;
}

/* Who waited longest goes first, whichever its queue; false: nobody can go. */
static bool send_next(struct pgpool *pool)
{
    struct request_list *list = NULL;
    struct slot *slot = NULL;

    for (enum queue queue = 0; queue < QUEUE_COUNT; queue++) {
        struct request_list *other = &pool->waiting[queue];
        struct slot *its_slot = other->count > 0 ? choose_slot(pool, queue) : NULL;
        if (!its_slot || (list && request_first(list)->arrival < request_first(other)->arrival))
            continue;
        list = other;
        slot = its_slot;
    }
    if (!list)
        return false;
    size_t most = list == &pool->waiting[SHARED] ? pool->conf.share_most : 1;
    size_t count = list->count < most ? list->count : most;
    pool->stats.groups += count > 1;
    pool->stats.grouped += count > 1 ? count : 0;
    slot_send(slot, list, count);
    return true;
}

static void dispatch(struct pgpool *pool)
{
    while (send_next(pool))
        ;
}

static void flush(struct pgpool *pool)
{
    for (unsigned i = 0; i < pool->conf.connections; i++)
        slot_flush(&pool->slots[i]);
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

static void check_waiting(struct pgpool *pool, struct request_list *waiting, int64_t now_us)
{
    struct request *next;

    for (struct request *request = request_first(waiting); request; request = next) {
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

    for (enum queue queue = 0; queue < QUEUE_COUNT; queue++)
        check_waiting(pool, &pool->waiting[queue], now_us);
    for (unsigned i = 0; i < pool->conf.connections; i++)
        slot_check(&pool->slots[i], now_us);
    if (count_waiting(pool) > 0 || count_under_way(pool) > 0)
        start_janitor(pool);
}

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
    for (enum queue queue = 0; queue < QUEUE_COUNT; queue++)
        request_list_init(&pool->waiting[queue]);
    request_list_init(&pool->ended);
    pool->env = (struct slot_env){
        .ended = &pool->ended,
        .again = &pool->waiting[ALONE],
        .frame = &pool->frame,
        .stats = &pool->stats,
        .grace_us = grace_of(conf->statement_timeout_us),
        .changed = wake,
        .arg = pool,
    };
    pool->turn = evtimer_new(base, on_turn, pool);
    pool->janitor = evtimer_new(base, on_janitor, pool);
    if (!pool->turn || !pool->janitor)
        mem_fail(sizeof(*pool));
    pool->slots = mem_zalloc(conf->connections, sizeof(*pool->slots));
    for (unsigned i = 0; i < conf->connections; i++)
        slot_init(&pool->slots[i], base, &conn_conf, &pool->env);
    return pool;
}

static void close_all(struct pgpool *pool)
{
    struct request *request;

    pool->is_closing = true;
    pool->stats.connected = 0;
    for (unsigned i = 0; i < pool->conf.connections; i++)
        slot_fini(&pool->slots[i]);
    for (enum queue queue = 0; queue < QUEUE_COUNT; queue++) {
        while ((request = request_first(&pool->waiting[queue])))
            finish(pool, request, PG_BUSY, "the pool is closed");
    }
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

/* Lets the new request wait. Only a full queue is worth sending before the turn comes. */
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
    struct request_list *queue = &pool->waiting[request->is_shared ? SHARED : ALONE];
    request_move(request, queue);
    if (count_waiting(pool) > pool->conf.queue_limit)
        dispatch(pool);
    if (request->list == queue && count_waiting(pool) > pool->conf.queue_limit)
        finish(pool, request, PG_BUSY, "the queue is full");
    start_janitor(pool);
    wake(pool);
}

void pgpool_submit(struct pgpool *pool, const struct pgpool_ask *ask)
{
    struct request *request = mem_zalloc(1, sizeof(*request));
    bool can_share = pool->conf.share_most > 1 && pool->conf.share_connections > 0;

    assert(ask->count > 0 && ask->count <= PGPOOL_QUERIES_MAX && ask->done);
    request->queries = ask->queries;
    request->count = ask->count;
    request->deadline_us = mono_after(ask->timeout_us);
    request->arrival = pool->arrivals++;
    request->is_shared = ask->is_shared && can_share;
    request->arena = ask->arena;
    request->done = ask->done;
    request->arg = ask->arg;
    admit(pool, request);
}

void pgpool_stats(const struct pgpool *pool, struct pgpool_stats *ret)
{
    *ret = pool->stats;
    ret->waiting = count_waiting(pool);
    ret->under_way = count_under_way(pool);
}
