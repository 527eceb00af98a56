#include "cmocka_all.h"

#include "grid.h"

static void test_columns_are_aligned_by_width(void **state)
{
    struct buf out = {0};
    struct grid grid;
    grid_init(&grid, *state, 3);
    grid.is_right[1] = true;
    const char *const cells[] = {"Name", "Count", "Note", "한글", "1", "", "x", "1,000", "a\nb"};
    for (size_t i = 0; i < LEN(cells); i++)
        grid_add(&grid, str_of(cells[i]));
    grid_print(&grid, 1, &out);
    assert_string_equal(out.data, " Name  Count  Note\n"
                                  " 한글      1\n"
                                  " x     1,000  a b\n");
    buf_fini(&out);
}

static void test_widths_stay(void **state)
{
    struct buf out = {0};
    struct arena *second = arena_new();
    struct grid grid;
    grid_init(&grid, *state, 2);
    grid_add(&grid, STR("long one"));
    grid_add(&grid, STR("b"));
    grid_print(&grid, 0, &out);
    buf_reset(&out);
    grid_move(&grid, second);
    grid_add(&grid, STR("a"));
    grid_add(&grid, STR("b"));
    grid_print(&grid, 0, &out);
    assert_string_equal(out.data, "a         b\n");
    buf_fini(&out);
    arena_free(second);
}

static void test_many_rows(void **state)
{
    struct buf out = {0};
    struct grid grid;
    grid_init(&grid, *state, 1);
    for (int i = 0; i < 1000; i++)
        grid_add(&grid, STR("x"));
    grid_print(&grid, 0, &out);
    assert_int_equal(out.len, 2000);
    buf_fini(&out);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns_are_aligned_by_width, setup, teardown),
        cmocka_unit_test_setup_teardown(test_widths_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_rows, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
