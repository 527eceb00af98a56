#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Code", "code", SHAPE_PLAIN},        {"Resource", "resource", SHAPE_PLAIN},
    {"Profile", "profile", SHAPE_PLAIN},  {"Host", "host", SHAPE_PLAIN},
    {"Port", "port", SHAPE_PLAIN},        {"Unit", "modbus_unit", SHAPE_PLAIN},
    {"Active", "is_active", SHAPE_PLAIN}, {"Last sample", "last_at", SHAPE_PLAIN},
    {"Power", "power_mw", SHAPE_MW},      {"Energy", "energy_mwh", SHAPE_MWH},
    {"Contact", "contact", SHAPE_PLAIN},  COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/meters", columns);
}

const struct command command_meters = {
    .name = "meters",
    .arguments = "",
    .summary = "Meters with their last readings.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run,
};
