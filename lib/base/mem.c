#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void mem_fail(size_t size)
{
    fprintf(stderr, "out of memory: %zu bytes could not be allocated\n", size);
    abort();
}

void *mem_alloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL)
        mem_fail(size);
    return memory;
}

void *mem_zalloc(size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total))
        mem_fail(SIZE_MAX);
    void *memory = calloc(1, total > 0 ? total : 1);
    if (memory == NULL)
        mem_fail(total);
    return memory;
}

void *mem_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory == NULL)
        mem_fail(size);
    return memory;
}

void mem_trim(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}
