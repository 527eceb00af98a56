/* What goes over the wire for each kind of parameter, byte by byte. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "pg/inside.h"

static struct param_frame frame;

static void expect(struct pg_param param, const void *bytes, size_t len)
{
    assert_int_equal(param_encode(&frame, &param, 1), 0);
    assert_int_equal(frame.format[0], 1);
    assert_non_null(frame.value[0]);
    assert_int_equal(frame.length[0], len);
    if (len > 0)
        assert_memory_equal(frame.value[0], bytes, len);
}

static void expect_null(struct pg_param param)
{
    assert_int_equal(param_encode(&frame, &param, 1), 0);
    assert_null(frame.value[0]);
}

#define EXPECT(param, literal) expect(param, literal, sizeof(literal) - 1)

static void test_scalars(void **state unused_arg)
{
    struct uuid id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

    EXPECT(pg_bool(true), "\1");
    EXPECT(pg_bool(false), "\0");
    EXPECT(pg_int(INT64_MIN), "\x80\0\0\0\0\0\0\0");
    EXPECT(pg_int(INT64_MAX), "\x7f\xff\xff\xff\xff\xff\xff\xff");
    EXPECT(pg_int(-2), "\xff\xff\xff\xff\xff\xff\xff\xfe");
    EXPECT(pg_cstr("시흥"), "시흥");
    EXPECT(pg_text(STR("")), "");
    EXPECT(pg_text((struct str){"x", 0}), "");
    EXPECT(pg_jsonb(STR("{\"a\":1}")), "\1{\"a\":1}");
    EXPECT(pg_bytes("\0\xff", 2), "\0\xff");
    EXPECT(pg_uuid(id), "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20");
}

static void test_instants_and_dates(void **state unused_arg)
{
    EXPECT(pg_instant(PG_EPOCH_US), "\0\0\0\0\0\0\0\0");
    EXPECT(pg_instant(PG_EPOCH_US + 1), "\0\0\0\0\0\0\0\1");
    EXPECT(pg_instant(PG_EPOCH_US - 1), "\xff\xff\xff\xff\xff\xff\xff\xff");
    EXPECT(pg_instant(INT64_MAX), "\x7f\xff\xff\xff\xff\xff\xff\xff"); /* infinity */
    EXPECT(pg_instant(INT64_MIN + 1), "\x80\0\0\0\0\0\0\0");           /* -infinity */
    EXPECT(pg_date(10957), "\0\0\0\0");
    EXPECT(pg_date(0), "\xff\xff\xd5\x33");
    EXPECT(pg_date(INT32_MAX), "\x7f\xff\xff\xff");
    EXPECT(pg_date(INT32_MIN + 1), "\x80\0\0\0");
}

static void test_nulls(void **state unused_arg)
{
    expect_null(pg_null());
    expect_null(pg_cstr(NULL));
    expect_null(pg_text((struct str){NULL, 0}));
    expect_null(pg_jsonb((struct str){NULL, 0}));
    expect_null(pg_bytes(NULL, 0));
    expect_null(pg_uuid(UUID_NIL));
    expect_null(pg_instant(INSTANT_NONE));
    expect_null(pg_date(INT32_MIN));
}

static void test_arrays(void **state unused_arg)
{
    const int64_t ints[] = {7, INT64_MIN};
    const struct str texts[] = {STR("가"), {NULL, 0}, STR("")};
    const bool bools[] = {true, false};

    EXPECT(pg_ints(ints, 2), "\0\0\0\1\0\0\0\1\0\0\0\x14\0\0\0\2\0\0\0\1"
                             "\0\0\0\x8\0\0\0\0\0\0\0\7\xff\xff\xff\xff");
    EXPECT(pg_texts(texts, 3), "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
                               "\0\0\0\3가\xff\xff\xff\xff\0\0\0\0");
    EXPECT(pg_bools(bools, 2), "\0\0\0\1\0\0\0\0\0\0\0\x10\0\0\0\2\0\0\0\1"
                               "\0\0\0\1\1\0\0\0\1\0");
    EXPECT(pg_ints(NULL, 0), "\0\0\0\0\0\0\0\0\0\0\0\x14");
}

/* The values must stay where they are while later ones are written behind them. */
static void test_many(void **state unused_arg)
{
    struct pg_param params[PARAM_COUNT_MAX];

    for (int i = 0; i < PARAM_COUNT_MAX; i++)
        params[i] = pg_int(i);
    assert_int_equal(param_encode(&frame, params, LEN(params)), 0);
    for (int i = 0; i < PARAM_COUNT_MAX; i++)
        assert_int_equal(frame.value[i][7], i);
    assert_int_equal(param_encode(&frame, params, LEN(params) + 1), -E2BIG);
}

static void test_bounds(void **state unused_arg)
{
    /* Sizes are checked before a byte is read, so the texts need not exist. */
    struct pg_param two[2] = {pg_text((struct str){"", PARAM_BYTES_MAX}), pg_text(STR("x"))};
    struct str item = {"", SIZE_MAX};

    assert_int_equal(param_check(two, 1), 0);
    assert_int_equal(param_check(two, 2), -EMSGSIZE);
    two[0] = pg_jsonb((struct str){"", SIZE_MAX});
    assert_int_equal(param_encode(&frame, two, 1), -EMSGSIZE);
    two[0] = pg_texts(&item, 1);
    assert_int_equal(param_encode(&frame, two, 1), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars), cmocka_unit_test(test_instants_and_dates),
        cmocka_unit_test(test_nulls),   cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_bounds),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    param_fini(&frame);
    return failed;
}
