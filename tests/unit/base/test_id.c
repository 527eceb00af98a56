#include "base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"

/* The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22Z. */
#define EXAMPLE_US INT64_C(1645557742000000)

static void version_7_has_time_version_and_variant(void **state)
{
    (void)state;
    char text[UUID_TEXT_MAX];
    for (int i = 0; i < 1000; i++) {
        uuid_format(uuid_v7(EXAMPLE_US + 999), text);
        assert_int_equal(strlen(text), 36);
        assert_memory_equal(text, "017f22e2-79b0-7", 15);
        assert_non_null(strchr("89ab", text[19]));
    }
}

static void version_7_orders_by_time_and_does_not_repeat(void **state)
{
    (void)state;
    struct uuid a = uuid_v7(EXAMPLE_US);
    struct uuid b = uuid_v7(EXAMPLE_US);
    struct uuid later = uuid_v7(EXAMPLE_US + 1000);
    assert_false(uuid_eq(a, b));
    assert_true(memcmp(a.byte, later.byte, sizeof(a.byte)) < 0);
    assert_false(uuid_is_nil(uuid_v7(-1)));
}

static void text_goes_there_and_back(void **state)
{
    (void)state;
    struct uuid id;
    char text[UUID_TEXT_MAX];
    assert_int_equal(uuid_parse(STR("017F22E2-79b0-7cc3-98C4-dc0c0c07398f"), &id), 0);
    uuid_format(id, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_int_equal(id.byte[0], 0x01);
    assert_int_equal(id.byte[15], 0x8f);
    assert_int_equal(uuid_parse(STR("00000000-0000-0000-0000-000000000000"), &id), 0);
    assert_true(uuid_is_nil(id));
    assert_true(uuid_is_nil(UUID_NIL));
}

static void what_is_no_uuid(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e279b0-7cc3-98c4-dc0c-0c07398f",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    };
    struct uuid id = UUID_NIL;
    for (size_t i = 0; i < LEN(cases); i++) {
        if (uuid_parse(str_of(cases[i]), &id) != 1)
            fail_msg("\"%s\" is accepted", cases[i]);
    }
    assert_int_equal(uuid_parse(STR("017f22e2-79b0-7cc3-98c4-dc0c0c07398\0"), &id), 1);
    assert_true(uuid_is_nil(id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_7_has_time_version_and_variant),
        cmocka_unit_test(version_7_orders_by_time_and_does_not_repeat),
        cmocka_unit_test(text_goes_there_and_back),
        cmocka_unit_test(what_is_no_uuid),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
