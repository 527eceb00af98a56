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
    uint64_t arrival;    /* its number in the order of arrival */
    struct arena *arena; /* or NULL */
    pgpool_done done;    /* NULL: a placeholder, which takes the results of one that timed out */
    void *arg;

    bool is_shared; /* may share its transaction with others; while it waits or is under way */

    /* Under way. Those up to and with the next `is_last` are one transaction. */
    bool is_last;
    bool is_spoilt; /* one of its results was an error */
    size_t due;     /* results to come: one a query */

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

/* To the end of `list`; NULL: off all lists. Only this and request_return change the list of a
 * request. */
void request_move(struct request *request, struct request_list *list);
/* To its place in the order of arrival on `list`, as one that was never sent and is not shared. */
void request_return(struct request *request, struct request_list *list);

/* Puts a placeholder before `request` on its list. */
void request_leave_placeholder(struct request *request, int64_t deadline_us);

/* Keeps what is needed of a result, which is the request's now. */
void request_take(struct request *request, PGresult *result);

/* Its outcome is known: to `ended`, to be delivered; a placeholder is no more. */
void request_end(struct request *request, struct request_list *ended, enum pg_outcome outcome,
                 const char *message);

/* Calls back, once; the request is no more afterwards. The arena may die in the callback. */
void request_deliver(struct request *request);

/* Without calling back. */
void request_free(struct request *request);
