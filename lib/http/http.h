#pragma once
/* The HTTP/1.1 server seam: the only place where bytes of a client are read. A strict reader of our
 * own on libevent's event loop: one Content-Length of digits, no Transfer-Encoding, CRLF only, one
 * Host, no NUL, no space before the colon, bounded head and body, one deadline a request. Handlers
 * see whole requests only, one at a time per connection. What is refused before a handler sees it
 * is answered with a problem document, and the connection ends. */

#include "base/arena.h"
#include "base/code.h"
#include "base/problem.h"
#include "base/str.h"

struct event_base;
struct http_server;

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHOD_COUNT
};
const char *http_method_name(enum http_method method);

struct http_header {
    struct str name;
    struct str value;
};

#define HTTP_HEADERS_MAX 64

/* One request. It lives until its reply is sent, also when the client has gone in between. */
struct http_request {
    struct arena *arena; /* dies with the request */
    enum http_method method;
    struct str target; /* as it came: path and query */
    struct str path;   /* percent-decoded, valid UTF-8, no NUL, begins with '/' */
    struct str query;  /* undecoded, without '?' */
    struct http_header header[HTTP_HEADERS_MAX];
    size_t header_count;
    struct str body;
    char peer[64];       /* address, without port */
    int64_t received_us; /* monotonic: when the head was complete */
};

struct http_conf {
    const char *address;                  /* IPv4 or IPv6 literal */
    uint16_t port;                        /* 0: any free one, see http_server_port */
    bool reuse_port;                      /* SO_REUSEPORT: several api processes on one port */
    size_t head_max;                      /* bytes of request line and headers; at most 1 MiB */
    size_t body_max;                      /* of any request */
    unsigned connections_max;             /* in all */
    unsigned connections_max_per_address; /* 0: no such limit. An IPv6 /64 is one address */
    int64_t request_timeout_us;           /* from a request's first byte to its last */
    int64_t idle_timeout_us;              /* between requests */
    int64_t write_timeout_us;             /* a reply that the client does not take whole */
    /* Must answer each request exactly once, now or later, and within a time of its own: the server
     * sets no deadline for handlers. */
    void (*handler)(void *arg, struct http_request *request);
    /* Most bytes of this request's body (body_max counts as well), asked once its head is there and
     * before its body is read: who may not send much shall not fill the memory. NULL: body_max. */
    size_t (*body_limit)(void *arg, const struct http_request *request);
    void *arg;
};

/* NULL with a sentence in `fault` when the address can't be bound. */
struct http_server *http_server_new(struct event_base *base, const struct http_conf *conf,
                                    struct buf *fault);
uint16_t http_server_port(const struct http_server *server);

/* No new connections; idle ones are closed, busy ones after their reply; `drained` is called once
 * when none is left. */
void http_server_drain(struct http_server *server, void (*drained)(void *), void *arg);
/* Any time, also from a handler; late replies are dropped. NULL is accepted. */
void http_server_free(struct http_server *server);

/* The first header of that name (any case), or an empty view with ptr NULL. */
struct str http_header(const struct http_request *request, const char *name);

/* Takes the next "name=value" off a raw query. Names and values are decoded ('+' is a space) into
 * `arena`. False when none is left. *ret_fault: the pair has a stray '%', a control byte or invalid
 * UTF-8; its name and value are not to be used. Empty pairs ("a=1&&b=2") are passed over. */
bool http_query_next(struct str *rest, struct arena *arena, struct str *ret_name,
                     struct str *ret_value, bool *ret_fault);

/* The best language for an Accept-Language value (RFC 9110, 12.5.4); English when nothing matches.
 */
enum language http_accept_language(struct str value);

/* Adds a header to the reply-to-be. Control bytes in the value become spaces. */
void http_reply_header(struct http_request *request, const char *name, const char *format, ...)
    printf_like(3, 4);

/* Answers and ends the request (and its arena). Exactly once per request, from the handler or
 * later. `body` may lie in the arena; what the socket does not take at once is copied.
 * `content_type` may be NULL. Content-Length, Date and Connection are ours; so is Cache-Control:
 * no-store unless the caller has added that header. HEAD, 204 and 304 get no body. */
void http_reply(struct http_request *request, int status, const char *content_type,
                struct str body);

/* Answers with a problem document; 401 gets WWW-Authenticate, 429 and 503 get Retry-After. The
 * language comes from Accept-Language. */
void http_reply_problem(struct http_request *request, const struct problem *problem);
/* The same for a single code without a field. */
void http_reply_code(struct http_request *request, enum code code);

struct http_stats {
    unsigned connections; /* now */
    uint64_t accepted;
    uint64_t requests; /* handed to the handler */
    uint64_t refused;  /* connections over a limit, and requests answered before the handler */
    uint64_t timeouts; /* requests and replies cut at their deadline */
};
void http_server_stats(const struct http_server *server, struct http_stats *ret);
