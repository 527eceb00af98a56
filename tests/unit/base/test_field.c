#include "base/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "everything.h"

struct fixture {
    struct arena *arena;
    struct problem problem;
    struct everything value;
    bool is_valid;
};

static struct fixture fixture;

static int setup(void **state)
{
    fixture.arena = arena_new();
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_free(f->arena);
    return 0;
}

static void decode(struct fixture *f, const char *text)
{
    const struct json *json = NULL;
    const char *fault = NULL;
    if (json_parse(str_of(text), f->arena, &json, &fault) != 0)
        fail_msg("%s: %s", text, fault);
    problem_init(&f->problem, f->arena);
    memset(&f->value, 0x5a, sizeof(f->value)); /* whatever lay there before */
    f->is_valid = field_decode(everything_rows, json, f->arena, &f->value, &f->problem);
    assert_int_equal(f->is_valid, f->problem.count == 0);
}

static void add_fact(struct buf *out, struct fact fact)
{
    if (fact.kind == FACT_INT)
        buf_int(out, fact.number);
    else if (fact.kind == FACT_TEXT)
        buf_str(out, fact.text);
    else
        buf_putc(out, '-');
}

/* All violations as "pointer code limit|actual; ..." */
static const char *faults(struct fixture *f)
{
    struct buf out = {0};
    for (size_t i = 0; i < f->problem.count; i++) {
        const struct violation *violation = &f->problem.violation[i];
        buf_printf(&out, "%s" STR_FMT " %s ", i > 0 ? "; " : "", STR_ARG(violation->pointer),
                   code_name(violation->code));
        add_fact(&out, violation->limit);
        buf_putc(&out, '|');
        add_fact(&out, violation->actual);
    }
    const char *copy = arena_strndup(f->arena, out.data, out.len);
    buf_fini(&out);
    return copy;
}

static void everything_is_decoded(void **state)
{
    struct fixture *f = *state;
    decode(f, "{\"name\":\"장비ab\",\"code\":\"a-1_x\",\"count\":-5,\"limit\":100,"
              "\"is_urgent\":false,\"start\":\"1970-01-01T09:00:01+09:00\",\"day\":\"1970-01-03\","
              "\"month\":\"1970-02\",\"id\":\"00000000-0000-0000-0000-0000000000ff\","
              "\"kind\":\"tool\",\"mode\":\"room\",\"factor\":\"-118.40\","
              "\"part\":{\"code\":\"p\",\"rules\":[]},"
              "\"parts\":[{\"code\":\"q\"},{\"code\":\"r\",\"rules\":[{\"min_s\":60},"
              "{\"min_s\":0,\"note\":\"n\"}]}],"
              "\"tags\":[\"x\",\"yy\"],\"extra\":{\"any\":[1.5]}}");
    const struct everything *v = &f->value;
    assert_string_equal(faults(f), "");
    assert_true(str_eq_c(v->name, "장비ab"));
    assert_true(str_eq_c(v->code, "a-1_x"));
    assert_int_equal(v->count, -5);
    assert_int_equal(v->limit, 100);
    assert_false(v->is_urgent);
    assert_int_equal(v->start_us, US_PER_S);
    assert_int_equal(v->day, 2);
    assert_int_equal(v->month, 31);
    assert_int_equal(v->id.byte[15], 0xff);
    assert_int_equal(v->kind, 2);
    assert_int_equal(v->mode, 0);
    assert_int_equal(v->factor.num, -592);
    assert_int_equal(v->factor.den, 5);
    assert_true(str_eq_c(v->part.code, "p"));
    assert_int_equal(v->parts.count, 2);
    const struct part *parts = v->parts.items;
    assert_true(str_eq_c(parts[1].code, "r"));
    assert_int_equal(parts[0].rules.count, 0);
    assert_int_equal(parts[1].rules.count, 2);
    const struct rule *rules = parts[1].rules.items;
    assert_int_equal(rules[0].min_s, 60);
    assert_null(rules[0].note.ptr);
    assert_true(str_eq_c(rules[1].note, "n"));
    const struct str *tags = v->tags.items;
    assert_int_equal(v->tags.count, 2);
    assert_true(str_eq_c(tags[1], "yy"));
    assert_int_equal(json_type(json_first(json_get(v->extra, "any"))), JSON_NUMBER);
}

static void assert_defaults(const struct everything *v)
{
    assert_null(v->code.ptr);
    assert_int_equal(v->count, FIELD_NO_INT);
    assert_int_equal(v->limit, 50);
    assert_true(v->is_urgent);
    assert_int_equal(v->start_us, INSTANT_NONE);
    assert_int_equal(v->day, FIELD_NO_DATE);
    assert_int_equal(v->month, FIELD_NO_DATE);
    assert_true(uuid_is_nil(v->id));
    assert_int_equal(v->kind, -1);
    assert_int_equal(v->mode, 1);
    assert_int_equal(v->factor.num, 0);
    assert_int_equal(v->factor.den, 0);
    assert_null(v->part.code.ptr);
    assert_null(v->part.rules.items);
    assert_int_equal(v->parts.count, 0);
    assert_null(v->parts.items);
    assert_int_equal(v->tags.count, 0);
    assert_null(v->extra);
}

static void absent_and_null_are_the_same(void **state)
{
    struct fixture *f = *state;
    decode(f, "{\"name\":\"ab\"}");
    assert_true(f->is_valid);
    assert_defaults(&f->value);
    decode(f, "{\"name\":\"ab\",\"code\":null,\"count\":null,\"limit\":null,\"is_urgent\":null,"
              "\"start\":null,\"day\":null,\"month\":null,\"id\":null,\"kind\":null,"
              "\"mode\":null,\"factor\":null,\"part\":null,\"parts\":null,\"tags\":null,"
              "\"extra\":null}");
    assert_true(f->is_valid);
    assert_defaults(&f->value);
    decode(f, "{\"name\":null}");
    assert_string_equal(faults(f), "/name missing_field -|-");
    memset(&f->value, 0x5a, sizeof(f->value));
    field_defaults(everything_rows, &f->value);
    assert_defaults(&f->value);
}

struct fault_case {
    const char *members; /* besides "name" */
    const char *faults;
};

static const struct fault_case fault_cases[] = {
    {"\"code\":\"\"", "/code bad_format ^[a-z0-9][a-z0-9_-]{0,62}$|"},
    {"\"code\":\"-a\"", "/code bad_format ^[a-z0-9][a-z0-9_-]{0,62}$|-a"},
    {"\"code\":\"A\"", "/code bad_format ^[a-z0-9][a-z0-9_-]{0,62}$|A"},
    {"\"code\":\"a b\"", "/code bad_format ^[a-z0-9][a-z0-9_-]{0,62}$|a b"},
    {"\"code\":\"장\"", "/code bad_format ^[a-z0-9][a-z0-9_-]{0,62}$|장"},
    {"\"code\":\"a\\n\"", "/code bad_format ^[a-z0-9][a-z0-9_-]{0,62}$|a\n"},
    {"\"code\":5", "/code wrong_type string|integer"},
    {"\"count\":-6", "/count too_small -5|-6"},
    {"\"count\":11", "/count too_large 10|11"},
    {"\"count\":9007199254740993", "/count too_large 10|-"},
    {"\"count\":-1e300", "/count too_small -5|-"},
    {"\"count\":1.5", "/count wrong_type integer|number"},
    {"\"count\":1.0", "/count wrong_type integer|number"},
    {"\"count\":\"5\"", "/count wrong_type integer|string"},
    {"\"count\":true", "/count wrong_type integer|boolean"},
    {"\"is_urgent\":1", "/is_urgent wrong_type boolean|integer"},
    {"\"is_urgent\":\"true\"", "/is_urgent wrong_type boolean|string"},
    {"\"start\":\"2026-11-24T10:00:00\"", "/start no_offset -|2026-11-24T10:00:00"},
    {"\"start\":\"2026-11-24T10:00:00.5\"", "/start no_offset -|2026-11-24T10:00:00.5"},
    {"\"start\":\"2026-11-24\"",
     "/start bad_format RFC 3339 date-time, years 1970 to 2199|2026-11-24"},
    {"\"start\":\"2016-12-31T23:59:60\"",
     "/start bad_format RFC 3339 date-time, years 1970 to 2199|2016-12-31T23:59:60"},
    {"\"start\":\"\"", "/start bad_format RFC 3339 date-time, years 1970 to 2199|"},
    {"\"start\":0", "/start wrong_type string|integer"},
    {"\"day\":\"2026-02-29\"", "/day bad_format date YYYY-MM-DD, years 1970 to 2199|2026-02-29"},
    {"\"month\":\"2026-13\"", "/month bad_format month YYYY-MM, years 1970 to 2199|2026-13"},
    {"\"id\":\"x\"", "/id bad_format UUID|x"},
    {"\"kind\":\"Room\"", "/kind unknown_value room, seat, tool|Room"},
    {"\"kind\":\"roo\"", "/kind unknown_value room, seat, tool|roo"},
    {"\"kind\":0", "/kind wrong_type string|integer"},
    {"\"factor\":1.5", "/factor wrong_type string|number"},
    {"\"factor\":\"1e3\"", "/factor bad_format decimal with at most 9 digits after the point|1e3"},
    {"\"part\":[]", "/part wrong_type object|array"},
    {"\"part\":{}", "/part/code missing_field -|-"},
    {"\"parts\":{}", "/parts wrong_type array|object"},
    {"\"parts\":[{\"code\":\"a\"},7]", "/parts/1 wrong_type object|integer"},
    {"\"parts\":[1,2,3,4]", "/parts too_large 3|4"},
    {"\"parts\":[{\"code\":\"a\"},{\"code\":\"b\",\"rules\":[{\"min_s\":0},{\"min_s\":-1}]}]",
     "/parts/1/rules/1/min_s too_small 0|-1"},
    {"\"tags\":\"x\"", "/tags wrong_type array|string"},
    {"\"tags\":[\"a\",\"\"]", "/tags/1 too_short 1|0"},
    {"\"tags\":[\"a\",\"123456\",3]", "/tags/1 too_long 5|6; /tags/2 wrong_type string|integer"},
    {"\"tags\":[\"a\",null]", "/tags/1 wrong_type string|null"},
    {"\"tags\":[\"a\",\"b\",\"c\",\"d\"]", "/tags too_large 3|4"},
    {"\"nmae\":1", "/nmae unknown_field -|-"},
    {"\"Code\":\"a\"", "/Code unknown_field -|-"},
    {"\"\":null", "/ unknown_field -|-"},
    {"\"a/b~c\":1", "/a~1b~0c unknown_field -|-"},
    {"\"part\":{\"code\":\"a\",\"x/y\":1}", "/part/x~1y unknown_field -|-"},
};

static void each_fault_has_its_pointer_and_facts(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(fault_cases); i++) {
        decode(f, arena_printf(f->arena, "{\"name\":\"ab\",%s}", fault_cases[i].members));
        assert_string_equal(faults(f), fault_cases[i].faults);
    }
}

struct pair {
    struct field_list items; /* struct rule */
};

static void too_few_elements(void **state)
{
    static const struct field rows[] = {
        {"items", FT_OBJECTS, 0, 2, 3, 0, offsetof(struct pair, items), sizeof(struct rule), NULL,
         rule_rows, "Two or three."},
        FIELD_END,
    };
    struct fixture *f = *state;
    struct pair pair;
    const struct json *json = NULL;
    const char *fault = NULL;
    problem_init(&f->problem, f->arena);
    assert_int_equal(json_parse(STR("{\"items\":[{\"min_s\":1}]}"), f->arena, &json, &fault), 0);
    assert_false(field_decode(rows, json, f->arena, &pair, &f->problem));
    assert_string_equal(faults(f), "/items too_small 2|1");
    assert_int_equal(pair.items.count, 0);
}

static void lengths_are_code_points(void **state)
{
    struct fixture *f = *state;
    decode(f, "{\"name\":\"장비예약\"}"); /* 12 bytes, 4 characters */
    assert_string_equal(faults(f), "");
    decode(f, "{\"name\":\"장비예약실\"}");
    assert_string_equal(faults(f), "/name too_long 4|5");
    decode(f, "{\"name\":\"장\"}"); /* 3 bytes, 1 character */
    assert_string_equal(faults(f), "/name too_short 2|1");
}

static void all_faults_are_told_at_once(void **state)
{
    struct fixture *f = *state;
    decode(f, "{\"x\":1,\"count\":11,\"part\":{\"rules\":[{}]},\"kind\":\"?\"}");
    assert_string_equal(faults(f),
                        "/x unknown_field -|-; /count too_large 10|11; "
                        "/part/rules/0/min_s missing_field -|-; /part/code missing_field -|-; "
                        "/kind unknown_value room, seat, tool|?; /name missing_field -|-");
    assert_int_equal(f->value.count, FIELD_NO_INT);
}

static void what_is_no_object(void **state)
{
    struct fixture *f = *state;
    decode(f, "[]");
    assert_string_equal(faults(f), " wrong_type object|array");
    decode(f, "null");
    assert_string_equal(faults(f), " wrong_type object|null");
    assert_defaults(&f->value);
}

static void many_faults_are_counted(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    buf_puts(&text, "{\"name\":\"ab\"");
    for (int i = 0; i < 1000; i++)
        buf_printf(&text, ",\"u%d\":1", i);
    buf_putc(&text, '}');
    decode(f, text.data);
    buf_fini(&text);
    assert_false(f->is_valid);
    assert_int_equal(f->problem.count, PROBLEM_VIOLATIONS_MAX);
    assert_int_equal(f->problem.dropped, 1000 - PROBLEM_VIOLATIONS_MAX);
}

/* A decode into a problem that is full already must not look like a success. */
static void faults_count_when_the_problem_is_full(void **state)
{
    struct fixture *f = *state;
    const struct json *json = NULL;
    const char *fault = NULL;
    assert_int_equal(json_parse(STR("{}"), f->arena, &json, &fault), 0);
    problem_init(&f->problem, f->arena);
    for (int i = 0; i < PROBLEM_VIOLATIONS_MAX; i++)
        problem_add(&f->problem, CODE_taken, NULL, NO_FACT, NO_FACT);
    assert_false(field_decode(everything_rows, json, f->arena, &f->value, &f->problem));
}

static void a_long_wrong_text_is_cut(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    buf_puts(&text, "{\"name\":\"ab\",\"kind\":\"x");
    for (int i = 0; i < 10000; i++)
        buf_puts(&text, "장");
    buf_puts(&text, "\"}");
    decode(f, text.data);
    buf_fini(&text);
    struct str shown = f->problem.violation[0].actual.text;
    assert_int_equal(shown.len, 1 + 39 * 3 + 3); /* never in the middle of a character */
    assert_memory_equal(shown.ptr + shown.len - 6, "장...", 6);
}

static void decimals_may_be_integers(void **state)
{
    struct fixture *f = *state;
    decode(f, "{\"name\":\"ab\",\"factor\":-3}");
    assert_true(f->is_valid);
    assert_int_equal(f->value.factor.num, -3);
    assert_int_equal(f->value.factor.den, 1);
}

static const struct field *row_of(const char *name)
{
    const struct field *row = everything_rows;
    while (strcmp(row->name, name) != 0)
        row++;
    return row;
}

struct text_case {
    const char *name;
    struct str text;
    const char *faults;
};

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static void query_parameters(void **state)
{
    static const struct text_case cases[] = {
        {"name", TEXT("abc"), ""},
        {"name", TEXT("a\0b"), "/name bad_format UTF-8 without NUL|-"},
        {"name", TEXT("\xff\xff"), "/name bad_format UTF-8 without NUL|-"},
        {"name", TEXT("a"), "/name too_short 2|1"},
        {"count", TEXT("-5"), ""},
        {"count", TEXT("11"), "/count too_large 10|11"},
        {"count", TEXT("-6"), "/count too_small -5|-6"},
        {"count", TEXT("+5"), "/count bad_format integer|+5"},
        {"count", TEXT("5 "), "/count bad_format integer|5 "},
        {"count", TEXT(""), "/count bad_format integer|"},
        {"is_urgent", TEXT("true"), ""},
        {"is_urgent", TEXT("false"), ""},
        {"is_urgent", TEXT("1"), "/is_urgent bad_format true or false|1"},
        {"start", TEXT("2026-11-24T10:00:00Z"), ""},
        {"start", TEXT("2026-11-24T10:00:00 09:00"), /* a + that was decoded to a space */
         "/start bad_format RFC 3339 date-time, years 1970 to 2199|2026-11-24T10:00:00 09:00"},
        {"start", TEXT("2026-11-24T10:00:00"), "/start no_offset -|2026-11-24T10:00:00"},
        {"day", TEXT("2026-11-24"), ""},
        {"month", TEXT("2026-11"), ""},
        {"id", TEXT("00000000-0000-0000-0000-000000000001"), ""},
        {"kind", TEXT("seat"), ""},
        {"kind", TEXT("sea"), "/kind unknown_value room, seat, tool|sea"},
        {"factor", TEXT("1.5"), ""},
        {"code", TEXT("a1"), ""},
        {"part", TEXT("{}"), "/part wrong_type -|string"},
        {"parts", TEXT("[]"), "/parts wrong_type -|string"},
        {"extra", TEXT("1"), "/extra wrong_type -|string"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        problem_init(&f->problem, f->arena);
        field_defaults(everything_rows, &f->value);
        bool is_valid =
            field_decode_text(row_of(cases[i].name), cases[i].text, &f->value, &f->problem);
        assert_int_equal(is_valid, f->problem.count == 0);
        assert_string_equal(faults(f), cases[i].faults);
    }
    assert_true(field_decode_text(row_of("count"), STR("7"), &f->value, &f->problem));
    assert_int_equal(f->value.count, 7);
    assert_true(field_decode_text(row_of("is_urgent"), STR("false"), &f->value, &f->problem));
    assert_false(f->value.is_urgent);
}

#define FIELD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIELD_TEST(everything_is_decoded),
        FIELD_TEST(absent_and_null_are_the_same),
        FIELD_TEST(each_fault_has_its_pointer_and_facts),
        FIELD_TEST(too_few_elements),
        FIELD_TEST(lengths_are_code_points),
        FIELD_TEST(all_faults_are_told_at_once),
        FIELD_TEST(what_is_no_object),
        FIELD_TEST(many_faults_are_counted),
        FIELD_TEST(faults_count_when_the_problem_is_full),
        FIELD_TEST(a_long_wrong_text_is_cut),
        FIELD_TEST(decimals_may_be_integers),
        FIELD_TEST(query_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
