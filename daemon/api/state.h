#pragma once
/* What one api process holds. Nothing here is of value: all of it can be read again. */

#include <sys/queue.h>

#include "api/action.h"
#include "api/calendar_cache.h"
#include "pg/pool.h"

struct event_base;
struct event;
struct options;
struct role_context;
struct pglisten;
struct loader;

TAILQ_HEAD(parked_calls, parked_call);

struct api {
    struct role_context *role;
    const struct options *options;
    struct event_base *base;
    struct http_router *router;
    struct http_server *server;
    struct pgpool *pool;
    struct pglisten *listen;
    struct loader *loader;
    struct catalogue *catalogue; /* NULL until the first one is loaded */
    struct parked_calls parked;  /* wait for a newer catalogue */
    struct event *parked_timer;
    struct calendar_cache *calendar_cache;
    struct buf openapi; /* rendered once */
    char openapi_etag[32];
    bool is_draining;
};

/* The server's handler: walks one request through the steps of api/action.h. */
void api_dispatch(void *arg, struct http_request *request);

#define API_PARK_TIMEOUT_US (3 * US_PER_S)

/* Asks the loader for a newer catalogue. */
void api_catalogue_renew(struct api *api);

/* Takes over the dev clock that is stored. */
void dev_clock_renew(struct api *api);
