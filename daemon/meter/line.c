#include "meter/line.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <uthash.h>

#include "base/instant.h"
#include "base/mem.h"
#include "modbus/tcp.h"

/* Found again soon after a reboot, well within the usual gap limit of 30 s. */
#define BACKOFF_MOST_US (10 * US_PER_S)
#define QUEUE_MAX       64
#define REST_DOUBLINGS  3

/* Zeroed before it is filled: hashed as bytes. */
struct line_key {
    char host[LINE_HOST_MAX];
    int64_t reply_us;
    int64_t port;
};

/* Handles are made once and used again. */
struct line_ask {
    SLIST_ENTRY(line_ask) entry; /* of all of them */
    SLIST_ENTRY(line_ask) next_free;
    struct line *line;
    mb_done_fn *done; /* NULL: forgotten */
    void *ctx;
};

struct line {
    struct line_key key;
    struct mbtcp *tcp;
    SLIST_HEAD(, line_ask) asks;
    SLIST_HEAD(, line_ask) free_asks;
    unsigned users;
    unsigned faults;
    int64_t rest_until_us;
    UT_hash_handle hh;
};

struct lines {
    struct event_base *base;
    struct line *all;
};

struct lines *lines_new(struct event_base *base)
{
    struct lines *lines = mem_zalloc(1, sizeof(*lines));
    lines->base = base;
    return lines;
}

static void line_free(struct lines *lines, struct line *line)
{
    struct line_ask *ask;

    HASH_DEL(lines->all, line);
    mbtcp_free(line->tcp);
    while ((ask = SLIST_FIRST(&line->asks)) != NULL) {
        SLIST_REMOVE_HEAD(&line->asks, entry);
        free(ask);
    }
    free(line);
}

void lines_free(struct lines *lines)
{
    struct line *line, *next;

    if (!lines)
        return;
    HASH_ITER(hh, lines->all, line, next)
    line_free(lines, line);
    free(lines);
}

static int line_open(struct lines *lines, const struct line_key *key, struct line **ret)
{
    struct mbtcp_config config = mbtcp_config_default(key->host, (uint16_t)key->port);
    struct mbtcp *tcp;

    config.reply_us = key->reply_us;
    config.backoff_most_us = BACKOFF_MOST_US;
    config.queue_max = QUEUE_MAX;
    int r = mbtcp_new(lines->base, &config, &tcp);
    if (r)
        return r;
    struct line *line = mem_zalloc(1, sizeof(*line));
    line->key = *key;
    line->tcp = tcp;
    HASH_ADD(hh, lines->all, key, sizeof(line->key), line);
    *ret = line;
    return 0;
}

int lines_get(struct lines *lines, const char *host, uint16_t port, int64_t reply_us,
              struct line **ret)
{
    struct line_key key;
    struct line *line;

    memset(&key, 0, sizeof(key));
    if (strlen(host) >= sizeof(key.host))
        return MBTCP_E_ADDRESS;
    memcpy(key.host, host, strlen(host));
    key.port = port;
    key.reply_us = reply_us;
    HASH_FIND(hh, lines->all, &key, sizeof(key), line);
    int r = line ? 0 : line_open(lines, &key, &line);
    if (r)
        return r;
    line->users++;
    *ret = line;
    return 0;
}

void lines_put(struct lines *lines, struct line *line)
{
    if (--line->users == 0)
        line_free(lines, line);
}

/* ---------------------------------------------------------------- requests */

static void on_done(void *ctx, const struct mb_result *result)
{
    struct line_ask *ask = ctx;
    mb_done_fn *done = ask->done;

    SLIST_INSERT_HEAD(&ask->line->free_asks, ask, next_free);
    if (done)
        done(ask->ctx, result);
}

static struct line_ask *take_ask(struct line *line)
{
    struct line_ask *ask = SLIST_FIRST(&line->free_asks);

    if (ask) {
        SLIST_REMOVE_HEAD(&line->free_asks, next_free);
        return ask;
    }
    ask = mem_zalloc(1, sizeof(*ask));
    ask->line = line;
    SLIST_INSERT_HEAD(&line->asks, ask, entry);
    return ask;
}

int line_ask(struct line *line, const struct mb_request *request, int64_t deadline_us,
             mb_done_fn *done, void *ctx, struct line_ask **ret)
{
    struct line_ask *ask = take_ask(line);

    ask->done = done;
    ask->ctx = ctx;
    int r = mb_bus_submit(mbtcp_bus(line->tcp), request, deadline_us, on_done, ask);
    if (r)
        SLIST_INSERT_HEAD(&line->free_asks, ask, next_free);
    else
        *ret = ask;
    return r;
}

void line_forget(struct line_ask *ask)
{
    ask->done = NULL;
}

/* ---------------------------------------------------------------- a gateway's rest */

void line_fault(struct line *line, int64_t now_us)
{
    line->rest_until_us = now_us + (US_PER_S << line->faults);
    if (line->faults < REST_DOUBLINGS)
        line->faults++;
}

void line_fine(struct line *line)
{
    line->faults = 0;
}

bool line_rests(const struct line *line, int64_t now_us)
{
    return now_us < line->rest_until_us;
}
