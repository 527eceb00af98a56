#pragma once
/* libpq's conninfo as keyword = value pairs: checked before anything connects, and given a user. */

#include "base/str.h"

/* Adds a sentence to `faults` for everything that would not work here: a URI, broken quoting, user
 * or password (each role has its own user; passwords belong into passfile), a host name instead of
 * an address or socket directory (a look-up would stop the event loop), no dbname. */
void conninfo_check(const char *conninfo, struct buf *faults);

/* A copy with the user appended; the caller frees it. */
char *conninfo_with_user(const char *conninfo, const char *user);
