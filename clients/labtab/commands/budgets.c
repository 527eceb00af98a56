#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Budget", "id", SHAPE_PLAIN},
    {"Programme", "programme", SHAPE_PLAIN},
    {"Funder", "funder", SHAPE_PLAIN},
    {"Year", "fiscal_year", SHAPE_PLAIN},
    {"Granted", "granted", SHAPE_COUNT},
    {"Held", "held", SHAPE_COUNT},
    {"Drawn", "drawn", SHAPE_COUNT},
    {"Balance", "balance", SHAPE_COUNT},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/budgets", columns);
}

const struct command command_budgets = {
    .name = "budgets",
    .arguments = "",
    .summary = "Budgets with what is left of them.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run,
};
