#include "api/encode.h"

#include <string.h>

static void encode_texts(const struct pg_rows *rows, int row, int column, struct arena *arena,
                         struct jsonw *w, const char *name)
{
    size_t count;
    const struct str *items = pg_get_array(rows, row, column, arena, &count);
    jw_array(w, name);
    for (size_t i = 0; i < count; i++)
        jw_text(w, NULL, items[i]);
    jw_end_array(w);
}

static void encode_value(const struct reply_field *field, const struct pg_rows *rows, int row,
                         int column, struct arena *arena, struct jsonw *w)
{
    char text[UUID_TEXT_MAX > DATE_TEXT_MAX ? UUID_TEXT_MAX : DATE_TEXT_MAX];
    switch (field->type) {
    case RT_TEXT:
        jw_text(w, field->name, pg_get_text(rows, row, column));
        break;
    case RT_INT:
        jw_int(w, field->name, pg_get_int(rows, row, column));
        break;
    case RT_BOOL:
        jw_bool(w, field->name, pg_get_bool(rows, row, column));
        break;
    case RT_UUID:
        uuid_format(pg_get_uuid(rows, row, column), text);
        jw_cstr(w, field->name, text);
        break;
    case RT_INSTANT:
        jw_instant(w, field->name, pg_get_instant(rows, row, column));
        break;
    case RT_DATE:
        date_format(pg_get_date(rows, row, column), text);
        jw_cstr(w, field->name, text);
        break;
    case RT_MONTH: /* "2026-11": a date's first seven characters */
        date_format(pg_get_date(rows, row, column), text);
        jw_text(w, field->name, (struct str){text, 7});
        break;
    case RT_TEXTS:
        encode_texts(rows, row, column, arena, w, field->name);
        break;
    case RT_JSON:
        jw_raw(w, field->name, pg_get_json(rows, row, column));
        break;
    case RT_HIDDEN:
    case RT_EXTRA:
    case RT_TRIAL:
    case RT_END:
        break;
    }
}

static bool has_column(const struct reply_field *field)
{
    return field->type != RT_EXTRA && field->type != RT_TRIAL;
}

void encode_row(const struct reply_field *reply, const struct pg_rows *rows, int row, int first,
                struct str extra, bool is_trial, struct arena *arena, struct jsonw *w)
{
    jw_object(w, NULL);
    int column = first;
    for (const struct reply_field *field = reply; field->type != RT_END; field++) {
        bool is_extra = field->type == RT_EXTRA;
        if (field->type == RT_TRIAL)
            jw_bool(w, field->name, is_trial);
        else if (is_extra && extra.ptr)
            jw_text(w, field->name, extra);
        else if (is_extra || (field->type != RT_HIDDEN && pg_is_null(rows, row, column)))
            jw_null(w, field->name);
        else
            encode_value(field, rows, row, column, arena, w);
        column += has_column(field);
    }
    jw_end_object(w);
}

static bool kind_fits(enum reply_type type, enum pg_kind kind)
{
    switch (type) {
    case RT_INT:
        return kind == PG_INT;
    case RT_BOOL:
        return kind == PG_BOOL;
    case RT_UUID:
        return kind == PG_UUID;
    case RT_INSTANT:
        return kind == PG_INSTANT;
    case RT_DATE:
    case RT_MONTH:
        return kind == PG_DATE;
    case RT_TEXTS:
        return kind == PG_TEXT_ARRAY;
    case RT_JSON:
        return kind == PG_JSONB;
    case RT_TEXT:
        return kind == PG_TEXT;
    case RT_HIDDEN:
    case RT_EXTRA:
    case RT_TRIAL:
    case RT_END:
        break;
    }
    return true;
}

bool encode_check(const struct reply_field *reply, const struct pg_rows *rows, int first,
                  struct buf *fault)
{
    int column = first;
    for (const struct reply_field *field = reply; field->type != RT_END; field++) {
        if (!has_column(field))
            continue;
        bool is_there = column < pg_column_count(rows);
        if (is_there && !strcmp(pg_column_name(rows, column), field->name) &&
            kind_fits(field->type, pg_column_kind(rows, column))) {
            column++;
            continue;
        }
        buf_printf(fault, "column %d should be %s, is %s", column, field->name,
                   is_there ? pg_column_name(rows, column) : "missing");
        return false;
    }
    return true;
}
