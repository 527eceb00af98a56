#include "base/secret.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define TOKEN_PREFIX "lt_"
#define TOKEN_BYTES  32

void secret_init(void)
{
    if (sodium_init() < 0) {
        fprintf(stderr, "libsodium cannot be initialised: no source of random bytes\n");
        abort();
    }
}

void secret_token(char text[SECRET_TOKEN_MAX])
{
    const size_t prefix_len = sizeof(TOKEN_PREFIX) - 1;
    uint8_t bytes[TOKEN_BYTES];
    randombytes_buf(bytes, sizeof(bytes));
    snprintf(text, SECRET_TOKEN_MAX, TOKEN_PREFIX);
    sodium_bin2base64(text + prefix_len, SECRET_TOKEN_MAX - prefix_len, bytes, sizeof(bytes),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
}

void secret_hash(struct str bytes, uint8_t ret_hash[SECRET_HASH_LEN])
{
    crypto_generichash(ret_hash, SECRET_HASH_LEN, (const unsigned char *)bytes.ptr, bytes.len, NULL,
                       0);
}

void secret_sha256(struct str bytes, uint8_t ret_hash[SECRET_HASH_LEN])
{
    crypto_hash_sha256(ret_hash, (const unsigned char *)bytes.ptr, bytes.len);
}

void secret_hex(const uint8_t *bytes, size_t count, char *text)
{
    sodium_bin2hex(text, 2 * count + 1, bytes, count);
}
