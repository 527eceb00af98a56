#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Code", "code", SHAPE_PLAIN},
    {"Name", "name", SHAPE_PLAIN},
    {"Zone", "zone", SHAPE_PLAIN},
    {"Currency", "currency", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/sites", columns);
}

const struct command command_sites = {
    .name = "sites",
    .arguments = "",
    .summary = "The sites of this installation.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run,
};
