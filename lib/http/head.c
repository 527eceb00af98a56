#include "http/head.h"

#include <string.h>

/* What a byte may be part of (RFC 9110, 5.6.2 and 5.5). */
enum { IN_TOKEN = 1, IN_VALUE = 2, IN_TARGET = 4, IN_HOST = 8 };

static const unsigned char ascii[128] = {
    /* clang-format off */
     0,  0,  0,  0,  0,  0,  0,  0,  0,  2,  0,  0,  0,  0,  0,  0, /* 0x00 */
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, /* 0x10 */
     2, 15,  6,  3, 15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15,  6, /* 0x20 */
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14, 14,  6, 14,  6,  6, /* 0x30 */
     6, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, /* 0x40 */
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14,  2, 14,  7, 15, /* 0x50 */
     7, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, /* 0x60 */
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  6,  7,  6, 15,  0, /* 0x70 */
    /* clang-format on */
};

static bool is_in(unsigned char byte, unsigned kind)
{
    if (byte >= 128) /* obs-text: values only */
        return (kind & IN_VALUE) != 0;
    return (ascii[byte] & kind) != 0;
}

static bool all_of(struct str s, unsigned kind)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_in((unsigned char)s.ptr[i], kind))
            return false;
    return true;
}

static const struct {
    struct str name;
    enum http_method method;
} methods[] = {
    {{"GET", 3}, HTTP_GET},         {{"HEAD", 4}, HTTP_HEAD},   {{"POST", 4}, HTTP_POST},
    {{"PUT", 3}, HTTP_PUT},         {{"PATCH", 5}, HTTP_PATCH}, {{"DELETE", 6}, HTTP_DELETE},
    {{"OPTIONS", 7}, HTTP_OPTIONS},
};

const char *http_method_name(enum http_method method)
{
    for (size_t i = 0; i < LEN(methods); i++)
        if (methods[i].method == method)
            return methods[i].name.ptr;
    return "";
}

void head_init(struct head *head, size_t size_max, uint64_t body_max)
{
    /* The fields need no clearing: `field_count` says how many are valid. */
    memset(head, 0, offsetof(struct head, field));
    head->size_max = size_max < HEAD_SIZE_MAX ? size_max : HEAD_SIZE_MAX;
    head->body_max = body_max;
}

struct str head_text(struct str bytes, struct head_span span)
{
    return (struct str){bytes.ptr + span.at, span.len};
}

struct str head_find(const struct head *head, struct str bytes, const char *name)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (str_eq_nocase(head_text(bytes, head->field[i].name), str_of(name)))
            return head_text(bytes, head->field[i].value);
    return (struct str){NULL, 0};
}

static int refuse(struct head *head, enum code code, const char *fault)
{
    head->code = code;
    head->fault = fault;
    return 1;
}

static struct head_span span_of(struct str bytes, struct str part)
{
    return (struct head_span){(uint32_t)(part.ptr - bytes.ptr), (uint32_t)part.len};
}

/* "GET /path HTTP/1.1": exactly one space between the three parts. */
static int read_request_line(struct head *head, struct str bytes, struct str line)
{
    struct str method;
    struct str target;
    if (!str_cut(&line, ' ', &method) || method.len == 0 || !all_of(method, IN_TOKEN))
        return refuse(head, CODE_bad_request, "the request line does not begin with a method");
    if (!str_cut(&line, ' ', &target) || target.len == 0)
        return refuse(head, CODE_bad_request, "the request line has no target");
    if (!str_eq_c(line, "HTTP/1.1") && !str_eq_c(line, "HTTP/1.0")) {
        if (line.len == 8 && str_starts(line, STR("HTTP/")) && line.ptr[6] == '.')
            return refuse(head, CODE_http_version, "the version is not HTTP/1.1 or HTTP/1.0");
        return refuse(head, CODE_bad_request, "the request line does not end with a version");
    }
    if (!all_of(target, IN_TARGET))
        return refuse(head, CODE_bad_request, "the target has a byte that must be percent-encoded");
    head->has_line = true;
    head->is_http10 = line.ptr[7] == '0';
    head->is_close = head->is_http10;
    head->target = span_of(bytes, target);
    for (size_t i = 0; i < LEN(methods); i++) {
        if (str_eq(methods[i].name, method)) {
            head->method = methods[i].method;
            return 0;
        }
    }
    return refuse(head, CODE_not_implemented, "the method is unknown");
}

static int read_host(struct head *head, struct str value)
{
    if (head->has_host)
        return refuse(head, CODE_bad_request, "Host is given twice");
    if (value.len == 0 || !all_of(value, IN_HOST))
        return refuse(head, CODE_bad_request, "Host is not a host name");
    head->has_host = true;
    return 0;
}

/* Digits only, once. Not even an equal second one: somebody before us may have merged them. */
static int read_length(struct head *head, struct str value)
{
    if (head->has_length)
        return refuse(head, CODE_bad_request, "Content-Length is given twice");
    if (value.len == 0)
        return refuse(head, CODE_bad_request, "Content-Length is empty");
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return refuse(head, CODE_bad_request, "Content-Length is not made of digits only");
        if (length <= UINT64_MAX / 10 - 1)
            length = length * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    head->has_length = true;
    head->length = length;
    return 0;
}

static int read_transfer_encoding(struct head *head, struct str value unused_arg)
{
    return refuse(head, CODE_length_required, "Transfer-Encoding is not taken");
}

struct str head_trim(struct str s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s = (struct str){s.ptr + 1, s.len - 1};
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

static int read_connection(struct head *head, struct str value)
{
    struct str option;
    while (str_cut(&value, ',', &option)) {
        if (str_eq_nocase(head_trim(option), STR("close")))
            head->is_close = true;
    }
    return 0;
}

static int read_expect(struct head *head, struct str value)
{
    if (head->is_http10) /* RFC 9110, 10.1.1: ignored there */
        return 0;
    if (!str_eq_nocase(value, STR("100-continue")))
        return refuse(head, CODE_expectation_failed, "the expectation is unknown");
    head->is_expecting = true;
    return 0;
}

/* The fields that say where the request ends and what becomes of the connection. */
static const struct {
    struct str name;
    int (*read)(struct head *head, struct str value);
} known_fields[] = {
    {{"host", 4}, read_host},
    {{"content-length", 14}, read_length},
    {{"transfer-encoding", 17}, read_transfer_encoding},
    {{"connection", 10}, read_connection},
    {{"expect", 6}, read_expect},
};

static int read_field(struct head *head, struct str bytes, struct str line)
{
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return refuse(head, CODE_bad_request, "a header is folded over lines");
    const char *colon = memchr(line.ptr, ':', line.len);
    if (colon == NULL)
        return refuse(head, CODE_bad_request, "a header has no colon");
    struct str name = {line.ptr, (size_t)(colon - line.ptr)};
    if (name.len == 0 || !all_of(name, IN_TOKEN))
        return refuse(head, CODE_bad_request, "a header's name is not a token");
    if (head->field_count == HTTP_HEADERS_MAX)
        return refuse(head, CODE_head_too_large, "there are too many headers");
    struct str value = head_trim((struct str){colon + 1, line.len - name.len - 1});
    head->field[head->field_count++] =
        (struct head_field){span_of(bytes, name), span_of(bytes, value)};
    for (size_t i = 0; i < LEN(known_fields); i++)
        if (str_eq_nocase(name, known_fields[i].name))
            return known_fields[i].read(head, value);
    return 0;
}

/* The empty line: is the head complete in what it says? */
static int read_end(struct head *head)
{
    if (!head->has_host && !head->is_http10)
        return refuse(head, CODE_bad_request, "Host is missing");
    if (head->length > head->body_max)
        return refuse(head, CODE_body_too_large, "Content-Length is above the limit");
    return 0;
}

/* Finds the end of the line that begins at `line_at`. 0: *ret_line without its CRLF; 1: refused or
 * more is needed. Bytes are judged one by one in their order, so that neither the cut of the bytes
 * into calls nor what follows a fault changes the outcome. */
static int next_line(struct head *head, struct str bytes, struct str *ret_line)
{
    size_t limit = head->size_max;
    if (!head->has_line && limit > HEAD_LINE_MAX)
        limit = HEAD_LINE_MAX;
    const unsigned char *byte = (const unsigned char *)bytes.ptr;
    size_t end = bytes.len < limit ? bytes.len : limit;
    size_t at = head->scanned;
    while (at < end && is_in(byte[at], IN_VALUE))
        at++;
    head->scanned = at;
    if (at == limit)
        goto too_large;
    if (at == bytes.len)
        return 1;
    if (byte[at] == '\n')
        return refuse(head, CODE_bad_request, "a line ends without CR");
    if (byte[at] != '\r')
        return refuse(head, CODE_bad_request, "the head has a control byte");
    if (at + 1 == limit)
        goto too_large;
    if (at + 1 == bytes.len)
        return 1;
    if (byte[at + 1] != '\n')
        return refuse(head, CODE_bad_request, "CR stands alone");
    *ret_line = (struct str){bytes.ptr + head->line_at, at - head->line_at};
    head->scanned = at + 2;
    head->line_at = at + 2;
    return 0;

too_large:
    if (head->has_line)
        return refuse(head, CODE_head_too_large, "the head is above its limit");
    return refuse(head, CODE_target_too_long, "the request line is above its limit");
}

enum head_state head_read(struct head *head, struct str bytes)
{
    struct str line;
    while (next_line(head, bytes, &line) == 0) {
        int is_refused = 0;
        if (head->has_line && line.len == 0) {
            head->size = head->line_at;
            return read_end(head) == 0 ? HEAD_DONE : HEAD_REFUSED;
        }
        /* One empty line before the request is a relic that RFC 9112, 2.2 asks to pass over. */
        if (!head->has_line && line.len == 0 && head->line_at == 2)
            continue;
        if (head->has_line)
            is_refused = read_field(head, bytes, line);
        else
            is_refused = read_request_line(head, bytes, line);
        if (is_refused)
            return HEAD_REFUSED;
    }
    return head->code == CODE_NONE ? HEAD_MORE : HEAD_REFUSED;
}
