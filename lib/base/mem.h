#pragma once
/* Heap memory that is never NULL: when there is none the process says so and aborts (HACKING.md,
 * "Out of memory ends the process"). What it returns is given back with free(). */

#include "base/attr.h"

/* `size` bytes, not zeroed; a size of 0 counts as 1. */
must_check void *mem_alloc(size_t size);

/* `count` zeroed objects of `size` bytes; the product is checked for overflow. */
must_check void *mem_zalloc(size_t count, size_t size);

/* realloc() of memory from this file or NULL. */
must_check void *mem_realloc(void *old, size_t size);

/* Says on stderr that `size` bytes could not be had, and aborts. */
noreturn_fn void mem_fail(size_t size);

/* Gives memory that is not in use back to the system, where the C library can: after something
 * large was made and thrown away. */
void mem_trim(void);
