#pragma once
/* One request of the pool, and the lists that tell what it is about to do. Private to lib/pg. */

#include <sys/queue.h>

#include "pg/inside.h"
#include "pg/pool.h"

struct request {
    TAILQ_ENTRY(request) entry;
    struct request_list *list; /* the one it is on, or NULL */

    const struct pg_query *queries;
    size_t count;
    int64_t deadline_us; /* monotonic; of a placeholder: when its connection is given up */
    struct arena *arena; /* or NULL */
    pgpool_done done;    /* NULL: a placeholder, which takes the results of one that timed out */
    void *arg;

    enum pg_outcome outcome;
    PGresult *rows;      /* of the last query so far */
    PGresult *failure;   /* the first error */
    const char *message; /* when no result says it */
};

struct request_list {
    TAILQ_HEAD(, request) head;
    size_t count;
};

void request_list_init(struct request_list *list);
struct request *request_first(const struct request_list *list);

/* To the end of `list`; NULL: off all lists. Nothing else changes the list of a request. */
void request_move(struct request *request, struct request_list *list);

/* Puts a placeholder before `request` on its list. */
void request_leave_placeholder(struct request *request, int64_t deadline_us);

/* Keeps what is needed of a result, which is the request's now. */
void request_take(struct request *request, PGresult *result);

/* Calls back, once; the request is no more afterwards. The arena may die in the callback. */
void request_deliver(struct request *request);

/* Without calling back. */
void request_free(struct request *request);
