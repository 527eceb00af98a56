#include "base/field.h"
#include "base/field_value.h"

static void write_object(const struct field *rows, bool is_closed, struct jsonw *w);

/* A field that need not be there may also be null. */
static bool is_nullable(const struct field *row)
{
    return (row->flags & FIELD_NEEDED) == 0;
}

static void write_type(const struct field *row, struct jsonw *w, const char *type)
{
    if (!is_nullable(row)) {
        jw_cstr(w, "type", type);
        return;
    }
    jw_array(w, "type");
    jw_cstr(w, NULL, type);
    jw_cstr(w, NULL, "null");
    jw_end_array(w);
}

static void write_string(const struct field *row, struct jsonw *w, const char *keyword,
                         const char *value)
{
    write_type(row, w, "string");
    jw_cstr(w, keyword, value);
}

static void write_lengths(const struct field *row, struct jsonw *w)
{
    jw_int(w, "minLength", row->min);
    jw_int(w, "maxLength", row->max);
}

static void write_int(const struct field *row, struct jsonw *w)
{
    write_type(row, w, "integer");
    jw_int(w, "minimum", row->min > -JSON_EXACT_MAX ? row->min : -JSON_EXACT_MAX);
    jw_int(w, "maximum", row->max < JSON_EXACT_MAX ? row->max : JSON_EXACT_MAX);
    if ((row->flags & FIELD_DEFAULT) != 0)
        jw_int(w, "default", row->fallback);
}

static void write_enum(const struct field *row, struct jsonw *w)
{
    write_type(row, w, "string");
    jw_array(w, "enum");
    for (size_t i = 0; row->names[i] != NULL; i++)
        jw_cstr(w, NULL, row->names[i]);
    if (is_nullable(row))
        jw_null(w, NULL);
    jw_end_array(w);
    if ((row->flags & FIELD_DEFAULT) != 0)
        jw_cstr(w, "default", row->names[row->fallback]);
}

static void write_decimal(const struct field *row, struct jsonw *w)
{
    jw_array(w, "type");
    jw_cstr(w, NULL, "string");
    jw_cstr(w, NULL, "integer");
    if (is_nullable(row))
        jw_cstr(w, NULL, "null");
    jw_end_array(w);
    jw_cstr(w, "pattern", FIELD_DECIMAL_PATTERN);
}

static void write_objects(const struct field *row, bool is_closed, struct jsonw *w)
{
    write_type(row, w, "array");
    jw_int(w, "minItems", row->min);
    jw_int(w, "maxItems", row->max);
    jw_object(w, "items");
    jw_cstr(w, "type", "object");
    write_object(row->rows, is_closed, w);
    jw_end_object(w);
}

static void write_texts(const struct field *row, struct jsonw *w)
{
    write_type(row, w, "array");
    jw_int(w, "maxItems", (int64_t)row->size);
    jw_object(w, "items");
    jw_cstr(w, "type", "string");
    write_lengths(row, w);
    jw_end_object(w);
}

static void write_value(const struct field *row, bool is_closed, struct jsonw *w)
{
    switch (row->type) {
    case FT_END:
    case FT_RAW:
        break;
    case FT_TEXT:
        write_type(row, w, "string");
        write_lengths(row, w);
        break;
    case FT_CODE:
        write_string(row, w, "pattern", FIELD_CODE_PATTERN);
        break;
    case FT_INT:
        write_int(row, w);
        break;
    case FT_BOOL:
        write_type(row, w, "boolean");
        if ((row->flags & FIELD_DEFAULT) != 0)
            jw_bool(w, "default", row->fallback != 0);
        break;
    case FT_INSTANT:
        write_string(row, w, "format", "date-time");
        break;
    case FT_DATE:
        write_string(row, w, "format", "date");
        break;
    case FT_MONTH:
        write_string(row, w, "pattern", FIELD_MONTH_PATTERN);
        break;
    case FT_UUID:
        write_string(row, w, "format", "uuid");
        break;
    case FT_ENUM:
        write_enum(row, w);
        break;
    case FT_DECIMAL:
        write_decimal(row, w);
        break;
    case FT_OBJECT:
        write_type(row, w, "object");
        write_object(row->rows, is_closed, w);
        break;
    case FT_OBJECTS:
        write_objects(row, is_closed, w);
        break;
    case FT_TEXTS:
        write_texts(row, w);
        break;
    }
}

static void write_required(const struct field *rows, struct jsonw *w)
{
    bool is_any = false;
    for (const struct field *row = rows; row->type != FT_END; row++)
        is_any = is_any || (row->flags & FIELD_NEEDED) != 0;
    if (!is_any)
        return;
    jw_array(w, "required");
    for (const struct field *row = rows; row->type != FT_END; row++) {
        if ((row->flags & FIELD_NEEDED) != 0)
            jw_cstr(w, NULL, row->name);
    }
    jw_end_array(w);
}

static void write_member(const struct field *row, bool is_closed, struct jsonw *w, const char *key)
{
    jw_object(w, key);
    write_value(row, is_closed, w);
    if (row->help != NULL)
        jw_cstr(w, "description", row->help);
    jw_end_object(w);
}

/* Everything of an object's schema but its type, which the caller has written. */
static void write_object(const struct field *rows, bool is_closed, struct jsonw *w)
{
    jw_object(w, "properties");
    for (const struct field *row = rows; row->type != FT_END; row++)
        write_member(row, is_closed, w, row->name);
    jw_end_object(w);
    write_required(rows, w);
    if (is_closed)
        jw_bool(w, "additionalProperties", false);
}

void field_schema(const struct field *rows, bool is_closed, struct jsonw *w, const char *key)
{
    jw_object(w, key);
    jw_cstr(w, "type", "object");
    write_object(rows, is_closed, w);
    jw_end_object(w);
}

void field_schema_text(const struct field *row, struct jsonw *w, const char *key)
{
    struct field given = *row;
    given.flags |= FIELD_NEEDED;
    write_member(&given, true, w, key);
}
