/* Full disks and damaged files. */
#include "spool_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define NOW_US INT64_C(1764000000000000)

/* Files can grow to `size` bytes; beyond it writing fails as on a full disk. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_full_disk_keeps_records(void **state)
{
    struct spool *spool = open_at(*state);
    static char bytes[SPOOL_RECORD_MAX];
    memset(bytes, 'a', sizeof(bytes));
    const struct str record = {bytes, sizeof(bytes)};
    int64_t first = put(spool, NOW_US, "small"), id = 0;
    wait_durable(spool, first);

    limit_files(64 * 1024);
    assert_int_equal(spool_put(spool, NOW_US, &record, 1, &id), 0);
    struct spool_news news = wait_news(spool);
    while (!news.is_failing)
        news = wait_news(spool);
    struct spool_stats stats;
    spool_stats(spool, &stats);
    assert_int_equal(stats.durable_id, first);
    assert_int_equal(stats.depth, 1);
    assert_true(strstr(stats.error, "cannot write to the spool") != NULL);
    int64_t later = put(spool, NOW_US, "later"); /* still taken, into memory */

    limit_files(RLIM_INFINITY);
    wait_durable(spool, later);
    spool_stats(spool, &stats);
    assert_false(stats.is_failing);
    assert_true(stats.faults > 0);
    assert_int_equal(stats.memory, 0);
    news = peek(spool, 0, 10);
    assert_int_equal(news.record_count, 3);
    assert_int_equal(news.records[1].id, id);
    assert_memory_equal(news.records[1].data.ptr, bytes, sizeof(bytes));
    assert_record(&news.records[2], later, "later");
    assert_int_equal(spool_close(spool), 0);
}

static void test_close_counts_the_lost(void **state)
{
    struct spool *spool = open_at(*state);
    static const char bytes[SPOOL_RECORD_MAX];
    const struct str records[] = {{bytes, sizeof(bytes)}, {bytes, sizeof(bytes)}};
    int64_t id = 0;
    limit_files(48 * 1024);
    assert_int_equal(spool_put(spool, NOW_US, records, LEN(records), &id), 0);
    while (!wait_news(spool).is_failing)
        continue;
    put(spool, NOW_US, "later");
    size_t lost = spool_close(spool);
    limit_files(RLIM_INFINITY);
    assert_int_equal(lost, 3);
}

static void write_at(const char *path, off_t at, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

static int try_open(const char *path, char fault[SPOOL_FAULT_MAX])
{
    struct spool_config config = spool_config_default(path);
    struct spool *spool = NULL;
    int r = spool_open(&config, &spool, fault);
    if (r == 0)
        spool_close(spool);
    return r;
}

static void assert_quarantined(const struct place *place, int number)
{
    char fault[SPOOL_FAULT_MAX], moved[128];
    snprintf(moved, sizeof(moved), "%s.corrupt-%d", place->path, number);
    assert_int_equal(try_open(place->path, fault), SPOOL_E_CORRUPT);
    assert_true(strstr(fault, moved) != NULL);
    assert_int_equal(access(moved, F_OK), 0);
    assert_int_equal(access(place->path, F_OK), -1);
    assert_int_equal(try_open(place->path, fault), 0);
}

static void test_damaged_files_are_set_aside(void **state)
{
    const struct place *place = *state;
    static const char noise[4096] = "this is no database, and it is long enough to be looked at";
    write_at(place->path, 0, noise, sizeof(noise));
    assert_quarantined(place, 1);

    /* The header is right, a page of records is not. */
    struct spool *spool = open_at(place);
    int64_t last = 0;
    for (int i = 0; i < 2000; i++)
        last = put(spool, NOW_US, "0123456789012345678901234567890123456789");
    wait_durable(spool, last);
    spool_close(spool);
    write_at(place->path, (off_t)5 * 4096, noise, sizeof(noise));
    assert_quarantined(place, 2);

    spool = open_at(place);
    spool_close(spool);
    assert_int_equal(truncate(place->path, 5000), 0);
    assert_quarantined(place, 3);
}

static void test_foreign_file_is_left_alone(void **state)
{
    const struct place *place = *state;
    char command[256], fault[SPOOL_FAULT_MAX];
    struct spool *spool = open_at(place);
    spool_close(spool);
    /* The application id in the header (offset 68) is what tells. */
    write_at(place->path, 68, "\1\2\3\4", 4);
    struct stat before, after;
    assert_int_equal(stat(place->path, &before), 0);
    assert_int_equal(try_open(place->path, fault), SPOOL_E_FOREIGN);
    assert_true(strstr(fault, "is not a spool") != NULL);
    assert_int_equal(stat(place->path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    snprintf(command, sizeof(command), "test $(ls '%s' | wc -l) = 1", place->dir);
    assert_int_equal(system(command), 0);
}

static void test_refusals(void **state)
{
    const struct place *place = *state;
    char fault[SPOOL_FAULT_MAX], path[256];
    snprintf(path, sizeof(path), "%s/no/such/directory", place->dir);
    assert_int_equal(try_open(path, fault), -EIO);
    assert_true(strstr(fault, "cannot open the spool") != NULL);

    struct spool *spool = open_at(place);
    assert_int_equal(try_open(place->path, fault), SPOOL_E_LOCKED);
    assert_true(strstr(fault, "in use") != NULL);
    spool_close(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
        ROW(test_full_disk_keeps_records),
        ROW(test_close_counts_the_lost),
        ROW(test_damaged_files_are_set_aside),
        ROW(test_foreign_file_is_left_alone),
        ROW(test_refusals),
#undef ROW
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
