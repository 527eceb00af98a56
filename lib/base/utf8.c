#include "base/utf8.h"

/* Length of the sequence that starts at `at`, or 0 when it is not well-formed (RFC 3629, section
 * 4). */
static size_t sequence_length(const unsigned char *at, size_t left)
{
    size_t len = 0;
    unsigned char low = 0x80;  /* bounds of the second byte: they exclude overlong forms, */
    unsigned char high = 0xbf; /* surrogates, and what lies above U+10FFFF */
    if (at[0] < 0x80) {
        return 1;
    } else if (at[0] >= 0xc2 && at[0] <= 0xdf) {
        len = 2;
    } else if (at[0] >= 0xe0 && at[0] <= 0xef) {
        len = 3;
        low = at[0] == 0xe0 ? 0xa0 : low;
        high = at[0] == 0xed ? 0x9f : high;
    } else if (at[0] >= 0xf0 && at[0] <= 0xf4) {
        len = 4;
        low = at[0] == 0xf0 ? 0x90 : low;
        high = at[0] == 0xf4 ? 0x8f : high;
    }
    if (len == 0 || len > left || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

bool utf8_is_valid(struct str s)
{
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len;) {
        size_t len = sequence_length(bytes + i, s.len - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

size_t utf8_length(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
            count++;
    }
    return count;
}
