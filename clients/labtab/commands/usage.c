#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
    const char *resource, *firm, *session, *from_day, *to_day;
    int status;
};

static const char *const status_names[] = {"ready", "held", "billed", NULL};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_TEXT(struct options, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only of this resource (code or id)."),
    OPTION_TEXT(struct options, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_TEXT(struct options, session, "session", OPTION_QUERY, "session", OPTION_FREE,
                "Only of this session."),
    OPTION_ENUM(struct options, status, "status", OPTION_QUERY, "status", status_names,
                "Only in this status."),
    OPTION_TEXT(struct options, from_day, "from-day", OPTION_QUERY, "from_day", OPTION_FREE,
                "Only from this local day on."),
    OPTION_TEXT(struct options, to_day, "to-day", OPTION_QUERY, "to_day", OPTION_FREE,
                "Only until this local day."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Usage", "id", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Held because", "held_reason", SHAPE_PLAIN},
    {"Disputed", "dispute", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Fee", "fee", SHAPE_COUNT},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Day", "service_day", SHAPE_PLAIN},
    {"Logged from", "logged_start", SHAPE_PLAIN},
    {"Logged to", "logged_end", SHAPE_PLAIN},
    {"Metered", "metered_s", SHAPE_DURATION},
    {"Unobserved", "unobserved_s", SHAPE_DURATION},
    {"Billable", "billable_s", SHAPE_DURATION},
    {"By", "charge_basis", SHAPE_PLAIN},
    {"Energy", "energy_wh", SHAPE_WH},
    {"Marks", "quality", SHAPE_WORDS},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/usage", columns);
}

const struct command command_usage = {
    .name = "usage",
    .arguments = "",
    .summary = "What is billed: bookings, sessions and runs reconciled; newest first.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
