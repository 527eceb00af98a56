#pragma once
/* Loads the catalogue off the event loop: a thread with a blocking connection of its own reads and
 * builds a snapshot and hands it to the loop. */

#include "catalogue/catalogue.h"

struct event_base;
struct cat_loader;

/* Called on the loop with a snapshot of one reference, the receiver's to give back. */
typedef void (*cat_loader_done)(void *arg, struct catalogue *catalogue);

struct cat_loader *cat_loader_new(struct event_base *base, const char *conninfo,
                                  cat_loader_done done, void *arg);

/* Asks for a snapshot that is newer than this moment. Requests while one is being read become one
 * more; when the database can't be reached the thread tries again, once a second. */
void cat_loader_request(struct cat_loader *loader);

/* Waits for the thread (at most for its connection's deadline). NULL is accepted. */
void cat_loader_free(struct cat_loader *loader);
