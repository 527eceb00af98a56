#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct str str_of(const char *text)
{
    return (struct str){text, text != NULL ? strlen(text) : 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_c(struct str a, const char *b)
{
    return str_eq(a, str_of(b));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.ptr, prefix.len}, prefix);
}

bool texts_have(struct texts list, struct str text)
{
    for (size_t i = 0; i < list.count; i++) {
        if (str_eq(list.item[i], text))
            return true;
    }
    return false;
}

bool texts_begin(struct texts list, struct str text)
{
    for (size_t i = 0; i < list.count; i++) {
        if (str_starts(text, list.item[i]))
            return true;
    }
    return false;
}

bool str_cut(struct str *rest, char separator, struct str *ret_part)
{
    /* A NULL pointer marks the end: "a," still has an empty part after its comma. */
    if (rest->ptr == NULL)
        return false;
    const char *at = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    if (at == NULL) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *ret_part = (struct str){rest->ptr, (size_t)(at - rest->ptr)};
    *rest = (struct str){at + 1, rest->len - ret_part->len - 1};
    return true;
}

int str_to_int(struct str s, int64_t min, int64_t max, int64_t *ret)
{
    bool is_negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = is_negative ? 1 : 0;
    if (i == s.len)
        return 1;
    /* Negative all the way, because INT64_MIN has no positive counterpart. */
    int64_t value = 0;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return 1;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, s.ptr[i] - '0', &value))
            return 1;
    }
    if (!is_negative && __builtin_sub_overflow((int64_t)0, value, &value))
        return 1;
    if (value < min || value > max)
        return 1;
    *ret = value;
    return 0;
}

void buf_fini(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){NULL, 0, 0};
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

void buf_reserve(struct buf *buf, size_t more)
{
    size_t need = 0;
    if (__builtin_add_overflow(buf->len, more, &need) || need > SIZE_MAX / 2 - 1)
        mem_fail(more);
    need++; /* the final NUL */
    if (need <= buf->cap)
        return;
    size_t cap = buf->cap > 0 ? buf->cap : 64;
    while (cap < need)
        cap *= 2;
    buf->data = mem_realloc(buf->data, cap);
    buf->cap = cap;
    buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
    buf_reserve(buf, len);
    if (len > 0)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.ptr, s.len);
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_int(struct buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    buf_add(buf, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        mem_fail(strlen(format));
    buf_add(buf, text, (size_t)len);
    free(text);
}

struct str buf_view(const struct buf *buf)
{
    return (struct str){buf->data, buf->len};
}
