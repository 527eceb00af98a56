#pragma once
/* Text as (pointer, length), and a growing output buffer. */

#include "base/attr.h"

/* A view of bytes that somebody else owns; not NUL-terminated. ptr may be NULL when len is 0. */
struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_FMT      "%.*s"
#define STR_ARG(s)   (int)(s).len, ((s).ptr ? (s).ptr : "")

/* A view of a C string; NULL gives the empty view. */
struct str str_of(const char *text);
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
/* Equal, ASCII letters regardless of case. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);

/* A list of texts that somebody else owns; `item` may be NULL when `count` is 0. */
struct texts {
    const struct str *item;
    size_t count;
};

/* True when one of the list is `text` / is a beginning of `text`. An empty list has neither. */
bool texts_have(struct texts list, struct str text);
bool texts_begin(struct texts list, struct str text);

/* Cuts the part before the first `separator` off `rest`: true and *ret_part, or false when `rest`
 * is used up. "a,,b" gives "a", "", "b". */
bool str_cut(struct str *rest, char separator, struct str *ret_part);

/* A decimal integer, optional '-', digits only, nothing around it.
 * 0, or 1 when it is no such number or outside [min, max]. */
must_check int str_to_int(struct str s, int64_t min, int64_t max, int64_t *ret);

/* Growing bytes. Zero-initialise, add, buf_fini. `data` is NUL-terminated whenever it is not NULL.
 */
struct buf {
    char *data;
    size_t len;
    size_t cap;
};

void buf_fini(struct buf *buf);
void buf_reset(struct buf *buf); /* len = 0, memory is kept */
void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_str(struct buf *buf, struct str s);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_int(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) printf_like(2, 3);
struct str buf_view(const struct buf *buf);
