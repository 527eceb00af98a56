#pragma once
/* What one api process holds. Nothing here is of value: all of it can be read again. */

#include "api/calendar_cache.h"
#include "api/call.h"
#include "pg/pool.h"

struct event_base;
struct event;
struct options;
struct role_context;
struct parking;
struct pglisten;
struct loader;

struct api {
    struct role_context *role;
    const struct options *options;
    struct event_base *base;
    struct http_router *router;
    struct http_server *server;
    struct pgpool *writes; /* many connections: each commit waits for the disk */
    struct pgpool *reads;  /* few, with many requests under way on each */
    struct pglisten *listen;
    struct loader *loader;
    struct catalogue *catalogue; /* NULL until the first one is loaded */
    struct event *timer;         /* every second */
    int64_t seconds;
    bool is_database_away;
    struct parking *parking; /* calls that wait */
    struct calendar_cache *calendar_cache;
    struct buf openapi; /* rendered once */
    char openapi_etag[32];
    bool is_draining;
};

/* Asks the loader for a newer catalogue; the request's number, for parking_hold(). */
uint64_t api_catalogue_renew(struct api *api);

/* Takes over the dev clock that is stored. */
void dev_clock_renew(struct api *api);
