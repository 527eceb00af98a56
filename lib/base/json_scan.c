#include "base/json_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

/* cJSON copies a number into 64 bytes and drops the rest of it, so longer ones are refused. */
#define NUMBER_LEN_MAX 63

struct cursor {
    struct json_scan *scan;
    struct str text;
    size_t at;
    int depth;
};

static bool fail(struct cursor *c, const char *fault)
{
    c->scan->fault = fault;
    c->scan->fault_at = c->at;
    return false;
}

/* The byte at the cursor; 0, which no JSON text may hold as it stands, at the end. */
static char peek(const struct cursor *c)
{
    return c->at < c->text.len ? c->text.ptr[c->at] : '\0';
}

static void skip_space(struct cursor *c)
{
    while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\n' || peek(c) == '\r')
        c->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t skip_digits(struct cursor *c)
{
    size_t start = c->at;
    while (is_digit(peek(c)))
        c->at++;
    return c->at - start;
}

/* The four hexadecimal digits of a \u escape. */
static bool scan_hex4(struct cursor *c, unsigned *ret)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char digit = peek(c);
        if (is_digit(digit))
            value = value * 16 + (unsigned)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            value = value * 16 + (unsigned)(digit - 'a' + 10);
        else if (digit >= 'A' && digit <= 'F')
            value = value * 16 + (unsigned)(digit - 'A' + 10);
        else
            return fail(c, "four hexadecimal digits are needed");
        c->at++;
    }
    *ret = value;
    return true;
}

/* What follows "\u": a character, or both halves of a surrogate pair; never half a pair, never 0.
 */
static bool scan_unicode_escape(struct cursor *c)
{
    unsigned high = 0;
    unsigned low = 0;
    if (!scan_hex4(c, &high))
        return false;
    if (high == 0)
        return fail(c, "\\u0000 is not accepted");
    if (high < 0xd800 || high > 0xdfff)
        return true;
    if (high > 0xdbff || peek(c) != '\\')
        return fail(c, "half of a surrogate pair");
    c->at++;
    if (peek(c) != 'u')
        return fail(c, "half of a surrogate pair");
    c->at++;
    if (!scan_hex4(c, &low))
        return false;
    return (low >= 0xdc00 && low <= 0xdfff) || fail(c, "half of a surrogate pair");
}

static bool scan_string(struct cursor *c)
{
    c->at++; /* the quote */
    while (c->at < c->text.len) {
        unsigned char byte = (unsigned char)peek(c);
        if (byte < 0x20)
            return fail(c, "a control character in a string must be escaped");
        c->at++;
        if (byte == '"')
            return true;
        if (byte != '\\')
            continue;
        char escape = peek(c);
        if (escape == '\0' || strchr("\"\\/bfnrtu", escape) == NULL)
            return fail(c, "there is no such escape");
        c->at++;
        if (escape == 'u' && !scan_unicode_escape(c))
            return false;
    }
    return fail(c, "the string does not end");
}

/* Notes whether the number is an integer that a double holds exactly; refuses what overflows one.
 */
static bool note_number(struct cursor *c, struct str literal, bool is_integer)
{
    char copy[NUMBER_LEN_MAX + 1];
    int64_t value = 0;
    if (literal.len > NUMBER_LEN_MAX)
        return fail(c, "the number has too many digits");
    memcpy(copy, literal.ptr, literal.len);
    copy[literal.len] = '\0';
    if (!isfinite(strtod(copy, NULL)))
        return fail(c, "the number is too large");
    bool is_exact = is_integer && str_to_int(literal, -JSON_EXACT_MAX, JSON_EXACT_MAX, &value) == 0;
    buf_putc(&c->scan->numbers, is_exact ? 1 : 0);
    return true;
}

static bool scan_number(struct cursor *c)
{
    size_t start = c->at;
    bool is_integer = true;
    if (peek(c) == '-')
        c->at++;
    bool is_zero_first = peek(c) == '0';
    size_t digits = skip_digits(c);
    if (digits == 0)
        return fail(c, "a digit is needed");
    if (is_zero_first && digits > 1)
        return fail(c, "a number must not begin with 0");
    if (peek(c) == '.') {
        is_integer = false;
        c->at++;
        if (skip_digits(c) == 0)
            return fail(c, "a digit is needed");
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        is_integer = false;
        c->at++;
        if (peek(c) == '+' || peek(c) == '-')
            c->at++;
        if (skip_digits(c) == 0)
            return fail(c, "a digit is needed");
    }
    return note_number(c, (struct str){c->text.ptr + start, c->at - start}, is_integer);
}

static bool scan_word(struct cursor *c, struct str word)
{
    struct str rest = {c->text.ptr + c->at, c->text.len - c->at};
    if (!str_starts(rest, word))
        return fail(c, "a value is needed");
    c->at += word.len;
    return true;
}

static bool scan_value(struct cursor *c);

static bool scan_array(struct cursor *c)
{
    c->at++; /* the bracket */
    skip_space(c);
    if (peek(c) == ']') {
        c->at++;
        return true;
    }
    for (;;) {
        if (!scan_value(c))
            return false;
        if (peek(c) == ']') {
            c->at++;
            return true;
        }
        if (peek(c) != ',')
            return fail(c, "a comma or ] is needed");
        c->at++;
    }
}

static bool scan_member(struct cursor *c)
{
    skip_space(c);
    if (peek(c) != '"')
        return fail(c, "a key in quotes is needed");
    buf_add(&c->scan->members, &c->at, sizeof(c->at));
    if (!scan_string(c))
        return false;
    skip_space(c);
    if (peek(c) != ':')
        return fail(c, "a colon is needed");
    c->at++;
    return scan_value(c);
}

static bool scan_object(struct cursor *c)
{
    c->at++; /* the brace */
    skip_space(c);
    if (peek(c) == '}') {
        c->at++;
        return true;
    }
    for (;;) {
        if (!scan_member(c))
            return false;
        if (peek(c) == '}') {
            c->at++;
            return true;
        }
        if (peek(c) != ',')
            return fail(c, "a comma or } is needed");
        c->at++;
    }
}

static bool scan_nested(struct cursor *c, bool (*scan_parent)(struct cursor *))
{
    if (c->depth == JSON_DEPTH_MAX)
        return fail(c, "the value is nested too deep");
    c->depth++;
    bool is_valid = scan_parent(c);
    c->depth--;
    return is_valid;
}

static bool scan_plain_value(struct cursor *c)
{
    switch (peek(c)) {
    case '{':
        return scan_nested(c, scan_object);
    case '[':
        return scan_nested(c, scan_array);
    case '"':
        return scan_string(c);
    case 't':
        return scan_word(c, STR("true"));
    case 'f':
        return scan_word(c, STR("false"));
    case 'n':
        return scan_word(c, STR("null"));
    default:
        if (peek(c) == '-' || is_digit(peek(c)))
            return scan_number(c);
        return fail(c, "a value is needed");
    }
}

/* A value and the space around it. The depth bounds the recursion. */
static bool scan_value(struct cursor *c)
{
    skip_space(c);
    if (!scan_plain_value(c))
        return false;
    skip_space(c);
    return true;
}

bool json_scan(struct json_scan *scan, struct str text)
{
    struct cursor c = {.scan = scan, .text = text};
    if (text.len > JSON_LEN_MAX)
        return fail(&c, "the text is too long");
    if (!utf8_is_valid(text))
        return fail(&c, "the text is not UTF-8");
    if (!scan_value(&c))
        return false;
    return c.at == text.len || fail(&c, "there is something after the value");
}

void json_scan_fini(struct json_scan *scan)
{
    buf_fini(&scan->numbers);
    buf_fini(&scan->members);
}
