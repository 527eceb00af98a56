#include "http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST "Host: lab.example\r\n"

struct row {
    const char *name;
    struct str bytes;
    enum code code; /* CODE_NONE: a good head */
};
#define ROW(name, code, text)                                                                      \
    {                                                                                              \
        name, {text, sizeof(text) - 1}, CODE_##code                                                \
    }

static const struct row good[] = {
    ROW("plain", NONE, "GET / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("all methods: HEAD", NONE, "HEAD / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("all methods: POST", NONE, "POST / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("all methods: PUT", NONE, "PUT / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("all methods: PATCH", NONE, "PATCH / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("all methods: DELETE", NONE, "DELETE / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("all methods: OPTIONS", NONE, "OPTIONS / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("one empty line first", NONE, "\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("1.0 without Host", NONE, "GET / HTTP/1.0\r\n\r\n"),
    ROW("1.0 with another expectation", NONE, "GET / HTTP/1.0\r\nExpect: x\r\n\r\n"),
    ROW("absolute form", NONE, "GET http://a/b HTTP/1.1\r\n" HOST "\r\n"),
    ROW("empty value", NONE, "GET / HTTP/1.1\r\n" HOST "X:\r\n\r\n"),
    ROW("blanks around a value", NONE, "GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n"),
    ROW("tab inside a value", NONE, "GET / HTTP/1.1\r\n" HOST "X: a\tb\r\n\r\n"),
    ROW("bytes above ASCII in a value", NONE, "GET / HTTP/1.1\r\n" HOST "X: \xec\x95\x84\r\n\r\n"),
    ROW("IPv6 Host", NONE, "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
    ROW("length zero", NONE, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"),
    ROW("length at the limit", NONE, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n"),
    ROW("leading zeros", NONE, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0005\r\n\r\n"),
    ROW("any case", NONE, "POST / HTTP/1.1\r\nhOST: a\r\ncontent-LENGTH: 5\r\n\r\n"),
    ROW("100-continue", NONE, "POST / HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\n\r\n"),
    ROW("what follows is not looked at", NONE, "GET / HTTP/1.1\r\n" HOST "\r\n\0\n\r\x01"),
};

static const struct row bad[] = {
    /* the request line */
    ROW("two empty lines first", bad_request, "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("space first", bad_request, " GET / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("two spaces", bad_request, "GET  / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("two spaces before the version", bad_request, "GET /  HTTP/1.1\r\n" HOST "\r\n"),
    ROW("tab for a space", bad_request, "GET\t/ HTTP/1.1\r\n" HOST "\r\n"),
    ROW("space last", bad_request, "GET / HTTP/1.1 \r\n" HOST "\r\n"),
    ROW("method only", bad_request, "GET\r\n" HOST "\r\n"),
    ROW("no version", bad_request, "GET /\r\n" HOST "\r\n"),
    ROW("method is no token", bad_request, "G(T / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("lower-case method", not_implemented, "get / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("unknown method", not_implemented, "BREW / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("TRACE", not_implemented, "TRACE / HTTP/1.1\r\n" HOST "\r\n"),
    ROW("CONNECT", not_implemented, "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n"),
    ROW("2.0 preface", http_version, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ROW("1.2", http_version, "GET / HTTP/1.2\r\n" HOST "\r\n"),
    ROW("0.9 by number", http_version, "GET / HTTP/0.9\r\n" HOST "\r\n"),
    ROW("lower-case version", bad_request, "GET / http/1.1\r\n" HOST "\r\n"),
    ROW("longer version", bad_request, "GET / HTTP/1.10\r\n" HOST "\r\n"),
    ROW("fragment", bad_request, "GET /#a HTTP/1.1\r\n" HOST "\r\n"),
    ROW("raw UTF-8 in the target", bad_request, "GET /\xec\x95\x84 HTTP/1.1\r\n" HOST "\r\n"),
    ROW("NUL in the target", bad_request, "GET /a\0b HTTP/1.1\r\n" HOST "\r\n"),
    ROW("backslash", bad_request, "GET /a\\b HTTP/1.1\r\n" HOST "\r\n"),
    ROW("TLS", bad_request, "\x16\x03\x01"),
    /* lines */
    ROW("bare LF", bad_request, "GET / HTTP/1.1\n" HOST "\r\n"),
    ROW("bare LF in a header", bad_request, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    ROW("bare LF at the end", bad_request, "GET / HTTP/1.1\r\n" HOST "\n"),
    ROW("CR alone", bad_request, "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"),
    ROW("two CR", bad_request, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
    ROW("NUL in a value", bad_request, "GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"),
    ROW("control byte in a value", bad_request, "GET / HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n"),
    ROW("DEL in a value", bad_request, "GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n"),
    ROW("folded", bad_request, "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n"),
    ROW("folded by tab", bad_request, "GET / HTTP/1.1\r\n" HOST "X: a\r\n\tb: c\r\n\r\n"),
    ROW("space before the first header", bad_request, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    ROW("space before the colon", bad_request, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    ROW("no colon", bad_request, "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n"),
    ROW("no name", bad_request, "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n"),
    ROW("name above ASCII", bad_request, "GET / HTTP/1.1\r\n" HOST "\xc3\xa4: x\r\n\r\n"),
    /* Host */
    ROW("no Host", bad_request, "GET / HTTP/1.1\r\n\r\n"),
    ROW("two Hosts", bad_request, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ROW("two equal Hosts", bad_request, "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
    ROW("empty Host", bad_request, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    ROW("Host with a slash", bad_request, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    ROW("Host with a user", bad_request, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    ROW("two Hosts in 1.0", bad_request, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    /* framing */
    ROW("two lengths", bad_request,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
    ROW("two equal lengths", bad_request,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"),
    ROW("list of lengths", bad_request, "POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\n"),
    ROW("plus", bad_request, "POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n"),
    ROW("minus", bad_request, "POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n"),
    ROW("hexadecimal", bad_request, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\n"),
    ROW("no digits", bad_request, "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n"),
    ROW("space between digits", bad_request,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n\r\n"),
    ROW("above the limit", body_too_large,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n"),
    ROW("above 64 bits", body_too_large,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n\r\n"),
    ROW("far above 64 bits", body_too_large,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999999999999\r\n\r\n"),
    ROW("chunked", length_required,
        "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"),
    ROW("identity", length_required,
        "POST / HTTP/1.1\r\n" HOST "transfer-encoding: identity\r\n\r\n"),
    ROW("chunked and length", length_required,
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ROW("chunked in 1.0", length_required,
        "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"),
    ROW("another expectation", expectation_failed,
        "POST / HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n"),
};

/* Reads in steps of `step` bytes, each time from a block of its own of just that size. */
static enum head_state read_in_steps(struct str bytes, size_t step, struct head *head)
{
    enum head_state state = HEAD_MORE;
    head_init(head, 4096, 1000);
    for (size_t len = 0; state == HEAD_MORE && len < bytes.len;) {
        len = len + step < bytes.len ? len + step : bytes.len;
        char *copy = malloc(len);
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, len);
        state = head_read(head, (struct str){copy, len});
        free(copy);
    }
    return state;
}

static void assert_same(const struct row *row, struct head *whole, struct head *cut)
{
    if (whole->code != cut->code || whole->fault != cut->fault || whole->size != cut->size ||
        whole->field_count != cut->field_count || whole->target.len != cut->target.len)
        fail_msg("%s: read in parts it is %s (%s), as a whole %s (%s)", row->name,
                 code_name(cut->code), cut->fault, code_name(whole->code), whole->fault);
}

static void check_row(const struct row *row)
{
    struct head whole;
    struct head cut;
    enum head_state state = read_in_steps(row->bytes, row->bytes.len, &whole);
    if (state != (row->code == CODE_NONE ? HEAD_DONE : HEAD_REFUSED) || whole.code != row->code)
        fail_msg("%s: state %d, code %s (%s)", row->name, (int)state, code_name(whole.code),
                 whole.fault);
    for (size_t step = 1; step < 8; step++) {
        assert_int_equal(read_in_steps(row->bytes, step, &cut), state);
        assert_same(row, &whole, &cut);
    }
}

static void good_heads_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(good); i++)
        check_row(&good[i]);
}

static void bad_heads_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(bad); i++)
        check_row(&bad[i]);
}

/* Every true prefix of a good head asks for more: nothing is decided early. */
static void a_part_of_a_head_is_no_head(void **state)
{
    (void)state;
    struct str bytes = STR("POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nX: y\r\n\r\n");
    for (size_t len = 0; len < bytes.len; len++) {
        struct head head;
        head_init(&head, 4096, 1000);
        assert_int_equal(head_read(&head, (struct str){bytes.ptr, len}), HEAD_MORE);
    }
}

static void what_was_said_is_kept(void **state)
{
    (void)state;
    struct str bytes = STR("PATCH /v1/a?b=c HTTP/1.1\r\n" HOST "Content-Length:  17\t\r\n"
                           "Connection: keep-alive , Close\r\nExpect: 100-continue\r\n"
                           "X-Two: first\r\nx-two: second\r\n\r\nbody");
    struct head head;
    assert_int_equal(read_in_steps(bytes, bytes.len, &head), HEAD_DONE);
    assert_int_equal(head.method, HTTP_PATCH);
    assert_true(str_eq_c(head_text(bytes, head.target), "/v1/a?b=c"));
    assert_int_equal(head.length, 17);
    assert_true(head.is_close);
    assert_true(head.is_expecting);
    assert_false(head.is_http10);
    assert_int_equal(head.size, bytes.len - 4);
    assert_int_equal(head.field_count, 6);
    assert_true(str_eq_c(head_find(&head, bytes, "X-TWO"), "first"));
    assert_true(str_eq_c(head_find(&head, bytes, "host"), "lab.example"));
    assert_null(head_find(&head, bytes, "Cookie").ptr);
}

static void connection_ends_when_asked(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        bool is_close;
    } rows[] = {
        {"GET / HTTP/1.1\r\n" HOST "\r\n", false},
        {"GET / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", true},
        {"GET / HTTP/1.1\r\n" HOST "Connection: x\r\nConnection: CLOSE\r\n\r\n", true},
        {"GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct head head;
        struct str bytes = str_of(rows[i].head);
        assert_int_equal(read_in_steps(bytes, bytes.len, &head), HEAD_DONE);
        assert_int_equal(head.is_close, rows[i].is_close);
    }
}

/* "GET /aaa... HTTP/1.1", `size` bytes with its CRLF, then the rest of a good head. */
static void put_line(struct buf *out, size_t size)
{
    buf_puts(out, "GET /");
    while (out->len < size - strlen(" HTTP/1.1\r\n"))
        buf_putc(out, 'a');
    buf_puts(out, " HTTP/1.1\r\n" HOST "\r\n");
}

static enum code code_with_limit(const struct buf *bytes, size_t size_max, size_t step)
{
    struct head head;
    head_init(&head, size_max, 0);
    enum head_state state = HEAD_MORE;
    for (size_t len = step; state == HEAD_MORE; len += step) {
        state = head_read(&head, (struct str){bytes->data, len < bytes->len ? len : bytes->len});
        if (len >= bytes->len)
            break;
    }
    assert_int_not_equal(state, HEAD_MORE);
    return head.code;
}

static void sizes_are_limited(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 100000};
    for (size_t i = 0; i < LEN(steps); i++) {
        struct buf line = {0};
        put_line(&line, HEAD_LINE_MAX);
        assert_int_equal(code_with_limit(&line, 100000, steps[i]), CODE_NONE);
        assert_int_equal(code_with_limit(&line, line.len, steps[i]), CODE_NONE);
        assert_int_equal(code_with_limit(&line, line.len - 1, steps[i]), CODE_head_too_large);
        assert_int_equal(code_with_limit(&line, 4000, steps[i]), CODE_target_too_long);
        buf_reset(&line);
        put_line(&line, HEAD_LINE_MAX + 1);
        assert_int_equal(code_with_limit(&line, 100000, steps[i]), CODE_target_too_long);
        buf_fini(&line);
    }
}

static void headers_are_counted(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        struct buf text = {0};
        buf_puts(&text, "GET / HTTP/1.1\r\n" HOST);
        for (size_t i = 1; i < HTTP_HEADERS_MAX + more; i++)
            buf_printf(&text, "X-%zu: y\r\n", i);
        buf_puts(&text, "\r\n");
        assert_int_equal(code_with_limit(&text, 100000, 5),
                         more > 0 ? CODE_head_too_large : CODE_NONE);
        buf_fini(&text);
    }
}

static void methods_have_names(void **state)
{
    (void)state;
    assert_string_equal(http_method_name(HTTP_GET), "GET");
    assert_string_equal(http_method_name(HTTP_OPTIONS), "OPTIONS");
    for (int method = 0; method < HTTP_METHOD_COUNT; method++)
        assert_true(strlen(http_method_name((enum http_method)method)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_heads_are_read),         cmocka_unit_test(bad_heads_are_refused),
        cmocka_unit_test(a_part_of_a_head_is_no_head), cmocka_unit_test(what_was_said_is_kept),
        cmocka_unit_test(connection_ends_when_asked),  cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(headers_are_counted),         cmocka_unit_test(methods_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
