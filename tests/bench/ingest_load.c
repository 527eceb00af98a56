/* ingest_load: samples into PostgreSQL as the meter role brings them in, by the same statement in
 * batches of the same size, one after the other on one connection. Prints rows a second. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/conf.h"
#include "base/instant.h"
#include "pg/sync.h"
#include "schema/queries.h"

#define BATCH       1000
#define METERS_MAX  BATCH
#define DEADLINE_US (30 * US_PER_S)

/* As long as a run-state machine's memory is. */
static const char state[] = "{\"run\": {\"state\": \"run\", \"since_us\": 1767225600000000, "
                            "\"span\": 17, \"hold_us\": 60000000, "
                            "\"contact\": {\"is_on\": true, \"since_us\": 1767225600000000, "
                            "\"shown\": true}, \"energy_mwh\": 1234567, "
                            "\"quality\": 0}, \"counter\": {\"last_mwh\": 123456789, \"base_mwh\": "
                            "123000000, \"seq\": 4711, "
                            "\"confirmations\": 3, \"candidate_mwh\": 0}, \"sample\": {\"at_us\": "
                            "1767225600000000, \"power_mw\": 2400000}}";

struct options {
    const char *database;
    int64_t rows, meters, first_seq, begin_s;
    bool states;
};

#define ROW(name, type, min, max, fallback, member, help)                                          \
    {                                                                                              \
        NULL, name, 0, type, min, max, fallback, NULL, offsetof(struct options, member), NULL,     \
            help                                                                                   \
    }

static const struct conf_option option_rows[] = {
    ROW("database", CT_TEXT, 0, 0, NULL, database, "Connection string."),
    ROW("rows", CT_INT, BATCH, 100000000, "200000", rows, "How many samples."),
    ROW("meters", CT_INT, 1, METERS_MAX, "100", meters, "Of how many meters."),
    ROW("first-seq", CT_INT, 1, INT64_MAX, "1", first_seq, "Of each meter."),
    ROW("begin", CT_INT, 0, 4000000000, "1767225600", begin_s, "Of the first one, s since 1970."),
    ROW("states", CT_BOOL, 0, 0, "no", states, "With a run state of each meter in each batch."),
    CONF_END,
};

/* The columns of one batch. */
struct batch {
    struct uuid meter[BATCH];
    int64_t seq[BATCH], at[BATCH], mono[BATCH], half[BATCH], power[BATCH], energy[BATCH],
        contact[BATCH], quality[BATCH];
    struct uuid resource[METERS_MAX];
    struct str state[METERS_MAX];
    int64_t version[METERS_MAX], observed[METERS_MAX];
};

/* bench.id() of seed.sql. */
static struct uuid bench_id(unsigned kind, int64_t n)
{
    char text[UUID_TEXT_MAX];
    struct uuid id = UUID_NIL;
    snprintf(text, sizeof(text), "00000000-%04x-7000-8000-%012llx", kind,
             (unsigned long long)n & 0xffffffffffffull);
    if (uuid_parse(str_of(text), &id))
        return UUID_NIL;
    return id;
}

static void fill(struct batch *batch, const struct options *options, int64_t first)
{
    for (int64_t i = 0; i < BATCH; i++) {
        int64_t tick = (first + i) / options->meters;
        batch->meter[i] = bench_id(50, (first + i) % options->meters + 1);
        batch->seq[i] = options->first_seq + tick;
        batch->at[i] = (options->begin_s + tick) * US_PER_S;
        batch->mono[i] = tick * US_PER_S;
        batch->half[i] = 500;
        batch->power[i] = 2400000;
        batch->energy[i] = 1000000 + tick * 667;
        batch->contact[i] = INT64_MIN;
        batch->quality[i] = 0;
    }
    for (int64_t i = 0; options->states && i < options->meters; i++) {
        batch->resource[i] = bench_id(3, i + 1);
        batch->state[i] = STR(state);
        batch->version[i] = 1;
        batch->observed[i] = batch->at[BATCH - 1];
    }
}

static bool store(struct pgsync *db, const struct batch *batch, size_t states)
{
    const struct pg_param params[] = {
        pg_uuids(batch->meter, BATCH),
        pg_ints(batch->seq, BATCH),
        pg_instants(batch->at, BATCH),
        pg_ints(batch->mono, BATCH),
        pg_ints(batch->half, BATCH),
        pg_ints(batch->power, BATCH),
        pg_ints(batch->energy, BATCH),
        pg_ints(batch->contact, BATCH),
        pg_ints(batch->quality, BATCH),
        pg_uuids(NULL, 0),
        pg_ints(NULL, 0),
        pg_texts(NULL, 0),
        pg_instants(NULL, 0),
        pg_instants(NULL, 0),
        pg_ints(NULL, 0),
        pg_ints(NULL, 0),
        pg_uuids(batch->resource, states),
        pg_texts(batch->state, states),
        pg_ints(batch->version, states),
        pg_instants(batch->observed, states),
    };
    const struct pg_query query = {&q_ingest_samples, params};
    struct arena *arena = arena_new();
    struct pg_reply reply;
    pgsync_run(db, &query, DEADLINE_US, arena, &reply);
    bool is_stored = reply.outcome == PG_DONE && pg_get_int(reply.rows, 0, 0) == BATCH;
    if (!is_stored)
        fprintf(stderr, "ingest_load: %s\n",
                reply.message ? reply.message : "not all samples of a batch were new");
    arena_free(arena);
    return is_stored;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static struct batch batch;
    struct options options;
    struct buf fault = {0};
    struct pgsync *db = NULL;
    conf_defaults(option_rows, &options);
    if (conf_args(option_rows, argc - 1, argv + 1, &options, NULL, &fault) ||
        pgsync_open(options.database, DEADLINE_US, &db, &fault)) {
        fprintf(stderr, "ingest_load: %s\n", fault.data);
        buf_fini(&fault);
        return 2;
    }
    double begin = now_s();
    bool is_stored = true;
    int64_t done = 0;
    for (; is_stored && done + BATCH <= options.rows; done += BATCH) {
        fill(&batch, &options, done);
        is_stored = store(db, &batch, options.states ? (size_t)options.meters : 0);
    }
    if (is_stored)
        printf("%.1f\n", (double)done / (now_s() - begin));
    pgsync_close(db);
    return !is_stored;
}
