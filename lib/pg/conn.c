#include "pg/conn.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"

#define BACKOFF_FIRST_US (50 * (US_PER_S / 1000))
/* From the first packet to the last prepared statement. */
#define CONNECT_TIMEOUT_US (10 * US_PER_S)
/* When the owner names none: a backend never works on for ever after we gave up. */
#define STATEMENT_TIMEOUT_US (30 * US_PER_S)

enum conn_state {
    CONN_DOWN,       /* no connection; the timer starts the next attempt */
    CONN_CONNECTING, /* PQconnectPoll; the timer is the attempt's deadline */
    CONN_SETUP,      /* settings and statements are under way; the same deadline */
    CONN_READY,
};

struct conn {
    struct event_base *base;
    struct conn_conf conf;
    const struct conn_ops *ops;
    void *owner;

    enum conn_state state;
    PGconn *pg;
    struct event *readable; /* persistent; armed as long as there is a socket to read */
    struct event *writable; /* once; armed while there is something to write */
    struct event *timer;
    int64_t backoff_us;
    size_t syncs; /* pipeline ends not seen yet */

    /* The owner may fail or free the connection from within its callbacks: done on the way out. */
    bool is_entered;
    bool is_doomed;
    const char *fault;
};

static void on_socket(evutil_socket_t fd, short what, void *arg);

static struct timeval timeval_of(int64_t wait_us)
{
    return (struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                            .tv_usec = (suseconds_t)(wait_us % US_PER_S)};
}

static void arm_timer(struct conn *conn, int64_t wait_us)
{
    struct timeval wait = timeval_of(wait_us);
    event_add(conn->timer, &wait);
}

static void drop_socket_events(struct conn *conn)
{
    event_del(conn->readable);
    event_del(conn->writable);
}

static void disconnect(struct conn *conn)
{
    /* Before PQfinish: the descriptor's number may belong to somebody else right after it. */
    drop_socket_events(conn);
    event_del(conn->timer);
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->syncs = 0;
    conn->state = CONN_DOWN;
}

/* Between half of the back-off and all of it, so that many clients do not come back at once. */
static int64_t with_jitter(int64_t wait_us)
{
    uint32_t random;
    evutil_secure_rng_get_bytes(&random, sizeof(random));
    return wait_us / 2 + (int64_t)(random % (uint64_t)(wait_us / 2 + 1));
}

static void retry_later(struct conn *conn)
{
    arm_timer(conn, with_jitter(conn->backoff_us));
    conn->backoff_us *= 2;
    if (conn->backoff_us > conn->conf.reconnect_max_us)
        conn->backoff_us = conn->conf.reconnect_max_us;
}

void conn_fail(struct conn *conn, const char *why)
{
    if (conn->is_entered) {
        conn->fault = why;
        return;
    }
    if (conn->state == CONN_DOWN)
        return;
    bool was_ready = conn->state == CONN_READY;
    struct buf said = {0};
    conninfo_fault(&said, PQerrorMessage(conn->pg));
    log_debug("pg_connection_failed", LS("why", why), LS("said", said.data ? said.data : ""));
    buf_fini(&said);
    disconnect(conn);
    retry_later(conn);
    if (was_ready)
        conn->ops->lost(conn->owner);
}

static void destroy(struct conn *conn)
{
    disconnect(conn);
    event_free(conn->readable);
    event_free(conn->writable);
    event_free(conn->timer);
    free(conn);
}

void conn_free(struct conn *conn)
{
    if (!conn)
        return;
    if (conn->is_entered)
        conn->is_doomed = true;
    else
        destroy(conn);
}

/* Owner callbacks happen between enter and leave only; after leave `conn` may be gone. */
static void enter(struct conn *conn)
{
    assert(!conn->is_entered);
    conn->is_entered = true;
    conn->fault = NULL;
}

static void leave(struct conn *conn)
{
    conn->is_entered = false;
    if (conn->is_doomed)
        destroy(conn);
    else if (conn->fault)
        conn_fail(conn, conn->fault);
}

static bool is_interrupted(const struct conn *conn)
{
    return conn->is_doomed || conn->fault;
}

bool conn_is_ready(const struct conn *conn)
{
    return conn->state == CONN_READY && !is_interrupted(conn);
}

int conn_send(struct conn *conn, const struct pg_stmt *stmt, const struct param_frame *frame)
{
    if (!PQsendQueryPrepared(conn->pg, stmt->name, stmt->param_count, frame->value, frame->length,
                             frame->format, 1))
        return -ENOTCONN;
    return 0;
}

int conn_sync(struct conn *conn)
{
    if (!PQpipelineSync(conn->pg))
        return -ENOTCONN;
    conn->syncs++;
    return 0;
}

int conn_flush(struct conn *conn)
{
    int r = PQflush(conn->pg);
    if (r < 0)
        return -ENOTCONN;
    if (r > 0)
        event_add(conn->writable, NULL);
    return 0;
}

static void add_setting(struct buf *sql, const char *name, int64_t value)
{
    buf_printf(sql, ", set_config('%s', '%lld', false)", name, (long long)value);
}

/* One query that makes all settings, so that they cost one message. No compilation just in time: it
 * takes 100 ms for a statement of one, as often as a function that returns a set is estimated at a
 * thousand rows. */
static void write_settings(struct buf *sql, int64_t statement_timeout_us)
{
    int64_t timeout_us = statement_timeout_us > 0 ? statement_timeout_us : STATEMENT_TIMEOUT_US;
    int64_t timeout_ms = timeout_us / 1000 > 0 ? timeout_us / 1000 : 1;
    if (timeout_ms > INT32_MAX)
        timeout_ms = INT32_MAX; /* the settings' own limit */

    buf_puts(sql, "select set_config('TimeZone', 'UTC', false)"
                  ", set_config('plan_cache_mode', 'force_generic_plan', false)"
                  ", set_config('jit', 'off', false)");
    add_setting(sql, "statement_timeout", timeout_ms);
    /* Shorter, so that waiting for a lock is told apart from working too long. */
    add_setting(sql, "lock_timeout", timeout_ms - timeout_ms / 4);
    add_setting(sql, "idle_in_transaction_session_timeout", timeout_ms);
}

static bool send_setup(struct conn *conn)
{
    struct buf sql = {0};
    write_settings(&sql, conn->conf.statement_timeout_us);
    bool is_sent = PQsendQueryParams(conn->pg, sql.data, 0, NULL, NULL, NULL, NULL, 0) == 1;
    buf_fini(&sql);

    for (size_t i = 0; is_sent && i < conn->conf.statement_count; i++) {
        const struct pg_stmt *stmt = conn->conf.statements[i];
        is_sent = PQsendPrepare(conn->pg, stmt->name, stmt->sql, 0, NULL) == 1;
    }
    return is_sent && conn_sync(conn) == 0 && conn_flush(conn) == 0;
}

static void ignore_notice(void *arg unused_arg, const PGresult *result unused_arg)
{
}

static void start_setup(struct conn *conn)
{
    conn->state = CONN_SETUP;
    PQsetNoticeReceiver(conn->pg, ignore_notice, NULL);
    event_add(conn->readable, NULL);
    if (PQsetnonblocking(conn->pg, 1) != 0 || !PQenterPipelineMode(conn->pg) || !send_setup(conn))
        conn_fail(conn, "the set-up could not be sent");
}

/* libpq may have closed one socket and opened another, even under the same number: the events are
 * bound anew after every step. They were dropped before it. */
static void watch_socket(struct conn *conn)
{
    int fd = PQsocket(conn->pg);
    event_assign(conn->readable, conn->base, fd, EV_READ | EV_PERSIST, on_socket, conn);
    event_assign(conn->writable, conn->base, fd, EV_WRITE, on_socket, conn);
}

static void step_connect(struct conn *conn)
{
    drop_socket_events(conn);
    PostgresPollingStatusType status = PQconnectPoll(conn->pg);
    if (status == PGRES_POLLING_FAILED) {
        conn_fail(conn, "no connection");
        return;
    }
    watch_socket(conn);
    if (status == PGRES_POLLING_OK)
        start_setup(conn);
    else
        event_add(status == PGRES_POLLING_READING ? conn->readable : conn->writable, NULL);
}

static void start_connect(struct conn *conn)
{
    struct conninfo info;
    struct buf fault = {0};

    conn->state = CONN_CONNECTING;
    if (pg_conninfo_check(conn->conf.conninfo, &fault) == 0 &&
        conninfo_init(&info, conn->conf.conninfo, &fault) == 0) {
        conn->pg = PQconnectStartParams(info.keyword, info.value, 0);
        conninfo_fini(&info);
    }
    if (!conn->pg || PQstatus(conn->pg) == CONNECTION_BAD) {
        conn_fail(conn, fault.data ? fault.data : "no connection");
    } else {
        arm_timer(conn, CONNECT_TIMEOUT_US);
        watch_socket(conn);
        event_add(conn->writable, NULL); /* PQconnectStart wants a first poll once it is writable */
    }
    buf_fini(&fault);
}

static void take_setup_result(struct conn *conn, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_FATAL_ERROR) {
        struct pg_reply reply;
        reply_of(&reply, PG_FAILED, result);
        log_debug("pg_setup_refused", LS("said", reply.message), LS("sqlstate", reply.sqlstate));
        conn->fault = "the set-up was refused";
    } else if (status == PGRES_PIPELINE_SYNC) {
        conn->state = CONN_READY;
        conn->backoff_us = BACKOFF_FIRST_US;
        event_del(conn->timer);
        conn->ops->ready(conn->owner);
    }
    PQclear(result);
}

static void take_result(struct conn *conn, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_PIPELINE_SYNC && conn->syncs > 0)
        conn->syncs--;
    if (conn->state == CONN_SETUP) {
        take_setup_result(conn, result);
        return;
    }
    /* libpq would give such a result again and again. */
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
        conn->fault = "COPY in a pipeline";
    conn->ops->result(conn->owner, result);
}

/* Takes what is complete and never waits: PQgetResult would block while PQisBusy, and with both
 * sides blocked on full buffers for ever. Two NULLs in a row: no query is left. */
static void drain_results(struct conn *conn)
{
    int nulls = 0;

    while (!is_interrupted(conn) && conn->syncs > 0 && nulls < 2 && !PQisBusy(conn->pg)) {
        PGresult *result = PQgetResult(conn->pg);
        nulls = result ? 0 : nulls + 1;
        if (result)
            take_result(conn, result);
    }
}

static void drain_notifies(struct conn *conn)
{
    PGnotify *note;

    while (!is_interrupted(conn) && (note = PQnotifies(conn->pg))) {
        if (conn->ops->notify)
            conn->ops->notify(conn->owner, note->relname, note->extra);
        PQfreemem(note);
    }
}

/* A backend that was killed while idle shows only at the second PQconsumeInput; reading stays
 * armed, so that it comes. What arrived before the end is still taken. */
static void step_io(struct conn *conn, short what)
{
    enter(conn);
    bool is_alive = !(what & EV_READ) || PQconsumeInput(conn->pg);
    is_alive = conn_flush(conn) == 0 && is_alive;
    drain_results(conn);
    drain_notifies(conn);
    if ((!is_alive || PQstatus(conn->pg) == CONNECTION_BAD) && !conn->fault)
        conn->fault = "connection lost";
    leave(conn);
}

static void on_socket(evutil_socket_t fd unused_arg, short what, void *arg)
{
    struct conn *conn = arg;

    if (conn->state == CONN_CONNECTING)
        step_connect(conn);
    else if (conn->state != CONN_DOWN)
        step_io(conn, what);
}

static void on_timer(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct conn *conn = arg;

    if (conn->state == CONN_DOWN)
        start_connect(conn);
    else if (conn->state != CONN_READY)
        conn_fail(conn, "not ready in time");
}

struct conn *conn_new(struct event_base *base, const struct conn_conf *conf,
                      const struct conn_ops *ops, void *owner)
{
    struct conn *conn = mem_zalloc(1, sizeof(*conn));

    conn->base = base;
    conn->conf = *conf;
    conn->ops = ops;
    conn->owner = owner;
    if (conn->conf.reconnect_max_us < BACKOFF_FIRST_US)
        conn->conf.reconnect_max_us = BACKOFF_FIRST_US;
    conn->backoff_us = BACKOFF_FIRST_US;
    conn->readable = event_new(base, -1, EV_READ | EV_PERSIST, on_socket, conn);
    conn->writable = event_new(base, -1, EV_WRITE, on_socket, conn);
    conn->timer = evtimer_new(base, on_timer, conn);
    if (!conn->readable || !conn->writable || !conn->timer)
        mem_fail(sizeof(*conn));
    arm_timer(conn, 0);
    return conn;
}
