#include "base/arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>

#include <cmocka.h>

#include "child.h"

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    /* Small, the border of a block of its own, and far beyond a chunk. */
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4095, 4096, 4097, 16384, 16385, 100000};
    unsigned char *blocks[10 * LEN(sizes)];
    for (size_t i = 0; i < LEN(blocks); i++) {
        size_t size = sizes[i % LEN(sizes)];
        blocks[i] = arena_alloc(*state, size);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(blocks[i][j], 0);
        memset(blocks[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < LEN(blocks); i++) {
        for (size_t j = 0; j < sizes[i % LEN(sizes)]; j++)
            assert_int_equal(blocks[i][j], i + 1);
    }
}

static void a_large_block_does_not_end_the_chunk(void **state)
{
    char *before = arena_alloc(*state, 16);
    arena_alloc(*state, 50000);
    char *after = arena_alloc(*state, 16);
    assert_ptr_equal(after, before + 16);
}

static void used_counts_what_was_handed_out(void **state)
{
    assert_int_equal(arena_used(*state), 0);
    arena_alloc(*state, 1);
    assert_in_range(arena_used(*state), 1, 16);
    arena_alloc(*state, 50000);
    assert_in_range(arena_used(*state), 50001, 50032);
}

static void text_is_copied_and_ended(void **state)
{
    char original[] = {'a', 'b', '\0', 'c'};
    char *copy = arena_strndup(*state, original, 4);
    original[0] = 'x';
    assert_memory_equal(copy, "ab\0c", 5);
    assert_string_equal(arena_strndup(*state, NULL, 0), "");
    assert_string_equal(arena_strdup(*state, "hello"), "hello");
    assert_string_equal(arena_printf(*state, "%d-%s", 42, "x"), "42-x");
    assert_int_equal(strlen(arena_printf(*state, "%0*d", 70000, 1)), 70000);
}

struct note {
    int order[4];
    int count;
};

struct deferred_note {
    struct note *note;
    int number;
};

static void destroy_note(void *object)
{
    struct deferred_note *deferred = object;
    deferred->note->order[deferred->note->count++] = deferred->number;
}

static void destructors_run_newest_first(void **state)
{
    (void)state;
    struct note note = {0};
    struct arena *arena = arena_new();
    for (int i = 1; i <= 3; i++) {
        /* In the arena itself: still readable while the destructors run. */
        struct deferred_note *deferred = arena_alloc(arena, sizeof(*deferred));
        *deferred = (struct deferred_note){&note, i};
        arena_defer(arena, destroy_note, deferred);
    }
    assert_int_equal(note.count, 0);
    arena_free(arena);
    assert_int_equal(note.count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(note.order[i], 3 - i);
}

static void free_accepts_null(void **state)
{
    (void)state;
    arena_free(NULL);
}

static void overflowing_array(void)
{
    arena_array(arena_new(), SIZE_MAX / 4, 5);
}

static void enormous_block(void)
{
    arena_alloc(arena_new(), SIZE_MAX - 8);
}

static void enormous_text(void)
{
    arena_strndup(arena_new(), "x", SIZE_MAX);
}

static void sizes_that_overflow_abort(void **state)
{
    (void)state;
    assert_aborts(overflowing_array, "out of memory");
    assert_aborts(enormous_block, "out of memory");
    assert_aborts(enormous_text, "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_is_zeroed_aligned_and_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_large_block_does_not_end_the_chunk, setup, teardown),
        cmocka_unit_test_setup_teardown(used_counts_what_was_handed_out, setup, teardown),
        cmocka_unit_test_setup_teardown(text_is_copied_and_ended, setup, teardown),
        cmocka_unit_test(destructors_run_newest_first),
        cmocka_unit_test(free_accepts_null),
        cmocka_unit_test(sizes_that_overflow_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
