/* The blocking client, the listener, and every kind of value there and back, against a real server:
 * check_sync CONNINFO. Started by test_pool.py. */

#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/instant.h"
#include "pg/listen.h"
#include "pg/sync.h"

#define LONG_US   (30 * US_PER_S)
#define NEVER_US  (86400 * US_PER_S)
#define YEAR_2199 INT64_C(7258118399999999) /* 2199-12-31T23:59:59.999999Z */
#define DAY_2199  84005

static const char *conninfo;

static const struct pg_stmt round_trip = {
    "round_trip",
    "select $1::boolean, $2::bigint, $3::text, $4::jsonb, $5::uuid, $6::timestamptz, $7::date,"
    " $8::bytea, $9::bigint[], $10::text[], $11::uuid[], $12::timestamptz[], $13::boolean[],"
    " concat_ws('|', $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, "
    "$8::text,"
    " $9::text, $10::text, $11::text, $12::text, $13::text)",
    13};
static const struct pg_stmt small = {
    "small", "select 1::smallint, 2::integer, 'a'::varchar, null::bigint as nothing, '[1]'::json",
    0};
static const struct pg_stmt nap = {"nap", "select pg_sleep(20)", 0};
static const struct pg_stmt wrong = {"wrong", "select * from no_such_table", 0};
static const struct pg_stmt divide = {"divide", "select 1 / $1::bigint", 1};
static const struct pg_stmt backend = {"backend", "select pg_backend_pid()", 0};
static const struct pg_stmt ears = {
    "ears", "select pid from pg_stat_activity where application_name = 'ear'", 0};

struct fixture {
    struct pgsync *db;
    struct arena *arena;
    struct pg_reply reply;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct buf fault = {0};

    fixture->arena = arena_new();
    if (pgsync_open(conninfo, LONG_US, &fixture->db, &fault) != 0)
        fprintf(stderr, "%s\n", fault.data);
    buf_fini(&fault);
    *state = fixture;
    return fixture->db ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    pgsync_close(fixture->db);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static enum pg_outcome run(struct fixture *fixture, const struct pg_stmt *stmt,
                           const struct pg_param *params, int64_t timeout_us)
{
    struct pg_query query = {stmt, params};
    pgsync_run(fixture->db, &query, timeout_us, fixture->arena, &fixture->reply);
    return fixture->reply.outcome;
}

static enum pg_outcome exec(struct fixture *fixture, const char *sql, int64_t timeout_us)
{
    pgsync_exec(fixture->db, sql, timeout_us, fixture->arena, &fixture->reply);
    return fixture->reply.outcome;
}

static void assert_text(struct str text, const char *expected)
{
    if (!str_eq_c(text, expected))
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(text), expected);
}

/* As long as nobody is in a hurry to end, nothing changes. */
static void test_giving_up(void **state)
{
    struct fixture *fixture = *state;
    int fd = eventfd(0, EFD_CLOEXEC);

    pgsync_give_up_at(fixture->db, fd);
    assert_int_equal(run(fixture, &small, NULL, LONG_US), PG_DONE);
    assert_int_equal(eventfd_write(fd, 1), 0);
    assert_int_equal(run(fixture, &nap, NULL, NEVER_US), PG_TIMEOUT);
    assert_false(pgsync_is_alive(fixture->db));
    close(fd);
}

static void test_round_trip(void **state)
{
    struct fixture *fixture = *state;
    struct uuid id = {{0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};
    const int64_t ints[] = {INT64_MAX, INT64_MIN, INT64_MIN + 1};
    const struct str texts[] = {STR("시흥, \"{}\""), {NULL, 0}, STR("")};
    const struct uuid uuids[] = {id, UUID_NIL};
    const int64_t instants[] = {0, INSTANT_NONE, YEAR_2199};
    const bool bools[] = {false, true};
    const struct pg_param params[] = {
        pg_bool(true),      pg_int(INT64_MIN),     pg_cstr("시흥"),    pg_jsonb(STR("{\"가\": 1}")),
        pg_uuid(id),        pg_instant(YEAR_2199), pg_date(DAY_2199),  pg_bytes("\0\xff", 2),
        pg_ints(ints, 3),   pg_texts(texts, 3),    pg_uuids(uuids, 2), pg_instants(instants, 3),
        pg_bools(bools, 2),
    };
    size_t count;

    assert_int_equal(run(fixture, &round_trip, params, LONG_US), PG_DONE);
    const struct pg_rows *rows = fixture->reply.rows;
    assert_true(pg_get_bool(rows, 0, 0));
    assert_true(pg_get_int(rows, 0, 1) == INT64_MIN);
    assert_text(pg_get_text(rows, 0, 2), "시흥");
    assert_text(pg_get_json(rows, 0, 3), "{\"가\": 1}");
    assert_true(uuid_eq(pg_get_uuid(rows, 0, 4), id));
    assert_true(pg_get_instant(rows, 0, 5) == YEAR_2199);
    assert_int_equal(pg_get_date(rows, 0, 6), DAY_2199);
    assert_memory_equal(pg_get_bytes(rows, 0, 7).ptr, "\0\xff", 2);
    const int64_t *got_ints = pg_get_array(rows, 0, 8, fixture->arena, &count);
    assert_int_equal(count, 3);
    assert_memory_equal(got_ints, ints, sizeof(ints));
    const struct str *got_texts = pg_get_array(rows, 0, 9, fixture->arena, &count);
    assert_int_equal(count, 3);
    assert_text(got_texts[0], "시흥, \"{}\"");
    assert_null(got_texts[1].ptr);
    assert_non_null(got_texts[2].ptr);
    const struct uuid *got_uuids = pg_get_array(rows, 0, 10, fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_memory_equal(got_uuids, uuids, sizeof(uuids));
    const int64_t *got_instants = pg_get_array(rows, 0, 11, fixture->arena, &count);
    assert_int_equal(count, 3);
    assert_memory_equal(got_instants, instants, sizeof(instants));
    const bool *got_bools = pg_get_array(rows, 0, 12, fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_memory_equal(got_bools, bools, sizeof(bools));
    for (int column = 0; column < 13; column++)
        assert_int_equal(pg_column_kind(rows, column), PG_BOOL + column);
    /* What PostgreSQL understood, so that two faults do not cancel each other. */
    assert_text(pg_get_text(rows, 0, 13),
                "true|-9223372036854775808|시흥|{\"가\": 1}|ff010203-0405-0607-0809-0a0b0c0d0e0f|"
                "2199-12-31 23:59:59.999999+00|2199-12-31|\\x00ff|"
                "{9223372036854775807,NULL,-9223372036854775807}|{\"시흥, \\\"{}\\\"\",NULL,\"\"}|"
                "{ff010203-0405-0607-0809-0a0b0c0d0e0f,NULL}|"
                "{\"1970-01-01 00:00:00+00\",NULL,\"2199-12-31 23:59:59.999999+00\"}|{f,t}");
}

static void test_nulls_and_empty(void **state)
{
    struct fixture *fixture = *state;
    struct pg_param params[13];
    size_t count;

    for (size_t i = 0; i < LEN(params); i++)
        params[i] = pg_null();
    assert_int_equal(run(fixture, &round_trip, params, LONG_US), PG_DONE);
    for (int column = 0; column < 13; column++)
        assert_true(pg_is_null(fixture->reply.rows, 0, column));

    params[1] = pg_int(INT64_MAX);
    params[2] = pg_text(STR(""));
    params[5] = pg_instant(0);
    params[6] = pg_date(0);
    params[7] = pg_bytes("", 0);
    params[9] = pg_texts(NULL, 0);
    assert_int_equal(run(fixture, &round_trip, params, LONG_US), PG_DONE);
    const struct pg_rows *rows = fixture->reply.rows;
    assert_true(pg_get_int(rows, 0, 1) == INT64_MAX);
    assert_false(pg_is_null(rows, 0, 2));
    assert_false(pg_is_null(rows, 0, 7));
    assert_non_null(pg_get_array(rows, 0, 9, fixture->arena, &count));
    assert_text(pg_get_text(rows, 0, 13),
                "9223372036854775807||1970-01-01 00:00:00+00|1970-01-01|\\x|{}");
}

static void test_small_types(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(run(fixture, &small, NULL, LONG_US), PG_DONE);
    const struct pg_rows *rows = fixture->reply.rows;
    assert_int_equal(pg_row_count(rows), 1);
    assert_int_equal(pg_column_count(rows), 5);
    assert_true(pg_get_int(rows, 0, 0) == 1);
    assert_true(pg_get_int(rows, 0, 1) == 2);
    assert_text(pg_get_text(rows, 0, 2), "a");
    assert_int_equal(pg_column(rows, "nothing"), 3);
    assert_true(pg_get_int(rows, 0, 3) == 0);
    assert_text(pg_get_json(rows, 0, 4), "[1]");
}

static void test_failures(void **state)
{
    struct fixture *fixture = *state;
    struct pg_param param = pg_int(0);

    assert_int_equal(run(fixture, &divide, &param, LONG_US), PG_FAILED);
    assert_string_equal(fixture->reply.sqlstate, "22012");
    assert_int_equal(run(fixture, &wrong, NULL, LONG_US), PG_FAILED);
    assert_string_equal(fixture->reply.sqlstate, "42P01");
    param = pg_int(1);
    assert_int_equal(run(fixture, &divide, &param, LONG_US), PG_DONE);
    assert_int_equal(
        exec(fixture, "create temp table t (a int); insert into t values (1); oops", LONG_US),
        PG_FAILED);
    assert_string_equal(fixture->reply.sqlstate, "42601");
    /* What becomes of a statement that was prepared in a transaction which failed. */
    assert_int_equal(exec(fixture, "begin", LONG_US), PG_DONE);
    assert_int_equal(run(fixture, &small, NULL, LONG_US), PG_DONE);
    assert_int_equal(exec(fixture, "oops", LONG_US), PG_FAILED);
    assert_int_equal(run(fixture, &small, NULL, LONG_US), PG_FAILED);
    assert_string_equal(fixture->reply.sqlstate, "25P02");
    assert_int_equal(exec(fixture, "rollback", LONG_US), PG_DONE);
    assert_int_equal(run(fixture, &small, NULL, LONG_US), PG_DONE);
    assert_true(pgsync_is_alive(fixture->db));
}

static void test_deadline(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(run(fixture, &nap, NULL, US_PER_S / 5), PG_TIMEOUT);
    assert_false(pgsync_is_alive(fixture->db));
    assert_int_equal(run(fixture, &small, NULL, LONG_US), PG_BUSY);
    assert_int_equal(exec(fixture, "select 1", LONG_US), PG_BUSY);
}

static void test_copy(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(exec(fixture, "copy (select 1) to stdout", LONG_US), PG_LOST);
    assert_false(pgsync_is_alive(fixture->db));
}

static void test_lost(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(exec(fixture, "select pg_terminate_backend(pg_backend_pid())", LONG_US),
                     PG_LOST);
    assert_false(pgsync_is_alive(fixture->db));
}

static void test_wait(void **state)
{
    struct fixture *fixture = *state;
    struct buf channel = {0};
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    assert_int_equal(exec(fixture, "listen \"Work\"; notify \"Work\"", LONG_US), PG_DONE);
    assert_int_equal(pgsync_wait(fixture->db, fds[0], LONG_US, &channel), 1);
    assert_text(buf_view(&channel), "Work");
    assert_int_equal(pgsync_wait(fixture->db, -1, US_PER_S / 20, &channel), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(pgsync_wait(fixture->db, fds[0], LONG_US, &channel), 0);

    assert_int_equal(run(fixture, &backend, NULL, LONG_US), PG_DONE);
    pid_t pid = (pid_t)pg_get_int(fixture->reply.rows, 0, 0);
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(pgsync_wait(fixture->db, -1, LONG_US, &channel), -ECONNRESET);
    assert_false(pgsync_is_alive(fixture->db));
    buf_fini(&channel);
    close(fds[0]);
    close(fds[1]);
}

/* A server that takes the connection and says nothing, one that is not there, and nonsense. */
static void test_open(void **state unused_arg)
{
    char directory[] = "/tmp/ltq-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct buf fault = {0};
    struct pgsync *db;
    char text[128];

    assert_non_null(mkdtemp(directory));
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", directory);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 8), 0);
    snprintf(text, sizeof(text), "host=%s port=5432", directory);
    assert_int_equal(pgsync_open(text, US_PER_S / 5, &db, &fault), 1);
    assert_non_null(strstr(fault.data, "in time"));
    assert_null(db);
    close(fd);
    unlink(address.sun_path);
    rmdir(directory);

    buf_reset(&fault);
    assert_int_equal(pgsync_open(text, LONG_US, &db, &fault), 1);
    assert_true(fault.len > 0);
    buf_reset(&fault);
    assert_int_equal(pgsync_open("nonsense", LONG_US, &db, &fault), 1);
    assert_true(fault.len > 0);
    buf_fini(&fault);
}

/* --- the listener --- */

struct ear {
    struct event_base *base;
    struct pglisten *listen;
    int ready;
    int notified;
    char conninfo[256];
    char channel[32];
    char payload[32];
    bool is_freed_when_ready;
    bool is_freed_when_notified;
};

static void on_ready(void *arg)
{
    struct ear *ear = arg;

    ear->ready++;
    if (ear->is_freed_when_ready) {
        pglisten_free(ear->listen);
        ear->listen = NULL;
    }
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
    struct ear *ear = arg;

    ear->notified++;
    snprintf(ear->channel, sizeof(ear->channel), "%s", channel);
    snprintf(ear->payload, sizeof(ear->payload), "%s", payload);
    if (ear->is_freed_when_notified) {
        pglisten_free(ear->listen);
        ear->listen = NULL;
    }
}

static void open_ear(struct ear *ear, int64_t heartbeat_us)
{
    static const char *const channels[] = {"Changed \"x\"", "late", NULL};
    snprintf(ear->conninfo, sizeof(ear->conninfo), "%s application_name=ear", conninfo);
    const struct pglisten_conf conf = {
        .conninfo = ear->conninfo,
        .channels = channels,
        .heartbeat_us = heartbeat_us,
        .reconnect_max_us = US_PER_S / 2,
        .on_ready = on_ready,
        .on_notify = on_notify,
        .arg = ear,
    };

    ear->base = event_base_new();
    ear->listen = pglisten_new(ear->base, &conf);
}

static void close_ear(struct ear *ear)
{
    pglisten_free(ear->listen);
    event_base_free(ear->base);
}

static void on_late(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    *(bool *)arg = true;
}

/* Runs the loop until *counter has reached `least`. */
static void hear(struct ear *ear, const int *counter, int least)
{
    struct timeval wait = {30, 0};
    bool is_late = false;
    struct event *timer = evtimer_new(ear->base, on_late, &is_late);

    event_add(timer, &wait);
    while (*counter < least && !is_late)
        event_base_loop(ear->base, EVLOOP_ONCE);
    event_free(timer);
    assert_int_equal(*counter, least);
}

/* The one listener's; that of the test before may take a moment to go. */
static pid_t backend_of_ear(struct fixture *fixture)
{
    for (int i = 0; i < 300; i++) {
        assert_int_equal(run(fixture, &ears, NULL, LONG_US), PG_DONE);
        if (pg_row_count(fixture->reply.rows) == 1)
            return (pid_t)pg_get_int(fixture->reply.rows, 0, 0);
        usleep(100000);
    }
    fail_msg("there is not one listener");
    return -1;
}

static void test_listen(void **state)
{
    struct fixture *fixture = *state;
    struct ear ear = {0};

    open_ear(&ear, LONG_US);
    hear(&ear, &ear.ready, 1);
    assert_int_equal(exec(fixture, "notify \"Changed \"\"x\"\"\", '가'", LONG_US), PG_DONE);
    hear(&ear, &ear.notified, 1);
    assert_string_equal(ear.channel, "Changed \"x\"");
    assert_string_equal(ear.payload, "가");
    /* Killed while idle: it comes back, listens again and says so. */
    assert_int_equal(kill(backend_of_ear(fixture), SIGTERM), 0);
    hear(&ear, &ear.ready, 2);
    assert_int_equal(exec(fixture, "notify late", LONG_US), PG_DONE);
    hear(&ear, &ear.notified, 2);
    assert_string_equal(ear.channel, "late");
    close_ear(&ear);
}

/* A backend that neither answers nor dies: only the heartbeat can tell. */
static void test_heartbeat(void **state)
{
    struct fixture *fixture = *state;
    struct ear ear = {0};

    open_ear(&ear, US_PER_S / 2);
    hear(&ear, &ear.ready, 1);
    pid_t pid = backend_of_ear(fixture);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    hear(&ear, &ear.ready, 2);
    kill(pid, SIGCONT);
    close_ear(&ear);
}

static void test_free_in_callbacks(void **state)
{
    struct fixture *fixture = *state;
    struct ear first = {.is_freed_when_ready = true};
    struct ear second = {.is_freed_when_notified = true};

    open_ear(&first, LONG_US);
    hear(&first, &first.ready, 1);
    assert_null(first.listen);
    close_ear(&first);

    open_ear(&second, LONG_US);
    hear(&second, &second.ready, 1);
    assert_int_equal(exec(fixture, "notify late, '1'; notify late, '2'", LONG_US), PG_DONE);
    hear(&second, &second.notified, 1);
    assert_null(second.listen);
    close_ear(&second);
}

int main(int argc, char **argv)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_giving_up),
        TEST(test_round_trip),
        TEST(test_nulls_and_empty),
        TEST(test_small_types),
        TEST(test_failures),
        TEST(test_deadline),
        TEST(test_copy),
        TEST(test_lost),
        TEST(test_wait),
        TEST(test_open),
        TEST(test_listen),
        TEST(test_heartbeat),
        TEST(test_free_in_callbacks),
    };
    if (argc != 2)
        return 2;
    conninfo = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
