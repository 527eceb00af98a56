#pragma once
/* What the spool's tests share: a directory of their own, and waiting for news with a deadline. */

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spool/spool.h"

#define DEADLINE_MS 20000

struct place {
    char dir[64];
    char path[96];
};

static inline int place_setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    assert_non_null(place);
    snprintf(place->dir, sizeof(place->dir), "/tmp/labtab-spool-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->path, sizeof(place->path), "%s/spool.db", place->dir);
    *state = place;
    return 0;
}

static inline int place_teardown(void **state)
{
    struct place *place = *state;
    char command[96];
    snprintf(command, sizeof(command), "rm -rf -- '%s'", place->dir);
    int r = system(command);
    free(place);
    return r;
}

static inline struct spool *open_with(const struct spool_config *config)
{
    char fault[SPOOL_FAULT_MAX];
    struct spool *spool = NULL;
    int r = spool_open(config, &spool, fault);
    if (r != 0)
        fail_msg("spool_open gave %d: %s", r, fault);
    return spool;
}

static inline struct spool *open_at(const struct place *place)
{
    struct spool_config config = spool_config_default(place->path);
    config.retry_ms = 20;
    return open_with(&config);
}

/* One record. Returns its id. */
static inline int64_t put(struct spool *spool, int64_t now_us, const char *text)
{
    int64_t id = 0;
    struct str record = str_of(text);
    assert_int_equal(spool_put(spool, now_us, &record, 1, &id), 0);
    return id;
}

/* News, or a failure when there are none in time. */
static inline struct spool_news wait_news(struct spool *spool)
{
    struct pollfd fd = {.fd = spool_fd(spool), .events = POLLIN};
    if (poll(&fd, 1, DEADLINE_MS) != 1)
        fail_msg("no news from the spool within %d ms", DEADLINE_MS);
    return spool_collect(spool);
}

static inline void wait_durable(struct spool *spool, int64_t id)
{
    struct spool_news news = spool_collect(spool);
    while (news.durable_id < id)
        news = wait_news(spool);
}

static inline struct spool_news peek(struct spool *spool, int64_t from_id, size_t count)
{
    assert_int_equal(spool_peek(spool, from_id, count), 0);
    struct spool_news news = wait_news(spool);
    while (!news.has_peeked)
        news = wait_news(spool);
    return news;
}

static inline void assert_record(const struct spool_record *record, int64_t id, const char *text)
{
    assert_int_equal(record->id, id);
    assert_int_equal(record->data.len, strlen(text));
    assert_memory_equal(record->data.ptr, text, strlen(text));
}
