#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/http.h"

static void paths_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        const char *path;
        const char *query;
    } rows[] = {
        {"/", "/", ""},
        {"/v1/a?b=c&d", "/v1/a", "b=c&d"},
        {"/a?", "/a", ""},
        {"/a?b?c", "/a", "b?c"},
        {"/%41%7a", "/Az", ""},
        {"/%EC%95%84", "/\xec\x95\x84", ""},
        {"/a%3Fb", "/a?b", ""},
        {"/a%25b", "/a%b", ""},
        {"/a+b", "/a+b", ""}, /* a plus is a plus in a path */
        {"/a//b/", "/a//b/", ""},
        {"/...", "/...", ""},
        {"/?x=%zz", "/", "x=%zz"}, /* the query stays raw */
        {"http://lab.example/a?b", "/a", "b"},
        {"HTTPS://lab.example:8443/", "/", ""},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct arena *arena = arena_new();
        struct str path;
        struct str query;
        const char *fault = target_read(str_of(rows[i].target), arena, &path, &query);
        if (fault != NULL)
            fail_msg("%s: %s", rows[i].target, fault);
        assert_int_equal(path.len, strlen(rows[i].path));
        assert_memory_equal(path.ptr, rows[i].path, path.len);
        assert_true(str_eq_c(query, rows[i].query));
        arena_free(arena);
    }
}

static void faulty_targets_are_refused(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/%",
        "/%4",
        "/%zz",
        "/%4z",
        "/a%00b",
        "/%0a",
        "/%7f",
        "/%c0%af",
        "/%e0%80%af",
        "/%ed%a0%80",
        "/%f4%90%80%80",
        "/%ff",
        "/%ec%95",
        "/a%2Fb",
        "/a%2fb",
        "/..",
        "/a/../b",
        "/a/.",
        "/%2e%2e/b",
        "/./a",
        "*",
        "",
        "a",
        "lab:80",
        "http://",
        "http:///a",
        "http://u@a/",
        "http://a",
        "http://a?b",
        "ftp://a/b",
    };
    for (size_t i = 0; i < LEN(targets); i++) {
        struct arena *arena = arena_new();
        struct str path;
        struct str query;
        if (target_read(str_of(targets[i]), arena, &path, &query) == NULL)
            fail_msg("%s was accepted", targets[i]);
        arena_free(arena);
    }
}

struct pair {
    const char *name;
    const char *value;
    bool is_faulty;
};

static void check_query(const char *query, const struct pair *pairs, size_t count)
{
    struct arena *arena = arena_new();
    struct str rest = str_of(query);
    struct str name;
    struct str value;
    bool is_faulty = false;
    for (size_t i = 0; i < count; i++) {
        assert_true(http_query_next(&rest, arena, &name, &value, &is_faulty));
        assert_int_equal(is_faulty, pairs[i].is_faulty);
        if (!is_faulty)
            assert_true(str_eq_c(name, pairs[i].name) && str_eq_c(value, pairs[i].value));
    }
    assert_false(http_query_next(&rest, arena, &name, &value, &is_faulty));
    arena_free(arena);
}

static void queries_are_walked(void **state)
{
    (void)state;
    check_query("", NULL, 0);
    check_query("&&", NULL, 0);
    const struct pair some[] = {{"a", "1", false},   {"b", "", false},
                                {"c", "", false},    {"", "v", false},
                                {"d", "x=y", false}, {"e e", "\xec\x95\x84", false}};
    check_query("a=1&b=&c&=v&&d=x=y&e+e=%EC%95%84&", some, LEN(some));
    const struct pair faulty[] = {{"a", "%", true},
                                  {"%zz", "1", true},
                                  {"b", "%00", true},
                                  {"c", "%c0%80", true},
                                  {"d", "/+&", false}};
    check_query("a=%&%zz=1&b=%00&c=%c0%80&d=%2F%2b%26", faulty, LEN(faulty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_decoded),
        cmocka_unit_test(faulty_targets_are_refused),
        cmocka_unit_test(queries_are_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
