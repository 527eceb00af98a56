#pragma once
/* Tokens and hashes (libsodium). secret_init() once per process before the others and before
 * uuid_v7(). */
#include "base/str.h"

#define SECRET_HASH_LEN  32
#define SECRET_TOKEN_MAX 64

void secret_init(void);

/* A new bearer token: "lt_" and 32 random bytes in URL-safe base64 without padding. */
void secret_token(char text[SECRET_TOKEN_MAX]);

/* BLAKE2b-256. Tokens have 256 bits of entropy, so one plain hash is what is stored. */
void secret_hash(struct str bytes, uint8_t ret_hash[SECRET_HASH_LEN]);

/* SHA-256: checksums of migrations, hash chains of documents (so that others can check them). */
void secret_sha256(struct str bytes, uint8_t ret_hash[SECRET_HASH_LEN]);

/* `count` bytes as lower-case hexadecimal, NUL-terminated (2 * count + 1 characters). */
void secret_hex(const uint8_t *bytes, size_t count, char *text);
