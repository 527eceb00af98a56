#include "spool/spool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "spool/store.h"

/* What the thread has to do, and what it found: under the lock. */
struct spool {
    struct spool_config config; /* without the path */
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake; /* CLOCK_MONOTONIC */

    bool is_closing;
    struct buf incoming; /* records put, as struct store_head and bytes */
    size_t incoming_count;
    int64_t gathering_ms; /* since when `incoming` is not empty */
    size_t writing_len;   /* bytes that the thread has taken and not stored yet */
    int64_t drop_id;      /* 0 = nothing to drop */
    enum { PEEK_NONE, PEEK_ASKED, PEEK_READY } peek;
    int64_t peek_from;
    size_t peek_count;

    struct spool_stats stats; /* last_id and refused are the caller's, the rest the thread's */

    /* The thread's alone, between spool_open() and spool_close(). */
    struct store store;
    struct buf writing; /* being stored; kept while the disk fails */
    size_t writing_count;

    /* The thread's while PEEK_ASKED, otherwise the caller's. */
    struct buf peeked;
    size_t peeked_count;
    struct spool_record *records;
    size_t records_cap;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The thread. */

static void tell(struct spool *spool)
{
    const uint64_t one = 1;
    ssize_t n = write(spool->fd, &one, sizeof(one)); /* fails only when the count is near 2^64 */
    (void)n;
}

/* Publishes what the store knows; `r` is the result of what was just done. Call with the lock held.
 */
static void publish(struct spool *spool, int r)
{
    struct spool_stats *stats = &spool->stats;
    stats->depth = spool->store.depth;
    stats->bytes = spool->store.bytes;
    stats->oldest_id = spool->store.oldest_id;
    stats->durable_id = spool->store.last_id;
    stats->is_failing = r < 0;
    if (r < 0) {
        stats->faults++;
        memcpy(stats->error, spool->store.error, sizeof(stats->error));
    }
    tell(spool);
}

static void wait_until(struct spool *spool, int64_t until_ms)
{
    struct timespec until = {
        .tv_sec = until_ms / 1000,
        .tv_nsec = until_ms % 1000 * 1000000,
    };
    pthread_cond_timedwait(&spool->wake, &spool->lock, &until);
}

/* True when it is time to store what was gathered. */
static bool is_write_due(const struct spool *spool, int64_t now)
{
    if (spool->writing.len > 0)
        return true;
    if (spool->incoming.len == 0)
        return false;
    return spool->is_closing || spool->incoming.len >= spool->config.memory_max / 4 ||
           now - spool->gathering_ms >= spool->config.commit_ms;
}

/* Sleeps until there is work or the end. Between two attempts at a failing disk it sleeps for
 * retry_ms whatever is asked for, except the end. Call with the lock held. */
static void wait_for_work(struct spool *spool)
{
    int64_t retry_ms = now_ms() + spool->config.retry_ms;
    while (spool->stats.is_failing && !spool->is_closing && now_ms() < retry_ms)
        wait_until(spool, retry_ms);
    while (!spool->is_closing && spool->peek != PEEK_ASKED && spool->drop_id == 0 &&
           !is_write_due(spool, now_ms())) {
        if (spool->incoming.len > 0)
            wait_until(spool, spool->gathering_ms + spool->config.commit_ms);
        else
            pthread_cond_wait(&spool->wake, &spool->lock);
    }
}

/* Stores the batch under way, or the next one. */
static int do_write(struct spool *spool)
{
    if (spool->writing.len == 0) {
        struct buf empty = spool->writing;
        spool->writing = spool->incoming;
        spool->incoming = empty;
        spool->writing_count = spool->incoming_count;
        spool->writing_len = spool->writing.len;
        spool->incoming_count = 0;
    }
    pthread_mutex_unlock(&spool->lock);
    int r = store_append(&spool->store, buf_view(&spool->writing));
    if (r == 0)
        buf_reset(&spool->writing);
    pthread_mutex_lock(&spool->lock);
    if (r == 0) {
        spool->writing_count = 0;
        spool->writing_len = 0;
        spool->stats.commits++;
    }
    publish(spool, r);
    return r;
}

static int do_peek(struct spool *spool)
{
    int64_t from = spool->peek_from;
    size_t count = spool->peek_count;
    pthread_mutex_unlock(&spool->lock);
    buf_reset(&spool->peeked);
    int r = store_read(&spool->store, from, count, spool->config.peek_bytes_max, &spool->peeked,
                       &spool->peeked_count);
    pthread_mutex_lock(&spool->lock);
    if (r == 0)
        spool->peek = PEEK_READY;
    publish(spool, r);
    return r;
}

/* One portion; the rest keeps its place behind writes and peeks. */
static void do_drop(struct spool *spool)
{
    int64_t id = spool->drop_id;
    bool has_more = false;
    pthread_mutex_unlock(&spool->lock);
    int r = store_remove(&spool->store, id, &has_more);
    pthread_mutex_lock(&spool->lock);
    if (r == 0 && !has_more && spool->drop_id == id)
        spool->drop_id = 0;
    publish(spool, r);
}

/* Whatever fails ends the round: the next one begins after the pause for a failing disk. */
static void do_work(struct spool *spool)
{
    if (is_write_due(spool, now_ms()) && do_write(spool) < 0)
        return;
    if (spool->peek == PEEK_ASKED && do_peek(spool) < 0)
        return;
    if (spool->drop_id != 0)
        do_drop(spool);
}

static void *run(void *ctx)
{
    struct spool *spool = ctx;
    pthread_mutex_lock(&spool->lock);
    while (!spool->is_closing) {
        wait_for_work(spool);
        do_work(spool);
    }
    /* The last attempt: a batch that failed, and what came after it. */
    while (is_write_due(spool, now_ms()) && do_write(spool) == 0)
        continue;
    pthread_mutex_unlock(&spool->lock);
    return NULL;
}

/* The caller. */

struct spool_config spool_config_default(const char *path)
{
    return (struct spool_config){
        .path = path,
        .bytes_max = INT64_C(1) << 30,
        .memory_max = 8U << 20,
        .commit_ms = 50,
        .retry_ms = 1000,
        .peek_bytes_max = 1U << 20,
    };
}

static void free_spool(struct spool *spool)
{
    store_fini(&spool->store);
    buf_fini(&spool->incoming);
    buf_fini(&spool->writing);
    buf_fini(&spool->peeked);
    free(spool->records);
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool);
}

/* The process's signals are for its main thread. */
static int start_thread(struct spool *spool)
{
    sigset_t all, before;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&spool->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&spool->lock, NULL);

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&spool->thread, NULL, run, spool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        return 0;
    pthread_cond_destroy(&spool->wake);
    pthread_mutex_destroy(&spool->lock);
    return -error;
}

int spool_open(const struct spool_config *config, struct spool **ret, char fault[SPOOL_FAULT_MAX])
{
    struct spool *spool = mem_zalloc(1, sizeof(*spool));
    spool->config = *config;
    spool->config.path = NULL;
    spool->fd = -1;
    int r = store_init(&spool->store, config->path);
    memcpy(fault, spool->store.error, SPOOL_FAULT_MAX);
    if (r != 0) {
        free_spool(spool);
        return r;
    }
    spool->stats.last_id = spool->store.last_id;
    spool->stats.durable_id = spool->store.last_id;
    spool->stats.depth = spool->store.depth;
    spool->stats.bytes = spool->store.bytes;
    spool->stats.oldest_id = spool->store.oldest_id;
    spool->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    r = spool->fd < 0 ? -errno : start_thread(spool);
    if (r < 0) {
        snprintf(fault, SPOOL_FAULT_MAX, "cannot start the spool's thread: %s", strerror(-r));
        free_spool(spool);
        return r;
    }
    *ret = spool;
    return 0;
}

size_t spool_close(struct spool *spool)
{
    if (!spool)
        return 0;
    pthread_mutex_lock(&spool->lock);
    spool->is_closing = true;
    pthread_cond_signal(&spool->wake);
    pthread_mutex_unlock(&spool->lock);
    pthread_join(spool->thread, NULL);

    size_t lost = spool->writing_count + spool->incoming_count;
    pthread_cond_destroy(&spool->wake);
    pthread_mutex_destroy(&spool->lock);
    free_spool(spool);
    return lost;
}

/* Bytes of the records as they wait in memory, or 0 when one is too long. */
static size_t measure(const struct str *records, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (records[i].len > SPOOL_RECORD_MAX)
            return 0;
        bytes += sizeof(struct store_head) + records[i].len;
    }
    return bytes;
}

/* Records waiting count as if they were stored: an overhead is no less than a head. */
static bool has_room(const struct spool *spool, size_t bytes)
{
    static_assert(sizeof(struct store_head) <= SPOOL_OVERHEAD, "memory is counted as disk");
    size_t memory = spool->incoming.len + spool->writing_len;
    if (bytes > spool->config.memory_max || memory > spool->config.memory_max - bytes)
        return false;
    return spool->stats.bytes + (int64_t)(memory + bytes) <= spool->config.bytes_max;
}

static void append(struct spool *spool, const struct str *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct store_head head = {.id = ++spool->stats.last_id, .len = (uint32_t)records[i].len};
        buf_add(&spool->incoming, &head, sizeof(head));
        buf_add(&spool->incoming, records[i].ptr, records[i].len);
    }
    spool->incoming_count += count;
}

int spool_put(struct spool *spool, int64_t now_us, const struct str *records, size_t count,
              int64_t *ret_first_id)
{
    size_t bytes = measure(records, count);
    if (bytes == 0)
        return SPOOL_E_RECORD;
    pthread_mutex_lock(&spool->lock);
    bool fits = has_room(spool, bytes);
    if (fits) {
        if (spool->incoming.len == 0)
            spool->gathering_ms = now_ms();
        if (spool->stats.last_id < now_us - 1)
            spool->stats.last_id = now_us - 1;
        *ret_first_id = spool->stats.last_id + 1;
        append(spool, records, count);
        pthread_cond_signal(&spool->wake);
    } else {
        spool->stats.refused += count;
    }
    pthread_mutex_unlock(&spool->lock);
    return fits ? 0 : SPOOL_E_FULL;
}

int spool_peek(struct spool *spool, int64_t from_id, size_t count)
{
    pthread_mutex_lock(&spool->lock);
    bool is_free = spool->peek == PEEK_NONE;
    if (is_free) {
        spool->peek = PEEK_ASKED;
        spool->peek_from = from_id;
        spool->peek_count = count;
        pthread_cond_signal(&spool->wake);
    }
    pthread_mutex_unlock(&spool->lock);
    return is_free ? 0 : SPOOL_E_BUSY;
}

void spool_drop(struct spool *spool, int64_t id)
{
    pthread_mutex_lock(&spool->lock);
    if (id > spool->stats.durable_id)
        id = spool->stats.durable_id;
    if (id > spool->drop_id) {
        spool->drop_id = id;
        pthread_cond_signal(&spool->wake);
    }
    pthread_mutex_unlock(&spool->lock);
}

int spool_fd(const struct spool *spool)
{
    return spool->fd;
}

/* Turns the peeked bytes into views. */
static void unpack(struct spool *spool)
{
    if (spool->records_cap < spool->peeked_count) {
        spool->records_cap = spool->peeked_count;
        spool->records = mem_realloc(spool->records, spool->records_cap * sizeof(*spool->records));
    }
    size_t at = 0;
    for (size_t i = 0; i < spool->peeked_count; i++) {
        struct store_head head;
        memcpy(&head, spool->peeked.data + at, sizeof(head));
        at += sizeof(head);
        spool->records[i] = (struct spool_record){head.id, {spool->peeked.data + at, head.len}};
        at += head.len;
    }
}

struct spool_news spool_collect(struct spool *spool)
{
    uint64_t ignored;
    ssize_t n = read(spool->fd, &ignored, sizeof(ignored)); /* EAGAIN when there was nothing */
    (void)n;
    pthread_mutex_lock(&spool->lock);
    struct spool_news news = {
        .durable_id = spool->stats.durable_id,
        .is_failing = spool->stats.is_failing,
        .has_peeked = spool->peek == PEEK_READY,
    };
    if (news.has_peeked)
        spool->peek = PEEK_NONE;
    pthread_mutex_unlock(&spool->lock);
    if (news.has_peeked) {
        unpack(spool);
        news.records = spool->records;
        news.record_count = spool->peeked_count;
    }
    return news;
}

void spool_stats(struct spool *spool, struct spool_stats *ret)
{
    pthread_mutex_lock(&spool->lock);
    *ret = spool->stats;
    ret->memory = spool->incoming.len + spool->writing_len;
    pthread_mutex_unlock(&spool->lock);
}
