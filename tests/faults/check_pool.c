/* What the pool promises, against a real server: check_pool CONNINFO. Started by test_pool.py. */

#include <event2/event.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pool_probe.h"

static const struct pg_stmt missing = {"missing", "select * from no_such_table", 0};

static const struct pg_stmt *const bad[] = {&echo, &missing};

static void test_neighbours(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 8);
    struct probe probes[] = {probe_of(&put, 1), probe_of(&put, 1), probe_of(&put, 2),
                             probe_of(&echo, 77)};

    for (size_t i = 0; i < LEN(probes); i++)
        submit(pool, &probes[i], LONG_US);
    wait_for(probes, LEN(probes));
    assert_int_equal(probes[0].outcome, PG_DONE);
    assert_int_equal(probes[1].outcome, PG_FAILED);
    assert_string_equal(probes[1].sqlstate, "23505");
    assert_string_equal(probes[1].constraint, "thing_pkey");
    assert_int_equal(probes[2].outcome, PG_DONE);
    assert_int_equal(probes[3].outcome, PG_DONE);
    assert_true(probes[3].number == 77);
    pgpool_free(pool);
}

static void test_atomic(void **state unused_arg)
{
    struct pgpool *pool = pool_of(2, 4);
    struct probe fails = {.query = {{&put, NULL}, {&put, NULL}}, .param = {pg_int(10), pg_int(10)}};
    struct probe works = {.query = {{&put, NULL}, {&echo, NULL}}, .param = {pg_int(11), pg_int(5)}};

    submit(pool, &fails, LONG_US);
    submit(pool, &works, LONG_US);
    wait_for(&fails, 1);
    wait_for(&works, 1);
    assert_int_equal(fails.outcome, PG_FAILED);
    assert_int_equal(works.outcome, PG_DONE);
    assert_true(works.number == 5); /* the last query's rows */
    expect_done(pool, &count_things, 10, 0);
    expect_done(pool, &count_things, 11, 1);
    pgpool_free(pool);
}

/* An error that comes with the commit itself is this request's failure, not its neighbour's. */
static void test_fails_at_commit(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 8);
    struct probe probes[] = {probe_of(&put_late, 999), probe_of(&echo, 8)};

    submit(pool, &probes[0], LONG_US);
    submit(pool, &probes[1], LONG_US);
    wait_for(probes, 2);
    assert_int_equal(probes[0].outcome, PG_FAILED);
    assert_string_equal(probes[0].sqlstate, "23503");
    assert_int_equal(probes[1].outcome, PG_DONE);
    assert_true(probes[1].number == 8);
    pgpool_free(pool);
}

static void test_queue_bound(void **state unused_arg)
{
    struct pgpool_conf conf = conf_of(1, 1);
    conf.queue_limit = 2;
    struct pgpool *pool = pgpool_new(base, &conf);
    struct probe probes[5];

    expect_done(pool, &echo, 1, 1);
    for (size_t i = 0; i < LEN(probes); i++) {
        probes[i] = probe_of(&nap, 300);
        submit(pool, &probes[i], LONG_US);
    }
    wait_for(probes + 3, 2);
    assert_int_equal(probes[0].calls, 0); /* so it was at once */
    assert_int_equal(probes[3].outcome, PG_BUSY);
    assert_int_equal(probes[4].outcome, PG_BUSY);
    wait_for(probes, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(probes[i].outcome, PG_DONE);
    pgpool_free(pool);
}

static void test_deadline(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 8);
    struct probe probes[] = {probe_of(&nap, 700), probe_of(&echo, 4), probe_of(&echo, 5)};
    struct pgpool_stats stats;

    expect_done(pool, &echo, 1, 1);
    submit(pool, &probes[0], US_PER_S / 10);
    submit(pool, &probes[1], US_PER_S / 10);
    submit(pool, &probes[2], LONG_US);
    wait_for(probes, 3);
    assert_int_equal(probes[0].outcome, PG_TIMEOUT);
    assert_int_equal(probes[1].outcome, PG_TIMEOUT);
    assert_int_equal(probes[2].outcome, PG_DONE); /* and not the late answers */
    assert_true(probes[2].number == 5);
    spin(US_PER_S / 5);
    for (size_t i = 0; i < LEN(probes); i++)
        assert_int_equal(probes[i].calls, 1);
    pgpool_stats(pool, &stats);
    assert_int_equal(stats.under_way, 0);
    assert_int_equal(stats.timeouts, 2);
    assert_int_equal(stats.reconnects, 0);
    pgpool_free(pool);
}

/* The backend neither answers nor dies. */
static void test_stuck(void **state unused_arg)
{
    struct pgpool_conf conf = conf_of(1, 8);
    conf.statement_timeout_us = US_PER_S;
    struct pgpool *pool = pgpool_new(base, &conf);
    struct probe who = probe_of(&backend, 0);
    struct probe probes[] = {probe_of(&echo, 1), probe_of(&echo, 2), probe_of(&echo, 3)};

    submit(pool, &who, LONG_US);
    wait_for(&who, 1);
    pid_t pid = (pid_t)who.number;
    assert_int_equal(kill(pid, SIGSTOP), 0);
    submit(pool, &probes[0], US_PER_S / 10);
    submit(pool, &probes[1], LONG_US);
    wait_for(probes, 1);
    submit(pool, &probes[2], LONG_US); /* not put behind the stuck one */
    wait_for(probes, 3);
    kill(pid, SIGCONT);
    assert_int_equal(probes[0].outcome, PG_TIMEOUT);
    assert_int_equal(probes[1].outcome, PG_LOST);
    assert_int_equal(probes[2].outcome, PG_DONE);
    assert_true(probes[2].number == 3);
    pgpool_free(pool);
}

static void test_statement_timeout(void **state unused_arg)
{
    struct pgpool_conf conf = conf_of(1, 8);
    conf.statement_timeout_us = US_PER_S / 5;
    struct pgpool *pool = pgpool_new(base, &conf);
    struct probe probe = probe_of(&nap, 20000);

    submit(pool, &probe, LONG_US);
    wait_for(&probe, 1);
    assert_int_equal(probe.outcome, PG_FAILED);
    assert_string_equal(probe.sqlstate, "57014");
    expect_done(pool, &echo, 6, 6);
    pgpool_free(pool);
}

static void test_settings(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 1);
    struct probe probe = probe_of(&settings, 0);

    submit(pool, &probe, LONG_US);
    wait_for(&probe, 1);
    assert_string_equal(probe.text, "20s 15s force_generic_plan off UTF8 UTC 20s");
    pgpool_free(pool);
}

/* Both sides have more to say than the socket's buffers hold. */
static void test_large(void **state unused_arg)
{
    enum { UPLOAD = 20000000 };
    struct pgpool *pool = pool_of(1, 8);
    char *upload = malloc(UPLOAD);
    struct probe probes[] = {probe_of(&large, 50), probe_of(&measure, 0), probe_of(&large, 50),
                             probe_of(&measure, 0)};

    memset(upload, 'y', UPLOAD);
    probes[1].param[0] = pg_text((struct str){upload, UPLOAD});
    probes[3].param[0] = probes[1].param[0];
    for (size_t i = 0; i < LEN(probes); i++)
        submit(pool, &probes[i], 60 * US_PER_S);
    wait_for(probes, LEN(probes));
    assert_true(probes[0].bytes == 50000000);
    assert_true(probes[1].number == UPLOAD);
    assert_true(probes[2].bytes == 50000000);
    assert_true(probes[3].number == UPLOAD);
    pgpool_free(pool);
    free(upload);
}

static void test_too_large(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 8);
    struct probe probe = probe_of(&measure, 0);

    probe.param[0] = pg_text((struct str){"", (size_t)1 << 40});
    submit(pool, &probe, LONG_US);
    wait_for(&probe, 1);
    assert_int_equal(probe.outcome, PG_FAILED);
    expect_done(pool, &echo, 6, 6);
    pgpool_free(pool);
}

/* COPY does not work in a pipeline: the connection is given up, the pool is not. */
static void test_copy(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 8);
    struct probe probe = probe_of(&copy, 0);

    submit(pool, &probe, LONG_US);
    wait_for(&probe, 1);
    assert_true(probe.outcome == PG_LOST || probe.outcome == PG_FAILED);
    expect_done(pool, &echo, 6, 6);
    pgpool_free(pool);
}

/* Killed while nobody asks: noticed and made good without a request. */
static void test_killed_idle(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 8);
    struct probe who = probe_of(&backend, 0);
    struct pgpool_stats stats = {0};

    submit(pool, &who, LONG_US);
    wait_for(&who, 1);
    assert_int_equal(kill((pid_t)who.number, SIGTERM), 0);
    for (int i = 0; i < 300 && stats.reconnects == 0; i++) {
        spin(US_PER_S / 10);
        pgpool_stats(pool, &stats);
    }
    assert_int_equal(stats.reconnects, 1);
    assert_int_equal(stats.connected, 1);
    assert_int_equal(stats.lost, 0);
    pgpool_free(pool);
}

static void test_free_under_way(void **state unused_arg)
{
    struct pgpool *pool = pool_of(2, 2);
    struct probe probes[10];

    expect_done(pool, &echo, 1, 1);
    spin(US_PER_S / 5); /* both connections */
    for (size_t i = 0; i < LEN(probes); i++) {
        probes[i] = probe_of(&nap, 10000);
        submit(pool, &probes[i], LONG_US);
    }
    spin(US_PER_S / 20);
    pgpool_free(pool);
    for (size_t i = 0; i < LEN(probes); i++) {
        assert_int_equal(probes[i].calls, 1);
        assert_int_equal(probes[i].outcome, i < 4 ? PG_LOST : PG_BUSY);
    }
}

static void test_free_in_callback(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 4);
    struct probe probes[] = {probe_of(&echo, 1), probe_of(&nap, 5000), probe_of(&echo, 2)};

    probes[0].pool_to_free = pool;
    probes[1].pool_to_use = pool; /* submits while the pool is being freed */
    probes[1].next = &probes[2];
    submit(pool, &probes[0], LONG_US);
    submit(pool, &probes[1], LONG_US);
    wait_for(probes, 3);
    assert_int_equal(probes[0].outcome, PG_DONE);
    assert_true(probes[1].outcome == PG_LOST || probes[1].outcome == PG_BUSY);
    assert_int_equal(probes[2].outcome, PG_BUSY);
    for (size_t i = 0; i < LEN(probes); i++)
        assert_int_equal(probes[i].calls, 1);
}

static void test_submit_in_callback(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 1);
    struct probe probes[] = {probe_of(&echo, 1), probe_of(&echo, 2)};

    probes[0].pool_to_use = pool;
    probes[0].next = &probes[1];
    submit(pool, &probes[0], LONG_US);
    wait_for(probes, 2);
    assert_true(probes[1].number == 2);
    pgpool_free(pool);
}

/* The first address refuses, so that libpq goes on to another socket under way. */
static void test_second_host(void **state unused_arg)
{
    char text[256];
    struct pgpool_conf conf = conf_of(2, 2);

    assert_int_equal(strncmp(conninfo, "host=", 5), 0);
    snprintf(text, sizeof(text), "host=127.0.0.1,127.0.0.1,%s port=1,2,5432", conninfo + 5);
    conf.conninfo = text;
    struct pgpool *pool = pgpool_new(base, &conf);
    expect_done(pool, &echo, 6, 6);
    pgpool_free(pool);
}

struct kept {
    const struct pg_rows *rows;
    struct arena *arena;
    int calls;
};

static void on_kept(void *arg, const struct pg_reply *reply)
{
    struct kept *kept = arg;

    kept->calls++;
    kept->rows = reply->rows;
    if (kept->calls == 2)
        arena_free(kept->arena);
}

/* With an arena the rows outlive the callback, which may also free the arena. */
static void test_arena(void **state unused_arg)
{
    struct pgpool *pool = pool_of(1, 1);
    struct kept kept = {.arena = arena_new()};
    struct pg_param param = pg_int(12);
    struct pg_query query = {&echo, &param};

    struct pgpool_ask keep = {.queries = &query,
                              .count = 1,
                              .timeout_us = LONG_US,
                              .arena = kept.arena,
                              .done = on_kept,
                              .arg = &kept};

    pgpool_submit(pool, &keep);
    while (kept.calls < 1)
        event_base_loop(base, EVLOOP_ONCE);
    assert_true(pg_get_int(kept.rows, 0, 0) == 12);
    pgpool_submit(pool, &keep);
    while (kept.calls < 2)
        event_base_loop(base, EVLOOP_ONCE);
    pgpool_free(pool);
}

static void expect_busy(const struct pgpool_conf *conf)
{
    struct pgpool *pool = pgpool_new(base, conf);
    struct probe probe = probe_of(&echo, 1);
    struct pgpool_stats stats;

    submit(pool, &probe, US_PER_S / 3);
    wait_for(&probe, 1);
    pgpool_stats(pool, &stats);
    assert_int_equal(probe.outcome, PG_BUSY);
    assert_int_equal(stats.connected, 0);
    pgpool_free(pool);
}

static void test_never_connects(void **state unused_arg)
{
    struct pgpool_conf conf = conf_of(2, 2);

    conf.statements = bad; /* does not fit the schema */
    conf.statement_count = LEN(bad);
    expect_busy(&conf);

    conf = conf_of(2, 2);
    conf.conninfo = "host=localhost";
    expect_busy(&conf);
    conf.conninfo = "host=/no/such/directory";
    expect_busy(&conf);
    conf.conninfo = "host=127.0.0.1 port=1";
    expect_busy(&conf);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_atomic),
        cmocka_unit_test(test_fails_at_commit),
        cmocka_unit_test(test_queue_bound),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_stuck),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_statement_timeout),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_killed_idle),
        cmocka_unit_test(test_free_under_way),
        cmocka_unit_test(test_free_in_callback),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_submit_in_callback),
        cmocka_unit_test(test_never_connects),
        cmocka_unit_test(test_second_host),
    };
    if (argc != 2)
        return 2;
    conninfo = argv[1];
    return cmocka_run_group_tests(tests, probe_setup, probe_teardown);
}
