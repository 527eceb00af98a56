/* What the pool promises to requests that share transactions, against a real server: check_share
 * CONNINFO. Started by test_pool.py. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool_probe.h"

/* `most` in a transaction; one such transaction at a time. */
static struct pgpool *sharing_pool(unsigned connections, unsigned depth, unsigned most)
{
    struct pgpool_conf conf = conf_of(connections, depth);

    conf.share_most = most;
    conf.share_connections = 1;
    return pgpool_new(base, &conf);
}

static struct probe shared_of(const struct pg_stmt *stmt, int64_t number)
{
    struct probe probe = probe_of(stmt, number);
    probe.is_shared = true;
    return probe;
}

static void submit_all(struct pgpool *pool, struct probe *probes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        submit(pool, &probes[i], LONG_US);
}

static struct pgpool_stats stats_of(const struct pgpool *pool)
{
    struct pgpool_stats stats;
    pgpool_stats(pool, &stats);
    return stats;
}

static void expect_outcome(const struct probe *probe, enum pg_outcome outcome)
{
    assert_int_equal(probe->calls, 1);
    assert_int_equal(probe->outcome, outcome);
}

static void expect_failed(const struct probe *probe, const char *sqlstate)
{
    expect_outcome(probe, PG_FAILED);
    assert_string_equal(probe->sqlstate, sqlstate);
}

static void test_one_commit(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 4);
    struct probe probes[9];

    for (size_t i = 0; i < LEN(probes); i++)
        probes[i] = shared_of(&transaction, 0);
    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    for (size_t i = 0; i < LEN(probes); i++) {
        expect_outcome(&probes[i], PG_DONE);
        assert_true(probes[i].number == probes[i / 4 * 4].number);
    }
    assert_true(probes[0].number != probes[4].number && probes[4].number != probes[8].number);
    struct pgpool_stats stats = stats_of(pool);
    assert_int_equal(stats.groups, 2);
    assert_int_equal(stats.grouped, 8);
    assert_int_equal(stats.split, 0);
    assert_int_equal(stats.done, 9);
    pgpool_free(pool);
}

/* Who does not say that it shares, and anybody in a pool that does not, has its own. */
static void test_own_commit(void **state unused_arg)
{
    struct pgpool *pools[] = {sharing_pool(1, 8, 4), sharing_pool(1, 8, 1), pool_of(1, 8)};

    for (size_t i = 0; i < LEN(pools); i++) {
        struct probe probes[] = {probe_of(&transaction, 0), probe_of(&transaction, 0)};
        probes[0].is_shared = probes[1].is_shared = i > 0;
        submit_all(pools[i], probes, LEN(probes));
        wait_for(probes, LEN(probes));
        assert_true(probes[0].number != probes[1].number);
        assert_int_equal(stats_of(pools[i]).groups, 0);
        pgpool_free(pools[i]);
    }
}

/* Each has the rows of its own last query, and its own setting before that. */
static void test_own_rows(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 1, 8);
    struct probe probes[5];

    for (size_t i = 0; i < LEN(probes); i++) {
        probes[i] = shared_of(&put_setting, (int64_t)i + 70);
        probes[i].query[1].stmt = &setting;
    }
    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    for (size_t i = 0; i < LEN(probes); i++) {
        expect_outcome(&probes[i], PG_DONE);
        assert_true(probes[i].number == (int64_t)i + 70);
    }
    assert_int_equal(stats_of(pool).grouped, 5);
    pgpool_free(pool);
}

/* While one is under way the others gather, although a connection is idle: that one is for what is
 * not shared. */
static void test_gathers(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(2, 1, 8);
    struct probe first = shared_of(&nap, 400);
    struct probe probes[3];
    struct probe other = probe_of(&echo, 9);

    expect_done(pool, &echo, 1, 1);
    spin(US_PER_S / 5); /* both connections */
    submit(pool, &first, LONG_US);
    for (size_t i = 0; i < LEN(probes); i++) {
        spin(US_PER_S / 50);
        probes[i] = shared_of(&transaction, 0);
        submit(pool, &probes[i], LONG_US);
    }
    submit(pool, &other, LONG_US);
    wait_for(&other, 1);
    assert_int_equal(first.calls, 0);
    assert_int_equal(probes[0].calls, 0);
    wait_for(probes, LEN(probes));
    expect_outcome(&first, PG_DONE);
    for (size_t i = 0; i < LEN(probes); i++)
        assert_true(probes[i].number == probes[0].number);
    pgpool_free(pool);
}

/* The one at fault fails, whoever was with it does not. */
static void test_split(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 8);
    struct probe probes[] = {shared_of(&put, 101), shared_of(&put, 101), shared_of(&put, 102),
                             shared_of(&echo, 77), shared_of(&transaction, 0)};

    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    expect_outcome(&probes[0], PG_DONE);
    expect_failed(&probes[1], "23505");
    assert_string_equal(probes[1].constraint, "thing_pkey");
    expect_outcome(&probes[2], PG_DONE);
    assert_true(probes[2].number == 102);
    expect_outcome(&probes[3], PG_DONE);
    assert_true(probes[3].number == 77);
    struct pgpool_stats stats = stats_of(pool);
    assert_int_equal(stats.groups, 1);
    assert_int_equal(stats.split, 1);
    assert_int_equal(stats.done, 4);
    assert_int_equal(stats.failed, 1);
    expect_done(pool, &count_things, 101, 1);
    expect_done(pool, &count_things, 102, 1);
    pgpool_free(pool);
}

/* An error that comes with the commit names nobody. */
static void test_split_at_commit(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 8);
    struct probe probes[] = {shared_of(&put, 111), shared_of(&put_late, 999), shared_of(&put, 112)};

    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    expect_outcome(&probes[0], PG_DONE);
    expect_failed(&probes[1], "23503");
    expect_outcome(&probes[2], PG_DONE);
    assert_int_equal(stats_of(pool).split, 1);
    expect_done(pool, &count_things, 112, 1);
    pgpool_free(pool);
}

/* What is sent again goes before what came later. */
static void test_split_keeps_order(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 1, 2);
    struct probe probes[] = {shared_of(&put, 121), shared_of(&put, 121), probe_of(&put, 121),
                             shared_of(&put, 121)};

    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    expect_outcome(&probes[0], PG_DONE);
    for (size_t i = 1; i < LEN(probes); i++)
        expect_failed(&probes[i], "23505");
    pgpool_free(pool);
}

/* A shared request that happens to be alone is not sent twice. */
static void test_fails_alone(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 8);
    struct probe probes[] = {shared_of(&put_late, 999)};

    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    expect_failed(&probes[0], "23503");
    assert_int_equal(stats_of(pool).split, 0);
    pgpool_free(pool);
}

/* A late one gets its answer and leaves a placeholder, the others have theirs. */
static void test_deadline(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 4);
    struct probe probes[] = {shared_of(&nap, 500), shared_of(&echo, 4), shared_of(&echo, 5),
                             shared_of(&echo, 6), shared_of(&echo, 7)};

    expect_done(pool, &echo, 1, 1);
    for (size_t i = 0; i < LEN(probes); i++)
        submit(pool, &probes[i], i < 2 ? US_PER_S / 10 : LONG_US);
    wait_for(probes, LEN(probes));
    expect_outcome(&probes[0], PG_TIMEOUT);
    expect_outcome(&probes[1], PG_TIMEOUT);
    for (size_t i = 2; i < LEN(probes); i++) {
        expect_outcome(&probes[i], PG_DONE);
        assert_true(probes[i].number == (int64_t)i + 3);
    }
    struct pgpool_stats stats = stats_of(pool);
    assert_int_equal(stats.under_way, 0);
    assert_int_equal(stats.timeouts, 2);
    assert_int_equal(stats.reconnects, 0);
    pgpool_free(pool);
}

/* All time out, then the group fails: placeholders are not sent again. */
static void test_deadline_then_split(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 8);
    struct probe probes[] = {shared_of(&put, 131), shared_of(&nap, 400), shared_of(&put, 131),
                             shared_of(&put, 132)};

    expect_done(pool, &echo, 1, 1);
    for (size_t i = 0; i < LEN(probes); i++)
        submit(pool, &probes[i], i < 3 ? US_PER_S / 10 : LONG_US);
    wait_for(probes, LEN(probes));
    for (size_t i = 0; i < 3; i++)
        expect_outcome(&probes[i], PG_TIMEOUT);
    expect_outcome(&probes[3], PG_DONE);
    assert_int_equal(stats_of(pool).split, 1);
    expect_done(pool, &count_things, 131, 0);
    expect_done(pool, &count_things, 132, 1);
    pgpool_free(pool);
}

static int64_t backend_of(struct pgpool *pool)
{
    struct probe who = probe_of(&backend, 0);

    submit(pool, &who, LONG_US);
    wait_for(&who, 1);
    return who.number;
}

/* Killed in the midst: unknown for all of the group, done by none, sent again by nobody. */
static void test_killed(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 8, 8);
    struct probe probes[] = {shared_of(&put, 141), shared_of(&nap, 20000), shared_of(&put, 142)};
    struct probe next = shared_of(&echo, 3);
    pid_t pid = (pid_t)backend_of(pool);

    submit_all(pool, probes, LEN(probes));
    spin(US_PER_S / 5);
    submit(pool, &next, LONG_US);
    assert_int_equal(kill(pid, SIGTERM), 0);
    wait_for(probes, LEN(probes));
    wait_for(&next, 1);
    for (size_t i = 0; i < LEN(probes); i++)
        expect_outcome(&probes[i], PG_LOST);
    expect_outcome(&next, PG_DONE);
    struct pgpool_stats stats = stats_of(pool);
    assert_int_equal(stats.split, 0);
    assert_int_equal(stats.lost, 3);
    expect_done(pool, &count_things, 141, 0);
    expect_done(pool, &count_things, 142, 0);
    pgpool_free(pool);
}

/* A stream that never ends in one queue does not keep the other one waiting: on a connection that
 * takes one transaction at a time they alternate by age. Counted in answers, not in time. */
static void expect_no_starvation(bool is_stream_shared)
{
    enum { STREAM = 20 };
    struct pgpool *pool = sharing_pool(1, 1, 2);
    struct probe stream[STREAM];
    struct probe other = probe_of(&echo, 1);
    int before = 0, after = 0;

    other.is_shared = !is_stream_shared;
    for (size_t i = 0; i < STREAM; i++) {
        stream[i] = probe_of(&echo, 2);
        stream[i].is_shared = is_stream_shared;
        stream[i].pool_to_use = pool;
        stream[i].next = &stream[i]; /* once more, as soon as it is answered */
    }
    submit_all(pool, stream, STREAM);
    wait_for(stream, STREAM);
    for (size_t i = 0; i < STREAM; i++)
        before += stream[i].calls;
    submit(pool, &other, LONG_US);
    wait_for(&other, 1);
    for (size_t i = 0; i < STREAM; i++) {
        after += stream[i].calls;
        stream[i].pool_to_use = NULL;
    }
    expect_outcome(&other, PG_DONE);
    assert_in_range(after - before, 0, 2 * STREAM);
    pgpool_free(pool);
}

static void test_no_starvation(void **state unused_arg)
{
    expect_no_starvation(true);
    expect_no_starvation(false);
}

/* The bound is of all that wait, shared or not. */
static void test_queue_bound(void **state unused_arg)
{
    struct pgpool_conf conf = conf_of(1, 1);
    struct probe probes[] = {shared_of(&nap, 300), shared_of(&echo, 1), probe_of(&echo, 2),
                             shared_of(&echo, 3), probe_of(&echo, 4)};

    conf.share_most = 8;
    conf.share_connections = 1;
    conf.queue_limit = 2;
    struct pgpool *pool = pgpool_new(base, &conf);
    expect_done(pool, &echo, 1, 1);
    submit(pool, &probes[0], LONG_US);
    spin(US_PER_S / 20);
    submit_all(pool, probes + 1, 4);
    wait_for(probes + 3, 2);
    assert_int_equal(probes[0].calls, 0); /* so it was at once */
    expect_outcome(&probes[3], PG_BUSY);
    expect_outcome(&probes[4], PG_BUSY);
    wait_for(probes, 3);
    for (size_t i = 0; i < 3; i++)
        expect_outcome(&probes[i], PG_DONE);
    pgpool_free(pool);
}

/* The first of a group frees the pool: the others have their answers all the same. */
static void test_free_in_callback(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 4, 3);
    struct probe probes[] = {shared_of(&echo, 1), shared_of(&echo, 2), shared_of(&echo, 3),
                             shared_of(&nap, 5000), shared_of(&echo, 4)};

    probes[0].pool_to_free = pool;
    submit_all(pool, probes, LEN(probes));
    wait_for(probes, LEN(probes));
    for (size_t i = 0; i < 3; i++)
        expect_outcome(&probes[i], PG_DONE);
    expect_outcome(&probes[3], PG_BUSY);
    expect_outcome(&probes[4], PG_BUSY);
}

static void test_free_under_way(void **state unused_arg)
{
    struct pgpool *pool = sharing_pool(1, 4, 2);
    struct probe probes[] = {shared_of(&nap, 10000), shared_of(&echo, 1), shared_of(&echo, 2)};

    expect_done(pool, &echo, 1, 1);
    submit_all(pool, probes, LEN(probes));
    spin(US_PER_S / 20);
    pgpool_free(pool);
    expect_outcome(&probes[0], PG_LOST);
    expect_outcome(&probes[1], PG_LOST);
    expect_outcome(&probes[2], PG_BUSY);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_commit),
        cmocka_unit_test(test_own_commit),
        cmocka_unit_test(test_own_rows),
        cmocka_unit_test(test_gathers),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_split_at_commit),
        cmocka_unit_test(test_split_keeps_order),
        cmocka_unit_test(test_fails_alone),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_deadline_then_split),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_no_starvation),
        cmocka_unit_test(test_queue_bound),
        cmocka_unit_test(test_free_in_callback),
        cmocka_unit_test(test_free_under_way),
    };
    if (argc != 2)
        return 2;
    conninfo = argv[1];
    return cmocka_run_group_tests(tests, probe_setup, probe_teardown);
}
