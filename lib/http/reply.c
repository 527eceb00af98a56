#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/server.h"

#define RETRY_AFTER "Retry-After: 1\r\n"

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < LEN(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "";
}

/* One reply, before it is bytes. */
struct reply {
    int status;
    const char *content_type; /* or NULL */
    struct str body;
    struct str extra; /* header lines */
    bool has_cache_control;
    bool is_head;
};

/* RFC 9110, 5.6.7: names are English whatever the locale, so not by strftime(). */
static void refresh_date(struct http_server *server)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct timespec now;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    snprintf(server->date, sizeof(server->date), "Date: %s, %02u %s %04u %02u:%02u:%02u GMT\r\n",
             days[tm.tm_wday % 7], (unsigned)tm.tm_mday % 100, months[tm.tm_mon % 12],
             (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
             (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
    server->date_until_us = server->now_us + 1000000 - now.tv_nsec / 1000;
}

static bool has_body(int status)
{
    return status != 204 && status != 304;
}

static void put_head(struct http_server *server, const struct reply *reply, bool is_closing)
{
    struct buf *out = &server->reply_head;
    buf_reset(out);
    if (server->now_us >= server->date_until_us)
        refresh_date(server);
    buf_str(out, STR("HTTP/1.1 "));
    buf_int(out, reply->status);
    buf_putc(out, ' ');
    buf_puts(out, reason_of(reply->status));
    buf_str(out, STR("\r\n"));
    buf_puts(out, server->date);
    if (has_body(reply->status)) {
        buf_str(out, STR("Content-Length: "));
        buf_int(out, (int64_t)reply->body.len);
        buf_str(out, STR("\r\n"));
        if (reply->content_type != NULL) {
            buf_str(out, STR("Content-Type: "));
            buf_puts(out, reply->content_type);
            buf_str(out, STR("\r\n"));
        }
    }
    buf_str(out, STR("X-Content-Type-Options: nosniff\r\n"));
    if (!reply->has_cache_control)
        buf_str(out, STR("Cache-Control: no-store\r\n"));
    if (is_closing)
        buf_str(out, STR("Connection: close\r\n"));
    buf_str(out, reply->extra);
    buf_str(out, STR("\r\n"));
}

static void reply_send(struct http_conn *conn, const struct reply *reply)
{
    struct http_server *server = conn->server;
    conn->is_closing = conn->is_closing || conn->head.is_close || server->is_draining;
    put_head(server, reply, conn->is_closing);
    struct str body = reply->body;
    if (reply->is_head || !has_body(reply->status))
        body.len = 0;
    http_conn_write(conn, buf_view(&server->reply_head), body);
}

void http_reply_header(struct http_request *request, const char *name, const char *format, ...)
{
    struct exchange *exchange = (struct exchange *)request;
    struct buf *extra = &exchange->extra;
    if (str_eq_nocase(str_of(name), STR("Cache-Control")))
        exchange->has_cache_control = true;
    buf_puts(extra, name);
    buf_str(extra, STR(": "));
    size_t start = extra->len;
    char value[1024]; /* longer ones are cut: no header of ours comes near */
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof(value), format, args);
    va_end(args);
    buf_puts(extra, value);
    /* A value with a line break in it would be a second header. */
    for (size_t i = start; i < extra->len; i++)
        if ((unsigned char)extra->data[i] < ' ' || extra->data[i] == 0x7f)
            extra->data[i] = ' ';
    buf_str(extra, STR("\r\n"));
}

void http_reply(struct http_request *request, int status, const char *content_type, struct str body)
{
    struct exchange *exchange = (struct exchange *)request;
    struct http_conn *conn = exchange->conn;
    if (conn == NULL) {
        exchange_free(exchange);
        return;
    }
    conn->exchange = NULL;
    server_tick(conn->server);
    struct reply reply = {
        .status = status,
        .content_type = content_type,
        .body = body,
        .extra = buf_view(&exchange->extra),
        .has_cache_control = exchange->has_cache_control,
        .is_head = request->method == HTTP_HEAD,
    };
    if (conn->fd < 0)
        http_conn_close(conn);
    else
        reply_send(conn, &reply);
    exchange_free(exchange); /* `body` may have lain in its arena */
}

/* The header that a status must come with. */
static const char *status_header(int status)
{
    switch (status) {
    case 401:
        return "WWW-Authenticate: Bearer\r\n";
    case 429:
    case 503:
        return RETRY_AFTER;
    default:
        return "";
    }
}

static int problem_status(const struct problem *problem)
{
    enum code code = problem_code(problem);
    return code_status(code == CODE_NONE ? CODE_internal : code);
}

void http_reply_problem(struct http_request *request, const struct problem *problem)
{
    struct exchange *exchange = (struct exchange *)request;
    int status = problem_status(problem);
    enum language language = http_accept_language(http_header(request, "Accept-Language"));
    struct buf text = {0};
    problem_encode(problem, language, request->path, &text);
    buf_puts(&exchange->extra, status_header(status));
    http_reply(request, status, "application/problem+json", buf_view(&text));
    buf_fini(&text);
}

void http_reply_code(struct http_request *request, enum code code)
{
    struct problem problem;
    problem_init(&problem, request->arena);
    problem_add(&problem, code, "", NO_FACT, NO_FACT);
    http_reply_problem(request, &problem);
}

/* What a refusal is about: the limit where there is one, or what is wrong with the bytes. */
static void describe(const struct http_conn *conn, enum code code, const char *fault,
                     struct problem *problem)
{
    struct fact limit = NO_FACT;
    struct fact actual = fault == NULL ? NO_FACT : fact_text(str_of(fault));
    if (code == CODE_body_too_large) {
        limit = fact_int((int64_t)conn->head.body_max);
        actual = NO_FACT;
    } else if (code == CODE_head_too_large) {
        limit = fact_int((int64_t)conn->head.size_max);
    }
    problem_add(problem, code, "", limit, actual);
}

void reply_refuse(struct http_conn *conn, struct str bytes, enum code code, const char *fault)
{
    struct http_server *server = conn->server;
    struct arena *arena = arena_new();
    struct problem problem;
    problem_init(&problem, arena);
    describe(conn, code, fault, &problem);
    struct str accepted = conn->exchange != NULL
                              ? http_header(&conn->exchange->request, "Accept-Language")
                              : head_find(&conn->head, bytes, "Accept-Language");
    buf_reset(&server->problem);
    problem_encode(&problem, http_accept_language(accepted), (struct str){NULL, 0},
                   &server->problem);
    server->stats.refused++;
    conn->is_closing = true;
    conn->is_ahead = true; /* whatever it sends now is not a request any more */
    if (conn->exchange != NULL)
        exchange_free(conn->exchange);
    conn->exchange = NULL;
    struct reply reply = {
        .status = code_status(code),
        .content_type = "application/problem+json",
        .body = buf_view(&server->problem),
        .extra = str_of(status_header(code_status(code))),
        .is_head = conn->head.has_line && conn->head.method == HTTP_HEAD,
    };
    reply_send(conn, &reply);
    arena_free(arena);
}
