/* kill -9 at random moments: whatever had been reported durable is there, whole and in order. */
#include "spool_test.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 12

/* The child: puts records that name their own id and reports durable ids through the pipe. Never
 * returns. */
static void write_until_killed(const char *path, int report)
{
    char fault[SPOOL_FAULT_MAX];
    struct spool_config config = spool_config_default(path);
    struct spool *spool = NULL;
    config.commit_ms = 2;
    if (spool_open(&config, &spool, fault) != 0)
        _exit(3);
    int64_t told = spool_collect(spool).durable_id;
    for (int i = 0;; i++) {
        char text[32];
        struct spool_stats stats;
        int64_t id;
        spool_stats(spool, &stats);
        snprintf(text, sizeof(text), "%lld", (long long)stats.last_id + 1);
        struct str record = str_of(text);
        if (spool_put(spool, 1, &record, 1, &id) != 0)
            usleep(1000);
        int64_t durable = spool_collect(spool).durable_id;
        if (durable <= told)
            continue;
        told = durable;
        if (write(report, &told, sizeof(told)) != sizeof(told))
            _exit(4);
    }
}

static int64_t last_report(int fd)
{
    int64_t id, last = 0;
    while (read(fd, &id, sizeof(id)) == sizeof(id))
        last = id;
    return last;
}

/* All records from 1 to at least `durable`, each saying its id. Returns how many there are. */
static int64_t check_all(const struct place *place, int64_t durable)
{
    struct spool *spool = open_at(place);
    int64_t next = 1;
    for (;;) {
        struct spool_news news = peek(spool, next, 1000);
        for (size_t i = 0; i < news.record_count; i++, next++) {
            char text[32];
            snprintf(text, sizeof(text), "%lld", (long long)next);
            assert_record(&news.records[i], next, text);
        }
        if (news.record_count == 0)
            break;
    }
    if (next <= durable)
        fail_msg("%lld was reported durable, but %lld is missing", (long long)durable,
                 (long long)next);
    assert_int_equal(spool_close(spool), 0);
    return next - 1;
}

static void test_killed_at_random(void **state)
{
    const struct place *place = *state;
    unsigned seed = (unsigned)getpid();
    int64_t before = 0;
    print_message("seed %u\n", seed);
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            write_until_killed(place->path, ends[1]);
        }
        close(ends[1]);
        int64_t first_report;
        assert_int_equal(read(ends[0], &first_report, sizeof(first_report)), sizeof(first_report));
        usleep((useconds_t)rand_r(&seed) % 60000);
        assert_int_equal(kill(child, SIGKILL), 0);
        int64_t reported = last_report(ends[0]);
        close(ends[0]);

        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        int64_t found = check_all(place, reported > first_report ? reported : first_report);
        assert_true(found > before);
        before = found;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed_at_random, place_setup, place_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
