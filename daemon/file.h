#pragma once
/* Small files and directories. Results are 0 or -errno. */

#include "base/str.h"

/* Makes a directory and those above it, as far as they are missing. */
must_check int file_make_directories(const char *path);

/* Appends a file's bytes to `ret`; more than `max` are -EFBIG. */
must_check int file_read(const char *path, size_t max, struct buf *ret);

/* Replaces a file whole: written aside, then renamed. */
must_check int file_write(const char *path, struct str text);

/* Removes a directory and everything in it, never following a link. That it is not there is no
 * fault. */
void file_remove_tree(const char *path);
