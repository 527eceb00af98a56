#include "call.h"
#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_END,
};

static const struct column columns[] = {
    {"Version", "version", SHAPE_PLAIN},
    {"What", "kind", SHAPE_PLAIN},
    {"At", "at", SHAPE_PLAIN},
    {"By", "person_id", SHAPE_PLAIN},
    {"Reason", "reason", SHAPE_PLAIN},
    {"Was", "was", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, call_path(cli, "/v1/bookings/", "/history"), columns);
}

const struct command command_history = {
    .name = "history",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "What a booking was before each of its changes, newest first.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
