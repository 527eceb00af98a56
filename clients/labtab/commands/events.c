#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
    int64_t after;
};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_INT(struct options, after, "after", OPTION_QUERY, "after", 0, JSON_EXACT_MAX, "0", NULL,
               "Only events after this one: the last that was seen."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Event", "event", SHAPE_PLAIN},
    {"At", "at", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Object", "object", SHAPE_PLAIN},
    {"Data", "data", SHAPE_PLAIN},
    COLUMN_END,
};

/* The feed is continued by the last event seen, not by a link. */
static const char *next_page(struct cli *cli, const struct list_page *page, struct arena *arena)
{
    (void)cli;
    int64_t last = 0;
    if ((int64_t)json_count(page->items) < page->asked)
        return NULL;
    for (const struct json *event = json_first(page->items); event; event = json_next(event))
        last = view_int(event, "event");
    return arena_printf(arena, "/v1/events?limit=%lld&after=%lld", (long long)page->asked,
                        (long long)last);
}

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/events", columns, next_page);
}

const struct command command_events = {
    .name = "events",
    .arguments = "",
    .summary = "What happened, oldest first.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
