#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

#include "child.h"

static void zero_bytes_are_memory_too(void **state)
{
    (void)state;
    void *a = mem_alloc(0);
    void *b = mem_zalloc(0, 8);
    void *c = mem_realloc(NULL, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_non_null(c);
    free(a);
    free(b);
    free(c);
}

static void zalloc_gives_zeros(void **state)
{
    (void)state;
    static const unsigned char zeros[300];
    unsigned char *memory = mem_zalloc(100, 3);
    assert_memory_equal(memory, zeros, sizeof(zeros));
    free(memory);
}

static void realloc_keeps_the_bytes(void **state)
{
    (void)state;
    char *text = mem_realloc(NULL, 4);
    memcpy(text, "abc", 4);
    text = mem_realloc(text, 100000);
    assert_string_equal(text, "abc");
    free(text);
}

static void overflow(void)
{
    void *memory = mem_zalloc(SIZE_MAX / 2, 3);
    free(memory);
}

static void an_overflowing_product_aborts(void **state)
{
    (void)state;
    assert_aborts(overflow, "out of memory");
}

static void fail_for_7(void)
{
    mem_fail(7);
}

static void failure_names_the_size(void **state)
{
    (void)state;
    assert_aborts(fail_for_7, "out of memory: 7 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_bytes_are_memory_too),
        cmocka_unit_test(zalloc_gives_zeros),
        cmocka_unit_test(realloc_keeps_the_bytes),
        cmocka_unit_test(an_overflowing_product_aborts),
        cmocka_unit_test(failure_names_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
