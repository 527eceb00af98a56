#include "cmocka_all.h"

#include "option.h"

struct values {
    const char *start, *note;
    int64_t samples, limit;
    int mode;
    bool all;
};

static const char *const mode_names[] = {"self", "assisted", NULL};

/* As of all commands: one that is hidden, one that is not. */
static const struct conf_option common[] = {
    {NULL, "limit", 0, CT_BOOL, 0, 0, "no", NULL, 0, NULL, "Hidden."},
    {NULL, "json", 0, CT_BOOL, 0, 0, "no", NULL, 0, NULL, "JSON."},
    CONF_END,
};

static const struct option options[] = {
    OPTION_TEXT(struct values, start, "start", OPTION_QUERY, "start", OPTION_NEEDED, "Start."),
    OPTION_TEXT(struct values, note, "note", OPTION_BODY, "note", OPTION_FREE, "Note."),
    OPTION_INT(struct values, samples, "samples", OPTION_BODY, "sample_count", 0, 9, NULL, NULL,
               "Samples."),
    OPTION_INT(struct values, limit, "limit", OPTION_QUERY, "limit", 1, 9, "5", NULL, "Limit."),
    OPTION_ENUM(struct values, mode, "mode", OPTION_BODY, "mode", mode_names, "Mode."),
    OPTION_SWITCH(struct values, all, "all", "All."),
    OPTION_END,
};

static struct values read_values(struct arena *arena, int argc, char **argv)
{
    struct values values;
    struct buf faults = {0};
    struct conf_option *rows = option_rows(options, arena);
    conf_defaults(rows, &values);
    option_unset(options, &values);
    assert_int_equal(conf_args(rows, argc, argv, &values, NULL, &faults), 0);
    buf_fini(&faults);
    return values;
}

static void assert_body(const struct values *values, const char *expected)
{
    struct buf out = {0};
    struct jsonw w = jsonw(&out);
    jw_object(&w, NULL);
    option_body(options, values, &w);
    jw_end_object(&w);
    assert_string_equal(out.data, expected);
    buf_fini(&out);
}

static void test_only_what_is_given_is_sent(void **state)
{
    struct arena *arena = *state;
    struct buf path = {0};
    struct values values = read_values(arena, 0, NULL);
    assert_body(&values, "{}");
    buf_puts(&path, "/v1/x");
    option_query(options, &values, &path);
    assert_string_equal(path.data, "/v1/x?limit=5");
    buf_fini(&path);
}

static void test_values_are_encoded(void **state)
{
    struct arena *arena = *state;
    struct buf path = {0};
    char *argv[] = {(char[]){"--start=2026-11-24T10:00:00+09:00 &한"}, (char[]){"--samples=0"},
                    (char[]){"--note=\"a\""}, (char[]){"--mode=assisted"}};
    struct values values = read_values(arena, LEN(argv), argv);
    assert_body(&values, "{\"note\":\"\\\"a\\\"\",\"sample_count\":0,\"mode\":\"assisted\"}");
    buf_puts(&path, "/v1/x?y=1");
    option_query(options, &values, &path);
    assert_string_equal(path.data, "/v1/x?y=1&start=2026-11-24T10%3A00%3A00%2B09%3A00%20%26"
                                   "%ED%95%9C&limit=5");
    buf_fini(&path);
}

static void test_needed(void **state)
{
    struct arena *arena = *state;
    struct buf faults = {0};
    char *argv[] = {(char[]){"--start=now"}};
    struct values values = read_values(arena, 0, NULL);
    option_missing(options, &values, &faults);
    assert_string_equal(faults.data, "start: this option is needed\n");
    buf_reset(&faults);
    values = read_values(arena, 1, argv);
    option_missing(options, &values, &faults);
    assert_int_equal(faults.len, 0);
    buf_fini(&faults);
}

static void test_an_own_option_hides_a_common_one(void **state)
{
    const struct conf_option *rows = option_join(common, options, 64, *state);
    assert_string_equal(rows[0].name, "json");
    assert_int_equal(rows[0].offset, 0);
    assert_string_equal(rows[1].name, "start");
    assert_int_equal(rows[1].offset, 64);
    assert_int_equal(rows[LEN(options)].type, CT_END);
    assert_string_equal(option_others(common, NULL, *state)[0].name, "limit");
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_what_is_given_is_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values_are_encoded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_own_option_hides_a_common_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_needed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
