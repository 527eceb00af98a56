#pragma once
/* Request arena: everything that belongs to one request, job or batch dies with it.
 * Running out of memory ends the process: nothing of value is in memory only. */

#include "base/attr.h"

struct arena;

/* A new, empty arena. The caller owns it. */
struct arena *arena_new(void);

/* Runs the deferred destructors, newest first, and gives all memory back. NULL is accepted. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for any object; never NULL. Lives as long as the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` zeroed objects of `size` bytes; the product is checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of `len` bytes at `text` / of a C string / of a format's result. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...) printf_like(2, 3);

/* Calls `destroy(object)` when the arena is freed: attaches a PGresult, a cJSON tree, a file. */
void arena_defer(struct arena *arena, void (*destroy)(void *), void *object);

/* Bytes handed out so far, for limits and tests. */
size_t arena_used(const struct arena *arena);
