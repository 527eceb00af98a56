#include "dev/pg_program.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of libpq, and of systemd: a server would tell it in our place that we are ready. */
const char *const pg_program_variables[] = {
    "PGDATA",    "PGHOST",        "PGPORT",        "PGUSER",       "PGOPTIONS", "PGDATABASE",
    "PGSERVICE", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", NULL};

/* "/usr/lib/postgresql/15/bin/initdb": 15. */
static long version_of(const char *path)
{
    return strtol(path + strlen("/usr/lib/postgresql/"), NULL, 10);
}

static bool find_newest(const char *name, struct buf *ret)
{
    struct buf pattern = {0};
    glob_t found = {0};
    long newest = -1;

    buf_printf(&pattern, "/usr/lib/postgresql/[0-9]*/bin/%s", name);
    if (glob(pattern.data, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            if (version_of(found.gl_pathv[i]) > newest) {
                newest = version_of(found.gl_pathv[i]);
                buf_reset(ret);
                buf_puts(ret, found.gl_pathv[i]);
            }
    globfree(&found);
    buf_fini(&pattern);
    return newest >= 0;
}

static bool find_in_path(const char *name, struct buf *ret)
{
    struct str rest = str_of(getenv("PATH"));
    struct str directory;

    while (str_cut(&rest, ':', &directory)) {
        buf_reset(ret);
        buf_str(ret, directory);
        buf_printf(ret, "/%s", name);
        if (directory.len > 0 && access(ret->data, X_OK) == 0)
            return true;
    }
    return false;
}

char *pg_program(const char *name, struct buf *fault)
{
    struct buf path = {0};

    if (find_newest(name, &path) || find_in_path(name, &path))
        return path.data;
    buf_printf(fault, "%s was found neither in /usr/lib/postgresql/*/bin nor in PATH", name);
    buf_fini(&path);
    return NULL;
}
