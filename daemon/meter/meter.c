#include "meter/meter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <event2/event.h>

#include "dev/dev_clock.h"
#include "file.h"
#include "loader.h"
#include "meter/ingest.h"
#include "meter/poller.h"
#include "options.h"
#include "pg/listen.h"
#include "pg/pool.h"
#include "process/role.h"
#include "schema/queries.h"
#include "spool/spool.h"

#define LISTEN_HEARTBEAT_US (5 * US_PER_S)
#define CLOCK_TIMEOUT_US    (3 * US_PER_S)
#define LAST_INGEST_US      (2 * US_PER_S) /* when stopping; what is left stays in the spool */
#define STATS_US            (10 * US_PER_S)

struct meter {
    struct role_context *role;
    const struct options *options;
    struct report report;
    struct spool *spool;
    struct machines *machines;
    struct poller *poller;
    struct ingest *ingest;
    struct pgpool *pool; /* one connection: batches follow each other */
    struct pglisten *listen;
    struct loader *loader;
    struct event *stats_timer;
    int64_t version; /* of the catalogue being polled; 0: none yet */
};

/* ---------------------------------------------------------------- settings */

static int load_settings(void *arg, struct pgsync *db, void **ret, struct buf *fault)
{
    (void)arg;
    struct settings *settings;
    int r = settings_load(db, &settings, fault);
    *ret = r == 0 ? settings : NULL;
    return r;
}

static void drop_settings(void *result)
{
    settings_free(result);
}

/* No seq of an earlier process is above: those in the spool are bounded by its last id, stored ones
 * are known to the settings. */
static int64_t seq_floor(const struct meter *meter)
{
    struct spool_stats stats;

    spool_stats(meter->spool, &stats);
    return stats.last_id;
}

static void apply_settings(struct meter *meter, const struct settings *settings)
{
    bool is_first = meter->version == 0;

    /* Before the first sample is taken: its time is to be that of the clock that was set. */
    if (is_first && settings->has_clock && meter->options->dev)
        clock_set(&settings->clock);
    meter->version = settings->version;
    machines_apply(meter->machines, settings);
    size_t polled = poller_apply(meter->poller, settings, seq_floor(meter));
    for (size_t i = 0; i < settings->fault_count; i++)
        log_error("meter_left_out", LS("meter", settings->faults[i].meter),
                  LS("reason", settings->faults[i].reason));
    log_info("polling", LI("meters", polled), LI("resources", settings->resource_count),
             LI("version", settings->version));
    if (is_first) {
        ingest_start(meter->ingest);
        role_ready(meter->role);
    }
}

static void on_settings(void *arg, void *result)
{
    struct meter *meter = arg;
    struct settings *settings = result;

    if (settings->version != meter->version && !meter->role->is_stopping)
        apply_settings(meter, settings);
    settings_free(settings);
}

/* ---------------------------------------------------------------- hints from the database */

static void on_clock(void *arg, const struct pg_reply *reply)
{
    (void)arg;
    if (reply->outcome == PG_DONE)
        dev_clock_follow(reply->rows);
}

static void renew_clock(struct meter *meter)
{
    static const struct pg_query query = {&q_dev_clock_get, NULL};

    if (meter->options->dev)
        pgpool_submit(meter->pool, &(struct pgpool_ask){.queries = &query,
                                                        .count = 1,
                                                        .timeout_us = CLOCK_TIMEOUT_US,
                                                        .done = on_clock,
                                                        .arg = meter});
}

/* Hints may have been missed while the connection was away: look at everything again. */
static void on_listen_ready(void *arg)
{
    struct meter *meter = arg;

    loader_request(meter->loader);
    renew_clock(meter);
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
    (void)payload;
    struct meter *meter = arg;

    if (!strcmp(channel, "catalogue"))
        loader_request(meter->loader);
    else if (!strcmp(channel, "dev_clock"))
        renew_clock(meter);
}

/* ---------------------------------------------------------------- figures */

static void on_stats(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    const struct meter *meter = arg;
    const struct poll_stats *polls = poller_stats(meter->poller);
    struct ingest_stats ingest = ingest_stats(meter->ingest);
    struct spool_stats spool;

    spool_stats(meter->spool, &spool);
    log_debug("meter_stats", LI("begun", polls->begun), LI("answered", polls->answered),
              LI("failed", polls->failed), LI("skipped", polls->skipped),
              LI("rested", polls->rested), LI("late_p99_ms", poll_late_ms(polls, 99)),
              LI("late_most_ms", poll_late_ms(polls, 100)), LI("spooled", ingest.spooled),
              LI("stored", ingest.stored), LI("batches", ingest.batches),
              LI("refused", ingest.refused), LI("out_of_order", ingest.late),
              LI("unknown", ingest.unknown), LI("behind", spool.depth));
}

/* ---------------------------------------------------------------- the end */

static void on_ingested(void *arg)
{
    struct meter *meter = arg;

    role_end(meter->role);
}

static void on_stop(void *arg)
{
    struct meter *meter = arg;

    poller_stop(meter->poller);
    ingest_finish(meter->ingest, LAST_INGEST_US, on_ingested, meter);
}

/* The order matters: the pool ends its requests while the ingest still takes their outcome. */
static void close_all(struct meter *meter)
{
    if (meter->stats_timer)
        event_free(meter->stats_timer);
    poller_free(meter->poller);
    pglisten_free(meter->listen);
    pgpool_free(meter->pool);
    loader_free(meter->loader);
    ingest_free(meter->ingest);
    machines_free(meter->machines);
    size_t lost = spool_close(meter->spool);
    if (lost > 0)
        log_error("samples_lost", LI("count", lost),
                  LS("reason", "the spool could not be written"));
}

/* ---------------------------------------------------------------- the beginning */

/* Every line to a meter is a descriptor; the usual limit is kept low for programs that select(). */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        log_warn("few_descriptors", LS("reason", strerror(errno)));
}

/* A damaged file has been put aside by the first attempt: it is told, and an empty one takes its
 * place. */
static bool open_spool(struct meter *meter)
{
    char *path = options_spool(meter->options);
    char fault[SPOOL_FAULT_MAX];
    struct spool_config config = spool_config_default(path);
    int r = file_make_directories(meter->options->data_dir);

    if (r < 0)
        log_warn("no_data_directory", LS("path", meter->options->data_dir),
                 LS("reason", strerror(-r)));
    config.bytes_max = meter->options->spool_max_samples * (SAMPLE_BYTES + SPOOL_OVERHEAD);
    r = spool_open(&config, &meter->spool, fault);
    if (r == SPOOL_E_CORRUPT) {
        log_error("spool_damaged", LS("reason", fault),
                  LS("effect", "samples in it are missing; an empty one takes its place"));
        r = spool_open(&config, &meter->spool, fault);
    }
    if (r != 0)
        log_error("spool_not_opened", LS("path", path), LS("reason", fault));
    free(path);
    return r == 0;
}

static void take_sample(void *arg, const struct meter_sample *sample)
{
    struct meter *meter = arg;

    ingest_take(meter->ingest, sample);
}

static void open_work(struct meter *meter)
{
    const struct options *options = meter->options;
    struct event_base *base = meter->role->base;

    meter->pool = pgpool_new(base, &(struct pgpool_conf){
                                       .conninfo = meter->role->conninfo,
                                       .statements = schema_meter_queries,
                                       .statement_count = schema_meter_query_count,
                                       .connections = 1,
                                       .depth = 2,
                                       .queue_limit = 8,
                                       .reconnect_max_us = options->db_reconnect_max_ms * 1000,
                                       .statement_timeout_us = options->db_timeout_ms * 1000,
                                   });
    meter->machines = machines_new(&meter->report);
    meter->ingest = ingest_new(base, &(struct ingest_conf){
                                         .spool = meter->spool,
                                         .pool = meter->pool,
                                         .machines = meter->machines,
                                         .timeout_us = options->db_timeout_ms * 1000,
                                         .retry_max_us = options->db_reconnect_max_ms * 1000,
                                     });
    meter->poller = poller_new(base, &meter->report, take_sample, meter);
}

/* The listener asks the loader as soon as it is connected; the first time we do not wait for it. */
static void open_settings(struct meter *meter)
{
    static const char *const channels[] = {"catalogue", "dev_clock", NULL};
    struct event_base *base = meter->role->base;

    meter->loader = loader_new(base, &(struct loader_conf){
                                         .name = "meters",
                                         .conninfo = meter->role->conninfo,
                                         .load = load_settings,
                                         .drop = drop_settings,
                                         .done = on_settings,
                                         .arg = meter,
                                     });
    loader_request(meter->loader);
    meter->listen =
        pglisten_new(base, &(struct pglisten_conf){
                               .conninfo = meter->role->conninfo,
                               .channels = channels,
                               .heartbeat_us = LISTEN_HEARTBEAT_US,
                               .reconnect_max_us = meter->options->db_reconnect_max_ms * 1000,
                               .on_ready = on_listen_ready,
                               .on_notify = on_notify,
                               .arg = meter,
                           });
}

static bool open_stats(struct meter *meter)
{
    const struct timeval interval = {STATS_US / US_PER_S, 0};

    meter->stats_timer = event_new(meter->role->base, -1, EV_PERSIST, on_stats, meter);
    return meter->stats_timer && event_add(meter->stats_timer, &interval) == 0;
}

int role_meter_run(struct role_context *role)
{
    struct meter meter = {.role = role, .options = role->options};
    int result = EXIT_FAULT;

    raise_descriptors();
    if (!open_spool(&meter))
        return EXIT_FAULT;
    role->arg = &meter;
    role->on_stop = on_stop;
    open_work(&meter);
    open_settings(&meter);
    if (open_stats(&meter))
        result = role_loop(role);
    on_stats(-1, 0, &meter);
    close_all(&meter);
    return result;
}
