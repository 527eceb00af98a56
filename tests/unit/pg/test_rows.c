/* Reading binary rows, without a server: results are made by hand. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "pg/inside.h"

struct cell {
    Oid type;
    const char *bytes;
    int len; /* -1: NULL */
};

static struct arena *arena;

static int make_arena(void **state unused_arg)
{
    arena = arena_new();
    return 0;
}

static int drop_arena(void **state unused_arg)
{
    arena_free(arena);
    return 0;
}

/* One row of one column "v". */
static const struct pg_rows *row_of(struct cell cell)
{
    static char name[] = "v";
    static char empty[] = "";
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc column = {.name = name, .format = 1, .typid = cell.type, .typlen = -1};
    char *bytes = cell.len > 0 ? arena_strndup(arena, cell.bytes, (size_t)cell.len) : empty;

    assert_int_equal(PQsetResultAttrs(result, 1, &column), 1);
    assert_int_equal(PQsetvalue(result, 0, 0, bytes, cell.len), 1);
    result_defer(arena, result);
    return rows_of(result);
}

#define ROW(type, literal) row_of((struct cell){type, literal, sizeof(literal) - 1})
#define NULL_ROW(type)     row_of((struct cell){type, NULL, -1})

static void assert_text(struct str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void test_scalars(void **state unused_arg)
{
    assert_true(pg_get_int(ROW(TYPE_INT2, "\xff\xfe"), 0, 0) == -2);
    assert_true(pg_get_int(ROW(TYPE_INT4, "\x80\0\0\0"), 0, 0) == INT32_MIN);
    assert_true(pg_get_int(ROW(TYPE_INT8, "\x80\0\0\0\0\0\0\0"), 0, 0) == INT64_MIN);
    assert_true(pg_get_int(ROW(TYPE_INT8, "\x7f\xff\xff\xff\xff\xff\xff\xff"), 0, 0) == INT64_MAX);
    assert_true(pg_get_bool(ROW(TYPE_BOOL, "\1"), 0, 0));
    assert_false(pg_get_bool(ROW(TYPE_BOOL, "\0"), 0, 0));
    assert_text(pg_get_text(ROW(TYPE_TEXT, "시흥"), 0, 0), "시흥");
    assert_text(pg_get_json(ROW(TYPE_JSONB, "\1[1]"), 0, 0), "[1]");
    assert_text(pg_get_json(ROW(TYPE_JSON, "[1]"), 0, 0), "[1]");
    assert_int_equal(pg_get_bytes(ROW(TYPE_BYTEA, "\0\xff"), 0, 0).len, 2);
    assert_int_equal(pg_get_uuid(ROW(TYPE_UUID, "0123456789abcdef"), 0, 0).byte[15], 'f');
}

static void test_instants_and_dates(void **state unused_arg)
{
    const struct pg_rows *epoch = ROW(TYPE_TIMESTAMPTZ, "\0\0\0\0\0\0\0\0");
    const struct pg_rows *end = ROW(TYPE_TIMESTAMPTZ, "\x7f\xff\xff\xff\xff\xff\xff\xff");
    const struct pg_rows *start = ROW(TYPE_TIMESTAMPTZ, "\x80\0\0\0\0\0\0\0");

    assert_true(pg_get_instant(epoch, 0, 0) == PG_EPOCH_US);
    assert_true(pg_get_instant(end, 0, 0) == INT64_MAX);
    assert_true(pg_get_instant(start, 0, 0) == INSTANT_NONE);
    assert_int_equal(pg_get_date(ROW(TYPE_DATE, "\xff\xff\xd5\x33"), 0, 0), 0);
    assert_int_equal(pg_get_date(ROW(TYPE_DATE, "\x7f\xff\xff\xff"), 0, 0), INT32_MAX);
    assert_int_equal(pg_get_date(ROW(TYPE_DATE, "\x80\0\0\0"), 0, 0), INT32_MIN);
}

static void check_nothing(const struct pg_rows *rows, int row, int column)
{
    size_t count = 9;

    assert_true(pg_is_null(rows, row, column));
    assert_true(pg_get_int(rows, row, column) == 0);
    assert_false(pg_get_bool(rows, row, column));
    assert_int_equal(pg_get_text(rows, row, column).len, 0);
    assert_int_equal(pg_get_json(rows, row, column).len, 0);
    assert_true(uuid_is_nil(pg_get_uuid(rows, row, column)));
    assert_true(pg_get_instant(rows, row, column) == INSTANT_NONE);
    assert_int_equal(pg_get_date(rows, row, column), INT32_MIN);
    assert_null(pg_get_array(rows, row, column, arena, &count));
    assert_int_equal(count, 0);
}

static void test_nothing(void **state unused_arg)
{
    const struct pg_rows *row = ROW(TYPE_TEXT, "x");

    check_nothing(NULL_ROW(TYPE_INT8), 0, 0);
    check_nothing(NULL, 0, 0);
    check_nothing(row, 0, 1);
    check_nothing(row, 0, -1);
    check_nothing(row, 1, 0);
    assert_int_equal(pg_row_count(NULL), 0);
    assert_int_equal(pg_column(row, "v"), 0);
    assert_int_equal(pg_column(row, "V"), -1);
    assert_null(pg_column_name(row, 1));
    /* Empty is not NULL. */
    assert_false(pg_is_null(ROW(TYPE_TEXT, ""), 0, 0));
}

static void test_kinds(void **state unused_arg)
{
    assert_int_equal(pg_column_kind(NULL_ROW(TYPE_INT2), 0), PG_INT);
    assert_int_equal(pg_column_kind(NULL_ROW(TYPE_JSONB), 0), PG_JSONB);
    assert_int_equal(pg_column_kind(NULL_ROW(TYPE_TIMESTAMPTZ_ARRAY), 0), PG_INSTANT_ARRAY);
    assert_int_equal(pg_column_kind(NULL_ROW(70000), 0), PG_TEXT); /* an enum */
    assert_int_equal(pg_column_kind(NULL_ROW(TYPE_INT2), 1), PG_NULL);
}

static void test_arrays(void **state unused_arg)
{
    size_t count;
    const int64_t *ints = pg_get_array(ROW(TYPE_INT4_ARRAY, "\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\2"
                                                            "\0\0\0\1\0\0\0\4\xff\xff\xff\xfe"
                                                            "\xff\xff\xff\xff"),
                                       0, 0, arena, &count);
    assert_int_equal(count, 2);
    assert_true(ints[0] == -2);
    assert_true(ints[1] == INT64_MIN);

    const struct str *texts = pg_get_array(ROW(TYPE_TEXT_ARRAY, "\0\0\0\1\0\0\0\1\0\0\0\x19"
                                                                "\0\0\0\3\0\0\0\1\0\0\0\3가"
                                                                "\xff\xff\xff\xff\0\0\0\0"),
                                           0, 0, arena, &count);
    assert_int_equal(count, 3);
    assert_text(texts[0], "가");
    assert_null(texts[1].ptr);
    assert_non_null(texts[2].ptr);
    assert_int_equal(texts[2].len, 0);

    const void *none =
        pg_get_array(ROW(TYPE_TEXT_ARRAY, "\0\0\0\0\0\0\0\0\0\0\0\x19"), 0, 0, arena, &count);
    assert_non_null(none);
    assert_int_equal(count, 0);
}

/* Bytes that are no array are never read past their end. */
static void test_broken_arrays(void **state unused_arg)
{
    static const char whole[] = "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\2\0\0\0\1\0\0\0\3abc\0\0\0\1d";
    size_t count;

    for (int len = 0; len < (int)sizeof(whole) - 1; len++) {
        const struct str *items =
            pg_get_array(row_of((struct cell){TYPE_TEXT_ARRAY, whole, len}), 0, 0, arena, &count);
        assert_true(!items || count == 2);
    }
    assert_null(pg_get_array(ROW(TYPE_TEXT_ARRAY, "\0\0\0\2\0\0\0\1\0\0\0\x19\0\0\0\1\0\0\0\1"
                                                  "\0\0\0\1\0\0\0\1\0\0\0\0"),
                             0, 0, arena, &count));
    assert_null(pg_get_array(ROW(TYPE_INT8_ARRAY, "\0\0\0\1\0\0\0\1\0\0\0\x14\x7f\xff\xff\xff"
                                                  "\0\0\0\1\0\0\0\0"),
                             0, 0, arena, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars), cmocka_unit_test(test_instants_and_dates),
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_arrays),  cmocka_unit_test(test_broken_arrays),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
