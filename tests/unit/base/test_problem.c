#include "base/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

struct fixture {
    struct arena *arena;
    struct problem problem;
    struct buf out;
};

static struct fixture fixture;

static int setup(void **state)
{
    fixture.arena = arena_new();
    fixture.out = (struct buf){0};
    problem_init(&fixture.problem, fixture.arena);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    buf_fini(&f->out);
    arena_free(f->arena);
    return 0;
}

static void add(struct fixture *f, enum code code)
{
    problem_add(&f->problem, code, NULL, NO_FACT, NO_FACT);
}

struct order_case {
    enum code added[4];
    enum code gravest;
};

static void the_gravest_code_decides(void **state)
{
    static const struct order_case cases[] = {
        {{CODE_NONE}, CODE_NONE},
        {{CODE_taken}, CODE_taken},
        {{CODE_too_long, CODE_taken}, CODE_too_long},
        {{CODE_taken, CODE_too_long}, CODE_taken},
        {{CODE_taken, CODE_not_found}, CODE_not_found},
        {{CODE_not_found, CODE_forbidden, CODE_taken}, CODE_forbidden},
        {{CODE_forbidden, CODE_not_found, CODE_unauthenticated}, CODE_unauthenticated},
        {{CODE_internal, CODE_too_long}, CODE_too_long},
        {{CODE_overloaded, CODE_internal}, CODE_overloaded},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        problem_init(&f->problem, f->arena);
        for (size_t j = 0; cases[i].added[j] != CODE_NONE; j++)
            add(f, cases[i].added[j]);
        assert_int_equal(problem_code(&f->problem), cases[i].gravest);
    }
}

static void texts_are_copied(void **state)
{
    struct fixture *f = *state;
    char pointer[] = "/start";
    char text[] = "abc";
    problem_add(&f->problem, CODE_bad_format, pointer, fact_text(str_of(text)),
                fact_text((struct str){NULL, 0}));
    pointer[1] = 'X';
    text[0] = 'X';
    const struct violation *violation = &f->problem.violation[0];
    assert_true(str_eq_c(violation->pointer, "/start"));
    assert_true(str_eq_c(violation->limit.text, "abc"));
    assert_int_equal(violation->actual.text.len, 0);
}

static void further_ones_are_counted(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < PROBLEM_VIOLATIONS_MAX + 5; i++)
        add(f, CODE_too_long);
    assert_int_equal(f->problem.count, PROBLEM_VIOLATIONS_MAX);
    assert_int_equal(f->problem.dropped, 5);
    problem_encode(&f->problem, LANG_EN, STR("/x"), &f->out);
    assert_non_null(strstr(f->out.data, "\"violations_dropped\":5}"));
    assert_non_null(strstr(f->out.data, "The text is too long. And 68 more.\""));
}

static void next_times_are_told_when_there_are_some(void **state)
{
    struct fixture *f = *state;
    add(f, CODE_taken);
    problem_encode(&f->problem, LANG_EN, STR("/x"), &f->out);
    assert_null(strstr(f->out.data, "next"));
    buf_reset(&f->out);
    f->problem.next[0] = (struct problem_slot){0, US_PER_H};
    f->problem.next[1] = (struct problem_slot){US_PER_H, 2 * US_PER_H};
    f->problem.next_count = 2;
    problem_encode(&f->problem, LANG_EN, STR("/x"), &f->out);
    assert_non_null(strstr(f->out.data, ",\"next\":["
                                        "{\"start\":\"1970-01-01T00:00:00Z\","
                                        "\"end\":\"1970-01-01T01:00:00Z\"},"
                                        "{\"start\":\"1970-01-01T01:00:00Z\","
                                        "\"end\":\"1970-01-01T02:00:00Z\"}]}"));
    problem_init(&f->problem, f->problem.arena);
    assert_int_equal(f->problem.next_count, 0);
}

static void the_document_in_english(void **state)
{
    struct fixture *f = *state;
    problem_add(&f->problem, CODE_duration_too_long, "/end", fact_int(7200), fact_int(10800));
    problem_add(&f->problem, CODE_beyond_horizon, "/start", fact_instant(0), NO_FACT);
    problem_add(&f->problem, CODE_unknown_value, "/a~1b", fact_text(STR("x, \"y\"")),
                fact_text(STR("\n")));
    problem_encode(&f->problem, LANG_EN, STR("/v1/bookings"), &f->out);
    assert_string_equal(
        f->out.data,
        "{\"type\":\"urn:labtab:problem:duration_too_long\",\"title\":\"The booking is too long.\","
        "\"status\":422,\"detail\":\"/end: The booking is too long. Limit: 7200. And 2 more.\","
        "\"instance\":\"/v1/bookings\",\"violations\":["
        "{\"code\":\"duration_too_long\",\"pointer\":\"/end\",\"limit\":7200,\"actual\":10800,"
        "\"message\":\"The booking is too long.\"},"
        "{\"code\":\"beyond_horizon\",\"pointer\":\"/start\",\"limit\":\"1970-01-01T00:00:00Z\","
        "\"message\":\"The start is too far ahead.\"},"
        "{\"code\":\"unknown_value\",\"pointer\":\"/a~1b\",\"limit\":\"x, \\\"y\\\"\","
        "\"actual\":\"\\n\",\"message\":\"The value is not one of the known ones.\"}]}");
}

static void the_document_in_korean(void **state)
{
    struct fixture *f = *state;
    problem_add(&f->problem, CODE_taken, NULL, NO_FACT, NO_FACT);
    problem_encode(&f->problem, LANG_KO, STR(""), &f->out);
    assert_string_equal(f->out.data,
                        "{\"type\":\"urn:labtab:problem:taken\",\"title\":\"이미 예약된 "
                        "시간입니다.\",\"status\":409,"
                        "\"detail\":\"이미 예약된 "
                        "시간입니다.\",\"instance\":\"\",\"violations\":[{\"code\":\"taken\","
                        "\"pointer\":\"\",\"message\":\"이미 예약된 시간입니다.\"}]}");
}

struct detail_case {
    struct fact limit;
    const char *detail;
};

static void the_detail_shows_the_limit(void **state)
{
    static const struct detail_case cases[] = {
        {{FACT_NONE, 0, {NULL, 0}}, "\"detail\":\"/a: The value is above its limit.\""},
        {{FACT_INT, -5, {NULL, 0}}, "\"detail\":\"/a: The value is above its limit. Limit: -5.\""},
        {{FACT_INSTANT, 1, {NULL, 0}},
         "\"detail\":\"/a: The value is above its limit. Limit: 1970-01-01T00:00:00.000001Z.\""},
        {{FACT_TEXT, 0, {"x\"y", 3}},
         "\"detail\":\"/a: The value is above its limit. Limit: x\\\"y.\""},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        problem_init(&f->problem, f->arena);
        buf_reset(&f->out);
        problem_add(&f->problem, CODE_too_large, "/a", cases[i].limit, NO_FACT);
        problem_encode(&f->problem, LANG_EN, STR("/"), &f->out);
        assert_non_null(strstr(f->out.data, cases[i].detail));
    }
}

static void an_empty_problem_is_a_document_too(void **state)
{
    struct fixture *f = *state;
    const struct json *value = NULL;
    const char *fault = NULL;
    problem_encode(&f->problem, LANG_EN, STR("/"), &f->out);
    assert_int_equal(json_parse(buf_view(&f->out), f->arena, &value, &fault), 0);
    assert_int_equal(json_count(json_get(value, "violations")), 0);
    assert_int_equal(json_int(json_get(value, "status")), 200);
}

#define PROBLEM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROBLEM_TEST(the_gravest_code_decides),
        PROBLEM_TEST(texts_are_copied),
        PROBLEM_TEST(further_ones_are_counted),
        PROBLEM_TEST(next_times_are_told_when_there_are_some),
        PROBLEM_TEST(the_document_in_english),
        PROBLEM_TEST(the_detail_shows_the_limit),
        PROBLEM_TEST(the_document_in_korean),
        PROBLEM_TEST(an_empty_problem_is_a_document_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
