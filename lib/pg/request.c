#include "pg/request.h"

#include <stdlib.h>

#include "base/mem.h"

void request_list_init(struct request_list *list)
{
    TAILQ_INIT(&list->head);
    list->count = 0;
}

struct request *request_first(const struct request_list *list)
{
    return TAILQ_FIRST(&list->head);
}

/* On `list` before `next`; NULL: at the end. */
static void put(struct request *request, struct request_list *list, struct request *next)
{
    if (request->list) {
        TAILQ_REMOVE(&request->list->head, request, entry);
        request->list->count--;
    }
    request->list = list;
    if (!list)
        return;
    if (next)
        TAILQ_INSERT_BEFORE(next, request, entry);
    else
        TAILQ_INSERT_TAIL(&list->head, request, entry);
    list->count++;
}

void request_move(struct request *request, struct request_list *list)
{
    put(request, list, NULL);
}

void request_return(struct request *request, struct request_list *list)
{
    struct request *next = request_first(list);

    while (next && next->arrival < request->arrival)
        next = TAILQ_NEXT(next, entry);
    PQclear(request->rows);
    PQclear(request->failure);
    request->rows = NULL;
    request->failure = NULL;
    request->is_shared = false;
    request->is_spoilt = false;
    put(request, list, next);
}

void request_leave_placeholder(struct request *request, int64_t deadline_us)
{
    struct request *placeholder = mem_zalloc(1, sizeof(*placeholder));

    placeholder->deadline_us = deadline_us;
    placeholder->is_shared = request->is_shared;
    placeholder->is_last = request->is_last;
    placeholder->is_spoilt = request->is_spoilt;
    placeholder->due = request->due;
    put(placeholder, request->list, request);
}

void request_take(struct request *request, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    PGresult **place = status == PGRES_FATAL_ERROR ? &request->failure : &request->rows;

    request->is_spoilt |= status == PGRES_FATAL_ERROR;
    if (request->due > 0)
        request->due--;
    /* Of errors the first counts: the others follow from it. */
    if (!request->done || status == PGRES_PIPELINE_ABORTED || request->failure) {
        PQclear(result);
        return;
    }
    PQclear(*place);
    *place = result;
}

void request_end(struct request *request, struct request_list *ended, enum pg_outcome outcome,
                 const char *message)
{
    if (!request->done) {
        request_free(request);
        return;
    }
    request->outcome = outcome;
    request->message = message;
    request_move(request, ended);
}

void request_deliver(struct request *request)
{
    struct pg_reply reply;
    bool is_refused = request->outcome == PG_FAILED && request->failure;

    request_move(request, NULL);
    reply_of(&reply, request->outcome, is_refused ? request->failure : request->rows);
    if (request->message)
        reply.message = request->message;
    if (request->arena) {
        result_defer(request->arena, request->rows);
        result_defer(request->arena, request->failure);
        request->rows = NULL;
        request->failure = NULL;
    }
    request->done(request->arg, &reply);
    request_free(request);
}

void request_free(struct request *request)
{
    request_move(request, NULL);
    PQclear(request->rows);
    PQclear(request->failure);
    free(request);
}
