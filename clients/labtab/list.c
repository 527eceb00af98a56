#include "list.h"

#include <string.h>

const struct option list_only[] = {
    LIST_OPTIONS(struct list_only),
    OPTION_END,
};

struct walk {
    struct cli *cli;
    struct view view;
    int64_t left; /* items still wanted */
};

/* As few pages as can be, of equal size, so that no item is fetched in vain. */
static int64_t page_size(const struct list_options *options)
{
    if (options->all)
        return LIST_PAGE_MAX;
    int64_t pages = (options->limit + LIST_PAGE_MAX - 1) / LIST_PAGE_MAX;
    return (options->limit + pages - 1) / pages;
}

static int parse_items(const struct remote_reply *reply, struct arena *arena,
                       const struct json **ret)
{
    const struct json *object;
    int result = call_parse(reply, arena, &object);
    if (result)
        return result;
    *ret = json_get(object, "items");
    if (*ret && json_type(*ret) == JSON_ARRAY)
        return EXIT_DONE;
    call_say("the reply has no list of items");
    return EXIT_STRANGE;
}

static int show_items(struct walk *walk, const struct remote_reply *reply, const struct json *items,
                      struct arena *arena)
{
    if (walk->cli->common->json)
        return call_print_raw(reply);
    struct buf out = {0};
    grid_move(&walk->view.grid, arena);
    view_rows(&walk->view, items, (size_t)walk->left, 0, &out);
    int result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

/* One page. *ret_next: the path of the one after it, in the page's arena, or NULL. */
static int show_page(struct walk *walk, const char *path, struct arena *arena,
                     const char **ret_next)
{
    struct remote_reply reply;
    const struct json *items = NULL;
    *ret_next = NULL;
    int result = call_get(walk->cli, arena, path, &reply);
    if (result == EXIT_DONE)
        result = parse_items(&reply, arena, &items);
    if (result == EXIT_DONE)
        result = show_items(walk, &reply, items, arena);
    if (result)
        return result;
    walk->left -= (int64_t)json_count(items);
    *ret_next = walk->left > 0 ? reply.next : NULL;
    if (!*ret_next || strcmp(*ret_next, path) != 0)
        return EXIT_DONE;
    call_say("the next page is the same page");
    return EXIT_STRANGE;
}

/* Each page has memory of its own, which is given back before the next but one. */
static int show_pages(struct walk *walk, const char *path)
{
    struct arena *now = arena_new(), *before = NULL;
    int result = EXIT_DONE;
    while (path && result == EXIT_DONE) {
        result = show_page(walk, path, now, &path);
        arena_free(before);
        before = now;
        now = arena_new();
    }
    arena_free(before);
    arena_free(now);
    return result;
}

int list_show(struct cli *cli, const char *path, const struct column *columns)
{
    const struct list_options *options = cli->options;
    struct walk walk = {
        .cli = cli,
        .left = options->all ? INT64_MAX : options->limit,
    };
    struct buf first = {0};
    buf_printf(&first, "%s?limit=%lld", path, (long long)page_size(options));
    option_query(cli->command->options, cli->options, &first);
    view_init(&walk.view, columns, cli->arena);
    int result = show_pages(&walk, first.data);
    buf_fini(&first);
    return result;
}

int list_whole(struct cli *cli, const char *path, const struct column *columns)
{
    struct walk walk = {.cli = cli, .left = INT64_MAX};
    const char *next;
    view_init(&walk.view, columns, cli->arena);
    return show_page(&walk, path, cli->arena, &next);
}
