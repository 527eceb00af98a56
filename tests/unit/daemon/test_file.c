#include "cmocka_all.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"

static char top[] = "/tmp/labtab-file-XXXXXX";

static void path_of(const char *name, struct buf *ret)
{
    buf_reset(ret);
    buf_printf(ret, "%s/%s", top, name);
}

static int make_top(void **state unused_arg)
{
    return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state unused_arg)
{
    file_remove_tree(top);
    return access(top, F_OK) < 0 ? 0 : -1;
}

static void test_write_then_read(void **state unused_arg)
{
    struct buf path = {0};
    struct buf text = {0};

    path_of("small", &path);
    assert_int_equal(file_write(path.data, STR("first")), 0);
    assert_int_equal(file_write(path.data, STR("second")), 0);
    assert_int_equal(file_read(path.data, 6, &text), 0);
    assert_string_equal(text.data, "second");
    assert_int_equal(file_read(path.data, 5, &text), -EFBIG);
    path_of("small.new", &path);
    assert_int_equal(access(path.data, F_OK), -1);
    buf_fini(&path);
    buf_fini(&text);
}

static void test_empty_file_is_an_empty_text(void **state unused_arg)
{
    struct buf path = {0};
    struct buf text = {0};

    path_of("empty", &path);
    assert_int_equal(file_write(path.data, STR("")), 0);
    assert_int_equal(file_read(path.data, 100, &text), 0);
    assert_string_equal(text.data, "");
    buf_fini(&path);
    buf_fini(&text);
}

static void test_missing_file(void **state unused_arg)
{
    struct buf path = {0};
    struct buf text = {0};

    path_of("none", &path);
    assert_int_equal(file_read(path.data, 100, &text), -ENOENT);
    path_of("none/none", &path);
    assert_int_equal(file_write(path.data, STR("x")), -ENOENT);
    buf_fini(&path);
    buf_fini(&text);
}

static void test_directories(void **state unused_arg)
{
    struct buf path = {0};

    path_of("a/b/c", &path);
    assert_int_equal(file_make_directories(path.data), 0);
    assert_int_equal(file_make_directories(path.data), 0);
    assert_int_equal(access(path.data, W_OK), 0);
    path_of("small/x", &path);
    assert_int_equal(file_make_directories(path.data), -ENOTDIR);
    buf_fini(&path);
}

/* What a link points at is somebody else's. */
static void test_removing_follows_no_link(void **state unused_arg)
{
    struct buf kept = {0};
    struct buf tree = {0};
    struct buf link = {0};

    path_of("kept", &kept);
    path_of("tree", &tree);
    path_of("tree/link", &link);
    assert_int_equal(file_make_directories(kept.data), 0);
    assert_int_equal(file_make_directories(tree.data), 0);
    assert_int_equal(symlink(kept.data, link.data), 0);
    file_remove_tree(tree.data);
    assert_int_equal(access(tree.data, F_OK), -1);
    assert_int_equal(access(kept.data, F_OK), 0);
    file_remove_tree(tree.data); /* not there: no fault */
    buf_fini(&kept);
    buf_fini(&tree);
    buf_fini(&link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_then_read),
        cmocka_unit_test(test_empty_file_is_an_empty_text),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_removing_follows_no_link),
    };

    return cmocka_run_group_tests(tests, make_top, remove_top);
}
