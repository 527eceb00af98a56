#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
    const char *firm, *month;
    int status;
};

static const char *const status_names[] = {"draft", "issued", "part_paid", "paid", NULL};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_TEXT(struct options, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_TEXT(struct options, month, "month", OPTION_QUERY, "month", OPTION_FREE,
                "Only of this month, as 2026-11."),
    OPTION_ENUM(struct options, status, "status", OPTION_QUERY, "status", status_names,
                "Only in this status."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Invoice", "id", SHAPE_PLAIN},
    {"Number", "number", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Month", "month", SHAPE_PLAIN},
    {"Dated", "dated", SHAPE_PLAIN},
    {"List price", "fee", SHAPE_AMOUNT},
    {"Support", "support", SHAPE_AMOUNT},
    {"Tax", "tax", SHAPE_AMOUNT},
    {"Total", "total", SHAPE_AMOUNT},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/invoices", columns);
}

const struct command command_invoices = {
    .name = "invoices",
    .arguments = "",
    .summary = "Invoices in order of issue.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
