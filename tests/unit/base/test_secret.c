#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void tokens_have_their_form_and_differ(void **state)
{
    (void)state;
    char a[SECRET_TOKEN_MAX];
    char b[SECRET_TOKEN_MAX];
    secret_token(a);
    secret_token(b);
    assert_int_equal(strlen(a), 3 + 43); /* 32 bytes are 43 characters of base64 */
    assert_memory_equal(a, "lt_", 3);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     strlen(a));
    assert_string_not_equal(a, b);
}

struct hash_case {
    const char *text;
    const char *blake2b;
    const char *sha256;
};

/* From `b2sum -l 256` and `sha256sum`. */
static void hashes_are_the_standard_ones(void **state)
{
    (void)state;
    static const struct hash_case cases[] = {
        {NULL, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        uint8_t hash[SECRET_HASH_LEN];
        char text[2 * SECRET_HASH_LEN + 1];
        secret_hash(str_of(cases[i].text), hash);
        secret_hex(hash, sizeof(hash), text);
        assert_string_equal(text, cases[i].blake2b);
        secret_sha256(str_of(cases[i].text), hash);
        secret_hex(hash, sizeof(hash), text);
        assert_string_equal(text, cases[i].sha256);
    }
}

static void hexadecimal(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x00, 0x0f, 0xa0, 0xff};
    char text[9] = "........";
    secret_hex(bytes, 0, text);
    assert_string_equal(text, "");
    secret_hex(bytes, sizeof(bytes), text);
    assert_string_equal(text, "000fa0ff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_their_form_and_differ),
        cmocka_unit_test(hashes_are_the_standard_ones),
        cmocka_unit_test(hexadecimal),
    };
    secret_init();
    secret_init(); /* again is harmless */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
