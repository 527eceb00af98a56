#pragma once
#include "base/str.h"

/* Brings the schema of `database` (a conninfo without a user) up to date, as labtab_owner. 0, or 1
 * with a sentence in `fault`. */
must_check int migration_run(const char *database, struct buf *fault);
