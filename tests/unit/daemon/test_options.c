#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "options.h"

#define ARGS_MAX 16

/* Reads a command line of words separated by one space. */
static int read_words(const char *words, struct options *ret, struct buf *faults)
{
    char *copy = strdup(words);
    char *argv[ARGS_MAX];
    int argc = 0;

    for (char *word = strtok(copy, " "); word && argc < ARGS_MAX; word = strtok(NULL, " "))
        argv[argc++] = word;
    int outcome = options_read(argc, argv, ret, faults);

    free(copy);
    return outcome;
}

static void assert_fine(const char *words)
{
    struct options options = {0};
    struct buf faults = {0};

    assert_int_equal(read_words(words, &options, &faults), 0);
    assert_int_equal(faults.len, 0);
    buf_fini(&faults);
}

/* Exactly one fault, which has `part` in it. */
static void assert_fault(const char *words, const char *part)
{
    struct options options = {0};
    struct buf faults = {0};

    assert_int_equal(read_words(words, &options, &faults), 1);
    print_message("%s", faults.data);
    assert_non_null(strstr(faults.data, part));
    assert_ptr_equal(strchr(faults.data, '\n'), faults.data + faults.len - 1);
    buf_fini(&faults);
}

static void test_what_is_fine(void **state unused_arg)
{
    assert_fine("--dev");
    assert_fine("--dev --dev-fresh");
    assert_fine("--database dbname=x");
    assert_fine("--dev --database dbname=x --role=jobs");
    assert_fine("--dev --listen-address=::1");
    assert_fine("--dev --listen-address=127.9.9.9 --listen-port=0");
    assert_fine("--dev --listen-address=0.0.0.0 --allow-remote --behind-proxy");
    assert_fine("--help --listen-port=99999");
    assert_fine("--version");
}

static void test_what_is_not(void **state unused_arg)
{
    assert_fault("", "database: missing; only --dev");
    assert_fault("--dev --role=api", "only with --role all, not with --role api");
    assert_fault("--dev --listen-port=65536", "listen-port");
    assert_fault("--dev --listen-address=localhost", "is no IPv4 or IPv6 address");
    assert_fault("--dev --listen-address=10.0.0.1 --behind-proxy", "needs allow-remote");
    assert_fault("--dev --listen-address=:: --allow-remote", "needs a proxy");
    assert_fault("--dev-fresh --database dbname=x", "dev-fresh");
    assert_fault("--dev --data-dir=here", "data-dir: here is not an absolute path");
    assert_fault("--dev --spool=here", "spool: here is not an absolute path");
    assert_fault("--dev --admin-token=Kim", "Kim is no code");
    assert_fault("--dev --admin-token=kim --migrate", "not together with --migrate");
    assert_fault("--dev --connections-max=10", "connections-max-per-address");
    assert_fault("--dev extra", "extra");
}

static void test_all_faults_are_told(void **state unused_arg)
{
    struct options options = {0};
    struct buf faults = {0};
    size_t lines = 0;

    assert_int_equal(read_words("--nope --listen-port=x extra --db-depth=0 --data-dir=. --role=all",
                                &options, &faults),
                     1);
    for (size_t i = 0; i < faults.len; i++)
        lines += faults.data[i] == '\n';
    assert_int_equal(lines, 6); /* and the database is missing */
    buf_fini(&faults);
}

static void test_the_last_one_counts(void **state unused_arg)
{
    struct options options = {0};
    struct buf faults = {0};

    assert_int_equal(read_words("--dev --role=all --listen-port=0 --database dbname=a --role=api "
                                "--listen-port=81 --database=dbname=b --log-level=warn",
                                &options, &faults),
                     0);
    assert_int_equal(options.role, ROLE_API);
    assert_int_equal(options.listen_port, 81);
    assert_int_equal(options.log_level, LOG_WARN);
    assert_string_equal(options.database, "dbname=b");
    buf_fini(&faults);
}

static void test_what_follows_from_options(void **state unused_arg)
{
    struct options options = {0};
    struct buf faults = {0};

    assert_int_equal(read_words("--database dbname=a --data-dir=/srv/lab", &options, &faults), 0);
    char *conninfo = options_conninfo(&options, "labtab_jobs");
    char *spool = options_spool(&options);

    assert_string_equal(conninfo, "dbname=a user=labtab_jobs");
    assert_string_equal(spool, "/srv/lab/spool.db");
    assert_string_equal(role_name(options.role), "all");
    free(conninfo);
    free(spool);
    buf_fini(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_fine),
        cmocka_unit_test(test_what_is_not),
        cmocka_unit_test(test_all_faults_are_told),
        cmocka_unit_test(test_the_last_one_counts),
        cmocka_unit_test(test_what_follows_from_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
