#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Code", "code", SHAPE_PLAIN},
    {"Name", "name", SHAPE_PLAIN},
    {"Registration", "registration_number", SHAPE_PLAIN},
    {"Blocked", "is_blocked", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/firms", columns);
}

const struct command command_firms = {
    .name = "firms",
    .arguments = "",
    .summary = "Firms.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run,
};
