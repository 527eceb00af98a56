#include "http/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "http/target.h"

#define BURST_MAX   16                    /* pipelined requests before others have their turn */
#define AHEAD_MAX   ((size_t)16 * 1024)   /* bytes sent ahead of a reply before reading stops */
#define DISCARD_MAX ((size_t)1024 * 1024) /* bytes thrown away while lingering */

static void on_readable(evutil_socket_t fd, short what, void *arg);
static void on_writable(evutil_socket_t fd, short what, void *arg);

struct http_conn *http_conn_new(struct http_server *server, int fd, const char *peer,
                                struct address *address)
{
    struct http_conn *conn = mem_zalloc(1, sizeof(*conn));
    conn->server = server;
    conn->address = address;
    conn->fd = fd;
    snprintf(conn->peer, sizeof(conn->peer), "%s", peer);
    head_init(&conn->head, server->conf.head_max, server->conf.body_max);
    event_assign(&conn->readable, server->base, fd, EV_READ | EV_PERSIST, on_readable, conn);
    event_assign(&conn->writable, server->base, fd, EV_WRITE | EV_PERSIST, on_writable, conn);
    event_add(&conn->readable, NULL);
    TAILQ_INSERT_TAIL(&server->list[CONN_IDLE], conn, link);
    server_move(conn, CONN_IDLE);
    return conn;
}

void exchange_free(struct exchange *exchange)
{
    buf_fini(&exchange->extra);
    arena_free(exchange->request.arena);
}

static void http_conn_delete(struct http_conn *conn)
{
    buf_fini(&conn->in);
    buf_fini(&conn->out);
    free(conn);
}

static void close_socket(struct http_conn *conn)
{
    event_del(&conn->readable);
    event_del(&conn->writable);
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
}

void http_conn_close(struct http_conn *conn)
{
    if (conn->exchange != NULL && conn->state == CONN_BUSY)
        conn->exchange->conn = NULL; /* the handler's now */
    else if (conn->exchange != NULL)
        exchange_free(conn->exchange);
    conn->exchange = NULL;
    close_socket(conn);
    server_forget(conn);
    if (conn->is_entered)
        conn->is_dead = true;
    else
        http_conn_delete(conn);
}

/* The client has reset the connection. It still counts while a handler works for it: who asks and
 * runs away must not get more work done than who stays. */
static void http_conn_lost(struct http_conn *conn)
{
    if (conn->state == CONN_BUSY)
        close_socket(conn);
    else
        http_conn_close(conn);
}

void http_conn_expire(struct http_conn *conn)
{
    if (conn->state == CONN_READING) {
        conn->server->stats.timeouts++;
        reply_refuse(conn, buf_view(&conn->in), CODE_request_timeout, NULL);
        return;
    }
    if (conn->state == CONN_WRITING)
        conn->server->stats.timeouts++;
    http_conn_close(conn);
}

/* Everything is sent and nothing more will be answered. */
static void http_conn_finish(struct http_conn *conn)
{
    if (conn->is_eof || !conn->is_ahead || shutdown(conn->fd, SHUT_WR) != 0) {
        http_conn_close(conn);
        return;
    }
    event_add(&conn->readable, NULL);
    server_move(conn, CONN_LINGERING);
}

static void http_conn_next(struct http_conn *conn)
{
    head_init(&conn->head, conn->server->conf.head_max, conn->server->conf.body_max);
    conn->is_ahead = false;
    server_move(conn, CONN_IDLE);
    if (conn->is_entered) /* consume() goes on by itself */
        return;
    if (conn->is_paused)
        event_add(&conn->readable, NULL);
    conn->is_paused = false;
    /* Not from here: who replies does not expect the next handler to run inside its call. */
    if (conn->in.len > 0 || conn->is_eof)
        event_active(&conn->readable, EV_READ, 0);
}

static void http_conn_written(struct http_conn *conn)
{
    if (conn->is_closing || conn->server->is_draining)
        http_conn_finish(conn);
    else
        http_conn_next(conn);
}

static bool is_transient(int error)
{
    return error == EAGAIN || error == EINTR;
}

/* Adds what of `part` lies behind the first `skip` bytes; returns how much of `skip` is left. */
static size_t keep_unsent(struct buf *out, struct str part, size_t skip)
{
    if (skip >= part.len)
        return skip - part.len;
    buf_add(out, part.ptr + skip, part.len - skip);
    return 0;
}

void http_conn_write(struct http_conn *conn, struct str head, struct str body)
{
    struct iovec part[2] = {{(void *)(uintptr_t)head.ptr, head.len},
                            {(void *)(uintptr_t)body.ptr, body.len}};
    struct msghdr message = {.msg_iov = part, .msg_iovlen = body.len > 0 ? 2 : 1};
    ssize_t sent = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
    if (sent < 0 && !is_transient(errno)) {
        http_conn_close(conn);
        return;
    }
    size_t done = sent < 0 ? 0 : (size_t)sent;
    if (done == head.len + body.len) {
        http_conn_written(conn);
        return;
    }
    done = keep_unsent(&conn->out, head, done);
    keep_unsent(&conn->out, body, done);
    conn->out_at = 0;
    event_add(&conn->writable, NULL);
    server_move(conn, CONN_WRITING);
}

static void on_writable(evutil_socket_t fd, short what unused_arg, void *arg)
{
    struct http_conn *conn = arg;
    server_tick(conn->server);
    size_t left = conn->out.len - conn->out_at;
    ssize_t sent = send(fd, conn->out.data + conn->out_at, left, MSG_NOSIGNAL);
    if (sent < 0 && is_transient(errno))
        return;
    if (sent < 0) {
        http_conn_close(conn);
        return;
    }
    conn->out_at += (size_t)sent;
    if (conn->out_at < conn->out.len)
        return;
    buf_fini(&conn->out);
    event_del(&conn->writable);
    http_conn_written(conn);
}

/* The head's bytes are copied once; all texts of the request are views into the copy. */
static struct exchange *exchange_new(struct http_conn *conn, struct str bytes)
{
    const struct head *head = &conn->head;
    struct arena *arena = arena_new();
    struct exchange *exchange = arena_alloc(arena, sizeof(*exchange));
    struct http_request *request = &exchange->request;
    struct str copy = {arena_strndup(arena, bytes.ptr, head->size), head->size};
    exchange->conn = conn;
    request->arena = arena;
    request->method = head->method;
    request->target = head_text(copy, head->target);
    for (size_t i = 0; i < head->field_count; i++) {
        request->header[i].name = head_text(copy, head->field[i].name);
        request->header[i].value = head_text(copy, head->field[i].value);
    }
    request->header_count = head->field_count;
    _Static_assert(sizeof(request->peer) == sizeof(conn->peer), "same text");
    memcpy(request->peer, conn->peer, sizeof(request->peer));
    request->received_us = conn->server->now_us;
    return exchange;
}

/* Whether the body is longer than this very request may have it. */
static bool is_body_too_large(struct http_conn *conn)
{
    const struct http_conf *conf = &conn->server->conf;
    if (conn->head.length == 0 || conf->body_limit == NULL)
        return false;
    size_t limit = conf->body_limit(conf->arg, &conn->exchange->request);
    if (limit < conn->head.body_max)
        conn->head.body_max = limit;
    return conn->head.length > conn->head.body_max;
}

/* The bytes of the head that `rest` begins with, or 0: incomplete or refused. */
static size_t read_head(struct http_conn *conn, struct str rest)
{
    struct head *head = &conn->head;
    switch (head_read(head, rest)) {
    case HEAD_MORE:
        if (conn->state == CONN_IDLE)
            server_move(conn, CONN_READING);
        return 0;
    case HEAD_REFUSED:
        reply_refuse(conn, rest, head->code, head->fault);
        return 0;
    case HEAD_DONE:
        break;
    }
    struct exchange *exchange = exchange_new(conn, rest);
    struct http_request *request = &exchange->request;
    const char *fault =
        target_read(request->target, request->arena, &request->path, &request->query);
    if (fault != NULL) {
        exchange_free(exchange);
        reply_refuse(conn, rest, CODE_bad_request, fault);
        return 0;
    }
    conn->exchange = exchange;
    if (is_body_too_large(conn)) {
        reply_refuse(conn, rest, CODE_body_too_large, NULL);
        return 0;
    }
    return head->size;
}

/* The whole body is there. */
static void hand_over(struct http_conn *conn, struct str body, bool is_ahead)
{
    struct http_request *request = &conn->exchange->request;
    request->body = (struct str){arena_strndup(request->arena, body.ptr, body.len), body.len};
    conn->is_ahead = is_ahead;
    conn->server->stats.requests++;
    server_move(conn, CONN_BUSY);
    conn->server->conf.handler(conn->server->conf.arg, request);
}

/* The client waits for leave to send its body (RFC 9110, 10.1.1). Nothing else is under way, so
 * that these few bytes fit into the socket; if not, something is wrong with it. */
static bool send_continue(struct http_conn *conn)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    conn->head.is_expecting = false;
    ssize_t sent = send(conn->fd, text, sizeof(text) - 1, MSG_NOSIGNAL);
    if (sent == (ssize_t)sizeof(text) - 1)
        return true;
    http_conn_close(conn);
    return false;
}

/* Does one step of the request that `rest` begins with; the bytes used, 0 when more are needed. */
static size_t consume_step(struct http_conn *conn, struct str rest)
{
    size_t used = 0;
    if (conn->exchange == NULL) {
        used = read_head(conn, rest);
        if (used == 0)
            return 0;
    }
    struct str body = {rest.ptr + used, (size_t)conn->head.length};
    size_t left = rest.len - used;
    if (left >= body.len) {
        hand_over(conn, body, left > body.len);
        return used + body.len;
    }
    if (conn->state == CONN_IDLE)
        server_move(conn, CONN_READING);
    if (left == 0 && conn->head.is_expecting)
        send_continue(conn);
    return used;
}

/* Reads requests off `input` as long as they are answered at once. May run handlers, which may
 * close the connection or free the server: nothing but `is_dead` is certain afterwards. */
static size_t consume(struct http_conn *conn, struct str input)
{
    size_t used = 0;
    for (unsigned burst = 0; burst < BURST_MAX && used < input.len; burst++) {
        if (conn->is_dead || (conn->state != CONN_IDLE && conn->state != CONN_READING))
            break;
        struct str rest = {input.ptr + used, input.len - used};
        size_t step = consume_step(conn, rest);
        if (step == 0)
            break;
        used += step;
    }
    return used;
}

/* Keeps what was not used of `input`, which is either conn->in or the server's scratch. */
static void keep_rest(struct http_conn *conn, struct str input, size_t used)
{
    size_t left = input.len - used;
    if (left == 0 || conn->state == CONN_LINGERING) {
        buf_fini(&conn->in);
    } else if (conn->in.len > 0) {
        if (used > 0)
            memmove(conn->in.data, conn->in.data + used, left);
        conn->in.len = left;
    } else {
        buf_add(&conn->in, input.ptr + used, left);
    }
}

/* What becomes of the connection until its next event. */
static void settle(struct http_conn *conn)
{
    switch (conn->state) {
    case CONN_IDLE:
        if (conn->in.len > 0) /* a burst is over, not the work */
            event_active(&conn->readable, EV_READ, 0);
        else if (conn->is_eof)
            http_conn_close(conn);
        break;
    case CONN_READING:
        if (conn->is_eof)
            http_conn_close(conn);
        break;
    case CONN_BUSY:
    case CONN_WRITING:
        if (conn->in.len >= AHEAD_MAX && !conn->is_paused) {
            conn->is_paused = true;
            event_del(&conn->readable);
        }
        break;
    case CONN_LINGERING:
    case CONN_STATE_COUNT:
        break;
    }
}

/* 0 with the bytes in the server's scratch, or -1: the connection is broken. */
static int receive(struct http_conn *conn, size_t *ret_got)
{
    *ret_got = 0;
    if (conn->is_eof)
        return 0;
    ssize_t got = recv(conn->fd, conn->server->scratch, sizeof(conn->server->scratch), 0);
    if (got < 0)
        return is_transient(errno) ? 0 : -1;
    if (got == 0) {
        conn->is_eof = true;
        event_del(&conn->readable);
    }
    *ret_got = (size_t)got;
    return 0;
}

static void discard(struct http_conn *conn)
{
    size_t got = 0;
    int broken = receive(conn, &got);
    conn->discarded += got;
    if (broken || conn->is_eof || conn->discarded > DISCARD_MAX)
        http_conn_close(conn);
}

static void on_readable(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct http_conn *conn = arg;
    server_tick(conn->server);
    if (conn->state == CONN_LINGERING) {
        discard(conn);
        return;
    }
    size_t got = 0;
    if (receive(conn, &got) != 0) {
        http_conn_lost(conn);
        return;
    }
    if (got > 0 && (conn->state == CONN_BUSY || conn->state == CONN_WRITING))
        conn->is_ahead = true;
    struct str input = {conn->server->scratch, got};
    if (conn->in.len > 0) {
        buf_add(&conn->in, input.ptr, got);
        input = buf_view(&conn->in);
    }
    conn->is_entered = true;
    size_t used = consume(conn, input);
    conn->is_entered = false;
    if (conn->is_dead) {
        http_conn_delete(conn);
        return;
    }
    keep_rest(conn, input, used);
    settle(conn);
}
