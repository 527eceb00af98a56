#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "conninfo.h"

struct row {
    const char *conninfo;
    const char *faults; /* all of them; "" when there is none */
};

#define NOT_PAIRS "database: is not a list of keyword = value pairs\n"
#define NO_DBNAME "database: dbname is missing\n"
#define USER      "database: must not name a user; each role connects as its own\n"
#define PASSWORD  "database: must not hold a password; name a passfile\n"
#define SERVICE   "database: must not name a service; write its settings out\n"
#define URI       "database: a URI is not taken; write keyword = value pairs\n"
#define HOST(keyword, value)                                                                       \
    "database: " keyword " " value " is neither an address nor a socket directory; a name's "      \
    "look-up could block\n"

static const struct row rows[] = {
    {"dbname=labtab", ""},
    {"  dbname = labtab  host=/run/postgresql ", ""},
    {"host='/tmp/a b' dbname='it\\'s'", ""},
    {"host=10.0.0.1,::1 port=5432,5433 dbname=x target_session_attrs=read-write", ""},
    {"host='' dbname=x", ""},
    {"", NO_DBNAME},
    {"dbname=''", NO_DBNAME},
    {"host=/tmp", NO_DBNAME},
    {"dbname", NOT_PAIRS},
    {"=labtab", NOT_PAIRS},
    {"dbname='labtab", NOT_PAIRS},
    {"user=postgres dbname=x password = secret", USER PASSWORD},
    {"service=lab", SERVICE NO_DBNAME},
    {"host=db.example.org dbname=x", HOST("host", "db.example.org")},
    {"host=10.0.0.1,db dbname=x", HOST("host", "10.0.0.1,db")},
    {"hostaddr=localhost user=a", HOST("hostaddr", "localhost") USER NO_DBNAME},
    {"postgresql://localhost/labtab", URI},
};

static void test_rows(void **state unused_arg)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf faults = {0};

        conninfo_check(rows[i].conninfo, &faults);
        print_message("%s\n", rows[i].conninfo);
        assert_string_equal(faults.data ? faults.data : "", rows[i].faults);
        buf_fini(&faults);
    }
}

static void test_long_host_is_a_fault(void **state unused_arg)
{
    struct buf conninfo = {0};
    struct buf faults = {0};

    buf_puts(&conninfo, "dbname=x host=");
    for (int i = 0; i < 10000; i++)
        buf_putc(&conninfo, '1');
    conninfo_check(conninfo.data, &faults);
    assert_non_null(strstr(faults.data, "is neither an address"));
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
