/* Blocking client. libpq's own blocking calls know no deadline, so its asynchronous ones are used
 * with poll(2). A call that ran out of time closes the connection: what is still to come on it
 * could be taken for the answer to the next call. */

#include "pg/sync.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pg/inside.h"

/* client_connection_check_interval makes the backend notice within a second that we gave up. */
#define SETTINGS                                                                                   \
    "set timezone = 'UTC'; set plan_cache_mode = force_generic_plan; set jit = off;"               \
    " set client_connection_check_interval = 1000;"                                                \
    " set idle_in_transaction_session_timeout = '10min'"

struct pgsync {
    PGconn *pg;
    int give_up_fd; /* or -1 */
    struct param_frame frame;
    const struct pg_stmt **prepared;
    size_t prepared_count;
    size_t prepared_cap;
};

/* What a wait ended with. */
enum wait { WAIT_READY, WAIT_TIME_IS_UP, WAIT_LOST };

static int poll_time(int64_t deadline_us)
{
    int64_t left_us = deadline_us - mono_us();
    if (left_us <= 0)
        return 0;
    int64_t left_ms = left_us / 1000 + 1;
    return left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

/* Waits for `events` on the connection, or for `wake_fd`. 0: time is up or `wake_fd`; else revents.
 */
static int wait_for(PGconn *pg, short events, int wake_fd, int64_t deadline_us)
{
    struct pollfd fds[2] = {{PQsocket(pg), events, 0}, {wake_fd, POLLIN, 0}};

    for (;;) {
        int count = poll(fds, LEN(fds), poll_time(deadline_us));
        if (count > 0)
            return fds[0].revents;
        if (count == 0 && mono_us() >= deadline_us)
            return 0;
        if (count < 0 && errno != EINTR)
            return POLLERR;
    }
}

static int connect_step(PGconn *pg, PostgresPollingStatusType status, int64_t deadline_us)
{
    return wait_for(pg, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, -1, deadline_us);
}

/* 0, or 1 with a sentence in `fault`. */
static int finish_connect(PGconn *pg, int64_t deadline_us, struct buf *fault)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    if (PQstatus(pg) == CONNECTION_BAD)
        status = PGRES_POLLING_FAILED;
    while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
        if (connect_step(pg, status, deadline_us) == 0) {
            buf_puts(fault, "no connection to PostgreSQL in time");
            return 1;
        }
        status = PQconnectPoll(pg);
    }
    if (status == PGRES_POLLING_OK && PQsetnonblocking(pg, 1) == 0)
        return 0;
    conninfo_fault(fault, PQerrorMessage(pg));
    return 1;
}

static void ignore_notice(void *arg unused_arg, const PGresult *result unused_arg)
{
}

static int apply_settings(struct pgsync *db, int64_t timeout_us, struct buf *fault)
{
    struct arena *arena = arena_new();
    struct pg_reply reply;

    pgsync_exec(db, SETTINGS, timeout_us, arena, &reply);
    if (reply.outcome != PG_DONE) {
        buf_puts(fault, "the connection's settings were refused: ");
        buf_puts(fault, reply.message ? reply.message : "no reason given");
    }
    arena_free(arena);
    return reply.outcome == PG_DONE ? 0 : 1;
}

int pgsync_open(const char *conninfo, int64_t timeout_us, struct pgsync **ret, struct buf *fault)
{
    struct conninfo info;
    int64_t deadline_us = mono_after(timeout_us);

    *ret = NULL;
    if (conninfo_init(&info, conninfo, fault) != 0)
        return 1;
    struct pgsync *db = mem_zalloc(1, sizeof(*db));
    db->give_up_fd = -1;
    db->pg = PQconnectStartParams(info.keyword, info.value, 0);
    conninfo_fini(&info);
    if (!db->pg)
        mem_fail(sizeof(*db));
    PQsetNoticeReceiver(db->pg, ignore_notice, NULL);
    if (finish_connect(db->pg, deadline_us, fault) != 0 ||
        apply_settings(db, deadline_us - mono_us(), fault) != 0) {
        pgsync_close(db);
        return 1;
    }
    *ret = db;
    return 0;
}

void pgsync_close(struct pgsync *db)
{
    if (!db)
        return;
    PQfinish(db->pg);
    param_fini(&db->frame);
    free(db->prepared);
    free(db);
}

bool pgsync_is_alive(const struct pgsync *db)
{
    return PQstatus(db->pg) == CONNECTION_OK;
}

void pgsync_give_up_at(struct pgsync *db, int fd)
{
    db->give_up_fd = fd;
}

static void disconnect(struct pgsync *db)
{
    PQfinish(db->pg);
    db->pg = NULL;
}

/* Sends what is buffered and reads until a result is complete. */
static enum wait wait_for_result(const struct pgsync *db, int64_t deadline_us)
{
    PGconn *pg = db->pg;

    for (;;) {
        int unsent = PQflush(pg);
        if (unsent < 0)
            return WAIT_LOST;
        if (unsent == 0 && !PQisBusy(pg))
            return WAIT_READY;
        int revents =
            wait_for(pg, (short)(POLLIN | (unsent > 0 ? POLLOUT : 0)), db->give_up_fd, deadline_us);
        if (revents == 0)
            return WAIT_TIME_IS_UP;
        if ((revents & ~POLLOUT) && !PQconsumeInput(pg))
            return WAIT_LOST;
    }
}

static bool is_copy(ExecStatusType status)
{
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* Takes all results of what was sent: the last one, or the first failure, in *ret. */
static enum wait take_results(const struct pgsync *db, int64_t deadline_us, PGresult **ret)
{
    PGconn *pg = db->pg;
    PGresult *kept = NULL;
    PGresult *result;
    enum wait wait;

    while ((wait = wait_for_result(db, deadline_us)) == WAIT_READY && (result = PQgetResult(pg))) {
        if (kept && PQresultStatus(kept) == PGRES_FATAL_ERROR) {
            PQclear(result);
            continue;
        }
        PQclear(kept);
        kept = result;
        if (is_copy(PQresultStatus(kept))) { /* nobody here feeds a COPY */
            wait = WAIT_LOST;
            break;
        }
    }
    *ret = kept;
    /* The server's farewell is an error result: its request is of unknown outcome. */
    return wait == WAIT_READY && PQstatus(pg) == CONNECTION_BAD ? WAIT_LOST : wait;
}

static void reply_plain(struct pg_reply *ret, enum pg_outcome outcome, const char *message)
{
    reply_of(ret, outcome, NULL);
    ret->message = message;
}

static bool is_refusal(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

/* The answer to what was sent. */
static void finish(struct pgsync *db, int64_t deadline_us, struct arena *arena,
                   struct pg_reply *ret)
{
    PGresult *result;
    enum wait wait = take_results(db, deadline_us, &result);

    result_defer(arena, result);
    if (wait == WAIT_TIME_IS_UP) {
        reply_plain(ret, PG_TIMEOUT, "no answer in time");
        disconnect(db);
    } else if (wait == WAIT_LOST) {
        struct buf said = {0};
        conninfo_fault(&said, PQerrorMessage(db->pg));
        reply_plain(ret, PG_LOST, arena_strdup(arena, said.data ? said.data : "connection lost"));
        buf_fini(&said);
        disconnect(db);
    } else {
        reply_of(ret, is_refusal(result) ? PG_FAILED : PG_DONE, result);
    }
}

static bool is_prepared(const struct pgsync *db, const struct pg_stmt *stmt)
{
    for (size_t i = 0; i < db->prepared_count; i++) {
        if (db->prepared[i] == stmt)
            return true;
    }
    return false;
}

static void remember(struct pgsync *db, const struct pg_stmt *stmt)
{
    if (db->prepared_count == db->prepared_cap) {
        db->prepared_cap = db->prepared_cap ? 2 * db->prepared_cap : 16;
        db->prepared = mem_realloc(db->prepared, db->prepared_cap * sizeof(const struct pg_stmt *));
    }
    db->prepared[db->prepared_count++] = stmt;
}

/* True when the statement is prepared; else *ret says why it is not. */
static bool prepare(struct pgsync *db, const struct pg_stmt *stmt, int64_t deadline_us,
                    struct arena *arena, struct pg_reply *ret)
{
    if (is_prepared(db, stmt))
        return true;
    if (!PQsendPrepare(db->pg, stmt->name, stmt->sql, 0, NULL)) {
        reply_plain(ret, PG_BUSY, "the connection is lost");
        disconnect(db);
        return false;
    }
    finish(db, deadline_us, arena, ret);
    if (ret->outcome != PG_DONE)
        return false;
    remember(db, stmt);
    return true;
}

void pgsync_run(struct pgsync *db, const struct pg_query *query, int64_t timeout_us,
                struct arena *arena, struct pg_reply *ret)
{
    const struct pg_stmt *stmt = query->stmt;
    int64_t deadline_us = mono_after(timeout_us);

    if (!pgsync_is_alive(db)) {
        reply_plain(ret, PG_BUSY, "the connection is lost");
        return;
    }
    if (param_encode(&db->frame, query->params, (size_t)stmt->param_count) < 0) {
        reply_plain(ret, PG_FAILED, "the parameters are too large");
        return;
    }
    if (!prepare(db, stmt, deadline_us, arena, ret))
        return;
    if (!PQsendQueryPrepared(db->pg, stmt->name, stmt->param_count, db->frame.value,
                             db->frame.length, db->frame.format, 1)) {
        reply_plain(ret, PG_LOST, "the connection is lost");
        disconnect(db);
        return;
    }
    finish(db, deadline_us, arena, ret);
}

void pgsync_exec(struct pgsync *db, const char *sql, int64_t timeout_us, struct arena *arena,
                 struct pg_reply *ret)
{
    int64_t deadline_us = mono_after(timeout_us);

    if (!pgsync_is_alive(db)) {
        reply_plain(ret, PG_BUSY, "the connection is lost");
        return;
    }
    if (!PQsendQuery(db->pg, sql)) {
        reply_plain(ret, PG_LOST, "the connection is lost");
        disconnect(db);
        return;
    }
    finish(db, deadline_us, arena, ret);
    ret->rows = NULL; /* they are in text form, which the readers do not know */
}

static bool take_notification(PGconn *pg, struct buf *channel)
{
    PGnotify *note = PQnotifies(pg);

    if (!note)
        return false;
    buf_reset(channel);
    buf_puts(channel, note->relname);
    PQfreemem(note);
    return true;
}

int pgsync_wait(struct pgsync *db, int wake_fd, int64_t timeout_us, struct buf *channel)
{
    int64_t deadline_us = mono_after(timeout_us);

    while (pgsync_is_alive(db)) {
        if (take_notification(db->pg, channel))
            return 1;
        if (wait_for(db->pg, POLLIN, wake_fd, deadline_us) == 0)
            return 0;
        if (!PQconsumeInput(db->pg))
            break;
    }
    if (db->pg && take_notification(db->pg, channel))
        return 1;
    disconnect(db);
    return -ECONNRESET;
}
