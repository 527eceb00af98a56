/* Feeds bytes to the JSON reader. What it accepts must survive: being written and read again, being
 * decoded by a table that has every field type, and being told about in a problem document. */

#include <stdlib.h>

#include "../unit/base/everything.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void write_value(struct jsonw *w, const struct json *value);

/* The writer wants keys as they stand; these come from outside, so they are written as texts. */
static void write_member(struct jsonw *w, const struct json *member)
{
    jw_text(w, NULL, json_key(member));
    buf_putc(w->out, ':');
    w->comma = false;
    write_value(w, member);
}

static void write_children(struct jsonw *w, const struct json *parent)
{
    size_t count = 0;
    for (const struct json *child = json_first(parent); child != NULL; child = json_next(child)) {
        if (json_type(parent) == JSON_OBJECT)
            write_member(w, child);
        else
            write_value(w, child);
        count++;
    }
    require(count == json_count(parent));
}

static void write_number(struct jsonw *w, double number)
{
    struct buf text = {0};
    buf_printf(&text, "%.16e", number);
    jw_raw(w, NULL, buf_view(&text));
    buf_fini(&text);
}

static void write_value(struct jsonw *w, const struct json *value)
{
    switch (json_type(value)) {
    case JSON_NULL:
        jw_null(w, NULL);
        break;
    case JSON_BOOL:
        jw_bool(w, NULL, json_bool(value));
        break;
    case JSON_INT:
        require(json_int(value) >= -JSON_EXACT_MAX && json_int(value) <= JSON_EXACT_MAX);
        jw_int(w, NULL, json_int(value));
        break;
    case JSON_NUMBER:
        write_number(w, json_number(value));
        break;
    case JSON_TEXT:
        jw_text(w, NULL, json_text(value));
        break;
    case JSON_ARRAY:
        jw_array(w, NULL);
        write_children(w, value);
        jw_end_array(w);
        break;
    case JSON_OBJECT:
        jw_object(w, NULL);
        write_children(w, value);
        jw_end_object(w);
        break;
    }
}

static const struct json *parse_own(const struct buf *text, struct arena *arena)
{
    const struct json *value = NULL;
    const char *fault = NULL;
    require(json_parse(buf_view(text), arena, &value, &fault) == 0);
    return value;
}

/* Written, read, and written again: both writings are the same bytes. */
static void check_round_trip(const struct json *value, struct arena *arena)
{
    struct buf first = {0};
    struct buf second = {0};
    struct jsonw w = jsonw(&first);
    write_value(&w, value);
    struct jsonw again = jsonw(&second);
    write_value(&again, parse_own(&first, arena));
    require(str_eq(buf_view(&first), buf_view(&second)));
    buf_fini(&first);
    buf_fini(&second);
}

static void check_decoding(const struct json *value, struct arena *arena)
{
    struct everything decoded;
    struct problem problem;
    struct buf document = {0};
    problem_init(&problem, arena);
    bool is_valid = field_decode(everything_rows, value, arena, &decoded, &problem);
    require(is_valid == (problem.count == 0));
    require(problem.count <= PROBLEM_VIOLATIONS_MAX);
    problem_encode(&problem, LANG_KO, STR("/fuzz"), &document);
    require(json_type(parse_own(&document, arena)) == JSON_OBJECT);
    buf_fini(&document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct json *value = NULL;
    const char *fault = NULL;
    struct str text = {(const char *)data, size};
    if (json_parse(text, arena, &value, &fault) == 0) {
        check_round_trip(value, arena);
        check_decoding(value, arena);
    } else {
        require(fault != NULL);
    }
    arena_free(arena);
    return 0;
}
