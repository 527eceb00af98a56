#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct utf8_case {
    const char *text;
    size_t length; /* in code points */
};

static void well_formed(void **state)
{
    (void)state;
    static const struct utf8_case cases[] = {
        {"", 0},
        {"abc", 3},
        {"\x7f", 1},
        {"\xc2\x80", 1},         /* U+0080, the first of two bytes */
        {"\xdf\xbf", 1},         /* U+07FF */
        {"\xe0\xa0\x80", 1},     /* U+0800 */
        {"\xed\x9f\xbf", 1},     /* U+D7FF, before the surrogates */
        {"\xee\x80\x80", 1},     /* U+E000, after them */
        {"\xef\xbf\xbf", 1},     /* U+FFFF */
        {"\xf0\x90\x80\x80", 1}, /* U+10000 */
        {"\xf4\x8f\xbf\xbf", 1}, /* U+10FFFF */
        {"장비 예약", 5},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct str text = str_of(cases[i].text);
        if (!utf8_is_valid(text) || utf8_length(text) != cases[i].length)
            fail_msg("case %zu", i);
    }
}

static void ill_formed(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "\x80",             /* a continuation alone */
        "\xbf",             /* the same */
        "\xc0\x80",         /* overlong NUL */
        "\xc1\xbf",         /* overlong U+007F */
        "\xe0\x9f\xbf",     /* overlong U+07FF */
        "\xf0\x8f\xbf\xbf", /* overlong U+FFFF */
        "\xed\xa0\x80",     /* U+D800 */
        "\xed\xbf\xbf",     /* U+DFFF */
        "\xf4\x90\x80\x80", /* U+110000 */
        "\xf5\x80\x80\x80", /* a lead byte that leads nowhere */
        "\xff",
        "\xfe",
        "\xc2",         /* cut */
        "\xe1\x80",     /* cut */
        "\xf1\x80\x80", /* cut */
        "\xc2\x41",     /* a letter where a continuation belongs */
        "\xe1\x80\x41",
        "\xf1\x80\x80\xc0",
        "ok\xe1\x80",
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        if (utf8_is_valid(str_of(cases[i])))
            fail_msg("case %zu", i);
    }
}

/* A sequence that is cut by the view, not by a NUL: nothing behind the view may be looked at. */
static void a_cut_view_is_ill_formed(void **state)
{
    (void)state;
    static const char text[] = "\xf0\x90\x80\x80";
    for (size_t len = 1; len < 4; len++) {
        char *copy = malloc(len);
        memcpy(copy, text, len);
        assert_false(utf8_is_valid((struct str){copy, len}));
        free(copy);
    }
}

static void nul_is_a_code_point(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(STR("a\0b")));
    assert_int_equal(utf8_length(STR("a\0b")), 3);
    assert_true(utf8_is_valid((struct str){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed),
        cmocka_unit_test(ill_formed),
        cmocka_unit_test(a_cut_view_is_ill_formed),
        cmocka_unit_test(nul_is_a_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
