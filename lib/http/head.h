#pragma once
/* The head of a request, from bytes. Pure: no sockets, no clock, no allocation.
 *
 * The reader is stricter than RFC 9112 wherever two readers of the same bytes (a proxy and this
 * one) might disagree about where a request ends: that disagreement is what request smuggling lives
 * on. */

#include "base/code.h"
#include "http/http.h"

/* A request line longer than this is refused as a too long target (RFC 9110, 4.1 asks for 8000). */
#define HEAD_LINE_MAX 8192

enum head_state {
    HEAD_MORE,    /* more bytes are needed */
    HEAD_DONE,    /* the head is complete: `size` bytes of it */
    HEAD_REFUSED, /* `code` and `fault` say why; the connection's framing is lost */
};

/* A part of the head: offsets, because the bytes move while the head grows. */
struct head_span {
    uint32_t at;
    uint32_t len;
};

struct head_field {
    struct head_span name;
    struct head_span value;
};

struct head {
    /* limits */
    size_t size_max; /* of the whole head in bytes, at most HEAD_SIZE_MAX */
    uint64_t body_max;

    /* where the reader stands */
    size_t scanned; /* bytes looked at */
    size_t line_at; /* where the line being read begins */
    bool has_line;  /* the request line is read */

    /* what was read */
    enum http_method method;
    struct head_span target;
    bool is_http10;
    bool is_close;     /* the connection ends with this request */
    bool is_expecting; /* 100-continue */
    bool has_host;
    bool has_length;
    uint64_t length; /* Content-Length */
    size_t size;

    /* why it was refused */
    enum code code;
    const char *fault; /* static text */

    size_t field_count;
    struct head_field field[HTTP_HEADERS_MAX];
};

#define HEAD_SIZE_MAX ((size_t)1024 * 1024)

/* Begins a head of at most `size_max` bytes that announces a body of at most `body_max` bytes. */
void head_init(struct head *head, size_t size_max, uint64_t body_max);

/* Reads on. `bytes` is everything of this request so far, from its first byte; bytes already seen
 * may have moved but not changed. However the bytes are cut into calls, the outcome is the same. */
enum head_state head_read(struct head *head, struct str bytes);

/* `s` without spaces and tabs around it (OWS). */
struct str head_trim(struct str s);

struct str head_text(struct str bytes, struct head_span span);

/* The first field of that name (any case), or an empty view with ptr NULL. Also of a refused head.
 */
struct str head_find(const struct head *head, struct str bytes, const char *name);
