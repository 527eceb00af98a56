#include "cmocka_all.h"

#include <stdlib.h>

#include "text.h"

static const struct {
    const char *text;
    size_t width;
} widths[] = {
    {"", 0},
    {"cmm", 3},
    {"3차원측정기", 11},
    {"시흥시 소공인지원센터", 21},
    {"ｆｕｌｌ", 8},
    {"측정 ①", 6},                               /* ambiguous characters count as narrow */
    {"e\xcc\x81", 1},                            /* e and a combining acute */
    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2}, /* 한 as three conjoining letters */
    {"\xe2\x80\x8b", 0},                         /* zero width space */
    {"\xf0\x9f\x98\x80", 2},                     /* an emoji, four bytes */
    {"\xf0\xa0\x80\x80", 2},                     /* U+20000 */
    {"a\tb\x1b", 2},                             /* controls take none */
    {"\xc2\xa0", 1},                             /* no-break space, just behind C1 */
    {"\xea\xb0\x80\xed\x9e\xa3", 4},             /* first and last Hangul syllable */
};

static void test_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(widths); i++) {
        size_t width = text_width(str_of(widths[i].text));
        if (width != widths[i].width)
            fail_msg("\"%s\" is %zu wide, expected %zu", widths[i].text, width, widths[i].width);
    }
}

/* What is no UTF-8 must not be read past its end. */
static void test_width_of_cut_text(void **state)
{
    (void)state;
    char *cut = strdup("\xed\x9e\xa3");
    assert_int_equal(text_width((struct str){cut, 3}), 2);
    assert_true(text_width((struct str){cut, 2}) <= 2);
    assert_true(text_width((struct str){cut, 1}) <= 2);
    free(cut);
}

static void assert_put(const char *text, const char *expected)
{
    struct buf out = {0};
    text_put(&out, str_of(text));
    assert_string_equal(out.data ? out.data : "", expected);
    buf_fini(&out);
}

static void test_nothing_steers_the_terminal(void **state)
{
    (void)state;
    assert_put("", "");
    assert_put("한글 ok", "한글 ok");
    assert_put("a\x1b[31mred\r\nb\x7f", "a [31mred  b ");
    assert_put("c1\xc2\x9b", "c1 "); /* CSI as one character */
    assert_put("\xe2\x80\xae"
               "abc",
               " abc"); /* right-to-left override */
    assert_put("\xe2\x81\xa6"
               "abc",
               " abc"); /* isolate */
    assert_put("\xc2\xa0\xe2\x80\x94", "\xc2\xa0\xe2\x80\x94");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_width_of_cut_text),
        cmocka_unit_test(test_nothing_steers_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
