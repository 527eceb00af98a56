#pragma once
/* Loads data off the event loop: a thread with a blocking connection of its own reads and builds,
 * and hands the result to the loop. */

#include "base/str.h"

struct event_base;
struct pgsync;
struct loader;

struct loader_conf {
    const char *name; /* for the log */
    const char *conninfo;
    /* On the thread: 0 with *ret, or 1 with a sentence in `fault`. */
    int (*load)(void *arg, struct pgsync *db, void **ret, struct buf *fault);
    /* On either thread: throws a result away that was never taken. */
    void (*drop)(void *result);
    /* On the loop: takes a result over. */
    void (*done)(void *arg, void *result);
    void *arg;
};

/* `conf`'s texts must outlive the loader. */
struct loader *loader_new(struct event_base *base, const struct loader_conf *conf);

/* Asks for a result that is newer than this moment. Requests while one is being read become one
 * more; what can't be read is tried again, once a second, and the log says so once. Returns the
 * request's number: see loader_taken(). */
uint64_t loader_request(struct loader *loader);

/* On the loop: the number of the last request that the result taken over last is newer than. */
uint64_t loader_taken(const struct loader *loader);

/* Waits for the thread, which gives up what it reads (a connection that it is just making takes up
 * to 5 s). NULL is accepted. */
void loader_free(struct loader *loader);
