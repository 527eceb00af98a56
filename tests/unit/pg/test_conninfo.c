/* Which connection strings would make the loop wait for a name server. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pg/inside.h"

static bool is_accepted(const char *conninfo)
{
    struct buf fault = {0};
    int r = pg_conninfo_check(conninfo, &fault);

    assert_true((r == 0) == (fault.len == 0)); /* a refusal has its sentence */
    buf_fini(&fault);
    return r == 0;
}

static int clear_environment(void **state unused_arg)
{
    unsetenv("PGHOST");
    unsetenv("PGHOSTADDR");
    unsetenv("PGSERVICE");
    return 0;
}

static void test_accepted(void **state unused_arg)
{
    assert_true(is_accepted("host=/run/postgresql dbname=labtab"));
    assert_true(is_accepted("host=127.0.0.1"));
    assert_true(is_accepted("host=::1"));
    assert_true(is_accepted("host=10.0.0.1,10.0.0.2 target_session_attrs=read-write"));
    assert_true(is_accepted("host=db.example hostaddr=10.0.0.1")); /* the name is for TLS only */
    assert_true(is_accepted("postgresql://labtab@127.0.0.1:5432/labtab"));
    assert_true(is_accepted("dbname=labtab")); /* the built-in socket directory */
}

static void test_refused(void **state unused_arg)
{
    assert_false(is_accepted("host=localhost"));
    assert_false(is_accepted("host=/run/postgresql,db.example"));
    assert_false(is_accepted("host=10.0.0.1.example"));
    assert_false(is_accepted("postgresql://db.example/labtab"));
    assert_false(is_accepted("service=labtab"));
    assert_false(is_accepted("no such option"));
    assert_false(is_accepted("hots=/run/postgresql"));
}

static void test_environment(void **state unused_arg)
{
    setenv("PGHOST", "db.example", 1);
    assert_false(is_accepted("dbname=labtab"));
    assert_true(is_accepted("host=/run/postgresql"));
    setenv("PGHOSTADDR", "127.0.0.1", 1);
    assert_true(is_accepted("dbname=labtab"));
}

static void test_sentence(void **state unused_arg)
{
    struct buf fault = {0};

    assert_int_equal(pg_conninfo_check("host=db.example", &fault), 1);
    assert_non_null(strstr(fault.data, "db.example"));
    assert_non_null(strstr(fault.data, "hostaddr"));
    buf_fini(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_accepted, clear_environment),
        cmocka_unit_test_setup(test_refused, clear_environment),
        cmocka_unit_test_setup_teardown(test_environment, clear_environment, clear_environment),
        cmocka_unit_test_setup(test_sentence, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
