#pragma once
/* Brings the schema of a database to what this program was built with (schema/). */

#include "base/str.h"

/* Applies what is missing, as the owner of the schema:
 *
 * - each new migration in a transaction of its own, recorded in schema_migration with `now_us`;
 * - then functions, profiles and grants, all in one transaction, unless they are those that were
 *   applied last.
 *
 * Several callers at once are harmless: one works, the others wait for it. Refused, with nothing
 * changed, when an applied migration differs from the program's, or when the database is newer.
 * `conninfo` is of the role labtab_owner. 0, or 1 with a sentence in `fault`. */
must_check int db_migrate(const char *conninfo, int64_t now_us, struct buf *fault);
