#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Code", "code", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Name", "name", SHAPE_PLAIN},
    {"Name in English", "name_en", SHAPE_PLAIN},
    {"Site", "site", SHAPE_PLAIN},
    {"Capacity", "capacity", SHAPE_COUNT},
    {"Billed time", "charge_basis", SHAPE_PLAIN},
    {"Active", "is_active", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/resources", columns);
}

const struct command command_resources = {
    .name = "resources",
    .arguments = "",
    .summary = "What can be booked.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run,
};
