#include "pg/row.h"

#include <stdlib.h>

#include "base/log.h"

static int find(struct pg_row row, const char *column)
{
    int number = pg_column(row.rows, column);
    if (number >= 0)
        return number;
    log_error("no_such_column", LS("column", column));
    abort();
}

bool pg_row_is_null(struct pg_row row, const char *column)
{
    return pg_is_null(row.rows, row.row, find(row, column));
}

int64_t pg_row_int(struct pg_row row, const char *column)
{
    return pg_get_int(row.rows, row.row, find(row, column));
}

bool pg_row_bool(struct pg_row row, const char *column)
{
    return pg_get_bool(row.rows, row.row, find(row, column));
}

struct str pg_row_text(struct pg_row row, const char *column)
{
    return pg_get_text(row.rows, row.row, find(row, column));
}

struct str pg_row_json(struct pg_row row, const char *column)
{
    return pg_get_json(row.rows, row.row, find(row, column));
}

struct str pg_row_bytes(struct pg_row row, const char *column)
{
    return pg_get_bytes(row.rows, row.row, find(row, column));
}

struct uuid pg_row_uuid(struct pg_row row, const char *column)
{
    return pg_get_uuid(row.rows, row.row, find(row, column));
}

int64_t pg_row_instant(struct pg_row row, const char *column)
{
    return pg_get_instant(row.rows, row.row, find(row, column));
}

int32_t pg_row_date(struct pg_row row, const char *column)
{
    return pg_get_date(row.rows, row.row, find(row, column));
}

const void *pg_row_array(struct pg_row row, const char *column, struct arena *arena,
                         size_t *ret_count)
{
    return pg_get_array(row.rows, row.row, find(row, column), arena, ret_count);
}

int64_t pg_row_int_or(struct pg_row row, const char *column, int64_t fallback)
{
    return pg_row_is_null(row, column) ? fallback : pg_row_int(row, column);
}

int64_t pg_row_instant_or(struct pg_row row, const char *column, int64_t fallback)
{
    return pg_row_is_null(row, column) ? fallback : pg_row_instant(row, column);
}

int pg_row_enum(struct pg_row row, const char *column, const char *const *names, int *ret_index)
{
    struct str text = pg_row_text(row, column);
    for (int index = 0; names[index]; index++) {
        if (str_eq_c(text, names[index])) {
            *ret_index = index;
            return 0;
        }
    }
    return 1;
}
