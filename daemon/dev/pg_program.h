#pragma once
#include "base/str.h"

/* The file of a program of PostgreSQL's server: the newest in Debian's place, which is not in PATH,
 * else the one in PATH. The caller frees it; NULL with a sentence in `fault` when there is none. */
char *pg_program(const char *name, struct buf *fault);

/* Variables of the environment that would lead the server or its clients somewhere else. */
extern const char *const pg_program_variables[];
