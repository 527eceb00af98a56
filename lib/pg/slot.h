#pragma once
/* One connection of the pool and the transactions under way on it. A slot moves requests between
 * lists of the pool; it never calls back. Private to lib/pg. */

#include "pg/conn.h"
#include "pg/request.h"

/* What the slots of a pool have in common. */
struct slot_env {
    struct request_list *ended; /* where requests go whose outcome is known, */
    struct request_list *again; /* and those of a failed group: to be sent again, each alone */
    struct param_frame *frame;
    struct pgpool_stats *stats;
    int64_t grace_us;           /* for a placeholder at the head: then the connection is stuck */
    void (*changed)(void *arg); /* there is room, or something on these lists */
    void *arg;
};

struct slot {
    const struct slot_env *env;
    struct conn *conn;
    struct request_list under_way; /* in the order of the pipeline */
    bool has_shared;               /* one shared transaction is among it */
    bool was_ready;
    bool is_dirty; /* something was queued since the last flush */
};

/* Connects. `env` and what `conf` points at must outlive the slot. */
void slot_init(struct slot *slot, struct event_base *base, const struct conn_conf *conf,
               const struct slot_env *env);
/* Closes; what was under way ends in PG_LOST. */
void slot_fini(struct slot *slot);

/* Whether something may be sent behind what is under way. */
bool slot_has_room(const struct slot *slot, size_t depth);

/* Sends the first `count` requests of `list` as one transaction. */
void slot_send(struct slot *slot, struct request_list *list, size_t count);
void slot_flush(struct slot *slot);

/* Ends what is beyond its deadline, and gives the connection up when it is stuck. */
void slot_check(struct slot *slot, int64_t now_us);
