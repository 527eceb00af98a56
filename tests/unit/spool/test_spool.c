#include "spool_test.h"

#define NOW_US INT64_C(1764000000000000)

static void test_records_come_back_in_order(void **state)
{
    struct spool *spool = open_at(*state);
    const struct str batch[] = {STR("one"), STR("two"), STR("")};
    int64_t first = 0;
    assert_int_equal(spool_put(spool, NOW_US, batch, LEN(batch), &first), 0);
    assert_int_equal(first, NOW_US);
    wait_durable(spool, first + 2);

    struct spool_news news = peek(spool, 0, 10);
    assert_int_equal(news.record_count, 3);
    assert_record(&news.records[0], first, "one");
    assert_record(&news.records[1], first + 1, "two");
    assert_record(&news.records[2], first + 2, "");

    news = peek(spool, first + 1, 1);
    assert_int_equal(news.record_count, 1);
    assert_record(&news.records[0], first + 1, "two");
    assert_int_equal(peek(spool, first + 3, 10).record_count, 0);
    assert_int_equal(spool_close(spool), 0);
}

static void test_ids_go_up(void **state)
{
    static const struct {
        int64_t now_us;
        int64_t id;
    } rows[] = {
        {NOW_US, NOW_US},
        {NOW_US, NOW_US + 1},        /* the same instant */
        {NOW_US - 9999, NOW_US + 2}, /* the clock stepped back */
        {NOW_US + 500, NOW_US + 500},
        {0, NOW_US + 501},
    };
    struct spool *spool = open_at(*state);
    for (size_t i = 0; i < LEN(rows); i++)
        assert_int_equal(put(spool, rows[i].now_us, "x"), rows[i].id);
    assert_int_equal(spool_close(spool), 0);

    /* After a restart, though everything was dropped. */
    spool = open_at(*state);
    spool_drop(spool, INT64_MAX);
    assert_int_equal(spool_close(spool), 0);
    spool = open_at(*state);
    assert_int_equal(put(spool, 0, "y"), NOW_US + 502);
    assert_int_equal(spool_close(spool), 0);
}

static void test_ids_go_up_when_the_file_is_lost(void **state)
{
    const struct place *place = *state;
    struct spool *spool = open_at(place);
    int64_t before = put(spool, NOW_US, "x");
    spool_close(spool);
    assert_int_equal(unlink(place->path), 0);

    spool = open_at(place);
    assert_true(put(spool, NOW_US + 1, "y") > before);
    spool_close(spool);
}

static void wait_depth(struct spool *spool, int64_t depth, struct spool_stats *ret)
{
    for (spool_stats(spool, ret); ret->depth != depth; spool_stats(spool, ret))
        wait_news(spool);
}

static void test_drop(void **state)
{
    struct spool *spool = open_at(*state);
    int64_t last = 0;
    for (int i = 0; i < 12000; i++) /* more than one portion */
        last = put(spool, NOW_US, "0123456789");
    wait_durable(spool, last);
    struct spool_stats stats;
    spool_stats(spool, &stats);
    assert_int_equal(stats.depth, 12000);
    assert_int_equal(stats.bytes, 12000 * (10 + SPOOL_OVERHEAD));
    assert_int_equal(stats.oldest_id, NOW_US);

    spool_drop(spool, last - 1);
    wait_depth(spool, 1, &stats);
    assert_int_equal(stats.bytes, 10 + SPOOL_OVERHEAD);
    assert_int_equal(stats.oldest_id, last);
    assert_int_equal(peek(spool, 0, 5).records[0].id, last);

    spool_drop(spool, last);
    wait_depth(spool, 0, &stats);
    assert_int_equal(stats.bytes, 0);
    assert_int_equal(stats.oldest_id, 0);
    assert_int_equal(spool_close(spool), 0);
}

static void test_counts_survive_restart(void **state)
{
    struct spool *spool = open_at(*state);
    put(spool, NOW_US, "abc");
    put(spool, NOW_US, "defgh");
    assert_int_equal(spool_close(spool), 0); /* closing stores what waits */
    spool = open_at(*state);
    struct spool_stats stats;
    spool_stats(spool, &stats);
    assert_int_equal(stats.depth, 2);
    assert_int_equal(stats.bytes, 8 + 2 * SPOOL_OVERHEAD);
    assert_int_equal(stats.oldest_id, NOW_US);
    assert_int_equal(stats.durable_id, NOW_US + 1);
    spool_close(spool);
}

static void test_memory_is_bounded(void **state)
{
    const struct place *place = *state;
    struct spool_config config = spool_config_default(place->path);
    config.memory_max = 1000;
    config.commit_ms = 60000; /* nothing leaves by itself before a quarter is full */
    struct spool *spool = open_with(&config);
    static const char bytes[2000];
    const struct str big = {bytes, 1100}, fits = {bytes, 100};
    int64_t id = 0;
    assert_int_equal(spool_put(spool, NOW_US, &big, 1, &id), SPOOL_E_FULL);
    assert_int_equal(spool_put(spool, NOW_US, &fits, 1, &id), 0);
    struct str many[9];
    for (size_t i = 0; i < LEN(many); i++)
        many[i] = fits;
    assert_int_equal(spool_put(spool, NOW_US, many, LEN(many), &id), SPOOL_E_FULL);

    struct spool_stats stats;
    spool_stats(spool, &stats);
    assert_int_equal(stats.refused, 10);
    assert_int_equal(stats.last_id, NOW_US); /* a refused batch uses no ids */
    assert_int_equal(spool_close(spool), 0);
}

static void test_disk_use_is_bounded(void **state)
{
    const struct place *place = *state;
    struct spool_config config = spool_config_default(place->path);
    config.bytes_max = 5 * (100 + SPOOL_OVERHEAD);
    struct spool *spool = open_with(&config);
    static const char bytes[100];
    const struct str record = {bytes, sizeof(bytes)};
    int64_t id = 0;
    for (int i = 0; i < 5; i++)
        assert_int_equal(spool_put(spool, NOW_US, &record, 1, &id), 0);
    assert_int_equal(spool_put(spool, NOW_US, &record, 1, &id), SPOOL_E_FULL);
    wait_durable(spool, id);
    assert_int_equal(spool_put(spool, NOW_US, &record, 1, &id), SPOOL_E_FULL);

    struct spool_stats stats;
    spool_drop(spool, NOW_US);
    wait_depth(spool, 4, &stats);
    assert_int_equal(spool_put(spool, NOW_US, &record, 1, &id), 0);
    assert_int_equal(spool_close(spool), 0);
}

static void test_record_bounds(void **state)
{
    struct spool *spool = open_at(*state);
    static const char bytes[SPOOL_RECORD_MAX + 1];
    const struct str longest = {bytes, SPOOL_RECORD_MAX}, longer = {bytes, SPOOL_RECORD_MAX + 1};
    int64_t id = 0;
    assert_int_equal(spool_put(spool, NOW_US, &longer, 1, &id), SPOOL_E_RECORD);
    assert_int_equal(spool_put(spool, NOW_US, NULL, 0, &id), SPOOL_E_RECORD);
    assert_int_equal(spool_put(spool, NOW_US, &longest, 1, &id), 0);
    wait_durable(spool, id);
    assert_int_equal(peek(spool, 0, 1).records[0].data.len, SPOOL_RECORD_MAX);
    spool_close(spool);
}

static void test_peek_bounds(void **state)
{
    const struct place *place = *state;
    struct spool_config config = spool_config_default(place->path);
    config.peek_bytes_max = 100;
    struct spool *spool = open_with(&config);
    static const char bytes[300];
    const struct str batch[] = {{bytes, 300}, {bytes, 40}, {bytes, 40}};
    int64_t first = 0;
    assert_int_equal(spool_put(spool, NOW_US, batch, LEN(batch), &first), 0);
    wait_durable(spool, first + 2);
    assert_int_equal(peek(spool, 0, 10).record_count, 1); /* too long, but it must get out */
    assert_int_equal(peek(spool, first + 1, 10).record_count, 1);

    assert_int_equal(spool_peek(spool, 0, 1), 0);
    assert_int_equal(spool_peek(spool, 0, 1), SPOOL_E_BUSY);
    spool_close(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)
        ROW(test_records_come_back_in_order),
        ROW(test_ids_go_up),
        ROW(test_ids_go_up_when_the_file_is_lost),
        ROW(test_drop),
        ROW(test_counts_survive_restart),
        ROW(test_memory_is_bounded),
        ROW(test_disk_use_is_bounded),
        ROW(test_record_bounds),
        ROW(test_peek_bounds),
#undef ROW
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
