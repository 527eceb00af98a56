#pragma once
/* Requests to a pool that remember what became of them. Shared by check_pool.c and check_share.c.
 */

#include "base/instant.h"
#include "pg/pool.h"

#define LONG_US (30 * US_PER_S)

extern const char *conninfo; /* of the server; to be set first */
extern struct event_base *base;

extern const struct pg_stmt echo, put, put_late, count_things, nap, large, measure, backend, copy,
    settings, transaction, put_setting, setting;

/* A request and what became of it. */
struct probe {
    struct pg_query query[2];
    struct pg_param param[2];
    bool is_shared;
    int calls;
    enum pg_outcome outcome;
    char sqlstate[6];
    char constraint[64];
    char text[128];
    int64_t number;
    int64_t bytes;
    struct pgpool *pool_to_free;
    struct pgpool *pool_to_use;
    struct probe *next;
};

/* cmocka's group set-up and tear-down: the tables `thing` and `late` (which refers to it,
 * deferred), and the loop. */
int probe_setup(void **state);
int probe_teardown(void **state);

struct pgpool_conf conf_of(unsigned connections, unsigned depth);
struct pgpool *pool_of(unsigned connections, unsigned depth);

/* One query; a second one may be set. */
struct probe probe_of(const struct pg_stmt *stmt, int64_t number);
void submit(struct pgpool *pool, struct probe *probe, int64_t timeout_us);

/* Runs the loop for a while. */
void spin(int64_t wait_us);
/* Until all are answered; a test that waits for ever would say nothing. */
void wait_for(const struct probe *probes, size_t count);
/* Asks, waits, and compares the number that comes back. */
void expect_done(struct pgpool *pool, const struct pg_stmt *stmt, int64_t number, int64_t answer);
