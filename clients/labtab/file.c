#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void free_text(void *object)
{
    struct buf *text = object;
    buf_fini(text);
    free(text);
}

/* Up to one byte more than allowed, to know of it. False on a read error. */
static bool read_all(FILE *file, size_t most, struct buf *text)
{
    char chunk[16384];
    size_t n;
    while (text->len <= most && (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buf_add(text, chunk, n);
    return !ferror(file);
}

int file_read(const char *path, size_t most, struct arena *arena, struct str *ret,
              struct buf *faults)
{
    bool is_stdin = !strcmp(path, "-");
    FILE *file = is_stdin ? stdin : fopen(path, "rbe");
    if (!file) {
        buf_printf(faults, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    struct buf *text = mem_zalloc(1, sizeof(*text));
    arena_defer(arena, free_text, text);
    bool is_read = read_all(file, most, text);
    int error = errno;
    if (!is_stdin)
        fclose(file);
    if (!is_read)
        buf_printf(faults, "%s: %s\n", path, strerror(error));
    else if (text->len > most)
        buf_printf(faults, "%s: longer than %zu bytes\n", path, most);
    *ret = buf_view(text);
    return is_read && text->len <= most ? 0 : 1;
}
