#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Entry", "entry", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Amount", "amount", SHAPE_COUNT},
    {"Firm", "firm", SHAPE_PLAIN},
    {"At", "at", SHAPE_PLAIN},
    {"Booking", "booking", SHAPE_PLAIN},
    {"Invoice line", "invoice_line", SHAPE_PLAIN},
    {"Note", "note", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, call_path(cli, "/v1/budgets/", "/entries"), columns);
}

const struct command command_budget = {
    .name = "budget",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "The entries of a budget, oldest first.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run,
};
