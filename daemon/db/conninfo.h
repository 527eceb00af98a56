#pragma once
/* libpq's conninfo as keyword = value pairs: checked before anything connects, and given a user. */

#include "base/str.h"

/* Adds a sentence to `faults` for everything that would not work here: what pg_conninfo_check()
 * refuses, a URI, user or password (each role has its own user; passwords belong into passfile), no
 * dbname. */
void conninfo_check(const char *conninfo, struct buf *faults);

/* A copy with the user appended; the caller frees it. */
char *conninfo_with_user(const char *conninfo, const char *user);
