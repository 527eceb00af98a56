/* Reading columns by name, without a server. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../base/child.h"
#include "base/instant.h"
#include "pg/inside.h"
#include "pg/row.h"

#define COLUMNS 8

static const struct {
    const char *name;
    enum pg_type type;
    const char *bytes;
    int len;
} cells[COLUMNS] = {
    {"number", TYPE_INT4, "\0\0\1\2", 4},
    {"flag", TYPE_BOOL, "\1", 1},
    {"word", TYPE_TEXT, "idle", 4},
    {"doc", TYPE_JSONB, "\1{}", 3},
    {"id", TYPE_UUID, "0123456789abcdef", 16},
    {"at", TYPE_TIMESTAMPTZ, "\0\0\0\0\0\0\0\1", 8},
    {"day", TYPE_DATE, "\0\0\0\1", 4},
    {"numbers", TYPE_INT8_ARRAY,
     "\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0\1\0\0\0\1\0\0\0\x8\0\0\0\0\0\0\0\7", 32},
};

static struct arena *arena;
static struct pg_row full, empty; /* the second has a NULL in every column */

static int make_rows(void **state unused_arg)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[COLUMNS];

    arena = arena_new();
    for (int i = 0; i < COLUMNS; i++)
        columns[i] = (PGresAttDesc){.name = arena_strdup(arena, cells[i].name),
                                    .format = 1,
                                    .typid = cells[i].type,
                                    .typlen = -1};
    PQsetResultAttrs(result, COLUMNS, columns);
    for (int i = 0; i < COLUMNS; i++) {
        size_t len = (size_t)cells[i].len;
        PQsetvalue(result, 0, i, arena_strndup(arena, cells[i].bytes, len), cells[i].len);
        PQsetvalue(result, 1, i, NULL, -1);
    }
    result_defer(arena, result);
    full = (struct pg_row){rows_of(result), 0};
    empty = (struct pg_row){rows_of(result), 1};
    return 0;
}

static int drop_rows(void **state unused_arg)
{
    arena_free(arena);
    return 0;
}

static void test_values(void **state unused_arg)
{
    size_t count;

    assert_false(pg_row_is_null(full, "day"));
    assert_int_equal(pg_row_int(full, "number"), 258);
    assert_true(pg_row_bool(full, "flag"));
    assert_true(str_eq(pg_row_text(full, "word"), STR("idle")));
    assert_int_equal(pg_row_bytes(full, "word").len, 4);
    assert_true(str_eq(pg_row_json(full, "doc"), STR("{}")));
    assert_int_equal(pg_row_uuid(full, "id").byte[15], 'f');
    assert_true(pg_row_instant(full, "at") == PG_EPOCH_US + 1);
    assert_int_equal(pg_row_date(full, "day"), PG_EPOCH_DAY + 1);
    const int64_t *numbers = pg_row_array(full, "numbers", arena, &count);
    assert_int_equal(count, 1);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(pg_row_int_or(full, "number", 5), 258);
    assert_true(pg_row_instant_or(full, "at", 5) == PG_EPOCH_US + 1);
}

static void test_nulls(void **state unused_arg)
{
    size_t count;

    for (int i = 0; i < COLUMNS; i++)
        assert_true(pg_row_is_null(empty, cells[i].name));
    assert_int_equal(pg_row_int(empty, "number"), 0);
    assert_false(pg_row_bool(empty, "flag"));
    assert_null(pg_row_text(empty, "word").ptr);
    assert_true(uuid_is_nil(pg_row_uuid(empty, "id")));
    assert_true(pg_row_instant(empty, "at") == INSTANT_NONE);
    assert_int_equal(pg_row_date(empty, "day"), INT32_MIN);
    assert_null(pg_row_array(empty, "numbers", arena, &count));
    assert_int_equal(pg_row_int_or(empty, "number", -5), -5);
    assert_true(pg_row_instant_or(empty, "at", INT64_MAX) == INT64_MAX);
}

static void test_enums(void **state unused_arg)
{
    static const char *const states[] = {"run", "idle", NULL}, *const others[] = {"id", NULL};
    int index = -7;

    assert_int_equal(pg_row_enum(full, "word", states, &index), 0);
    assert_int_equal(index, 1);
    assert_int_equal(pg_row_enum(full, "word", others, &index), 1);
    assert_int_equal(pg_row_enum(empty, "word", states, &index), 1);
    assert_int_equal(index, 1);
}

static void read_what_is_not_there(void)
{
    (void)pg_row_int(full, "numbre");
}

static void test_unknown_name(void **state unused_arg)
{
    assert_aborts(read_what_is_not_there, "column=numbre");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_unknown_name),
    };
    return cmocka_run_group_tests(tests, make_rows, drop_rows);
}
