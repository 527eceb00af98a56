#include "base/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void every_row_is_complete(void **state)
{
    (void)state;
    for (int i = CODE_NONE + 1; i < CODE_COUNT; i++) {
        enum code code = (enum code)i;
        const char *name = code_name(code);
        const char *korean = code_message(code, LANG_KO);
        if (code_of(name) != code)
            fail_msg("%s does not come back: is its name given twice?", name);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        assert_in_range(code_status(code), 400, 599);
        assert_true(strlen(code_message(code, LANG_EN)) > 0);
        assert_true(utf8_is_valid(str_of(korean)));
        assert_true(utf8_length(str_of(korean)) < strlen(korean)); /* Korean, not English again */
    }
}

static void names_and_codes(void **state)
{
    (void)state;
    assert_string_equal(code_name(CODE_taken), "taken");
    assert_int_equal(code_status(CODE_taken), 409);
    assert_int_equal(code_of("taken"), CODE_taken);
    assert_int_equal(code_of("no_such_code"), CODE_NONE);
    assert_int_equal(code_of("none"), CODE_NONE);
    assert_int_equal(code_of(""), CODE_NONE);
    assert_int_equal(code_of("Taken"), CODE_NONE);
    assert_string_equal(code_name(CODE_NONE), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(names_and_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
