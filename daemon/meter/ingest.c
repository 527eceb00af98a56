#include "meter/ingest.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/mem.h"
#include "meter/batch.h"
#include "pg/pool.h"
#include "spool/spool.h"

#define BATCH_MAX      500 /* a batch is put together within some ms: polls wait for it */
#define PACE_US        (US_PER_S / 5) /* batches begin this far apart while they are not full */
#define RETRY_FIRST_US (US_PER_S / 10)

struct ingest {
    struct ingest_conf conf;
    struct event *news;
    struct event *timer; /* RESTING: the next look */
    struct event *limit; /* of ingest_finish() */
    enum {
        STARTING, /* the machines don't know the catalogue yet */
        IDLE,     /* waits for records to become durable */
        PEEKING,
        SENDING,
        RESTING, /* between two batches, or after a failure */
        OVER,
    } state;
    struct batch *batch; /* SENDING */
    int64_t next_id;     /* all records below are stored */
    int64_t durable_id;
    size_t size;      /* of the next batch, at most */
    int64_t retry_us; /* after the next failure */
    bool is_away;     /* the last batch failed */
    bool is_full;     /* the spool: */
    uint64_t refused_before;
    bool is_failing; /* its disk */
    void (*done)(void *arg);
    void *done_arg;
    struct ingest_stats stats;
};

static void look(struct ingest *ingest);

static void finish(struct ingest *ingest)
{
    if (ingest->state == OVER)
        return;
    ingest->state = OVER;
    ingest->done(ingest->done_arg);
}

static bool is_finishing(const struct ingest *ingest)
{
    return ingest->done != NULL;
}

static void rest(struct ingest *ingest, int64_t wait_us)
{
    const struct timeval wait = {wait_us / US_PER_S, wait_us % US_PER_S};

    ingest->state = RESTING;
    event_add(ingest->timer, &wait);
}

/* ---------------------------------------------------------------- the spool */

static void tell_full(struct ingest *ingest, bool is_full)
{
    struct spool_stats stats;

    if (is_full == ingest->is_full)
        return;
    ingest->is_full = is_full;
    spool_stats(ingest->conf.spool, &stats);
    if (is_full) {
        ingest->refused_before = ingest->stats.refused - 1;
        log_error("spool_full", LI("behind", stats.depth), LI("bytes", stats.bytes),
                  LS("effect", "samples are lost until there is room"));
    } else {
        log_warn("spool_has_room", LI("lost", ingest->stats.refused - ingest->refused_before));
    }
}

void ingest_take(struct ingest *ingest, const struct meter_sample *sample)
{
    uint8_t bytes[SAMPLE_BYTES];
    int64_t id;

    sample_encode(sample, bytes);
    /* A record's id is no less than its sample's seq, so that the spool's last id tells where the
     * seqs of a new process may begin. */
    int r = spool_put(ingest->conf.spool, sample->seq,
                      &(struct str){(const char *)bytes, sizeof(bytes)}, 1, &id);
    if (r)
        ingest->stats.refused++;
    else
        ingest->stats.spooled++;
    tell_full(ingest, r == SPOOL_E_FULL);
}

static void tell_failing(struct ingest *ingest, bool is_failing)
{
    struct spool_stats stats;

    if (is_failing == ingest->is_failing)
        return;
    ingest->is_failing = is_failing;
    spool_stats(ingest->conf.spool, &stats);
    if (is_failing)
        log_error("spool_failing", LS("reason", stats.error),
                  LS("effect", "samples are kept in memory"));
    else
        log_info("spool_fine", LI("faults", stats.faults));
}

/* ---------------------------------------------------------------- batches */

/* The records up to `last_id` are done with. */
static void pass(struct ingest *ingest, int64_t last_id)
{
    ingest->next_id = last_id + 1;
    spool_drop(ingest->conf.spool, last_id);
}

static void count(struct ingest *ingest, const struct batch_counts *counts)
{
    ingest->stats.batches++;
    ingest->stats.stored += counts->samples;
    ingest->stats.undecodable += counts->undecodable;
    ingest->stats.late += counts->late;
    ingest->stats.unknown += counts->unknown;
}

static void tell_back(struct ingest *ingest)
{
    struct spool_stats stats;

    if (!ingest->is_away)
        return;
    ingest->is_away = false;
    spool_stats(ingest->conf.spool, &stats);
    log_info("ingest_resumed", LI("behind", stats.depth));
}

static void on_stored(struct ingest *ingest)
{
    struct batch_counts counts = batch_counts(ingest->batch);
    bool is_full = counts.records >= ingest->size;

    machines_commit(ingest->conf.machines);
    count(ingest, &counts);
    pass(ingest, counts.last_id);
    tell_back(ingest);
    ingest->retry_us = RETRY_FIRST_US;
    ingest->size = ingest->size * 2 < BATCH_MAX ? ingest->size * 2 : BATCH_MAX;
    if (is_full || is_finishing(ingest))
        look(ingest);
    else
        rest(ingest, PACE_US);
}

static const char *reason_of(const struct pg_reply *reply)
{
    static const char *const names[] = {
        [PG_DONE] = "done",         [PG_FAILED] = "refused",       [PG_BUSY] = "no connection",
        [PG_TIMEOUT] = "no answer", [PG_LOST] = "connection lost",
    };
    return reply->message ? reply->message : names[reply->outcome];
}

/* For what the batch holds, not for how the database is. */
static bool is_refusal(const struct pg_reply *reply)
{
    return reply->outcome == PG_FAILED &&
           (!strncmp(reply->sqlstate, "22", 2) || !strncmp(reply->sqlstate, "23", 2));
}

static void tell_away(struct ingest *ingest, const struct pg_reply *reply)
{
    struct spool_stats stats;

    if (ingest->is_away)
        return;
    ingest->is_away = true;
    spool_stats(ingest->conf.spool, &stats);
    log_warn("ingest_failed", LS("reason", reason_of(reply)), LS("sqlstate", reply->sqlstate),
             LI("behind", stats.depth), LS("effect", "samples wait in the spool"));
}

/* A lone record that can't be stored. */
static void give_up(struct ingest *ingest, const struct pg_reply *reply)
{
    batch_log_sample(ingest->batch, reason_of(reply));
    ingest->stats.given_up++;
    pass(ingest, batch_counts(ingest->batch).last_id);
}

/* Refused for what it holds: the half of it next, at once. */
static void on_refused(struct ingest *ingest, const struct pg_reply *reply)
{
    struct batch_counts counts = batch_counts(ingest->batch);

    if (counts.records == 1)
        give_up(ingest, reply);
    ingest->size = (counts.records + 1) / 2;
    rest(ingest, 0);
}

/* The database is away or unwell: the same again later, and less of it if there was too much. */
static void on_failed(struct ingest *ingest, const struct pg_reply *reply)
{
    tell_away(ingest, reply);
    if (reply->outcome == PG_FAILED || reply->outcome == PG_TIMEOUT)
        ingest->size = (ingest->size + 1) / 2;
    rest(ingest, ingest->retry_us);
    ingest->retry_us *= 2;
    if (ingest->retry_us > ingest->conf.retry_max_us)
        ingest->retry_us = ingest->conf.retry_max_us;
}

static void on_reply(void *arg, const struct pg_reply *reply)
{
    struct ingest *ingest = arg;

    if (ingest->state == OVER)
        return; /* too late to matter: what the spool keeps is known by its keys */
    if (reply->outcome == PG_DONE)
        on_stored(ingest);
    else if (is_refusal(reply))
        on_refused(ingest, reply);
    else if (is_finishing(ingest))
        finish(ingest);
    else
        on_failed(ingest, reply);
}

/* The batch of a reply dies when the next one is made: a reply may lie in its arena. */
static void drop_batch(struct ingest *ingest)
{
    batch_free(ingest->batch);
    ingest->batch = NULL;
}

static void send_batch(struct ingest *ingest, const struct spool_news *news)
{
    ingest->batch = batch_new(ingest->conf.machines, news->records, news->record_count);
    struct batch_counts counts = batch_counts(ingest->batch);

    ingest->state = SENDING;
    if (counts.samples == 0) {
        on_stored(ingest);
        return;
    }
    pgpool_submit(ingest->conf.pool, &(struct pgpool_ask){.queries = batch_query(ingest->batch),
                                                          .count = 1,
                                                          .timeout_us = ingest->conf.timeout_us,
                                                          .arena = batch_arena(ingest->batch),
                                                          .done = on_reply,
                                                          .arg = ingest});
}

/* Goes for the next batch, if there is something to bring in. */
static void look(struct ingest *ingest)
{
    struct spool_stats stats;

    spool_stats(ingest->conf.spool, &stats);
    ingest->state = IDLE;
    if (is_finishing(ingest) && stats.last_id < ingest->next_id) {
        finish(ingest);
        return;
    }
    if (ingest->durable_id >= ingest->next_id && stats.depth > 0 &&
        spool_peek(ingest->conf.spool, ingest->next_id, ingest->size) == 0)
        ingest->state = PEEKING;
}

static void on_peeked(struct ingest *ingest, const struct spool_news *news)
{
    drop_batch(ingest);
    if (news->record_count > 0) {
        send_batch(ingest, news);
        return;
    }
    ingest->next_id = ingest->durable_id + 1;
    look(ingest);
}

static void on_news(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct ingest *ingest = arg;
    struct spool_news news = spool_collect(ingest->conf.spool);

    ingest->durable_id = news.durable_id;
    tell_failing(ingest, news.is_failing);
    if (ingest->state == PEEKING && news.has_peeked)
        on_peeked(ingest, &news);
    else if (ingest->state == IDLE)
        look(ingest);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct ingest *ingest = arg;

    if (ingest->state == RESTING)
        look(ingest);
}

static void on_limit(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    finish(arg);
}

/* ---------------------------------------------------------------- life */

struct ingest *ingest_new(struct event_base *base, const struct ingest_conf *conf)
{
    struct ingest *ingest = mem_zalloc(1, sizeof(*ingest));
    struct spool_stats stats;

    spool_stats(conf->spool, &stats);
    ingest->conf = *conf;
    ingest->size = BATCH_MAX;
    ingest->retry_us = RETRY_FIRST_US;
    ingest->durable_id = stats.durable_id;
    ingest->news = event_new(base, spool_fd(conf->spool), EV_READ | EV_PERSIST, on_news, ingest);
    ingest->timer = event_new(base, -1, 0, on_timer, ingest);
    ingest->limit = event_new(base, -1, 0, on_limit, ingest);
    if (!ingest->news || !ingest->timer || !ingest->limit)
        mem_fail(sizeof(struct event *));
    event_add(ingest->news, NULL);
    return ingest;
}

void ingest_free(struct ingest *ingest)
{
    if (!ingest)
        return;
    drop_batch(ingest);
    event_free(ingest->news);
    event_free(ingest->timer);
    event_free(ingest->limit);
    free(ingest);
}

void ingest_start(struct ingest *ingest)
{
    if (ingest->state == STARTING)
        look(ingest);
}

void ingest_finish(struct ingest *ingest, int64_t longest_us, void (*done)(void *arg), void *arg)
{
    const struct timeval longest = {longest_us / US_PER_S, longest_us % US_PER_S};

    ingest->done = done;
    ingest->done_arg = arg;
    event_add(ingest->limit, &longest);
    if (ingest->state == STARTING)
        finish(ingest);
    else if (ingest->state == IDLE || ingest->state == RESTING)
        look(ingest);
}

struct ingest_stats ingest_stats(const struct ingest *ingest)
{
    return ingest->stats;
}
