#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void headers_are_found(void **state)
{
    (void)state;
    struct http_request request = {
        .header = {{STR("Accept"), STR("a")}, {STR("X"), STR("first")}, {STR("x"), STR("second")}},
        .header_count = 3,
    };
    assert_true(str_eq_c(http_header(&request, "accept"), "a"));
    assert_true(str_eq_c(http_header(&request, "X"), "first"));
    assert_null(http_header(&request, "Accep").ptr);
}

static void language_is_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum language language;
    } rows[] = {
        {NULL, LANG_EN},
        {"", LANG_EN},
        {"ko", LANG_KO},
        {"en", LANG_EN},
        {"KO-kr", LANG_KO},
        {"ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", LANG_KO},
        {"en-US,en;q=0.9,ko;q=0.8", LANG_EN},
        {"en;q=0.5, ko;q=0.75", LANG_KO},
        {"en;q=0.5,ko;q=0.501", LANG_KO},
        {"en;q=0.5 , ko ; q=0.6", LANG_KO},
        {"fr, ko;q=0.1", LANG_KO},
        {"fr", LANG_EN},
        {"*", LANG_EN},
        {"ko, *", LANG_KO},
        {"ko;q=0.5, *;q=0.8", LANG_EN},
        {"*;q=0.5, ko", LANG_KO},
        {"en;q=0, *", LANG_KO},
        {"ko;q=0", LANG_EN},
        {"ko;q=0, en;q=0", LANG_EN},
        {"en, ko", LANG_EN}, /* of equals the first */
        {"ko, en", LANG_KO},
        {"ko;q=0.3, ko-KR, en;q=0.9", LANG_KO}, /* the best range of a language counts */
        {"kok", LANG_EN},                       /* Konkani is not Korean */
        {"ko;q=2, en;q=0.1", LANG_EN},          /* malformed items are passed over */
        {"ko;q=0.1234, en;q=0.1", LANG_EN},
        {"ko;q=x, en;q=0.1", LANG_EN},
        {"ko;level=1, en;q=0.1", LANG_EN},
        {",,ko,,", LANG_KO},
    };
    for (size_t i = 0; i < LEN(rows); i++)
        if (http_accept_language(str_of(rows[i].value)) != rows[i].language)
            fail_msg("wrong language for \"%s\"", rows[i].value == NULL ? "" : rows[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found),
        cmocka_unit_test(language_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
