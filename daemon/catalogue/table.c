#include "catalogue/table.h"

static struct str keep(struct catalogue *cat, struct str text)
{
    return text.ptr ? (struct str){arena_strndup(cat->arena, text.ptr, text.len), text.len} : text;
}

struct str snapshot_text(struct catalogue *cat, struct pg_row row, const char *column)
{
    return keep(cat, pg_row_text(row, column));
}

struct texts snapshot_texts(struct catalogue *cat, struct pg_row row, const char *column)
{
    size_t count;
    const struct str *read = pg_row_array(row, column, cat->scratch, &count);
    struct str *items = arena_array(cat->arena, count + 1, sizeof(*items));
    for (size_t i = 0; i < count; i++)
        items[i] = keep(cat, read[i]);
    return (struct texts){items, count};
}

struct cat_validity row_validity(struct pg_row row)
{
    return (struct cat_validity){pg_row_instant_or(row, "valid_from", INT64_MIN),
                                 pg_row_instant_or(row, "valid_to", INT64_MAX)};
}

size_t row_group(struct pg_row row, const char *column)
{
    struct uuid id = pg_row_uuid(row, column);
    struct pg_row end = row;
    while (end.row < pg_row_count(row.rows) && uuid_eq(pg_row_uuid(end, column), id))
        end.row++;
    return (size_t)(end.row - row.row);
}
