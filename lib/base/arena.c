#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Most requests fit into one chunk. What is larger than a quarter of one gets a block of its own,
 * so that at most a quarter of a chunk is ever wasted. */
#define CHUNK_SIZE ((size_t)16 * 1024)
#define LARGE_SIZE (CHUNK_SIZE / 4)

struct chunk {
    struct chunk *next;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*destroy)(void *);
    void *object;
};

struct arena {
    struct chunk *chunks; /* every block, for arena_free() */
    unsigned char *free;  /* the rest of the current chunk */
    size_t free_len;
    size_t used;
    struct deferred *deferred;
};

struct arena *arena_new(void)
{
    return mem_zalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    /* A destructor may still read what lies in the arena, so the memory goes last. */
    while (arena->deferred != NULL) {
        struct deferred *first = arena->deferred;
        arena->deferred = first->next;
        first->destroy(first->object);
    }
    while (arena->chunks != NULL) {
        struct chunk *first = arena->chunks;
        arena->chunks = first->next;
        free(first);
    }
    free(arena);
}

static unsigned char *chunk_new(struct arena *arena, size_t size)
{
    struct chunk *chunk = mem_alloc(sizeof(struct chunk) + size);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - sizeof(struct chunk) - align)
        mem_fail(size);
    size = (size + align - 1) & ~(align - 1);
    if (size == 0)
        size = align;
    arena->used += size;
    unsigned char *memory = NULL;
    if (size > LARGE_SIZE) {
        memory = chunk_new(arena, size);
    } else {
        if (size > arena->free_len) {
            arena->free = chunk_new(arena, CHUNK_SIZE);
            arena->free_len = CHUNK_SIZE;
        }
        memory = arena->free;
        arena->free += size;
        arena->free_len -= size;
    }
    memset(memory, 0, size);
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total))
        mem_fail(SIZE_MAX);
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    if (len == SIZE_MAX)
        mem_fail(len);
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        mem_fail(strlen(format));
    char *copy = arena_strndup(arena, text, (size_t)len);
    free(text);
    return copy;
}

void arena_defer(struct arena *arena, void (*destroy)(void *), void *object)
{
    struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));
    deferred->next = arena->deferred;
    deferred->destroy = destroy;
    deferred->object = object;
    arena->deferred = deferred;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
