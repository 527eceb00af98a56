#include "pool_probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "pg/sync.h"

const char *conninfo;
struct event_base *base;

const struct pg_stmt echo = {"echo", "select $1::bigint", 1};
const struct pg_stmt put = {"put", "insert into thing (id) values ($1) returning id", 1};
const struct pg_stmt put_late = {"put_late", "insert into late (id) values ($1)", 1};
const struct pg_stmt count_things = {"count", "select count(*) from thing where id = $1", 1};
const struct pg_stmt nap = {"nap", "select $1::bigint from pg_sleep($1::bigint / 1000.0)", 1};
const struct pg_stmt large = {"large",
                              "select repeat('x', 1000000) from generate_series(1, $1::bigint)", 1};
const struct pg_stmt measure = {"measure", "select length($1::text)::bigint", 1};
const struct pg_stmt backend = {"backend", "select pg_backend_pid()", 0};
const struct pg_stmt copy = {"copy", "copy thing to stdout", 0};
const struct pg_stmt settings = {
    "settings",
    "select concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),"
    " current_setting('plan_cache_mode'), current_setting('jit'), "
    "current_setting('client_encoding'),"
    " current_setting('timezone'), current_setting('idle_in_transaction_session_timeout'))",
    0};
const struct pg_stmt transaction = {"transaction", "select pg_current_xact_id()::text::bigint", 0};
const struct pg_stmt put_setting = {"put_setting",
                                    "select set_config('a.b', $1::bigint::text, true)", 1};
const struct pg_stmt setting = {"setting", "select current_setting('a.b')::bigint", 0};

static const struct pg_stmt *const all[] = {
    &echo,    &put,  &put_late, &count_things, &nap,         &large,  &measure,
    &backend, &copy, &settings, &transaction,  &put_setting, &setting};
static void on_done(void *arg, const struct pg_reply *reply);

void submit(struct pgpool *pool, struct probe *probe, int64_t timeout_us)
{
    int calls = probe->calls;
    size_t count = probe->query[1].stmt ? 2 : 1;

    for (size_t i = 0; i < count; i++)
        probe->query[i].params = &probe->param[i];
    pgpool_submit(pool, &(struct pgpool_ask){.queries = probe->query,
                                             .count = count,
                                             .timeout_us = timeout_us,
                                             .is_shared = probe->is_shared,
                                             .done = on_done,
                                             .arg = probe});
    assert_int_equal(probe->calls, calls); /* never from within */
}

static void on_done(void *arg, const struct pg_reply *reply)
{
    struct probe *probe = arg;

    probe->calls++;
    probe->outcome = reply->outcome;
    memcpy(probe->sqlstate, reply->sqlstate, sizeof(probe->sqlstate));
    snprintf(probe->constraint, sizeof(probe->constraint), "%s",
             reply->constraint ? reply->constraint : "");
    probe->number = pg_get_int(reply->rows, 0, 0);
    struct str text = pg_get_text(reply->rows, 0, 0);
    snprintf(probe->text, sizeof(probe->text), STR_FMT, STR_ARG(text));
    for (int row = 0; row < pg_row_count(reply->rows); row++)
        probe->bytes += (int64_t)pg_get_text(reply->rows, row, 0).len;
    if (probe->pool_to_use)
        submit(probe->pool_to_use, probe->next, LONG_US);
    pgpool_free(probe->pool_to_free);
}

struct probe probe_of(const struct pg_stmt *stmt, int64_t number)
{
    return (struct probe){.query = {{stmt, NULL}}, .param = {pg_int(number)}};
}

struct pgpool_conf conf_of(unsigned connections, unsigned depth)
{
    return (struct pgpool_conf){
        .conninfo = conninfo,
        .statements = all,
        .statement_count = LEN(all),
        .connections = connections,
        .depth = depth,
        .queue_limit = 100,
        .reconnect_max_us = US_PER_S / 2,
        .statement_timeout_us = 20 * US_PER_S,
    };
}

struct pgpool *pool_of(unsigned connections, unsigned depth)
{
    struct pgpool_conf conf = conf_of(connections, depth);
    return pgpool_new(base, &conf);
}

static void on_late(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    *(bool *)arg = true;
}

void spin(int64_t wait_us)
{
    struct timeval wait = {wait_us / US_PER_S, wait_us % US_PER_S};
    bool is_late = false;
    struct event *timer = evtimer_new(base, on_late, &is_late);

    event_add(timer, &wait);
    while (!is_late)
        event_base_loop(base, EVLOOP_ONCE);
    event_free(timer);
}

void wait_for(const struct probe *probes, size_t count)
{
    struct timeval wait = {60, 0};
    bool is_late = false;
    struct event *timer = evtimer_new(base, on_late, &is_late);
    size_t answered = 0;

    event_add(timer, &wait);
    while (answered < count && !is_late) {
        event_base_loop(base, EVLOOP_ONCE);
        for (answered = 0; answered < count && probes[answered].calls > 0; answered++)
            ;
    }
    event_free(timer);
    assert_int_equal(answered, count);
}

void expect_done(struct pgpool *pool, const struct pg_stmt *stmt, int64_t number, int64_t answer)
{
    struct probe probe = probe_of(stmt, number);

    submit(pool, &probe, LONG_US);
    wait_for(&probe, 1);
    assert_int_equal(probe.outcome, PG_DONE);
    assert_true(probe.number == answer);
}

int probe_setup(void **state unused_arg)
{
    struct buf fault = {0};
    struct pgsync *db;
    struct pg_reply reply;
    struct arena *arena = arena_new();

    if (pgsync_open(conninfo, LONG_US, &db, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.data);
        return -1;
    }
    pgsync_exec(db,
                "drop table if exists late, thing; create table thing (id bigint primary key);"
                "create table late (id bigint references thing deferrable initially deferred)",
                LONG_US, arena, &reply);
    pgsync_close(db);
    arena_free(arena);
    base = event_base_new();
    return reply.outcome == PG_DONE ? 0 : -1;
}

int probe_teardown(void **state unused_arg)
{
    event_base_free(base);
    return 0;
}
