#pragma once
#include "base/arena.h"
#include "base/str.h"

/* The whole of a file ("-": standard input) of at most `most` bytes, in the arena. 0, or 1 with a
 * line in `faults`. */
must_check int file_read(const char *path, size_t most, struct arena *arena, struct str *ret,
                         struct buf *faults);
