/* Load on a pool while its server is tormented: pool_driver CONNINFO. Started by test_pool.py.
 *
 * Every request carries its own number and wants it back. Writes share transactions; now and then
 * one cannot succeed, and those with it must. A line on standard input says that the
 * server is back: the time to the next success is printed. At the end of the input no new requests
 * are made, the outstanding ones are waited for, what was promised is compared with the table, and
 * a JSON object with the findings is printed. */

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/mem.h"
#include "pg/pool.h"
#include "pg/sync.h"

#define AT_A_TIME    200
#define REQUESTS_MAX 2000000
#define DEADLINE_US  (2 * US_PER_S)
#define DRAIN_US     (30 * US_PER_S)

static const struct pg_stmt ask = {"ask", "select $1::bigint", 1};
static const struct pg_stmt put = {"put", "insert into load (id) values ($1) returning id", 1};
static const struct pg_stmt list = {
    "list", "select id from load where id > $1 order by id limit 100000", 1};
static const struct pg_stmt *const all[] = {&ask, &put};

enum deed { ASK, PUT, PUT_TWO, PUT_TWICE /* fails */ };
#define TWICE_EVERY 61

struct request {
    struct pg_query query[2];
    struct pg_param param[2];
    int calls;
    enum pg_outcome outcome;
    bool is_stored;      /* found in the table */
    bool is_twin_stored; /* PUT_TWO: the other row too */
};

static struct request *requests;
static size_t made;
static size_t answered;
static size_t wrong;
static size_t twice;
static size_t refused; /* that must be */
static size_t outcomes[PG_LOST + 1];
static struct pgpool *pool;
static struct event_base *base;
static bool is_stopping;
static int64_t back_us;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static enum deed deed_of(size_t i)
{
    return i % TWICE_EVERY == 0 ? PUT_TWICE : (enum deed)(i % PUT_TWICE);
}

/* Numbers of PUT_TWO's second row are above all others. */
static int64_t twin_of(int64_t id)
{
    return id + REQUESTS_MAX;
}

static void on_done(void *arg, const struct pg_reply *reply);

static void make_request(void)
{
    if (is_stopping || made == REQUESTS_MAX)
        return;
    struct request *request = &requests[made];
    int64_t id = (int64_t)made + 1;
    enum deed deed = deed_of(made);
    size_t count = deed == ASK || deed == PUT ? 1 : 2;

    made++;
    request->param[count - 1] = pg_int(id); /* the last query's rows come back */
    if (count == 2)
        request->param[0] = pg_int(deed == PUT_TWO ? twin_of(id) : id);
    for (size_t i = 0; i < count; i++)
        request->query[i] = (struct pg_query){deed == ASK ? &ask : &put, &request->param[i]};
    pgpool_submit(pool, &(struct pgpool_ask){.queries = request->query,
                                             .count = count,
                                             .timeout_us = DEADLINE_US,
                                             .is_shared = deed != ASK,
                                             .done = on_done,
                                             .arg = request});
}

static void note_recovery(void)
{
    if (back_us == 0)
        return;
    printf("{\"recovered_ms\": %" PRId64 "}\n", (now_us() - back_us) / 1000);
    fflush(stdout);
    back_us = 0;
}

static void on_done(void *arg, const struct pg_reply *reply)
{
    struct request *request = arg;
    size_t id = (size_t)(request - requests) + 1;

    if (request->calls++ > 0) {
        twice++;
        return;
    }
    bool is_refused = deed_of(id - 1) == PUT_TWICE && reply->outcome == PG_FAILED;
    answered++;
    outcomes[reply->outcome] += !is_refused;
    refused += is_refused;
    request->outcome = reply->outcome;
    if (reply->outcome == PG_DONE) {
        wrong += pg_row_count(reply->rows) != 1 || pg_get_int(reply->rows, 0, 0) != (int64_t)id ||
                 deed_of(id - 1) == PUT_TWICE;
        note_recovery();
    }
    if (is_stopping && answered == made)
        event_base_loopbreak(base);
    make_request();
}

static void on_input(evutil_socket_t fd, short what unused_arg, void *arg unused_arg)
{
    static const struct timeval drain = {DRAIN_US / US_PER_S, 0};
    char text[64];

    if (read((int)fd, text, sizeof(text)) > 0) {
        back_us = now_us();
        return;
    }
    is_stopping = true;
    event_base_loopexit(base, &drain);
    if (answered == made)
        event_base_loopbreak(base);
}

static void run_load(const char *conninfo)
{
    const struct pgpool_conf conf = {
        .conninfo = conninfo,
        .statements = all,
        .statement_count = LEN(all),
        .connections = 4,
        .depth = 16,
        .share_most = 8,
        .share_connections = 2,
        .queue_limit = AT_A_TIME,
        .reconnect_max_us = US_PER_S / 2,
        .statement_timeout_us = 5 * US_PER_S,
    };
    base = event_base_new();
    pool = pgpool_new(base, &conf);
    struct event *input = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, NULL);
    struct timeval at_once = {0, 0};

    event_add(input, NULL);
    event_base_loopexit(base, &at_once);
    event_base_dispatch(base);
    for (int i = 0; i < AT_A_TIME; i++)
        make_request();
    event_base_dispatch(base);
    event_free(input);
}

static void mark_stored(int64_t id)
{
    if (id > REQUESTS_MAX)
        requests[id - REQUESTS_MAX - 1].is_twin_stored = true;
    else
        requests[id - 1].is_stored = true;
}

/* Marks what is in the table. */
static int read_table(struct pgsync *db)
{
    int64_t last = 0;
    int count;

    do {
        struct arena *arena = arena_new();
        struct pg_param param = pg_int(last);
        struct pg_query query = {&list, &param};
        struct pg_reply reply;

        pgsync_run(db, &query, DRAIN_US, arena, &reply);
        count = reply.outcome == PG_DONE ? pg_row_count(reply.rows) : -1;
        for (int row = 0; row < count; row++) {
            last = pg_get_int(reply.rows, row, 0);
            mark_stored(last);
        }
        arena_free(arena);
    } while (count > 0);
    return count;
}

static void print_findings(void)
{
    size_t missing = 0, ghosts = 0, torn = 0;
    struct pgpool_stats stats;

    for (size_t i = 0; i < made; i++) {
        const struct request *request = &requests[i];
        bool is_refused = request->outcome == PG_BUSY || request->outcome == PG_FAILED;
        if (deed_of(i) == ASK || request->calls == 0)
            continue;
        missing += request->outcome == PG_DONE && !request->is_stored;
        ghosts += is_refused && request->is_stored;
        torn += deed_of(i) == PUT_TWO && request->is_stored != request->is_twin_stored;
    }
    pgpool_stats(pool, &stats);
    printf("{\"made\": %zu, \"hung\": %zu, \"twice\": %zu, \"wrong\": %zu, \"missing\": %zu, "
           "\"ghosts\": %zu, \"torn\": %zu, \"done\": %zu, \"failed\": %zu, \"busy\": %zu, "
           "\"timeouts\": %zu, \"lost\": %zu, \"refused\": %zu, \"groups\": %" PRIu64
           ", \"grouped\": %" PRIu64 ", \"split\": %" PRIu64 "}\n",
           made, made - answered, twice, wrong, missing, ghosts, torn, outcomes[PG_DONE],
           outcomes[PG_FAILED], outcomes[PG_BUSY], outcomes[PG_TIMEOUT], outcomes[PG_LOST], refused,
           stats.groups, stats.grouped, stats.split);
}

static struct pgsync *open_or_die(const char *conninfo)
{
    struct buf fault = {0};
    struct pgsync *db;

    if (pgsync_open(conninfo, DRAIN_US, &db, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.data);
        exit(1);
    }
    return db;
}

static void make_table(const char *conninfo)
{
    struct pgsync *db = open_or_die(conninfo);
    struct arena *arena = arena_new();
    struct pg_reply reply;

    pgsync_exec(db, "drop table if exists load; create table load (id bigint primary key)",
                DRAIN_US, arena, &reply);
    arena_free(arena);
    pgsync_close(db);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    requests = mem_zalloc(REQUESTS_MAX, sizeof(*requests));
    make_table(argv[1]);
    run_load(argv[1]);

    struct pgsync *db = open_or_die(argv[1]);
    int r = read_table(db);
    pgsync_close(db);
    if (r == 0)
        print_findings();
    pgpool_free(pool);
    event_base_free(base);
    free(requests);
    return r == 0 ? 0 : 1;
}
