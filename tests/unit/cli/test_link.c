#include "cmocka_all.h"

#include "link.h"

static const struct {
    const char *value;
    const char *target; /* NULL: none */
} rows[] = {
    {"</v1/a?cursor=x>; rel=\"next\"", "/v1/a?cursor=x"},
    {"</v1/a>;rel=next", "/v1/a"},
    {"</v1/a> ; REL = \"prev NEXT\"", "/v1/a"},
    {"</first>; rel=\"first\", </v1/b?x=1,2>; title=\"a, b; c\"; rel=\"next\"", "/v1/b?x=1,2"},
    {"</a>; rel=\"next\", </b>; rel=\"next\"", "/a"},
    {"<>; rel=next", ""},
    {"", NULL},
    {"/v1/a; rel=next", NULL},
    {"</v1/a; rel=next", NULL},
    {"</v1/a>", NULL},
    {"</v1/a>; rel=\"prev\"", NULL},
    {"</v1/a>; rel=\"nextish\"", NULL},
    {"</v1/a>; title=\"rel=next", NULL},
    {"</v1/a>; anchor; rel", NULL},
};

static void test_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(rows); i++) {
        struct str target = {NULL, 0};
        bool is_found = link_next(str_of(rows[i].value), &target);
        if (is_found != (rows[i].target != NULL))
            fail_msg("%s: %s", rows[i].value, is_found ? "found one" : "found none");
        if (is_found && !str_eq_c(target, rows[i].target))
            fail_msg("%s: found " STR_FMT, rows[i].value, STR_ARG(target));
    }
}

static void test_path(void **state)
{
    (void)state;
    static const char *const right[] = {"/", "/v1/a?b=c&d=%20", "/v1//a"};
    static const char *const wrong[] = {"",     "v1",      "//host/a", "http://host/a", "/a b",
                                        "/a#b", "/a\r\nb", "/\\host",  "/\xed\x95\x9c", "@host/a",
                                        "/a<b>"};
    for (size_t i = 0; i < LEN(right); i++)
        assert_true(link_is_path(str_of(right[i])));
    for (size_t i = 0; i < LEN(wrong); i++) {
        if (link_is_path(str_of(wrong[i])))
            fail_msg("%s is taken for a path", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
