#pragma once
#include "base/str.h"

/* True when `s` is well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, <= U+10FFFF). */
bool utf8_is_valid(struct str s);

/* Number of code points in valid UTF-8. */
size_t utf8_length(struct str s);
