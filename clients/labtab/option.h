#pragma once
/* A command's options: what base/conf.h needs to read and explain one, and where in the request
 * its value goes. So most commands need no code to pass their options on. */

#include "base/arena.h"
#include "base/conf.h"
#include "base/json.h"

enum option_use {
    OPTION_HERE,      /* for the command itself */
    OPTION_QUERY,     /* a query parameter */
    OPTION_BODY,      /* a member of the body */
    OPTION_BODY_LIST, /* a text, cut at its commas: an array of the body */
};

enum option_need { OPTION_FREE, OPTION_NEEDED };

struct option {
    struct conf_option conf;
    enum option_use use;
    const char *field; /* the API's name for it */
    enum option_need need;
};

/* An integer or duration that was not given (zero may be a value). */
#define OPTION_NO_INT INT64_MIN

/* clang-format off */
#define OPTION_TEXT(st, member, name, use, field, need, help) \
    {{NULL, name, 0, CT_TEXT, 0, 0, NULL, NULL, offsetof(st, member), \
      (need) == OPTION_NEEDED ? "needed" : NULL, help}, use, field, need}
#define OPTION_INT(st, member, name, use, field, min, max, fallback, unit, help) \
    {{NULL, name, 0, CT_INT, min, max, fallback, NULL, offsetof(st, member), unit, help}, use, field, OPTION_FREE}
#define OPTION_DURATION(st, member, name, use, field, min, max, fallback, help) \
    {{NULL, name, 0, CT_DURATION, min, max, fallback, NULL, offsetof(st, member), "s", help}, use, field, OPTION_FREE}
#define OPTION_ENUM(st, member, name, use, field, names, help) \
    {{NULL, name, 0, CT_ENUM, 0, 0, NULL, names, offsetof(st, member), NULL, help}, use, field, OPTION_FREE}
#define OPTION_FLAG(st, member, name, use, field, help) \
    {{NULL, name, 0, CT_BOOL, 0, 0, "no", NULL, offsetof(st, member), NULL, help}, use, field, OPTION_FREE}
#define OPTION_SWITCH(st, member, name, help) \
    OPTION_FLAG(st, member, name, OPTION_HERE, NULL, help)
#define OPTION_END {{NULL, NULL, 0, CT_END, 0, 0, NULL, NULL, 0, NULL, NULL}, OPTION_HERE, NULL, OPTION_FREE}
/* clang-format on */

/* The rows of `common` that no option of the command's own hides by having the same name. */
struct conf_option *option_others(const struct conf_option *common, const struct option *options,
                                  struct arena *arena);

/* The command's own options (or NULL) as rows of base/conf.h. */
struct conf_option *option_rows(const struct option *options, struct arena *arena);

/* Both in one table; the values of `options` lie `shift` bytes behind those of `common`. All three
 * tables are in the arena. */
struct conf_option *option_join(const struct conf_option *common, const struct option *options,
                                size_t shift, struct arena *arena);

/* Marks the numbers without a fallback as not given: after conf_defaults(). */
void option_unset(const struct option *options, void *values);

/* One fault for each needed option that is not there. */
void option_missing(const struct option *options, const void *values, struct buf *faults);

/* Appends every query option that was given: "?a=1&b=2" to a path without one, or with "&". */
void option_query(const struct option *options, const void *values, struct buf *path);

/* Writes every body option that was given as a member. */
void option_body(const struct option *options, const void *values, struct jsonw *w);

/* Appends `text` percent-encoded, so that it is one segment or one value. */
void option_encode(const char *text, struct buf *out);
