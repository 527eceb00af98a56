#include "pg/listen.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "pg/conn.h"

static const struct pg_stmt heartbeat = {"heartbeat", "select 1", 0};

struct pglisten {
    struct pglisten_conf conf;
    struct conn *conn;
    struct event *beat;
    struct arena *arena;          /* of the statements */
    const struct pg_stmt **stmts; /* one LISTEN a channel, then the heartbeat */
    size_t channel_count;
    bool is_listening; /* LISTEN is in force */
    bool is_waiting;   /* something was sent and is not answered yet */
};

static const char *quote_channel(struct arena *arena, const char *channel)
{
    struct buf text = {0};

    buf_puts(&text, "listen \"");
    for (const char *c = channel; *c; c++) {
        if (*c == '"')
            buf_putc(&text, '"');
        buf_putc(&text, *c);
    }
    buf_putc(&text, '"');
    const char *sql = arena_strndup(arena, text.data, text.len);
    buf_fini(&text);
    return sql;
}

static void make_statements(struct pglisten *listen)
{
    size_t count = 0;
    while (listen->conf.channels[count])
        count++;

    listen->channel_count = count;
    listen->stmts = arena_array(listen->arena, count + 1, sizeof(*listen->stmts));
    for (size_t i = 0; i < count; i++) {
        struct pg_stmt *stmt = arena_alloc(listen->arena, sizeof(*stmt));
        stmt->name = arena_printf(listen->arena, "listen_%zu", i);
        stmt->sql = quote_channel(listen->arena, listen->conf.channels[i]);
        listen->stmts[i] = stmt;
    }
    listen->stmts[count] = &heartbeat;
}

static int send_statements(struct pglisten *listen, const struct pg_stmt *const *stmts,
                           size_t count)
{
    static const struct param_frame no_params;
    int r = 0;

    for (size_t i = 0; r == 0 && i < count; i++)
        r = conn_send(listen->conn, stmts[i], &no_params);
    if (r == 0)
        r = conn_sync(listen->conn);
    if (r == 0)
        r = conn_flush(listen->conn);
    return r;
}

static void ask(struct pglisten *listen, const struct pg_stmt *const *stmts, size_t count)
{
    listen->is_waiting = true;
    if (send_statements(listen, stmts, count) < 0)
        conn_fail(listen->conn, "the listener could not send");
}

static void start_beat(struct pglisten *listen)
{
    struct timeval wait = {.tv_sec = (time_t)(listen->conf.heartbeat_us / US_PER_S),
                           .tv_usec = (suseconds_t)(listen->conf.heartbeat_us % US_PER_S)};
    event_add(listen->beat, &wait);
}

static void on_beat(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct pglisten *listen = arg;

    if (!conn_is_ready(listen->conn))
        return;
    if (listen->is_waiting) {
        conn_fail(listen->conn, "no heartbeat");
        return;
    }
    start_beat(listen);
    ask(listen, listen->stmts + listen->channel_count, 1);
}

static void listen_ready(void *owner)
{
    struct pglisten *listen = owner;

    listen->is_listening = false;
    start_beat(listen);
    ask(listen, listen->stmts, listen->channel_count);
}

/* The first sync is the answer to LISTEN, later ones are heartbeats. */
static void listen_result(void *owner, PGresult *result)
{
    struct pglisten *listen = owner;
    ExecStatusType status = PQresultStatus(result);

    PQclear(result);
    if (status == PGRES_FATAL_ERROR) {
        conn_fail(listen->conn, "the listener was refused");
    } else if (status == PGRES_PIPELINE_SYNC) {
        listen->is_waiting = false;
        bool is_first = !listen->is_listening;
        listen->is_listening = true;
        if (is_first && listen->conf.on_ready)
            listen->conf.on_ready(listen->conf.arg); /* may free the listener */
    }
}

static void listen_notify(void *owner, const char *channel, const char *payload)
{
    const struct pglisten *listen = owner;

    if (listen->conf.on_notify)
        listen->conf.on_notify(listen->conf.arg, channel, payload);
}

static void listen_lost(void *owner)
{
    struct pglisten *listen = owner;

    listen->is_listening = false;
    listen->is_waiting = false;
    event_del(listen->beat);
}

static const struct conn_ops listen_ops = {
    .ready = listen_ready,
    .result = listen_result,
    .notify = listen_notify,
    .lost = listen_lost,
};

struct pglisten *pglisten_new(struct event_base *base, const struct pglisten_conf *conf)
{
    struct pglisten *listen = mem_zalloc(1, sizeof(*listen));

    listen->conf = *conf;
    if (listen->conf.heartbeat_us <= 0)
        listen->conf.heartbeat_us = US_PER_S;
    listen->arena = arena_new();
    make_statements(listen);
    listen->beat = evtimer_new(base, on_beat, listen);
    if (!listen->beat)
        mem_fail(sizeof(*listen));
    struct conn_conf conn_conf = {
        .conninfo = conf->conninfo,
        .statements = listen->stmts,
        .statement_count = listen->channel_count + 1,
        .statement_timeout_us = listen->conf.heartbeat_us,
        .reconnect_max_us = conf->reconnect_max_us,
    };
    listen->conn = conn_new(base, &conn_conf, &listen_ops, listen);
    return listen;
}

void pglisten_free(struct pglisten *listen)
{
    if (!listen)
        return;
    conn_free(listen->conn);
    event_free(listen->beat);
    arena_free(listen->arena);
    free(listen);
}
