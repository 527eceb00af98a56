#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "api/dispatch.h"
#include "api/parking.h"
#include "api/state.h"
#include "base/log.h"
#include "clock.h"
#include "dev/dev_clock.h"
#include "http/router.h"
#include "loader.h"
#include "options.h"
#include "pg/listen.h"
#include "pg/sync.h"
#include "process/role.h"
#include "schema/queries.h"

#define LISTEN_HEARTBEAT_US (5 * US_PER_S)
#define CLOCK_TIMEOUT_US    (3 * US_PER_S)
#define RENEW_S             3600 /* opening hours are expanded for a time ahead, and time passes */
/* Of the actions that share commits: so many requests in one, on so many connections at a time. */
#define SHARE_MOST        8
#define SHARE_CONNECTIONS 4

uint64_t api_catalogue_renew(struct api *api)
{
    return loader_request(api->loader);
}

static void follow_stored_clock(struct pgsync *db)
{
    static const struct pg_query query = {&q_dev_clock_get, NULL};
    struct arena *arena = arena_new();
    struct pg_reply reply;
    pgsync_run(db, &query, CLOCK_TIMEOUT_US, arena, &reply);
    if (reply.outcome == PG_DONE)
        dev_clock_follow(reply.rows);
    arena_free(arena);
}

static int load_catalogue(void *arg, struct pgsync *db, void **ret, struct buf *fault)
{
    const struct api *api = arg;
    struct catalogue *catalogue;
    if (api->options
            ->dev) /* nothing is served before the first catalogue, so not by a wrong clock */
        follow_stored_clock(db);
    int result = catalogue_load(db, clock_now_us(), &catalogue, fault);
    *ret = result == 0 ? catalogue : NULL;
    return result;
}

static void drop_catalogue(void *result)
{
    catalogue_unref(result);
}

/* A new catalogue: the old one lives on with the calls that hold it. */
static void on_catalogue(void *arg, void *result)
{
    struct api *api = arg;
    struct catalogue *catalogue = result;
    bool is_first = !api->catalogue;
    catalogue_unref(api->catalogue);
    api->catalogue = catalogue;
    calendar_cache_next(api->calendar_cache);
    log_debug("catalogue_loaded", LI("version", catalogue_version(catalogue)));
    parking_resume(api->parking, loader_taken(api->loader));
    if (is_first)
        role_ready(api->role);
}

/* Hints may have been missed while the connection was away: look at everything again. */
static void on_listen_ready(void *arg)
{
    struct api *api = arg;
    calendar_cache_next(api->calendar_cache);
    api_catalogue_renew(api);
    if (api->options->dev)
        dev_clock_renew(api);
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
    struct api *api = arg;
    (void)payload;
    if (!strcmp(channel, "catalogue"))
        api_catalogue_renew(api);
    else if (!strcmp(channel, "dev_clock") && api->options->dev)
        dev_clock_renew(api);
}

/* Tells when the database goes away and when it is back: the pools themselves say nothing. */
static void watch_database(struct api *api)
{
    struct pgpool_stats writes, reads;
    pgpool_stats(api->writes, &writes);
    pgpool_stats(api->reads, &reads);
    bool is_away = writes.connected == 0 || reads.connected == 0;
    if (is_away == api->is_database_away)
        return;
    api->is_database_away = is_away;
    log_write(is_away ? LOG_WARN : LOG_INFO, is_away ? "database_away" : "database_back", NULL, 0);
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct api *api = arg;
    watch_database(api);
    if (++api->seconds % RENEW_S == 0)
        api_catalogue_renew(api);
}

/* SIGHUP. */
static void on_reload(void *arg)
{
    api_catalogue_renew(arg);
}

static void open_timer(struct api *api)
{
    const struct timeval second = {1, 0};
    api->timer = event_new(api->base, -1, EV_PERSIST, on_second, api);
    if (!api->timer || event_add(api->timer, &second) != 0)
        abort();
}

static void on_drained(void *arg)
{
    struct api *api = arg;
    role_end(api->role);
}

static void on_stop(void *arg)
{
    struct api *api = arg;
    if (api->is_draining)
        return;
    api->is_draining = true;
    http_server_drain(api->server, on_drained, api);
}

static struct pgpool *open_pool(struct api *api, int64_t connections)
{
    const struct options *options = api->options;
    return pgpool_new(api->base, &(struct pgpool_conf){
                                     .conninfo = api->role->conninfo,
                                     .statements = schema_api_queries,
                                     .statement_count = schema_api_query_count,
                                     .connections = (unsigned)connections,
                                     .depth = (unsigned)options->db_depth,
                                     .share_most = SHARE_MOST,
                                     .share_connections = SHARE_CONNECTIONS,
                                     .queue_limit = (size_t)options->db_queue,
                                     .reconnect_max_us = options->db_reconnect_max_ms * 1000,
                                     .statement_timeout_us = options->db_timeout_ms * 1000,
                                 });
}

static void open_database(struct api *api)
{
    const struct options *options = api->options;
    static const char *const channels[] = {"catalogue", "dev_clock", NULL};
    api->writes = open_pool(api, options->db_connections);
    api->reads = open_pool(api, options->db_read_connections);
    api->loader = loader_new(api->base, &(struct loader_conf){
                                            .name = "catalogue",
                                            .conninfo = api->role->conninfo,
                                            .load = load_catalogue,
                                            .drop = drop_catalogue,
                                            .done = on_catalogue,
                                            .arg = api,
                                        });
    api->listen =
        pglisten_new(api->base, &(struct pglisten_conf){
                                    .conninfo = api->role->conninfo,
                                    .channels = channels,
                                    .heartbeat_us = LISTEN_HEARTBEAT_US,
                                    .reconnect_max_us = options->db_reconnect_max_ms * 1000,
                                    .on_ready = on_listen_ready,
                                    .on_notify = on_notify,
                                    .arg = api,
                                });
}

static bool open_server(struct api *api)
{
    const struct options *options = api->options;
    struct buf fault = {0};
    api->server = http_server_new(
        api->base,
        &(struct http_conf){
            .address = options->listen_address,
            .port = (uint16_t)options->listen_port,
            .reuse_port = options->reuse_port,
            .head_max = (size_t)options->head_max,
            .body_max = (size_t)options->body_max,
            .connections_max = (unsigned)options->connections_max,
            .connections_max_per_address = (unsigned)options->connections_max_per_address,
            .request_timeout_us = options->request_timeout_ms * 1000,
            .idle_timeout_us = options->idle_timeout_ms * 1000,
            .write_timeout_us = options->write_timeout_ms * 1000,
            .handler = api_dispatch,
            .body_limit = api_body_limit,
            .arg = api,
        },
        &fault);
    int published = api->server ? role_publish_port(api->role, http_server_port(api->server)) : 0;
    if (!api->server)
        log_error("not_listening", LS("reason", fault.data));
    else if (published < 0)
        log_error("port_not_published", LS("reason", strerror(-published)));
    else
        log_info("listening", LS("address", options->listen_address),
                 LI("port", http_server_port(api->server)));
    buf_fini(&fault);
    return api->server && published == 0;
}

static void open_router(struct api *api)
{
    api->router = http_router_new();
    for (size_t i = 0; i < api_route_count; i++) {
        if (!api->options->dev && api_routes[i].action->flags & ACTION_DEV)
            continue;
        http_router_add(api->router, api_routes[i].method, api_routes[i].path,
                        (void *)(uintptr_t)&api_routes[i]);
    }
}

/* The order matters: requests of the pool end first, which may park their calls; then whoever is
 * parked; the server still takes their replies. */
static void close_all(struct api *api)
{
    pglisten_free(api->listen);
    pgpool_free(api->writes);
    pgpool_free(api->reads);
    parking_free(api->parking);
    http_server_free(api->server);
    loader_free(api->loader);
    catalogue_unref(api->catalogue);
    calendar_cache_free(api->calendar_cache);
    http_router_free(api->router);
    event_free(api->timer);
    buf_fini(&api->openapi);
}

int role_api_run(struct role_context *role)
{
    struct api api = {.role = role, .options = role->options, .base = role->base};
    role->arg = &api;
    role->on_stop = on_stop;
    role->on_reload = on_reload;
    api.calendar_cache = calendar_cache_new();
    api.parking = parking_new(api.base, api_retry);
    open_router(&api);
    open_database(&api);
    open_timer(&api);
    int result = open_server(&api) ? role_loop(role) : EXIT_FAULT;
    close_all(&api);
    return result;
}
