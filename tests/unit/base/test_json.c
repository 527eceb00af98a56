#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

/* Parses a copy that ends exactly where the text does, so that a sanitizer sees any step beyond. */
static int parse(void **state, struct str text, const struct json **ret, const char **ret_fault)
{
    char *copy = malloc(text.len > 0 ? text.len : 1);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    int result = json_parse((struct str){copy, text.len}, *state, ret, ret_fault);
    free(copy);
    return result;
}

static const struct json *good(void **state, const char *text)
{
    const struct json *value = NULL;
    const char *fault = NULL;
    if (parse(state, str_of(text), &value, &fault) != 0)
        fail_msg("%s: %s", text, fault);
    return value;
}

struct bad_case {
    struct str text;
    const char *fault; /* NULL: any */
};

#define BAD(text, fault)                                                                           \
    {                                                                                              \
        {(text), sizeof(text) - 1}, fault                                                          \
    }

static void bad_text_is_refused_with_its_place(void **state)
{
    static const struct bad_case cases[] = {
        BAD("", "At byte 0: a value is needed."),
        BAD(" \n", "At byte 2: a value is needed."),
        BAD("1 2", "At byte 2: there is something after the value."),
        BAD("{}x", "At byte 2: there is something after the value."),
        BAD("{}\0", "At byte 2: there is something after the value."),
        BAD("\xef\xbb\xbf{}", "At byte 0: a value is needed."), /* a byte order mark */
        BAD("nul", NULL),
        BAD("nulll", NULL),
        BAD("True", NULL),
        BAD("NaN", NULL),
        BAD("Infinity", NULL),
        BAD("-Infinity", NULL),
        BAD("'a'", NULL),
        BAD("// c\n1", NULL),
        BAD("\x0b"
            "1",
            NULL), /* a vertical tab is no space */
        BAD("\xc2\xa0"
            "1",
            NULL),
        /* objects and arrays */
        BAD("{", "At byte 1: a key in quotes is needed."),
        BAD("[", "At byte 1: a value is needed."),
        BAD("{\"a\"", "At byte 4: a colon is needed."),
        BAD("{\"a\":", NULL),
        BAD("{\"a\":1", "At byte 6: a comma or } is needed."),
        BAD("{\"a\":1,}", "At byte 7: a key in quotes is needed."),
        BAD("{\"a\":1 \"b\":2}", NULL),
        BAD("{\"a\" 1}", NULL),
        BAD("{a:1}", NULL),
        BAD("{1:1}", NULL),
        BAD("{,}", NULL),
        BAD("[1,]", NULL),
        BAD("[,1]", NULL),
        BAD("[1 2]", "At byte 3: a comma or ] is needed."),
        BAD("[1}", NULL),
        BAD("{\"a\":1]", NULL),
        BAD("]", NULL),
        /* duplicate keys, also when written differently, at any depth */
        BAD("{\"a\":1,\"a\":1}", "At byte 7: the key is given twice."),
        BAD("{\"a\":1,\"b\":2,\"\\u0061\":3}", "At byte 13: the key is given twice."),
        BAD("{\"\":1,\"\":2}", NULL),
        BAD("[{\"x\":{\"k\":1,\"k\":null}}]", "At byte 13: the key is given twice."),
        BAD("{\"b\":[{}],\"a\":{\"c\":1},\"b\":2,\"a\":3}", "At byte 22: the key is given twice."),
        /* numbers */
        BAD("01", "At byte 2: a number must not begin with 0."),
        BAD("-01", NULL),
        BAD("+1", NULL),
        BAD("-", "At byte 1: a digit is needed."),
        BAD(".5", NULL),
        BAD("5.", "At byte 2: a digit is needed."),
        BAD("1e", NULL),
        BAD("1e+", NULL),
        BAD("1.e3", NULL),
        BAD("0x10", NULL),
        BAD("1_000", NULL),
        BAD("1e400", "At byte 5: the number is too large."),
        BAD("-1e400", NULL),
        BAD("[1, 1e309]", "At byte 9: the number is too large."),
        BAD("1000000000000000000000000000000000000000000000000000000000000000",
            "At byte 64: the number has too many digits."),
        /* strings */
        BAD("\"a", "At byte 2: the string does not end."),
        BAD("\"a\\", NULL),
        BAD("\"a\\\"", NULL),
        BAD("\"\n\"", "At byte 1: a control character in a string must be escaped."),
        BAD("\"a\0b\"", NULL),
        BAD("\"\x1f\"", NULL),
        BAD("\"\\x41\"", "At byte 2: there is no such escape."),
        BAD("\"\\a\"", NULL),
        BAD("\"\\\0\"", NULL),
        BAD("\"\\u0000\"", "At byte 7: \\u0000 is not accepted."),
        BAD("{\"k\\u0000ey\":1}", NULL),
        BAD("\"\\u12\"", "At byte 5: four hexadecimal digits are needed."),
        BAD("\"\\u12g4\"", NULL),
        BAD("\"\\u", NULL),
        BAD("\"\\ud800\"", "At byte 7: half of a surrogate pair."),
        BAD("\"\\udc00\"", NULL),
        BAD("\"\\ud800\\n\"", NULL),
        BAD("\"\\ud800x\"", NULL),
        BAD("\"\\ud800\\ud800\"", NULL),
        BAD("\"\\ud800\\u0041\"", NULL),
        BAD("\"\\udc00\\ud800\"", NULL),
        BAD("\"\\ud800\\u", NULL),
        /* not UTF-8 */
        BAD("\"\xff\"", "At byte 0: the text is not UTF-8."),
        BAD("\"\xc0\x80\"", NULL),
        BAD("\"\xed\xa0\x80\"", NULL),
        BAD("{\"\xe1\x80\":1}", NULL),
        BAD("\"\xe1\x80", NULL),
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct json *value = NULL;
        const char *fault = NULL;
        if (parse(state, cases[i].text, &value, &fault) != 1)
            fail_msg("case %zu is accepted: " STR_FMT, i, STR_ARG(cases[i].text));
        assert_non_null(fault);
        assert_null(value);
        if (cases[i].fault != NULL)
            assert_string_equal(fault, cases[i].fault);
    }
}

static void nest(struct buf *text, int depth, const char *open, const char *close)
{
    buf_reset(text);
    for (int i = 0; i < depth; i++)
        buf_puts(text, open);
    buf_puts(text, "1");
    for (int i = 0; i < depth; i++)
        buf_puts(text, close);
}

static void depth_is_limited(void **state)
{
    static const char *const pairs[][2] = {{"[", "]"}, {"{\"a\":", "}"}, {"[{\"a\":", "}]"}};
    struct buf text = {0};
    for (size_t i = 0; i < LEN(pairs); i++) {
        int levels = i == 2 ? JSON_DEPTH_MAX / 2 : JSON_DEPTH_MAX;
        const struct json *value = NULL;
        const char *fault = NULL;
        nest(&text, levels, pairs[i][0], pairs[i][1]);
        assert_int_equal(parse(state, buf_view(&text), &value, &fault), 0);
        nest(&text, levels + 1, pairs[i][0], pairs[i][1]);
        assert_int_equal(parse(state, buf_view(&text), &value, &fault), 1);
        assert_non_null(strstr(fault, "nested too deep"));
        nest(&text, 100000, pairs[i][0], pairs[i][1]);
        assert_int_equal(parse(state, buf_view(&text), &value, &fault), 1);
    }
    buf_fini(&text);
}

static void length_is_limited(void **state)
{
    struct buf text = {0};
    const struct json *value = NULL;
    const char *fault = NULL;
    buf_reserve(&text, JSON_LEN_MAX + 1);
    memset(text.data, ' ', JSON_LEN_MAX + 1);
    text.data[0] = '1';
    text.len = JSON_LEN_MAX;
    assert_int_equal(json_parse(buf_view(&text), *state, &value, &fault), 0);
    text.len++;
    assert_int_equal(json_parse(buf_view(&text), *state, &value, &fault), 1);
    assert_string_equal(fault, "At byte 0: the text is too long.");
    buf_fini(&text);
}

struct number_case {
    const char *text;
    enum json_type type;
    int64_t value; /* JSON_INT */
};

static void numbers_are_exact_or_marked(void **state)
{
    static const struct number_case cases[] = {
        {"0", JSON_INT, 0},
        {"-0", JSON_INT, 0},
        {"-1", JSON_INT, -1},
        {"12345", JSON_INT, 12345},
        {"2147483648", JSON_INT, INT64_C(2147483648)},
        {"-2147483649", JSON_INT, -INT64_C(2147483649)},
        {"9007199254740991", JSON_INT, INT64_C(9007199254740991)},
        {"9007199254740992", JSON_INT, INT64_C(9007199254740992)},
        {"-9007199254740992", JSON_INT, -INT64_C(9007199254740992)},
        {"9007199254740993", JSON_NUMBER, 0},
        {"-9007199254740993", JSON_NUMBER, 0},
        {"9223372036854775807", JSON_NUMBER, 0},
        {"100000000000000000000000", JSON_NUMBER, 0},
        {"1.0", JSON_NUMBER, 0},
        {"1e3", JSON_NUMBER, 0},
        {"1E0", JSON_NUMBER, 0},
        {"-0.0", JSON_NUMBER, 0},
        {"0.1", JSON_NUMBER, 0},
        {"1e308", JSON_NUMBER, 0},
        {"1e-400", JSON_NUMBER, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct json *value = good(state, cases[i].text);
        if (json_type(value) != cases[i].type)
            fail_msg("%s has type %d", cases[i].text, (int)json_type(value));
        if (cases[i].type == JSON_INT)
            assert_int_equal(json_int(value), cases[i].value);
    }
    assert_true(json_number(good(state, "0.5")) == 0.5);
}

/* Exactness belongs to each number, wherever it stands. */
static void marks_do_not_shift(void **state)
{
    const struct json *list =
        good(state, "[1, 1.0, {\"a\": 2, \"b\": [2.5, 3]}, \"9.5\", 1e1, 4, [], {}, 5]");
    static const enum json_type types[] = {JSON_INT,   JSON_NUMBER, JSON_OBJECT,
                                           JSON_TEXT,  JSON_NUMBER, JSON_INT,
                                           JSON_ARRAY, JSON_OBJECT, JSON_INT};
    const struct json *item = json_first(list);
    for (size_t i = 0; i < LEN(types); i++, item = json_next(item))
        assert_int_equal(json_type(item), types[i]);
    assert_null(item);
    const struct json *object = json_next(json_next(json_first(list)));
    const struct json *inner = json_first(json_get(object, "b"));
    assert_int_equal(json_type(inner), JSON_NUMBER);
    assert_int_equal(json_int(json_next(inner)), 3);
}

static void text_is_decoded(void **state)
{
    const struct json *value =
        good(state, " \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uc7a5\\uD83D\\uDE00 장\" ");
    assert_int_equal(json_type(value), JSON_TEXT);
    assert_true(str_eq_c(json_text(value), "\"\\/\b\f\n\r\tA장\xf0\x9f\x98\x80 장"));
    assert_int_equal(json_text(good(state, "\"\"")).len, 0);
}

static void plain_values(void **state)
{
    assert_int_equal(json_type(good(state, "null")), JSON_NULL);
    assert_int_equal(json_type(good(state, " true\r\n\t")), JSON_BOOL);
    assert_true(json_bool(good(state, "true")));
    assert_false(json_bool(good(state, "false")));
}

static void members_in_order(void **state)
{
    const struct json *object = good(state, "{\"b\":1,\"a\":{\"c\":[]},\"B\":3}");
    const struct json *member = json_first(object);
    assert_int_equal(json_count(object), 3);
    assert_true(str_eq_c(json_key(member), "b"));
    assert_true(str_eq_c(json_key(json_next(member)), "a"));
    assert_int_equal(json_int(json_get(object, "B")), 3); /* the case matters */
    assert_null(json_get(object, "c"));
    assert_null(json_get(object, ""));
    assert_int_equal(json_count(json_get(json_get(object, "a"), "c")), 0);
    assert_null(json_first(json_get(json_get(object, "a"), "c")));
    assert_null(json_next(object));
}

/* Quadratic work on this many keys would take minutes; the duplicate stands at the very end. */
static void an_object_of_very_many_keys(void **state)
{
    const int count = 200000;
    struct buf text = {0};
    const struct json *value = NULL;
    const char *fault = NULL;
    buf_putc(&text, '{');
    for (int i = 0; i < count; i++)
        buf_printf(&text, "%s\"k%d\":1", i > 0 ? "," : "", i);
    buf_putc(&text, '}');
    assert_int_equal(json_parse(buf_view(&text), *state, &value, &fault), 0);
    assert_int_equal(json_count(value), count);
    text.len--;
    size_t at = text.len + 1;
    buf_puts(&text, ",\"k7\":2}");
    assert_int_equal(json_parse(buf_view(&text), *state, &value, &fault), 1);
    assert_string_equal(fault, arena_printf(*state, "At byte %zu: the key is given twice.", at));
    buf_fini(&text);
}

#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(bad_text_is_refused_with_its_place),
        ARENA_TEST(depth_is_limited),
        ARENA_TEST(length_is_limited),
        ARENA_TEST(numbers_are_exact_or_marked),
        ARENA_TEST(marks_do_not_shift),
        ARENA_TEST(text_is_decoded),
        ARENA_TEST(plain_values),
        ARENA_TEST(members_in_order),
        ARENA_TEST(an_object_of_very_many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
