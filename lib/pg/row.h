#pragma once
/* Columns of one row by name, for readers that are not in a hurry; pg/pg.h reads by number. */

#include "pg/pg.h"

/* One row of a result. To walk a table, count `row` up. */
struct pg_row {
    const struct pg_rows *rows;
    int row;
};

/* Readers: a NULL gives what the readers by number give. Texts, JSON and bytes are views into the
 * rows. The row must have the column: a name that the statement lacks is a mistake of ours, and
 * ends the process. */
bool pg_row_is_null(struct pg_row row, const char *column);
int64_t pg_row_int(struct pg_row row, const char *column);
bool pg_row_bool(struct pg_row row, const char *column);
struct str pg_row_text(struct pg_row row, const char *column);
struct str pg_row_json(struct pg_row row, const char *column);
struct str pg_row_bytes(struct pg_row row, const char *column);
struct uuid pg_row_uuid(struct pg_row row, const char *column);
int64_t pg_row_instant(struct pg_row row, const char *column);
int32_t pg_row_date(struct pg_row row, const char *column);
const void *pg_row_array(struct pg_row row, const char *column, struct arena *arena,
                         size_t *ret_count);

/* The integer or instant, or `fallback` for a NULL. */
int64_t pg_row_int_or(struct pg_row row, const char *column, int64_t fallback);
int64_t pg_row_instant_or(struct pg_row row, const char *column, int64_t fallback);

/* The index of the text in a NULL-terminated list of names. 0, or 1 when it is none of them. */
must_check int pg_row_enum(struct pg_row row, const char *column, const char *const *names,
                           int *ret_index);
