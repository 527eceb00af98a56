#pragma once
/* Option tables: one row an option. The same rows parse the command line and the INI file, print
 * --help, --print-config and the man page's option list, and check every value. */

#include "base/str.h"

enum conf_type {
    CT_END,
    CT_TEXT,     /* const char * */
    CT_INT,      /* int64_t; min/max */
    CT_DURATION, /* int64_t, seconds; min/max: "2h", "90m", "1h30m", "2d", or seconds */
    CT_BOOL,     /* bool: yes|no; on the command line also bare */
    CT_ENUM,     /* int: index into names */
};

struct conf_option {
    const char *section; /* of the INI file; NULL: command line only */
    const char *name;    /* "listen-port": --listen-port=N and `listen-port = N` */
    char letter;         /* short option, or 0 */
    enum conf_type type;
    int64_t min, max;
    const char *fallback;     /* as text; NULL: unset */
    const char *const *names; /* CT_ENUM, NULL-terminated */
    size_t offset;
    const char *unit; /* "s", "bytes", ...: shown in the help, or NULL */
    const char *help; /* one sentence */
};

/* clang-format off */
#define CONF_END {NULL, NULL, 0, CT_END, 0, 0, NULL, NULL, 0, NULL, NULL}
/* clang-format on */

/* Faults are sentences, one a line, in `faults` ("listen-port: 70000 is above 65535
 * (labtab.ini:4)"); all of them, not only the first. Texts are copied once and live until the
 * process ends. Call these on one thread, before the work begins. */

/* Stores every option's fallback; one without has NULL, 0, false or -1. */
void conf_defaults(const struct conf_option *rows, void *ret);
/* Reads an INI file (lines of at most 198 bytes, no indented ones, at most 1 MiB). What it does not
 * name keeps its value. 0, or 1 when `faults` gained some. */
must_check int conf_file(const struct conf_option *rows, const char *path, void *ret,
                         struct buf *faults);
/* `argc`/`argv` without the program's name. Positional arguments are a fault unless `ret_rest` is
 * given, which then receives their count and they are moved to the front of argv. 0 or 1. */
must_check int conf_args(const struct conf_option *rows, int argc, char **argv, void *ret,
                         int *ret_rest, struct buf *faults);
/* The help's option list / the configuration in force as an INI file that reads back the same. */
void conf_help(const struct conf_option *rows, struct buf *out);
void conf_print(const struct conf_option *rows, const void *values, struct buf *out);
