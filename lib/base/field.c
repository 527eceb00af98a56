#include "base/field.h"

#include "base/field_value.h"

/* Where decoding stands: the JSON pointer grows and shrinks with the nesting. */
struct decoding {
    struct arena *arena;
    struct problem *problem;
    struct buf pointer;
};

static void *at_offset(void *base, size_t offset)
{
    return (unsigned char *)base + offset;
}

static void refuse(struct decoding *d, enum code code, struct fact limit, struct fact actual)
{
    problem_add(d->problem, code, d->pointer.len > 0 ? d->pointer.data : "", limit, actual);
}

static void refuse_type(struct decoding *d, const char *expected, const struct json *value)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "boolean", [JSON_INT] = "integer",
        [JSON_NUMBER] = "number", [JSON_TEXT] = "string",  [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };
    refuse(d, CODE_wrong_type, fact_text(str_of(expected)),
           fact_text(str_of(names[json_type(value)])));
}

/* Adds "/token", escaped as RFC 6901 section 3 says; returns the length to shrink back to. */
static size_t push_token(struct decoding *d, struct str token)
{
    size_t before = d->pointer.len;
    buf_putc(&d->pointer, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] == '~')
            buf_puts(&d->pointer, "~0");
        else if (token.ptr[i] == '/')
            buf_puts(&d->pointer, "~1");
        else
            buf_putc(&d->pointer, token.ptr[i]);
    }
    return before;
}

static size_t push_index(struct decoding *d, size_t index)
{
    size_t before = d->pointer.len;
    buf_printf(&d->pointer, "/%zu", index);
    return before;
}

static void pop_token(struct decoding *d, size_t before)
{
    d->pointer.len = before;
    d->pointer.data[before] = '\0';
}

static void decode_object(struct decoding *d, const struct field *rows, const struct json *value,
                          void *ret);

static void decode_int(struct decoding *d, const struct field *row, const struct json *value,
                       int64_t *ret)
{
    /* An integer beyond 2^53 is not exact any more; a field may still allow it, but JSON cannot. */
    double number = json_type(value) == JSON_NUMBER ? json_number(value) : 0;
    if (number >= (double)JSON_EXACT_MAX) {
        refuse(d, CODE_too_large, fact_int(row->max < JSON_EXACT_MAX ? row->max : JSON_EXACT_MAX),
               NO_FACT);
    } else if (number <= -(double)JSON_EXACT_MAX) {
        refuse(d, CODE_too_small, fact_int(row->min > -JSON_EXACT_MAX ? row->min : -JSON_EXACT_MAX),
               NO_FACT);
    } else if (json_type(value) != JSON_INT) {
        refuse_type(d, "integer", value);
    } else if (json_int(value) < row->min) {
        refuse(d, CODE_too_small, fact_int(row->min), fact_int(json_int(value)));
    } else if (json_int(value) > row->max) {
        refuse(d, CODE_too_large, fact_int(row->max), fact_int(json_int(value)));
    } else {
        *ret = json_int(value);
    }
}

/* A scalar that JSON carries as a string. */
static void decode_text(struct decoding *d, const struct field *row, const struct json *value,
                        void *ret)
{
    struct field_fault fault;
    if (json_type(value) != JSON_TEXT)
        refuse_type(d, "string", value);
    else if (!field_value_parse(row, json_text(value), d->problem->arena, ret, &fault))
        refuse(d, fault.code, fault.limit, fault.actual);
}

static void decode_decimal(struct decoding *d, const struct field *row, const struct json *value,
                           void *ret)
{
    if (json_type(value) == JSON_INT)
        *(struct ratio *)ret = (struct ratio){json_int(value), 1};
    else
        decode_text(d, row, value, ret);
}

/* True when `value` is an array of an allowed number of elements. Too long a one is not looked
 * into, so that nothing is allocated for it. */
static bool is_countable(struct decoding *d, const struct json *value, size_t least, size_t most)
{
    if (json_type(value) != JSON_ARRAY) {
        refuse_type(d, "array", value);
        return false;
    }
    size_t count = json_count(value);
    if (count > most)
        refuse(d, CODE_too_large, fact_int((int64_t)most), fact_int((int64_t)count));
    else if (count < least)
        refuse(d, CODE_too_small, fact_int((int64_t)least), fact_int((int64_t)count));
    return count >= least && count <= most;
}

static void decode_objects(struct decoding *d, const struct field *row, const struct json *value,
                           struct field_list *ret)
{
    if (!is_countable(d, value, (size_t)row->min, (size_t)row->max))
        return;
    ret->count = json_count(value);
    ret->items = arena_array(d->arena, ret->count, row->size);
    size_t i = 0;
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item)) {
        size_t before = push_index(d, i);
        decode_object(d, row->rows, item, at_offset(ret->items, i * row->size));
        pop_token(d, before);
        i++;
    }
}

static void decode_texts(struct decoding *d, const struct field *row, const struct json *value,
                         struct field_list *ret)
{
    if (!is_countable(d, value, 0, row->size))
        return;
    ret->count = json_count(value);
    struct str *items = arena_array(d->arena, ret->count, sizeof(*items));
    ret->items = items;
    size_t i = 0;
    for (const struct json *item = json_first(value); item != NULL; item = json_next(item)) {
        size_t before = push_index(d, i);
        decode_text(d, row, item, &items[i]);
        pop_token(d, before);
        i++;
    }
}

static void decode_value(struct decoding *d, const struct field *row, const struct json *value,
                         void *ret)
{
    switch (row->type) {
    case FT_END:
        break;
    case FT_INT:
        decode_int(d, row, value, ret);
        break;
    case FT_BOOL:
        if (json_type(value) == JSON_BOOL)
            *(bool *)ret = json_bool(value);
        else
            refuse_type(d, "boolean", value);
        break;
    case FT_DECIMAL:
        decode_decimal(d, row, value, ret);
        break;
    case FT_OBJECT:
        decode_object(d, row->rows, value, ret);
        break;
    case FT_OBJECTS:
        decode_objects(d, row, value, ret);
        break;
    case FT_TEXTS:
        decode_texts(d, row, value, ret);
        break;
    case FT_RAW:
        *(const struct json **)ret = value;
        break;
    case FT_TEXT:
    case FT_CODE:
    case FT_INSTANT:
    case FT_DATE:
    case FT_MONTH:
    case FT_UUID:
    case FT_ENUM:
        decode_text(d, row, value, ret);
        break;
    }
}

static const struct field *find_row(const struct field *rows, struct str name)
{
    for (const struct field *row = rows; row->type != FT_END; row++) {
        if (str_eq_c(name, row->name))
            return row;
    }
    return NULL;
}

static bool is_given(const struct json *object, const struct field *row)
{
    const struct json *value = json_get(object, row->name);
    return value != NULL && json_type(value) != JSON_NULL;
}

static void refuse_missing(struct decoding *d, const struct field *rows, const struct json *object)
{
    for (const struct field *row = rows; row->type != FT_END; row++) {
        if ((row->flags & FIELD_NEEDED) == 0 || is_given(object, row))
            continue;
        size_t before = push_token(d, str_of(row->name));
        refuse(d, CODE_missing_field, NO_FACT, NO_FACT);
        pop_token(d, before);
    }
}

static void decode_object(struct decoding *d, const struct field *rows, const struct json *value,
                          void *ret)
{
    field_defaults(rows, ret);
    if (json_type(value) != JSON_OBJECT) {
        refuse_type(d, "object", value);
        return;
    }
    for (const struct json *member = json_first(value); member != NULL;
         member = json_next(member)) {
        const struct field *row = find_row(rows, json_key(member));
        size_t before = push_token(d, json_key(member));
        if (row == NULL)
            refuse(d, CODE_unknown_field, NO_FACT, NO_FACT);
        else if (json_type(member) != JSON_NULL)
            decode_value(d, row, member, at_offset(ret, row->offset));
        pop_token(d, before);
    }
    refuse_missing(d, rows, value);
}

bool field_decode(const struct field *rows, const struct json *value, struct arena *arena,
                  void *ret, struct problem *problem)
{
    struct decoding d = {.arena = arena, .problem = problem};
    size_t before = problem->count + problem->dropped;
    decode_object(&d, rows, value, ret);
    buf_fini(&d.pointer);
    return problem->count + problem->dropped == before;
}

bool field_decode_text(const struct field *row, struct str text, void *ret, struct problem *problem)
{
    struct decoding d = {.problem = problem};
    struct field_fault fault;
    bool is_valid =
        field_value_parse(row, text, problem->arena, at_offset(ret, row->offset), &fault);
    if (!is_valid) {
        push_token(&d, str_of(row->name));
        refuse(&d, fault.code, fault.limit, fault.actual);
    }
    buf_fini(&d.pointer);
    return is_valid;
}

static void store_default(const struct field *row, void *ret)
{
    bool has_fallback = (row->flags & FIELD_DEFAULT) != 0;
    switch (row->type) {
    case FT_END:
        break;
    case FT_TEXT:
    case FT_CODE:
        *(struct str *)ret = (struct str){NULL, 0};
        break;
    case FT_INT:
        *(int64_t *)ret = has_fallback ? row->fallback : FIELD_NO_INT;
        break;
    case FT_BOOL:
        *(bool *)ret = has_fallback && row->fallback != 0;
        break;
    case FT_INSTANT:
        *(int64_t *)ret = INSTANT_NONE;
        break;
    case FT_DATE:
    case FT_MONTH:
        *(int32_t *)ret = FIELD_NO_DATE;
        break;
    case FT_UUID:
        *(struct uuid *)ret = UUID_NIL;
        break;
    case FT_ENUM:
        *(int *)ret = has_fallback ? (int)row->fallback : -1;
        break;
    case FT_DECIMAL:
        *(struct ratio *)ret = (struct ratio){0, 0};
        break;
    case FT_OBJECT:
        field_defaults(row->rows, ret);
        break;
    case FT_OBJECTS:
    case FT_TEXTS:
        *(struct field_list *)ret = (struct field_list){NULL, 0};
        break;
    case FT_RAW:
        *(const struct json **)ret = NULL;
        break;
    }
}

void field_defaults(const struct field *rows, void *ret)
{
    for (const struct field *row = rows; row->type != FT_END; row++)
        store_default(row, at_offset(ret, row->offset));
}
