#pragma once
/* One connection that LISTENs. A notification is only a hint to look. */

#include "pg/pg.h"

struct event_base;
struct pglisten;

struct pglisten_conf {
    const char *conninfo;
    const char *const *channels; /* NULL-terminated */
    int64_t heartbeat_us;        /* a query this often; no answer in the same time: reconnect */
    int64_t reconnect_max_us;
    /* After every (re)connect, once LISTEN is in force: re-read everything, hints may be missing.
     */
    void (*on_ready)(void *arg);
    void (*on_notify)(void *arg, const char *channel, const char *payload);
    void *arg;
};

struct pglisten *pglisten_new(struct event_base *base, const struct pglisten_conf *conf);
void pglisten_free(struct pglisten *listen);
