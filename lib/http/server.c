#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <event2/listener.h>

#include "base/mem.h"

#define BACKLOG          1024
#define ACCEPT_PAUSE_US  200000 /* after a failed accept: retrying at once would spin */
#define SHED_MAX         64     /* waiting clients turned away per pause */
#define EXCESS_MAX       64     /* refused connections that may still hear why */
#define LINGER_US        INT64_C(2000000)
#define JANITOR_PAUSE_US INT64_C(10000) /* between two rounds of the janitor, at least */

void server_tick(struct http_server *server)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    server->now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- deadlines ---- */

static int64_t state_timeout(const struct http_server *server, enum conn_state state)
{
    switch (state) {
    case CONN_IDLE:
        return server->conf.idle_timeout_us;
    case CONN_READING:
        return server->conf.request_timeout_us;
    case CONN_WRITING:
        return server->conf.write_timeout_us;
    case CONN_LINGERING:
        return LINGER_US;
    case CONN_BUSY:
    case CONN_STATE_COUNT:
        break;
    }
    return INT64_MAX;
}

static void arm_janitor(struct http_server *server, int64_t due_us)
{
    int64_t wait_us = due_us - server->now_us;
    if (wait_us < JANITOR_PAUSE_US)
        wait_us = JANITOR_PAUSE_US;
    struct timeval wait = {wait_us / 1000000, wait_us % 1000000};
    server->janitor_due_us = due_us;
    event_add(&server->janitor, &wait);
}

/* Every state has one timeout, so each list is in the order of its deadlines. */
void server_move(struct http_conn *conn, enum conn_state state)
{
    struct http_server *server = conn->server;
    TAILQ_REMOVE(&server->list[conn->state], conn, link);
    TAILQ_INSERT_TAIL(&server->list[state], conn, link);
    conn->state = state;
    if (state == CONN_BUSY)
        return;
    conn->deadline_us = server->now_us + state_timeout(server, state);
    if (conn->deadline_us < server->janitor_due_us)
        arm_janitor(server, conn->deadline_us);
}

static void on_janitor(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct http_server *server = arg;
    server_tick(server);
    int64_t due_us = INT64_MAX;
    server->janitor_due_us = INT64_MIN; /* armed once, below */
    for (enum conn_state state = CONN_IDLE; state < CONN_STATE_COUNT; state++) {
        if (state == CONN_BUSY)
            continue;
        struct http_conn *conn = NULL;
        while ((conn = TAILQ_FIRST(&server->list[state])) != NULL &&
               conn->deadline_us <= server->now_us)
            http_conn_expire(conn);
        if (conn != NULL && conn->deadline_us < due_us)
            due_us = conn->deadline_us;
    }
    server->janitor_due_us = INT64_MAX;
    if (due_us < INT64_MAX)
        arm_janitor(server, due_us);
}

/* ---- counts ---- */

static void check_drained(struct http_server *server)
{
    if (server->is_draining && server->stats.connections == 0 && server->excess == 0)
        event_active(&server->drained_event, EV_TIMEOUT, 0);
}

void server_forget(struct http_conn *conn)
{
    struct http_server *server = conn->server;
    TAILQ_REMOVE(&server->list[conn->state], conn, link);
    if (conn->address == NULL) {
        server->excess--;
    } else {
        server->stats.connections--;
        address_give(&server->addresses, conn->address);
    }
    check_drained(server);
}

/* ---- listening ---- */

static void on_accept(struct evconnlistener *listener unused_arg, evutil_socket_t fd,
                      struct sockaddr *from, int len unused_arg, void *arg)
{
    struct http_server *server = arg;
    server_tick(server);
    server->stats.accepted++;
    struct address *address = NULL;
    if (server->stats.connections < server->conf.connections_max)
        address = address_take(&server->addresses, from, server->conf.connections_max_per_address);
    if (address == NULL && server->excess >= EXCESS_MAX) {
        server->stats.refused++;
        close(fd);
        return;
    }
    /* Replies are written whole; waiting for more to send would only delay them. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    char peer[ADDRESS_TEXT_MAX];
    address_format(from, peer);
    if (address != NULL) {
        server->stats.connections++;
        http_conn_new(server, fd, peer, address);
        return;
    }
    server->excess++;
    reply_refuse(http_conn_new(server, fd, peer, NULL), (struct str){NULL, 0}, CODE_overloaded,
                 NULL);
}

/* Turns away who waits, with the descriptor kept for this: they may try elsewhere at once. */
static void shed(struct http_server *server)
{
    if (server->reserve_fd < 0)
        return;
    close(server->reserve_fd);
    for (unsigned i = 0; i < SHED_MAX; i++) {
        int fd = accept4(evconnlistener_get_fd(server->listener), NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            break;
        server->stats.accepted++;
        server->stats.refused++;
        close(fd);
    }
    server->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Mostly EMFILE. The listener would be called again at once, for ever. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    struct http_server *server = arg;
    if (errno == EMFILE || errno == ENFILE)
        shed(server);
    evconnlistener_disable(listener);
    event_add(&server->resume, &(struct timeval){0, ACCEPT_PAUSE_US});
}

static void on_resume(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct http_server *server = arg;
    if (server->reserve_fd < 0)
        server->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (server->listener != NULL)
        evconnlistener_enable(server->listener);
}

/* 0 with the address, or 1. */
static int parse_address(const struct http_conf *conf, struct sockaddr_storage *ret, int *ret_len)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(conf->port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(conf->port)};
    if (inet_pton(AF_INET, conf->address, &in.sin_addr) == 1) {
        memcpy(ret, &in, sizeof(in));
        *ret_len = (int)sizeof(in);
        return 0;
    }
    if (inet_pton(AF_INET6, conf->address, &in6.sin6_addr) == 1) {
        memcpy(ret, &in6, sizeof(in6));
        *ret_len = (int)sizeof(in6);
        return 0;
    }
    return 1;
}

/* 0, or 1 with a sentence in `fault`. */
static int start_listening(struct http_server *server, struct buf *fault)
{
    const struct http_conf *conf = &server->conf;
    struct sockaddr_storage address = {0};
    int len = 0;
    if (parse_address(conf, &address, &len) != 0) {
        buf_printf(fault, "%s is not an IPv4 or IPv6 address", conf->address);
        return 1;
    }
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
    if (conf->reuse_port)
        flags |= LEV_OPT_REUSEABLE_PORT;
    server->listener = evconnlistener_new_bind(server->base, on_accept, server, flags, BACKLOG,
                                               (struct sockaddr *)&address, len);
    if (server->listener == NULL) {
        buf_printf(fault, "cannot listen on %s port %u: %s", conf->address, conf->port,
                   strerror(errno));
        return 1;
    }
    evconnlistener_set_error_cb(server->listener, on_accept_error);
    socklen_t bound_len = sizeof(address);
    getsockname(evconnlistener_get_fd(server->listener), (struct sockaddr *)&address, &bound_len);
    /* The port lies at the same place in both families. */
    struct sockaddr_in bound;
    memcpy(&bound, &address, sizeof(bound));
    server->port = ntohs(bound.sin_port);
    return 0;
}

static void on_drained(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct http_server *server = arg;
    void (*drained)(void *) = server->drained;
    server->drained = NULL;
    if (drained != NULL)
        drained(server->drained_arg);
}

struct http_server *http_server_new(struct event_base *base, const struct http_conf *conf,
                                    struct buf *fault)
{
    struct http_server *server = mem_zalloc(1, sizeof(*server));
    server->base = base;
    server->conf = *conf;
    server->janitor_due_us = INT64_MAX;
    for (size_t i = 0; i < LEN(server->list); i++)
        TAILQ_INIT(&server->list[i]);
    event_assign(&server->resume, base, -1, 0, on_resume, server);
    event_assign(&server->janitor, base, -1, 0, on_janitor, server);
    event_assign(&server->drained_event, base, -1, 0, on_drained, server);
    server->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    server_tick(server);
    if (start_listening(server, fault) != 0) {
        http_server_free(server);
        return NULL;
    }
    return server;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

static void stop_listening(struct http_server *server)
{
    event_del(&server->resume);
    if (server->listener != NULL)
        evconnlistener_free(server->listener);
    server->listener = NULL;
}

void http_server_drain(struct http_server *server, void (*drained)(void *), void *arg)
{
    stop_listening(server);
    server->is_draining = true;
    server->drained = drained;
    server->drained_arg = arg;
    struct http_conn *conn = TAILQ_FIRST(&server->list[CONN_IDLE]);
    while (conn != NULL) {
        struct http_conn *next = TAILQ_NEXT(conn, link);
        if (conn->in.len == 0) /* else a request of a burst waits for its turn */
            http_conn_close(conn);
        conn = next;
    }
    check_drained(server);
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    stop_listening(server);
    server->is_draining = false;
    for (size_t i = 0; i < LEN(server->list); i++)
        while (!TAILQ_EMPTY(&server->list[i]))
            http_conn_close(TAILQ_FIRST(&server->list[i]));
    event_del(&server->janitor);
    event_del(&server->drained_event);
    if (server->reserve_fd >= 0)
        close(server->reserve_fd);
    buf_fini(&server->reply_head);
    buf_fini(&server->problem);
    free(server);
}

void http_server_stats(const struct http_server *server, struct http_stats *ret)
{
    *ret = server->stats;
}
