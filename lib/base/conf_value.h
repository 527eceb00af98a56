#pragma once
/* Values of option tables as text. Part of conf.c, conf_file.c and conf_args.c; nobody else needs
 * it. */

#include "base/conf.h"

/* A line of an INI file without its newline, in bytes: inih's buffer is 200 with newline and NUL.
 */
#define CONF_LINE_MAX 198

/* Stores what an option without a value has: NULL, 0, false, -1. */
void conf_value_unset(const struct conf_option *row, void *ret);

/* Checks `text` and stores the value. False with the first half of a fault's sentence in `faults`
 * ("listen-port: 70000 is above 65535"); the caller adds where and the end of the line. */
bool conf_value_store(const struct conf_option *row, const char *text, void *ret,
                      struct buf *faults);

/* Writes the value as conf_value_store() reads it; false when it is unset. */
bool conf_value_format(const struct conf_option *row, const void *values, struct buf *out);

/* A fallback that its own row refuses is a bug in the table: says so and aborts. */
noreturn_fn void conf_value_bad_table(const char *fault);
