#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
    const char *resource, *firm, *from, *to;
    int status;
};

static const char *const status_names[] = {"offered",  "pending",   "confirmed", "started",
                                           "finished", "cancelled", "missed",    NULL};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_TEXT(struct options, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only of this resource (code or id)."),
    OPTION_TEXT(struct options, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_ENUM(struct options, status, "status", OPTION_QUERY, "status", status_names,
                "Only in this status."),
    OPTION_TEXT(struct options, from, "from", OPTION_QUERY, "from", OPTION_FREE,
                "Only those that start at or after this instant."),
    OPTION_TEXT(struct options, to, "to", OPTION_QUERY, "to", OPTION_FREE,
                "Only those that start before this instant."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Booking", "id", SHAPE_PLAIN},           {"Status", "status", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},    {"Firm", "firm", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},          {"End", "end", SHAPE_PLAIN},
    {"Price", "price", SHAPE_AMOUNT},         {"Support", "support", SHAPE_AMOUNT},
    {"Own share", "own_share", SHAPE_AMOUNT}, COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/bookings", columns);
}

const struct command command_bookings = {
    .name = "bookings",
    .arguments = "",
    .summary = "Bookings by start.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
