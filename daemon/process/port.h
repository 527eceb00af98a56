#pragma once
/* A free port, held for an api process without listening on it: who binds it with SO_REUSEPORT as
 * the same user gets the connections; nobody else can take it meanwhile. */

#include "base/str.h"

struct port_hold {
    int fd;
    int port;
};

/* 0, or 1 with a sentence in `fault`. */
must_check int port_hold(struct port_hold *hold, const char *address, struct buf *fault);
void port_release(struct port_hold *hold);
