/* Operation: is it alive, is it ready, what does it do; and the API's own description. */

#include <stdio.h>

#include "api/actions.h"
#include "api/call.h"
#include "api/openapi.h"
#include "api/state.h"
#include "options.h"

static bool serve_health(struct call *call)
{
    call_finish_json(call, STR("{\"status\":\"ok\"}"), "\"ok\"");
    return true;
}

static bool serve_ready(struct call *call)
{
    struct pgpool_stats writes, reads;
    pgpool_stats(call->api->writes, &writes);
    pgpool_stats(call->api->reads, &reads);
    bool is_ready = writes.connected > 0 && reads.connected > 0 && call->api->catalogue &&
                    !call->api->is_draining;
    if (!is_ready) {
        call_refuse(call, CODE_overloaded, "");
        call_finish_problem(call);
        return true;
    }
    call_finish_json(call, STR("{\"status\":\"ready\"}"), "\"ready\"");
    return true;
}

/* One row a figure; Prometheus text format. */
static void put_figure(struct buf *out, const char *name, const char *type, const char *help,
                       uint64_t value)
{
    buf_printf(out, "# HELP labtab_%s %s\n# TYPE labtab_%s %s\nlabtab_%s %llu\n", name, help, name,
               type, name, (unsigned long long)value);
}

static struct pgpool_stats sum_of(struct pgpool_stats a, struct pgpool_stats b)
{
    return (struct pgpool_stats){
        .connected = a.connected + b.connected,
        .waiting = a.waiting + b.waiting,
        .under_way = a.under_way + b.under_way,
        .done = a.done + b.done,
        .failed = a.failed + b.failed,
        .busy = a.busy + b.busy,
        .timeouts = a.timeouts + b.timeouts,
        .lost = a.lost + b.lost,
        .reconnects = a.reconnects + b.reconnects,
        .groups = a.groups + b.groups,
        .grouped = a.grouped + b.grouped,
        .split = a.split + b.split,
    };
}

static bool serve_metrics(struct call *call)
{
    struct pgpool_stats writes, reads;
    struct http_stats http;
    pgpool_stats(call->api->writes, &writes);
    pgpool_stats(call->api->reads, &reads);
    struct pgpool_stats db = sum_of(writes, reads);
    http_server_stats(call->api->server, &http);
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } figures[] = {
        {"http_connections", "gauge", "Open client connections.", http.connections},
        {"http_accepted_total", "counter", "Connections accepted.", http.accepted},
        {"http_requests_total", "counter", "Requests handed to a route.", http.requests},
        {"http_refused_total", "counter", "Requests refused before a route.", http.refused},
        {"http_timeouts_total", "counter", "Requests and replies cut at their deadline.",
         http.timeouts},
        {"db_connected", "gauge", "Database connections in use or idle.", db.connected},
        {"db_waiting", "gauge", "Requests that wait for a connection.", db.waiting},
        {"db_under_way", "gauge", "Requests sent and not yet answered.", db.under_way},
        {"db_done_total", "counter", "Requests committed.", db.done},
        {"db_failed_total", "counter", "Requests that PostgreSQL refused.", db.failed},
        {"db_busy_total", "counter", "Requests refused because the queue was full.", db.busy},
        {"db_timeouts_total", "counter", "Requests without an answer in time.", db.timeouts},
        {"db_lost_total", "counter", "Requests whose connection died.", db.lost},
        {"db_reconnects_total", "counter", "Connections made again.", db.reconnects},
        {"db_groups_total", "counter", "Transactions that several requests shared.", db.groups},
        {"db_grouped_total", "counter", "Requests in shared transactions.", db.grouped},
        {"db_split_total", "counter", "Shared transactions that failed and were split.", db.split},
        {"catalogue_version", "gauge", "Version of the catalogue in memory.",
         call->catalogue ? (uint64_t)catalogue_version(call->catalogue) : 0},
    };
    struct buf text = {0};
    for (size_t i = 0; i < LEN(figures); i++)
        put_figure(&text, figures[i].name, figures[i].type, figures[i].help, figures[i].value);
    call_finish_bytes(call, "text/plain; version=0.0.4; charset=utf-8", buf_view(&text));
    buf_fini(&text);
    return true;
}

static bool serve_openapi(struct call *call)
{
    struct api *api = call->api;
    if (!api->openapi.len) {
        openapi_write(&api->openapi, api->options->dev);
        etag_of(buf_view(&api->openapi), api->openapi_etag);
    }
    call_finish_json(call, buf_view(&api->openapi), api->openapi_etag);
    return true;
}

static const struct reply_field status_reply[] = {
    {"status", RT_TEXT, false, "`ok`, or `ready` when requests can be served."},
    REPLY_END,
};

const struct action action_health = {
    .id = "getHealth",
    .tag = "operation",
    .summary = "Is the process alive?",
    .flags = ACTION_BARE,
    .reply = status_reply,
    .reply_name = "Status",
    .serve = serve_health,
};

const struct action action_ready = {
    .id = "getReadiness",
    .tag = "operation",
    .summary = "Can requests be served: database and catalogue are there?",
    .flags = ACTION_BARE,
    .reply = status_reply,
    .reply_name = "Status",
    .serve = serve_ready,
};

const struct action action_metrics = {
    .id = "getMetrics",
    .tag = "operation",
    .summary = "Figures for Prometheus.",
    .flags = ACTION_BARE | ACTION_TEXT,
    .serve = serve_metrics,
};

const struct action action_openapi = {
    .id = "getOpenapi",
    .tag = "operation",
    .summary = "This description: made from the tables that the requests are decoded with.",
    .flags = ACTION_BARE,
    .serve = serve_openapi,
};
