/* The loader: what is asked for arrives on the loop, and trouble is told once. */

#include "cmocka_all.h"

#include <stdlib.h>

#include <event2/event.h>

#include "../base/child.h"
#include "base/instant.h"
#include "loader.h"

/* No server is there: the thread never gets as far as to load. */
static const char nowhere[] = "host=/nonexistent dbname=labtab connect_timeout=1";

static int load(void *arg, struct pgsync *db, void **ret, struct buf *fault)
{
    (void)arg, (void)db, (void)ret, (void)fault;
    abort();
}

static void take(void *arg, void *result)
{
    (void)arg, (void)result;
    abort();
}

static void run_loop(struct event_base *base, int64_t time_us)
{
    const struct timeval time = {.tv_sec = time_us / US_PER_S, .tv_usec = time_us % US_PER_S};
    event_base_loopexit(base, &time);
    event_base_dispatch(base);
}

/* Long enough for a second try, which is due after a second. */
static void be_without_database(void)
{
    struct event_base *base = event_base_new();
    struct loader *loader = loader_new(
        base,
        &(struct loader_conf){
            .name = "settings", .conninfo = nowhere, .load = load, .drop = free, .done = take});
    loader_request(loader);
    run_loop(base, 5 * US_PER_S / 2);
    loader_free(loader);
    event_base_free(base);
}

static void test_trouble_is_told_once(void **state)
{
    (void)state;
    struct child child;
    child_run(be_without_database, &child);
    assert_int_equal(child.status, 0);
    const char *first = strstr(child.output, "event=not_loaded what=settings reason=");
    assert_non_null(first);
    assert_null(strstr(first + 1, "event=not_loaded"));
}

static void test_request_numbers(void **state)
{
    (void)state;
    struct event_base *base = event_base_new();
    struct loader *loader = loader_new(
        base,
        &(struct loader_conf){
            .name = "settings", .conninfo = nowhere, .load = load, .drop = free, .done = take});
    assert_int_equal(loader_request(loader), 1);
    assert_int_equal(loader_request(loader), 2);
    assert_int_equal(loader_taken(loader), 0);
    loader_free(loader);
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trouble_is_told_once),
        cmocka_unit_test(test_request_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
