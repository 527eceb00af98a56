#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "base/json.h"

static void everything_is_written(void **state)
{
    (void)state;
    struct buf out = {0};
    struct jsonw w = jsonw(&out);
    jw_object(&w, NULL);
    jw_text(&w, "text", STR("장비"));
    jw_cstr(&w, "cstr", "x");
    jw_cstr(&w, "no_cstr", NULL);
    jw_text(&w, "empty", (struct str){NULL, 0});
    jw_int(&w, "least", INT64_MIN);
    jw_int(&w, "most", INT64_MAX);
    jw_bool(&w, "yes", true);
    jw_bool(&w, "no", false);
    jw_null(&w, "null");
    jw_instant(&w, "at", 0);
    jw_instant(&w, "never", INSTANT_NONE);
    jw_raw(&w, "raw", STR("[1,2]"));
    jw_array(&w, "list");
    jw_int(&w, NULL, 1);
    jw_object(&w, NULL);
    jw_end_object(&w);
    jw_array(&w, NULL);
    jw_end_array(&w);
    jw_text(&w, NULL, STR("z"));
    jw_end_array(&w);
    jw_int(&w, "after", 5);
    jw_end_object(&w);
    assert_string_equal(
        out.data,
        "{\"text\":\"장비\",\"cstr\":\"x\",\"no_cstr\":null,\"empty\":\"\","
        "\"least\":-9223372036854775808,\"most\":9223372036854775807,\"yes\":true,\"no\":false,"
        "\"null\":null,\"at\":\"1970-01-01T00:00:00Z\",\"never\":null,\"raw\":[1,2],"
        "\"list\":[1,{},[],\"z\"],\"after\":5}");
    buf_fini(&out);
}

struct escape_case {
    const char *text;
    const char *written;
};

static void text_is_escaped(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"", "\"\""},
        {"a", "\"a\""},
        {"\"", "\"\\\"\""},
        {"a\\b", "\"a\\\\b\""},
        {"/", "\"/\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01 \x1f\x7f", "\"\\u0001 \\u001f\x7f\""},
        {"\x1b[0m", "\"\\u001b[0m\""},
        {"</script>", "\"</script>\""},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct buf out = {0};
        struct jsonw w = jsonw(&out);
        jw_text(&w, NULL, str_of(cases[i].text));
        assert_string_equal(out.data, cases[i].written);
        buf_fini(&out);
    }
}

/* Every character that JSON can carry comes back as it was. */
static void what_is_written_reads_back(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char text[128];
    struct buf out = {0};
    const struct json *value = NULL;
    const char *fault = NULL;
    for (size_t i = 0; i < 127; i++)
        text[i] = (char)(i + 1);
    struct jsonw w = jsonw(&out);
    jw_text(&w, NULL, (struct str){text, 127});
    assert_int_equal(json_parse(buf_view(&out), arena, &value, &fault), 0);
    assert_true(str_eq(json_text(value), (struct str){text, 127}));
    buf_fini(&out);
    arena_free(arena);
}

static void a_nul_is_escaped(void **state)
{
    (void)state;
    struct buf out = {0};
    struct jsonw w = jsonw(&out);
    jw_text(&w, NULL, STR("a\0b"));
    assert_string_equal(out.data, "\"a\\u0000b\"");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_written),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(a_nul_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
