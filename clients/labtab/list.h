#pragma once
/* Lists that come in pages. */

#include "call.h"

/* First member of a list command's options, and its rows. */
struct list_options {
    int64_t limit;
    bool all;
};

#define LIST_LIMIT_MAX 1000000

/* clang-format off */
#define LIST_OPTIONS(st) \
    OPTION_INT(st, list.limit, "limit", OPTION_HERE, NULL, 1, LIST_LIMIT_MAX, "100", "items", \
               "Most items; what a page does not hold comes in several of equal size."), \
    OPTION_SWITCH(st, list.all, "all", "All items, however many.")
/* clang-format on */

/* For lists without filters. */
struct list_only {
    struct list_options list;
};
extern const struct option list_only[];

/* Most items of one page: what the API allows. */
#define LIST_PAGE_MAX 500

/* Shows the list at `path` with the command's query options, page by page by the server's links. An
 * exit code. */
must_check int list_show(struct cli *cli, const char *path, const struct column *columns);

/* The same for what has one page only and no limit: a table of the reply's `items`. */
must_check int list_whole(struct cli *cli, const char *path, const struct column *columns);
