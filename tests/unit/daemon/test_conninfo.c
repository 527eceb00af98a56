#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "db/conninfo.h"

struct row {
    const char *conninfo;
    const char *parts[3]; /* one of each fault, in their order */
};

#define NO_DBNAME "database: dbname is missing\n"
#define USER      "database: must not name a user"
#define PASSWORD  "database: must not hold a password"
#define LOOK_UP   "looked up"

static const struct row rows[] = {
    {"dbname=labtab", {NULL}},
    {"  dbname = labtab  host=/run/postgresql ", {NULL}},
    {"host='/tmp/a b' dbname='it\\'s'", {NULL}},
    {"host=10.0.0.1,::1 port=5432,5433 dbname=x target_session_attrs=read-write", {NULL}},
    {"host='' dbname=x", {NULL}},
    {"", {NO_DBNAME}},
    {"dbname=''", {NO_DBNAME}},
    {"host=/tmp", {NO_DBNAME}},
    {"dbname", {"dbname"}},
    {"=labtab", {"database: "}},
    {"dbname='labtab", {"quoted"}},
    {"nonsense=1 dbname=x", {"nonsense"}},
    {"user=postgres dbname=x password = secret", {USER, PASSWORD}},
    {"service=lab", {"service", NO_DBNAME}},
    {"host=db.example.org dbname=x", {LOOK_UP}},
    {"host=10.0.0.1,db dbname=x", {LOOK_UP}},
    {"host=localhost user=a", {LOOK_UP, USER, NO_DBNAME}},
    {"postgresql://localhost/labtab", {"a URI is not taken"}},
};

static void assert_row(const struct row *row)
{
    struct buf faults = {0};
    size_t expected = 0;
    size_t lines = 0;

    conninfo_check(row->conninfo, &faults);
    print_message("%s\n%s", row->conninfo, faults.data ? faults.data : "");
    const char *at = faults.data;

    while (expected < LEN(row->parts) && row->parts[expected]) {
        at = at ? strstr(at, row->parts[expected]) : NULL;
        assert_non_null(at);
        expected++;
    }
    for (size_t i = 0; i < faults.len; i++)
        lines += faults.data[i] == '\n';
    assert_int_equal(lines, expected);
    buf_fini(&faults);
}

static void test_rows(void **state unused_arg)
{
    for (size_t i = 0; i < LEN(rows); i++)
        assert_row(&rows[i]);
}

static void test_long_host_is_a_fault(void **state unused_arg)
{
    struct buf conninfo = {0};
    struct buf faults = {0};

    buf_puts(&conninfo, "dbname=x host=");
    for (int i = 0; i < 10000; i++)
        buf_putc(&conninfo, '1');
    conninfo_check(conninfo.data, &faults);
    assert_non_null(strstr(faults.data, LOOK_UP));
    buf_fini(&conninfo);
    buf_fini(&faults);
}

static void test_user_is_added(void **state unused_arg)
{
    char *conninfo = conninfo_with_user("dbname=x", "labtab_api");

    assert_string_equal(conninfo, "dbname=x user=labtab_api");
    free(conninfo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_long_host_is_a_fault),
        cmocka_unit_test(test_user_is_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
