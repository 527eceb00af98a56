/* A transaction's results come in the order of its queries, one each, then its sync. Only the sync
 * says that it was committed: an error may still come with it (deferred constraints). A request
 * that timed out under way leaves a placeholder (no callback) in the pipeline, which takes the late
 * results. */

#include "pg/slot.h"

#include "pg/pool.h"

/* A connection whose head is a placeholder may be stuck: nothing new is put behind it. */
static bool is_suspect(const struct slot *slot)
{
    const struct request *head = request_first(&slot->under_way);
    return head && !head->done;
}

bool slot_has_room(const struct slot *slot, size_t depth)
{
    return conn_is_ready(slot->conn) && !is_suspect(slot) && slot->under_way.count < depth;
}

/* 0, -ENOTCONN: the connection is unusable, or a fault of the parameters. A fault in the midst is
 * harmless: without its sync PostgreSQL commits nothing, but the pipeline must be given up. */
static int send_queries(struct slot *slot, const struct request *request)
{
    struct param_frame *frame = slot->env->frame;

    for (size_t i = 0; i < request->count; i++) {
        const struct pg_query *query = &request->queries[i];
        int r = param_encode(frame, query->params, (size_t)query->stmt->param_count);
        if (r == 0)
            r = conn_send(slot->conn, query->stmt, frame);
        if (r < 0)
            return r;
    }
    return 0;
}

void slot_send(struct slot *slot, struct request_list *list, size_t count)
{
    int r = 0;

    for (size_t i = 1; i <= count; i++) {
        struct request *request = request_first(list);
        request->due = request->count;
        request->is_last = i == count;
        slot->has_shared |= request->is_shared;
        request_move(request, &slot->under_way);
        if (r == 0)
            r = send_queries(slot, request);
    }
    if (r == 0)
        r = conn_sync(slot->conn);
    slot->is_dirty = true;
    if (r < 0)
        conn_fail(slot->conn, "a request could not be sent"); /* ends all that is under way */
}

void slot_flush(struct slot *slot)
{
    if (!slot->is_dirty)
        return;
    slot->is_dirty = false;
    if (conn_is_ready(slot->conn) && conn_flush(slot->conn) < 0)
        conn_fail(slot->conn, "requests could not be sent");
}

static void end(struct slot *slot, struct request *request, enum pg_outcome outcome,
                const char *message)
{
    request_end(request, slot->env->ended, outcome, message);
    slot->env->changed(slot->env->arg);
}

void slot_check(struct slot *slot, int64_t now_us)
{
    struct request *next;

    for (struct request *request = request_first(&slot->under_way); request; request = next) {
        next = TAILQ_NEXT(request, entry);
        if (!request->done || now_us < request->deadline_us)
            continue;
        request_leave_placeholder(request, now_us + slot->env->grace_us);
        end(slot, request, PG_TIMEOUT, "no answer in time");
    }
    const struct request *head = request_first(&slot->under_way);
    if (is_suspect(slot) && now_us >= head->deadline_us)
        conn_fail(slot->conn, "stuck");
}

static void end_all(struct slot *slot, const char *message)
{
    struct request *request;

    slot->has_shared = false;
    while ((request = request_first(&slot->under_way)))
        end(slot, request, PG_LOST, message);
}

static void on_ready(void *owner)
{
    struct slot *slot = owner;

    slot->env->stats->connected++;
    slot->env->stats->reconnects += slot->was_ready;
    slot->was_ready = true;
    slot->env->changed(slot->env->arg);
}

static void on_lost(void *owner)
{
    struct slot *slot = owner;

    slot->env->stats->connected--;
    end_all(slot, "the connection was lost");
}

/* Whose query the next result answers; the head when it comes with the sync. */
static struct request *result_owner(const struct slot *slot)
{
    struct request *head = request_first(&slot->under_way);
    struct request *request = head;

    while (request && request->due == 0)
        request = request->is_last ? NULL : TAILQ_NEXT(request, entry);
    return request ? request : head;
}

enum verdict { COMMITTED, ROLLED_BACK, UNCLEAR };

/* On the transaction that starts with `request`, at its sync. */
static enum verdict verdict_on(const struct request *request)
{
    enum verdict verdict = COMMITTED;

    for (bool is_last = false; !is_last; request = TAILQ_NEXT(request, entry)) {
        is_last = request->is_last;
        if (request->is_spoilt)
            return ROLLED_BACK;
        if (request->due > 0)
            verdict = UNCLEAR;
    }
    return verdict;
}

/* The transaction at the head has come to its sync. When it failed, whoever was alone in it is at
 * fault; of a group nobody knows who is (an error at the sync names none), so each is sent again.
 */
static void end_transaction(struct slot *slot)
{
    struct request *request = request_first(&slot->under_way);
    enum verdict verdict = verdict_on(request);
    bool is_split = verdict == ROLLED_BACK && !request->is_last;

    if (verdict == UNCLEAR) {
        conn_fail(slot->conn, "results are missing");
        return;
    }
    slot->has_shared &= !request->is_shared;
    slot->env->stats->split += is_split;
    for (bool is_last = false; !is_last;) {
        request = request_first(&slot->under_way);
        is_last = request->is_last;
        if (is_split && request->done)
            request_return(request, slot->env->again);
        else
            end(slot, request, verdict == COMMITTED ? PG_DONE : PG_FAILED, NULL);
    }
    slot->env->changed(slot->env->arg);
}

/* An answer came, so the connection is not stuck: the placeholder at the head has a grace of its
 * own. */
static void renew_grace(struct slot *slot)
{
    if (is_suspect(slot))
        request_first(&slot->under_way)->deadline_us = mono_after(slot->env->grace_us);
}

static void on_result(void *owner, PGresult *result)
{
    struct slot *slot = owner;
    struct request *taker = result_owner(slot);

    if (!taker) {
        PQclear(result);
    } else if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
        request_take(taker, result);
    } else {
        PQclear(result);
        end_transaction(slot);
    }
    renew_grace(slot);
}

static const struct conn_ops slot_ops = {
    .ready = on_ready,
    .result = on_result,
    .lost = on_lost,
};

void slot_init(struct slot *slot, struct event_base *base, const struct conn_conf *conf,
               const struct slot_env *env)
{
    slot->env = env;
    request_list_init(&slot->under_way);
    slot->conn = conn_new(base, conf, &slot_ops, slot);
}

void slot_fini(struct slot *slot)
{
    conn_free(slot->conn);
    slot->conn = NULL;
    end_all(slot, "the pool is closed");
}
