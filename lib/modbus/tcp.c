#include "modbus/tcp.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/mem.h"
#include "modbus/queue.h"

enum state {
    DOWN,       /* no socket; a request may connect from retry_us on */
    CONNECTING, /* limit_us: when to give up */
    UP,
};

struct mbtcp {
    struct mb_bus bus;
    struct event_base *base;
    struct mbtcp_config config; /* without the address */
    struct sockaddr_storage address;
    socklen_t address_len;

    enum state state;
    int fd;
    int64_t
        limit_us; /* CONNECTING: of the connect; UP with is_asking: of the outstanding request */
    int64_t retry_us;
    unsigned failures; /* since the last answer; the loss of a good connection is the first */
    uint16_t silent;   /* time-outs in a row */
    uint16_t last_id;

    bool is_asking;
    bool is_busy;   /* a handler is running: mbtcp_free() leaves the memory to it */
    bool is_gone;   /* mbtcp_free() was called meanwhile */
    int send_error; /* met while submitting; handled on the loop */
    struct mbqueue_item asked;
    int64_t sent_us;

    struct mbqueue queue;

    struct mb_reader reader;
    struct mbtcp_stats stats;
    struct event io;
    struct event timer;
};

static void on_io(evutil_socket_t fd, short what, void *ctx);
static void on_timer(evutil_socket_t fd, short what, void *ctx);
static int submit(struct mb_bus *bus, const struct mb_request *request, int64_t deadline_us,
                  mb_done_fn *done, void *ctx);

static const struct mb_bus_class tcp_class = {.submit = submit};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Arms the one timer for whatever is due first. */
static void arm(struct mbtcp *link, int64_t now)
{
    int64_t due = mbqueue_due_us(&link->queue);
    if (link->state == CONNECTING || link->is_asking)
        due = least(due, link->limit_us);
    if (due == INT64_MAX) {
        event_del(&link->timer);
        return;
    }
    int64_t wait = due > now ? due - now : 0;
    struct timeval after = {.tv_sec = wait / US_PER_S, .tv_usec = wait % US_PER_S};
    event_add(&link->timer, &after);
}

/* Requests come back. */

static void count(struct mbtcp *link, const struct mb_result *result)
{
    struct mbtcp_stats *stats = &link->stats;
    switch (result->outcome) {
    case MB_DONE:
        stats->done++;
        break;
    case MB_REFUSED:
        stats->refused++;
        break;
    case MB_TIMEOUT:
        stats->timeouts++;
        stats->expired += result->sent_us == 0;
        break;
    case MB_LINK_DOWN:
        stats->down++;
        break;
    case MB_GARBAGE_ANSWER:
        stats->garbage++;
        stats->last_fault = result->reply.fault;
        break;
    }
}

/* The outstanding request is over. The callback may submit, and may free the link. */
static void finish(struct mbtcp *link, struct mb_result result)
{
    struct mbqueue_item asked = link->asked;
    link->is_asking = false;
    result.sent_us = link->sent_us;
    count(link, &result);
    asked.done(asked.ctx, &result);
}

static void expire_queue(struct mbtcp *link, int64_t now)
{
    struct mbqueue_item expired[16];
    uint16_t found;
    do {
        found = mbqueue_expire(&link->queue, now, expired, LEN(expired));
        for (uint16_t i = 0; i < found && !link->is_gone; i++) {
            struct mb_result result = {.outcome = MB_TIMEOUT};
            count(link, &result);
            expired[i].done(expired[i].ctx, &result);
        }
    } while (found == LEN(expired) && !link->is_gone);
}

/* The connection comes and goes. */

/* How long to wait before the next attempt; nothing when a good connection was lost. */
static int64_t back_off(struct mbtcp *link)
{
    if (link->failures == 0 && link->state == UP) {
        link->failures = 1;
        return 0;
    }
    link->failures = link->failures > 0 ? link->failures + 1 : 2;
    int64_t wait = link->config.backoff_first_us;
    for (unsigned i = 2; i < link->failures && wait < link->config.backoff_most_us; i++)
        wait *= 2;
    return least(wait, link->config.backoff_most_us);
}

static void close_socket(struct mbtcp *link)
{
    if (link->fd < 0)
        return;
    event_del(&link->io);
    close(link->fd);
    link->fd = -1;
}

/* Ends the connection. The outstanding request ends as `result` says. The queue is kept when the
 * next attempt follows at once, else it ends as link down; what the callbacks submit is not among
 * it. */
static void drop(struct mbtcp *link, struct mb_result result)
{
    if (link->state == CONNECTING)
        link->stats.connect_failures++;
    int64_t wait = back_off(link);
    link->retry_us = now_us() + wait;
    close_socket(link);
    link->state = DOWN;
    link->send_error = 0;

    uint16_t lost = wait > 0 ? link->queue.count : 0;
    if (link->is_asking)
        finish(link, result);
    result = (struct mb_result){.outcome = MB_LINK_DOWN, .error = result.error};
    for (; lost > 0 && !link->is_gone; lost--) {
        struct mbqueue_item first = mbqueue_pop(&link->queue);
        count(link, &result);
        first.done(first.ctx, &result);
    }
}

static void drop_error(struct mbtcp *link, int error)
{
    drop(link, (struct mb_result){.outcome = MB_LINK_DOWN, .error = error});
}

static void on_up(struct mbtcp *link)
{
    link->state = UP;
    link->stats.connects++;
    link->silent = 0;
    mb_reader_reset(&link->reader);
    event_del(&link->io);
    event_assign(&link->io, link->base, link->fd, EV_READ | EV_PERSIST, on_io, link);
    event_add(&link->io, NULL);
}

/* Starts to connect. An error is met on the loop: the timer's handler looks for it. */
static void start_connect(struct mbtcp *link, int64_t now)
{
    static const int on = 1;
    link->state = CONNECTING;
    link->limit_us = now + link->config.connect_us;
    link->fd = socket(link->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0) {
        link->send_error = errno;
        return;
    }
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    event_assign(&link->io, link->base, link->fd, EV_WRITE, on_io, link);
    event_add(&link->io, NULL);
    if (connect(link->fd, (const struct sockaddr *)&link->address, link->address_len) < 0 &&
        errno != EINPROGRESS)
        link->send_error = errno;
}

/* Sends the queue's first request when it is its turn. A short write cannot happen while the
 * socket's buffer has room for 12 bytes; if it has not, the peer stopped reading long ago. */
static void send_next(struct mbtcp *link)
{
    if (link->state != UP || link->is_asking || link->queue.count == 0)
        return;
    uint8_t frame[MB_REQUEST_LEN];
    link->asked = mbqueue_pop(&link->queue);
    link->is_asking = true;
    mb_encode(&link->asked.request, ++link->last_id, frame);
    mb_reader_expect(&link->reader, &link->asked.request, link->last_id);

    link->sent_us = now_us();
    link->limit_us = least(link->asked.deadline_us, link->sent_us + link->config.reply_us);
    ssize_t n = send(link->fd, frame, sizeof(frame), MSG_NOSIGNAL);
    if (n != sizeof(frame))
        link->send_error = n < 0 ? errno : ENOBUFS;
    link->stats.sent++;
}

/* Every handler ends here: go on with the queue, arm the timer, or leave for good. */
static void settle(struct mbtcp *link)
{
    if (link->is_gone) {
        mbqueue_fini(&link->queue);
        free(link);
        return;
    }
    int64_t now = now_us();
    if (link->state == DOWN && link->queue.count > 0 && link->retry_us <= now)
        start_connect(link, now);
    send_next(link);
    arm(link, now);
    if (link->send_error)
        event_active(&link->timer, EV_TIMEOUT, 1);
    link->is_busy = false;
}

/* Reading. */

static void on_answer(struct mbtcp *link, enum mb_verdict verdict, struct mb_reply reply,
                      int64_t received_us)
{
    link->failures = 0;
    link->silent = 0;
    finish(link, (struct mb_result){
                     .outcome = verdict == MB_OK ? MB_DONE : MB_REFUSED,
                     .reply = reply,
                     .received_us = received_us,
                 });
}

static void on_garbage(struct mbtcp *link, struct mb_reply reply, int64_t received_us)
{
    if (!link->is_asking) {
        link->stats.garbage++;
        link->stats.last_fault = reply.fault;
    }
    drop(link, (struct mb_result){
                   .outcome = MB_GARBAGE_ANSWER,
                   .error = EBADMSG,
                   .reply = reply,
                   .received_us = received_us,
               });
}

static void take_bytes(struct mbtcp *link, const uint8_t *bytes, size_t len)
{
    int64_t received_us = now_us();
    while (len > 0) {
        struct mb_reply reply;
        size_t used;
        enum mb_verdict verdict = mb_reader_feed(&link->reader, bytes, len, &used, &reply);
        bytes += used;
        len -= used;
        if (verdict == MB_GARBAGE) {
            on_garbage(link, reply, received_us);
            return;
        }
        if (verdict != MB_MORE)
            on_answer(link, verdict, reply, received_us);
        if (link->is_gone)
            return;
    }
}

static void on_readable(struct mbtcp *link)
{
    uint8_t bytes[2 * MB_ADU_MAX];
    ssize_t n = recv(link->fd, bytes, sizeof(bytes), 0);
    if (n > 0) {
        take_bytes(link, bytes, (size_t)n);
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    int error = n < 0 ? errno : 0;
    link->stats.closed_by_peer++;
    drop_error(link, error);
}

static void on_connected(struct mbtcp *link)
{
    int error = 0;
    socklen_t len = sizeof(error);
    getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error)
        drop_error(link, error);
    else
        on_up(link);
}

static void on_io(evutil_socket_t fd unused_arg, short what unused_arg, void *ctx)
{
    struct mbtcp *link = ctx;
    link->is_busy = true;
    if (link->state == CONNECTING)
        on_connected(link);
    else
        on_readable(link);
    settle(link);
}

/* Time passing. */

static void on_reply_timeout(struct mbtcp *link)
{
    struct mb_result result = {.outcome = MB_TIMEOUT, .error = ETIMEDOUT};
    link->silent++;
    if (mb_reader_is_partial(&link->reader) || link->silent >= link->config.silent_max ||
        link->config.is_any_id) {
        drop(link, result);
        return;
    }
    mb_reader_forget(&link->reader);
    finish(link, result);
}

static void on_timer(evutil_socket_t fd unused_arg, short what unused_arg, void *ctx)
{
    struct mbtcp *link = ctx;
    int64_t now = now_us();
    link->is_busy = true;
    if (link->send_error)
        drop_error(link, link->send_error);
    else if (link->state == CONNECTING && link->limit_us <= now)
        drop_error(link, ETIMEDOUT);
    else if (link->is_asking && link->limit_us <= now)
        on_reply_timeout(link);
    if (!link->is_gone)
        expire_queue(link, now);
    settle(link);
}

/* The outside. */

static int submit(struct mb_bus *bus, const struct mb_request *request, int64_t deadline_us,
                  mb_done_fn *done, void *ctx)
{
    struct mbtcp *link = (struct mbtcp *)bus;
    int64_t now = now_us();
    if (!mb_request_is_valid(request))
        return MB_E_REQUEST;
    if (deadline_us <= now)
        return MB_E_PAST;
    if (link->state == DOWN && now < link->retry_us)
        return MB_E_DOWN;
    if (!mbqueue_push(&link->queue, (struct mbqueue_item){*request, deadline_us, done, ctx})) {
        link->stats.queue_full++;
        return MB_E_QUEUE_FULL;
    }
    if (!link->is_busy) {
        link->is_busy = true;
        settle(link);
    }
    return 0;
}

struct mbtcp_config mbtcp_config_default(const char *address, uint16_t port)
{
    return (struct mbtcp_config){
        .address = address,
        .port = port,
        .connect_us = 2 * US_PER_S,
        .reply_us = US_PER_S,
        .backoff_first_us = US_PER_S,
        .backoff_most_us = 60 * US_PER_S,
        .queue_max = 32,
        .silent_max = 3,
    };
}

/* AI_NUMERICHOST: no look-up is ever tried; it also takes a scope ("fe80::1%eth0"). */
static int parse_address(const struct mbtcp_config *config, struct mbtcp *link)
{
    char port[8];
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
        .ai_socktype = SOCK_STREAM,
    };
    struct addrinfo *found = NULL;
    snprintf(port, sizeof(port), "%u", config->port);
    if (getaddrinfo(config->address, port, &hints, &found))
        return MBTCP_E_ADDRESS;
    memcpy(&link->address, found->ai_addr, found->ai_addrlen);
    link->address_len = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static bool is_config_valid(const struct mbtcp_config *config)
{
    return config->port > 0 && config->connect_us > 0 && config->reply_us > 0 &&
           config->backoff_first_us > 0 && config->backoff_most_us >= config->backoff_first_us &&
           config->backoff_most_us <= US_PER_DAY && config->queue_max > 0 && config->silent_max > 0;
}

int mbtcp_new(struct event_base *base, const struct mbtcp_config *config, struct mbtcp **ret)
{
    if (!is_config_valid(config))
        return MBTCP_E_CONFIG;
    struct mbtcp *link = mem_zalloc(1, sizeof(*link));
    int r = parse_address(config, link);
    if (r) {
        free(link);
        return r;
    }
    link->bus.class = &tcp_class;
    link->base = base;
    link->config = *config;
    link->config.address = NULL;
    link->fd = -1;
    mbqueue_init(&link->queue, config->queue_max);
    link->reader.is_any_id = config->is_any_id;
    event_assign(&link->timer, base, -1, 0, on_timer, link);
    *ret = link;
    return 0;
}

void mbtcp_free(struct mbtcp *link)
{
    if (!link)
        return;
    close_socket(link);
    event_del(&link->timer);
    link->is_gone = true;
    if (!link->is_busy)
        settle(link);
}

struct mb_bus *mbtcp_bus(struct mbtcp *link)
{
    return &link->bus;
}

struct mbtcp_stats mbtcp_stats(const struct mbtcp *link)
{
    struct mbtcp_stats stats = link->stats;
    stats.late = link->reader.late;
    stats.queued = link->queue.count;
    stats.is_up = link->state == UP;
    return stats;
}
