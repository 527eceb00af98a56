#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EMPTY ((struct str){NULL, 0})

static void comparing(void **state)
{
    (void)state;
    assert_int_equal(str_of(NULL).len, 0);
    assert_null(str_of(NULL).ptr);
    assert_true(str_eq(str_of("abc"), STR("abc")));
    assert_true(str_eq(EMPTY, STR("")));
    assert_false(str_eq(STR("abc"), STR("abd")));
    assert_false(str_eq(STR("abc"), STR("ab")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_true(str_eq_c(STR("abc"), "abc"));
    assert_false(str_eq_c(STR("abc"), "abcd"));
    assert_true(str_eq_c(EMPTY, NULL));
}

static void case_is_ignored_for_ascii_only(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("Content-LENGTH"), STR("content-length")));
    assert_false(str_eq_nocase(STR("abc"), STR("abcd")));
    assert_false(str_eq_nocase(STR("@"), STR("`"))); /* 0x40 and 0x60 */
    assert_false(str_eq_nocase(STR("["), STR("{"))); /* 0x5b and 0x7b */
    assert_false(str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
}

static void prefixes(void **state)
{
    (void)state;
    assert_true(str_starts(STR("/v1/x"), STR("/v1/")));
    assert_true(str_starts(STR("/v1/x"), EMPTY));
    assert_true(str_starts(EMPTY, EMPTY));
    assert_false(str_starts(STR("/v"), STR("/v1")));
    assert_false(str_starts(EMPTY, STR("/")));
}

struct cut_case {
    const char *text;
    const char *parts; /* joined with | */
};

static void cutting(void **state)
{
    (void)state;
    static const struct cut_case cases[] = {
        {"a,,b", "a||b|"}, {"a,", "a||"}, {",", "||"}, {"", "|"}, {"abc", "abc|"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct str rest = str_of(cases[i].text);
        struct str part;
        struct buf joined = {0};
        while (str_cut(&rest, ',', &part)) {
            buf_str(&joined, part);
            buf_putc(&joined, '|');
        }
        assert_string_equal(joined.data, cases[i].parts);
        buf_fini(&joined);
    }
    struct str nothing = EMPTY;
    struct str part;
    assert_false(str_cut(&nothing, ',', &part));
}

struct int_case {
    struct str text;
    int64_t min;
    int64_t max;
    int result;
    int64_t value;
};

static void integers(void **state)
{
    (void)state;
    static const struct int_case cases[] = {
        {{"0", 1}, INT64_MIN, INT64_MAX, 0, 0},
        {{"-0", 2}, INT64_MIN, INT64_MAX, 0, 0},
        {{"007", 3}, INT64_MIN, INT64_MAX, 0, 7},
        {{"9223372036854775807", 19}, INT64_MIN, INT64_MAX, 0, INT64_MAX},
        {{"-9223372036854775808", 20}, INT64_MIN, INT64_MAX, 0, INT64_MIN},
        {{"9223372036854775808", 19}, INT64_MIN, INT64_MAX, 1, 0},
        {{"-9223372036854775809", 20}, INT64_MIN, INT64_MAX, 1, 0},
        {{"99999999999999999999999999", 26}, INT64_MIN, INT64_MAX, 1, 0},
        {{"18446744073709551616", 20}, INT64_MIN, INT64_MAX, 1, 0}, /* 2^64: wraps to 0 */
        {{"5", 1}, 5, 5, 0, 5},
        {{"4", 1}, 5, 9, 1, 0},
        {{"10", 2}, 5, 9, 1, 0},
        {{"-1", 2}, 0, 9, 1, 0},
        {{"", 0}, INT64_MIN, INT64_MAX, 1, 0},
        {{NULL, 0}, INT64_MIN, INT64_MAX, 1, 0},
        {{"-", 1}, INT64_MIN, INT64_MAX, 1, 0},
        {{"+1", 2}, INT64_MIN, INT64_MAX, 1, 0},
        {{" 1", 2}, INT64_MIN, INT64_MAX, 1, 0},
        {{"1 ", 2}, INT64_MIN, INT64_MAX, 1, 0},
        {{"0x5", 3}, INT64_MIN, INT64_MAX, 1, 0},
        {{"1e3", 3}, INT64_MIN, INT64_MAX, 1, 0},
        {{"1\0", 2}, INT64_MIN, INT64_MAX, 1, 0},
        {{"--1", 3}, INT64_MIN, INT64_MAX, 1, 0},
        {{"\xef\xbc\x91", 3}, INT64_MIN, INT64_MAX, 1, 0}, /* full-width 1 */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct int_case *c = &cases[i];
        int64_t value = 12345;
        int result = str_to_int(c->text, c->min, c->max, &value);
        if (result != c->result || value != (c->result == 0 ? c->value : 12345))
            fail_msg("case %zu \"" STR_FMT "\": %d, %lld", i, STR_ARG(c->text), result,
                     (long long)value);
    }
}

static void buffers_grow_and_stay_terminated(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_null(buf_view(&buf).ptr);
    for (int i = 0; i < 10000; i++) {
        buf_putc(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.data[buf.len], '\0');
    }
    assert_int_equal(buf_view(&buf).len, 10000);
    assert_int_equal(buf.data[9999], 'a' + 9999 % 26);
    size_t cap = buf.cap;
    buf_reset(&buf);
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.cap, cap);
    buf_fini(&buf);
    assert_null(buf.data);
    buf_fini(&buf);
}

static void everything_can_be_added(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_add(&buf, NULL, 0);
    assert_string_equal(buf.data, "");
    buf_str(&buf, EMPTY);
    buf_str(&buf, STR("a\0b"));
    assert_memory_equal(buf.data, "a\0b", 4);
    buf_reset(&buf);
    buf_puts(&buf, "x=");
    buf_int(&buf, INT64_MIN);
    buf_putc(&buf, ' ');
    buf_int(&buf, INT64_MAX);
    buf_putc(&buf, ' ');
    buf_int(&buf, 0);
    buf_printf(&buf, " %s:%d", "p", -1);
    assert_string_equal(buf.data, "x=-9223372036854775808 9223372036854775807 0 p:-1");
    buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),
        cmocka_unit_test(case_is_ignored_for_ascii_only),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(cutting),
        cmocka_unit_test(integers),
        cmocka_unit_test(buffers_grow_and_stay_terminated),
        cmocka_unit_test(everything_can_be_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
