#include "loader.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "pg/sync.h"

#define CONNECT_TIMEOUT_US (5 * US_PER_S)
#define RETRY_US           US_PER_S

struct loader {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_asked, is_ending; /* under the lock */
    void *fresh;              /* under the lock: built, not yet taken by the loop */
    uint64_t requests;        /* under the lock: how many there were ... */
    uint64_t fresh_request;   /* ... and the last one before `fresh` was read */
    uint64_t reading;         /* the thread's: the last one before this reading */
    struct buf trouble;       /* the thread's: why the last reading failed; empty: it did not */
    uint64_t taken;           /* the loop's: the last one before what it took was read */
    int fd;                   /* eventfd: `fresh` is there */
    int ending_fd;            /* eventfd: the thread gives up what it reads */
    struct event *event;
    struct loader_conf conf;
};

static void fail_unless(bool is_fine, const char *what)
{
    if (is_fine)
        return;
    log_error("loader_failed", LS("what", what));
    abort();
}

/* True when asked for a snapshot, false when it is time to end. */
static bool wait_for_request(struct loader *loader)
{
    pthread_mutex_lock(&loader->lock);
    while (!loader->is_asked && !loader->is_ending)
        pthread_cond_wait(&loader->wake, &loader->lock);
    bool is_ending = loader->is_ending;
    loader->is_asked = false;
    loader->reading = loader->requests;
    pthread_mutex_unlock(&loader->lock);
    return !is_ending;
}

static void drop(const struct loader *loader, void *result)
{
    if (result)
        loader->conf.drop(result);
}

static void hand_over(struct loader *loader, void *result)
{
    pthread_mutex_lock(&loader->lock);
    void *unseen = loader->fresh;
    loader->fresh = result;
    loader->fresh_request = loader->reading;
    pthread_mutex_unlock(&loader->lock);
    drop(loader, unseen); /* the loop never had it: this thread is its only owner */
    fail_unless(eventfd_write(loader->fd, 1) == 0, "eventfd");
}

/* Sleeps for the retry's time, or until the loader ends; then asks itself again. */
static void ask_again_later(struct loader *loader)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += RETRY_US / US_PER_S;
    pthread_mutex_lock(&loader->lock);
    while (!loader->is_ending &&
           pthread_cond_timedwait(&loader->wake, &loader->lock, &until) != ETIMEDOUT)
        ;
    loader->is_asked = true;
    pthread_mutex_unlock(&loader->lock);
}

static bool connect_if_needed(struct loader *loader, struct pgsync **db, struct buf *fault)
{
    if (*db && pgsync_is_alive(*db))
        return true;
    pgsync_close(*db);
    *db = NULL;
    if (pgsync_open(loader->conf.conninfo, CONNECT_TIMEOUT_US, db, fault))
        return false;
    pgsync_give_up_at(*db, loader->ending_fd);
    return true;
}

/* Says what has changed: that nothing can be read and why, or that it can again. */
static void report(struct loader *loader, struct str trouble)
{
    if (str_eq(buf_view(&loader->trouble), trouble))
        return;
    buf_reset(&loader->trouble);
    buf_str(&loader->trouble, trouble);
    if (trouble.len > 0)
        log_warn("not_loaded", LS("what", loader->conf.name), LS("reason", loader->trouble.data));
    else
        log_info("loaded_again", LS("what", loader->conf.name));
}

static bool is_ending(struct loader *loader)
{
    pthread_mutex_lock(&loader->lock);
    bool is_ending = loader->is_ending;
    pthread_mutex_unlock(&loader->lock);
    return is_ending;
}

static bool try_to_load(struct loader *loader, struct pgsync **db, void **ret, struct buf *fault)
{
    buf_reset(fault);
    return connect_if_needed(loader, db, fault) &&
           !loader->conf.load(loader->conf.arg, *db, ret, fault);
}

static bool load_once(struct loader *loader, struct pgsync **db)
{
    struct buf fault = {0};
    void *result = NULL;
    bool had_rested = *db != NULL;
    bool is_loaded = try_to_load(loader, db, &result, &fault);
    /* A connection that rested may have died meanwhile, which is nobody's trouble. */
    if (!is_loaded && had_rested && *db && !pgsync_is_alive(*db) && !is_ending(loader))
        is_loaded = try_to_load(loader, db, &result, &fault);
    if (is_loaded)
        hand_over(loader, result);
    mem_trim(); /* the rows that it was made of are gone */
    if (is_loaded || !is_ending(loader))
        report(loader, is_loaded ? STR("") : buf_view(&fault));
    buf_fini(&fault);
    return is_loaded;
}

static void *run(void *arg)
{
    struct loader *loader = arg;
    struct pgsync *db = NULL;
    while (wait_for_request(loader)) {
        if (!load_once(loader, &db))
            ask_again_later(loader);
    }
    pgsync_close(db);
    return NULL;
}

static void on_fresh(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct loader *loader = arg;
    eventfd_t count;
    if (eventfd_read(fd, &count) != 0)
        return;
    pthread_mutex_lock(&loader->lock);
    void *fresh = loader->fresh;
    loader->fresh = NULL;
    loader->taken = loader->fresh_request;
    pthread_mutex_unlock(&loader->lock);
    if (fresh)
        loader->conf.done(loader->conf.arg, fresh);
}

/* Its waits are measured by the monotonic clock: the other one may be set. */
static void init_wake(pthread_cond_t *wake)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct loader *loader_new(struct event_base *base, const struct loader_conf *conf)
{
    struct loader *loader = mem_zalloc(1, sizeof(*loader));
    loader->conf = *conf;
    pthread_mutex_init(&loader->lock, NULL);
    init_wake(&loader->wake);
    loader->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loader->ending_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    fail_unless(loader->fd >= 0 && loader->ending_fd >= 0, "eventfd");
    loader->event = event_new(base, loader->fd, EV_READ | EV_PERSIST, on_fresh, loader);
    fail_unless(loader->event && event_add(loader->event, NULL) == 0, "event");
    fail_unless(pthread_create(&loader->thread, NULL, run, loader) == 0, "thread");
    return loader;
}

uint64_t loader_request(struct loader *loader)
{
    pthread_mutex_lock(&loader->lock);
    loader->is_asked = true;
    uint64_t number = ++loader->requests;
    pthread_cond_signal(&loader->wake);
    pthread_mutex_unlock(&loader->lock);
    return number;
}

uint64_t loader_taken(const struct loader *loader)
{
    return loader->taken;
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    pthread_mutex_lock(&loader->lock);
    loader->is_ending = true;
    pthread_cond_signal(&loader->wake);
    pthread_mutex_unlock(&loader->lock);
    fail_unless(eventfd_write(loader->ending_fd, 1) == 0, "eventfd");
    pthread_join(loader->thread, NULL);
    event_free(loader->event);
    close(loader->fd);
    close(loader->ending_fd);
    buf_fini(&loader->trouble);
    drop(loader, loader->fresh);
    pthread_cond_destroy(&loader->wake);
    pthread_mutex_destroy(&loader->lock);
    free(loader);
}
