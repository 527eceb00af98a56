#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/field.h"
#include "everything.h"

struct fixture {
    struct arena *arena;
    struct buf out;
};

static struct fixture fixture;

static int setup(void **state)
{
    fixture.arena = arena_new();
    fixture.out = (struct buf){0};
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    buf_fini(&f->out);
    arena_free(f->arena);
    return 0;
}

static void one_of_a_kind(void **state)
{
    struct fixture *f = *state;
    struct jsonw w = jsonw(&f->out);
    field_schema(rule_rows, true, &w, NULL);
    assert_string_equal(f->out.data,
                        "{\"type\":\"object\",\"properties\":{"
                        "\"min_s\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":86400,"
                        "\"description\":\"Shortest use.\"},"
                        "\"note\":{\"type\":[\"string\",\"null\"],\"minLength\":0,\"maxLength\":10,"
                        "\"description\":\"For people.\"}},"
                        "\"required\":[\"min_s\"],\"additionalProperties\":false}");
}

static void the_key_and_the_open_form(void **state)
{
    static const struct field rows[] = {
        {"at", FT_INSTANT, FIELD_NEEDED, 0, 0, 0, 0, 0, NULL, NULL, NULL},
        FIELD_END,
    };
    static const struct field no_rows[] = {FIELD_END};
    struct fixture *f = *state;
    struct jsonw w = jsonw(&f->out);
    jw_object(&w, NULL);
    field_schema(rows, false, &w, "reply");
    field_schema(no_rows, true, &w, "empty");
    jw_end_object(&w);
    assert_string_equal(f->out.data, "{\"reply\":{\"type\":\"object\",\"properties\":"
                                     "{\"at\":{\"type\":\"string\",\"format\":\"date-time\"}},"
                                     "\"required\":[\"at\"]},"
                                     "\"empty\":{\"type\":\"object\",\"properties\":{},"
                                     "\"additionalProperties\":false}}");
}

struct property_case {
    const char *name;
    const char *schema; /* without the description */
};

static void every_type_has_its_schema(void **state)
{
    static const struct property_case cases[] = {
        {"name", "{\"type\":\"string\",\"minLength\":2,\"maxLength\":4"},
        {"code", "{\"type\":[\"string\",\"null\"],\"pattern\":\"^[a-z0-9][a-z0-9_-]{0,62}$\""},
        {"count", "{\"type\":[\"integer\",\"null\"],\"minimum\":-5,\"maximum\":10"},
        {"limit", "{\"type\":[\"integer\",\"null\"],\"minimum\":1,\"maximum\":100,\"default\":50"},
        {"is_urgent", "{\"type\":[\"boolean\",\"null\"],\"default\":true"},
        {"start", "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\""},
        {"day", "{\"type\":[\"string\",\"null\"],\"format\":\"date\""},
        {"month", "{\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9]{4}-(0[1-9]|1[0-2])$\""},
        {"id", "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\""},
        {"kind", "{\"type\":[\"string\",\"null\"],\"enum\":[\"room\",\"seat\",\"tool\",null]"},
        {"mode", "{\"type\":[\"string\",\"null\"],\"enum\":[\"room\",\"seat\",\"tool\",null],"
                 "\"default\":\"seat\""},
        {"factor", "{\"type\":[\"string\",\"integer\",\"null\"],"
                   "\"pattern\":\"^-?[0-9]+(\\\\.[0-9]{1,9})?$\""},
        {"part", "{\"type\":[\"object\",\"null\"],\"properties\":{\"code\":{\"type\":\"string\","},
        {"parts", "{\"type\":[\"array\",\"null\"],\"minItems\":0,\"maxItems\":3,"
                  "\"items\":{\"type\":\"object\",\"properties\":{\"code\":"},
        {"tags", "{\"type\":[\"array\",\"null\"],\"maxItems\":3,"
                 "\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":5}"},
        {"extra", "{\"description\":\"Anything.\"}"},
    };
    struct fixture *f = *state;
    struct jsonw w = jsonw(&f->out);
    field_schema(everything_rows, true, &w, NULL);
    for (size_t i = 0; i < LEN(cases); i++) {
        const char *wanted = arena_printf(f->arena, "\"%s\":%s", cases[i].name, cases[i].schema);
        if (strstr(f->out.data, wanted) == NULL)
            fail_msg("no %s in %s", wanted, f->out.data);
    }
    assert_int_equal(LEN(cases), LEN(everything_rows) - 1);
}

/* The document must be JSON within the limits that its own reader has. */
static void a_schema_reads_as_json(void **state)
{
    struct fixture *f = *state;
    const struct json *value = NULL;
    const char *fault = NULL;
    struct jsonw w = jsonw(&f->out);
    field_schema(everything_rows, true, &w, NULL);
    assert_int_equal(json_parse(buf_view(&f->out), f->arena, &value, &fault), 0);
    assert_int_equal(json_count(json_get(value, "properties")), LEN(everything_rows) - 1);
    assert_int_equal(json_count(json_get(value, "required")), 1);
}

/* Bounds beyond 2^53 cannot be reached, so the schema must not promise them. */
static void bounds_stay_exact(void **state)
{
    static const struct field rows[] = {
        {"n", FT_INT, FIELD_NEEDED, INT64_MIN, INT64_MAX, 0, 0, 0, NULL, NULL, NULL},
        FIELD_END,
    };
    struct fixture *f = *state;
    struct jsonw w = jsonw(&f->out);
    field_schema(rows, false, &w, NULL);
    assert_non_null(
        strstr(f->out.data, "\"minimum\":-9007199254740992,\"maximum\":9007199254740992"));
}

/* A query parameter is there or is not; it is never null. */
static void a_parameter_is_never_null(void **state)
{
    struct fixture *f = *state;
    struct jsonw w = jsonw(&f->out);
    field_schema_text(&rule_rows[1], &w, NULL);
    assert_string_equal(f->out.data, "{\"type\":\"string\",\"minLength\":0,\"maxLength\":10,"
                                     "\"description\":\"For people.\"}");
}

#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(one_of_a_kind),
        SCHEMA_TEST(the_key_and_the_open_form),
        SCHEMA_TEST(every_type_has_its_schema),
        SCHEMA_TEST(a_schema_reads_as_json),
        SCHEMA_TEST(bounds_stay_exact),
        SCHEMA_TEST(a_parameter_is_never_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
