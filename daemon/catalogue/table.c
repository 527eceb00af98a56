#include "catalogue/table.h"

#include "base/instant.h"

int64_t table_int(const struct table *t, const char *name)
{
    return pg_get_int(t->rows, t->row, pg_column(t->rows, name));
}

int64_t table_int_or(const struct table *t, const char *name, int64_t fallback)
{
    int column = pg_column(t->rows, name);
    return pg_is_null(t->rows, t->row, column) ? fallback : pg_get_int(t->rows, t->row, column);
}

bool table_bool(const struct table *t, const char *name)
{
    return pg_get_bool(t->rows, t->row, pg_column(t->rows, name));
}

struct uuid table_uuid(const struct table *t, const char *name)
{
    return pg_get_uuid(t->rows, t->row, pg_column(t->rows, name));
}

int64_t table_instant(const struct table *t, const char *name)
{
    return pg_get_instant(t->rows, t->row, pg_column(t->rows, name));
}

int32_t table_day(const struct table *t, const char *name)
{
    return pg_get_date(t->rows, t->row, pg_column(t->rows, name));
}

static struct str keep(struct catalogue *cat, struct str text)
{
    return text.ptr ? (struct str){arena_strndup(cat->arena, text.ptr, text.len), text.len} : text;
}

struct str table_text(struct catalogue *cat, const struct table *t, const char *name)
{
    int column = pg_column(t->rows, name);
    if (pg_is_null(t->rows, t->row, column))
        return (struct str){NULL, 0};
    return keep(cat, pg_get_text(t->rows, t->row, column));
}

struct bill_texts table_texts(struct catalogue *cat, const struct table *t, const char *name)
{
    size_t count = 0;
    int column = pg_column(t->rows, name);
    if (pg_is_null(t->rows, t->row, column))
        return (struct bill_texts){NULL, 0};
    const struct str *read = pg_get_array(t->rows, t->row, column, cat->scratch, &count);
    struct str *items = arena_array(cat->arena, count + 1, sizeof(*items));
    for (size_t i = 0; i < count; i++)
        items[i] = keep(cat, read[i]);
    return (struct bill_texts){items, count};
}

struct cat_validity table_validity(const struct table *t)
{
    int from = pg_column(t->rows, "valid_from"), to = pg_column(t->rows, "valid_to");
    return (struct cat_validity){
        pg_is_null(t->rows, t->row, from) ? INT64_MIN : pg_get_instant(t->rows, t->row, from),
        pg_is_null(t->rows, t->row, to) ? INT64_MAX : pg_get_instant(t->rows, t->row, to),
    };
}

int table_enum(const struct table *t, const char *name, const char *const *names)
{
    struct str text = pg_get_text(t->rows, t->row, pg_column(t->rows, name));
    int index = 0;
    while (names[index] && !str_eq_c(text, names[index]))
        index++;
    return names[index] ? index : 0;
}

size_t table_group(const struct table *t, const char *name)
{
    int column = pg_column(t->rows, name), count = pg_row_count(t->rows);
    struct uuid id = pg_get_uuid(t->rows, t->row, column);
    int end = t->row;
    while (end < count && uuid_eq(pg_get_uuid(t->rows, end, column), id))
        end++;
    return (size_t)(end - t->row);
}
