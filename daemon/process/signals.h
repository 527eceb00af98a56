#pragma once
/* Signals as a descriptor: nothing runs in a handler, and threads started later never see one. */

#include "base/attr.h"

#include <signal.h>

/* Blocks SIGTERM, SIGINT, SIGHUP and SIGCHLD, ignores SIGPIPE; a non-blocking, close-on-exec
 * descriptor that is readable when one of them came, or -errno. */
must_check int signals_open(void);

/* The next signal that came, 0 when there is none. */
int signals_next(int fd);

/* In a child just before exec: as if signals_open() had never been called. */
void signals_restore(void);
