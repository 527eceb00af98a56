#pragma once
#include "base/str.h"

#define UUID_TEXT_MAX 37

struct uuid {
    uint8_t byte[16];
};

#define UUID_NIL ((struct uuid){{0}})

/* A UUIDv7 (RFC 9562): milliseconds of `now_us`, then random bits from the system. */
struct uuid uuid_v7(int64_t now_us);
bool uuid_eq(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid id);
/* The 36-character form, hexadecimal of either case. 0, or 1 when it is none. */
must_check int uuid_parse(struct str text, struct uuid *ret);
void uuid_format(struct uuid id, char text[UUID_TEXT_MAX]);
