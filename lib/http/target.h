#pragma once
/* The target of a request and its percent-encoding. Pure. */

#include "base/arena.h"
#include "base/str.h"

/* Splits a target ("/v1/bookings?from=...", or the absolute form "http://host/v1/...") into a
 * decoded path, copied into `arena`, and the raw query, a view. NULL, or a sentence (static text)
 * that says what is wrong: another form, a stray '%', an encoded '/', NUL or control byte, invalid
 * UTF-8, or a dot segment. */
const char *target_read(struct str target, struct arena *arena, struct str *ret_path,
                        struct str *ret_query);

enum percent_flags {
    PERCENT_PLUS = 1 << 0,     /* '+' is a space: forms and queries */
    PERCENT_NO_SLASH = 1 << 1, /* an encoded '/' is a fault: paths */
};

/* Percent-decodes `text` into `arena`. NULL, or a sentence (static text). */
const char *percent_decode(struct str text, unsigned flags, struct arena *arena, struct str *ret);
