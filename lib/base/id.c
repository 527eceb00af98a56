#include "base/id.h"

#include <sodium.h>
#include <string.h>

struct uuid uuid_v7(int64_t now_us)
{
    struct uuid id;
    uint64_t ms = now_us > 0 ? (uint64_t)now_us / 1000 : 0;
    for (size_t i = 0; i < 6; i++)
        id.byte[i] = (uint8_t)(ms >> (40 - 8 * i));
    randombytes_buf(id.byte + 6, sizeof(id.byte) - 6);
    id.byte[6] = (uint8_t)(0x70 | (id.byte[6] & 0x0f)); /* version 7 */
    id.byte[8] = (uint8_t)(0x80 | (id.byte[8] & 0x3f)); /* variant of RFC 9562 */
    return id;
}

bool uuid_eq(struct uuid a, struct uuid b)
{
    return memcmp(a.byte, b.byte, sizeof(a.byte)) == 0;
}

bool uuid_is_nil(struct uuid id)
{
    return uuid_eq(id, UUID_NIL);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

int uuid_parse(struct str text, struct uuid *ret)
{
    struct uuid id = UUID_NIL;
    size_t digits = 0;
    if (text.len != UUID_TEXT_MAX - 1)
        return 1;
    for (size_t i = 0; i < text.len; i++) {
        if (is_hyphen_place(i)) {
            if (text.ptr[i] != '-')
                return 1;
            continue;
        }
        int value = hex_value(text.ptr[i]);
        if (value < 0)
            return 1;
        id.byte[digits / 2] = (uint8_t)(id.byte[digits / 2] << 4 | value);
        digits++;
    }
    *ret = id;
    return 0;
}

void uuid_format(struct uuid id, char text[UUID_TEXT_MAX])
{
    static const char hex[] = "0123456789abcdef";
    size_t digits = 0;
    for (size_t i = 0; i < UUID_TEXT_MAX - 1; i++) {
        if (is_hyphen_place(i)) {
            text[i] = '-';
            continue;
        }
        uint8_t byte = id.byte[digits / 2];
        text[i] = hex[digits % 2 == 0 ? byte >> 4 : byte & 0x0f];
        digits++;
    }
    text[UUID_TEXT_MAX - 1] = '\0';
}
