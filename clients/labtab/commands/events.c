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

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/events", columns);
}

const struct command command_events = {
    .name = "events",
    .arguments = "",
    .summary = "What happened, oldest first.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
