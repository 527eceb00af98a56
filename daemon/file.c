#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_make_directories(const char *path)
{
    struct buf part = {0};
    int outcome = 0;

    buf_puts(&part, path);
    for (size_t i = 1; i <= part.len && outcome == 0; i++) {
        char c = part.data[i];

        if (c != '/' && c != '\0')
            continue;
        part.data[i] = '\0';
        if (mkdir(part.data, 0755) < 0 && errno != EEXIST)
            outcome = -errno;
        part.data[i] = c;
    }
    buf_fini(&part);
    return outcome;
}

int file_read(const char *path, size_t max, struct buf *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t before = ret->len;
    char chunk[4096];
    ssize_t got;
    int outcome = 0;

    if (fd < 0)
        return -errno;
    while ((got = read(fd, chunk, sizeof(chunk))) > 0 && ret->len - before <= max)
        buf_add(ret, chunk, (size_t)got);
    if (got < 0)
        outcome = -errno;
    else if (ret->len - before > max)
        outcome = -EFBIG;
    buf_puts(ret, ""); /* an empty file is an empty text */
    close(fd);
    return outcome;
}

static int write_all(int fd, struct str text)
{
    while (text.len > 0) {
        ssize_t put = write(fd, text.ptr, text.len);

        if (put < 0 && errno != EINTR)
            return -errno;
        if (put > 0) {
            text.ptr += put;
            text.len -= (size_t)put;
        }
    }
    return 0;
}

int file_write(const char *path, struct str text)
{
    struct buf aside = {0};
    int fd;
    int outcome;

    buf_printf(&aside, "%s.new", path);
    fd = open(aside.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    outcome = fd < 0 ? -errno : write_all(fd, text);
    if (fd >= 0 && close(fd) < 0 && outcome == 0)
        outcome = -errno;
    if (outcome == 0 && rename(aside.data, path) < 0)
        outcome = -errno;
    buf_fini(&aside);
    return outcome;
}

static int remove_one(const char *path, const struct stat *st unused_arg, int kind unused_arg,
                      struct FTW *at unused_arg)
{
    (void)remove(path);
    return 0;
}

void file_remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
