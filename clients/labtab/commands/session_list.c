#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
    const char *resource, *firm, *booking, *from, *to;
    bool forgotten;
};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_TEXT(struct options, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only of this resource (code or id)."),
    OPTION_TEXT(struct options, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_TEXT(struct options, booking, "booking", OPTION_QUERY, "booking", OPTION_FREE,
                "Only of this booking."),
    OPTION_TEXT(struct options, from, "from", OPTION_QUERY, "from", OPTION_FREE,
                "Only those started at or after this instant."),
    OPTION_TEXT(struct options, to, "to", OPTION_QUERY, "to", OPTION_FREE,
                "Only those started before this instant."),
    OPTION_FLAG(struct options, forgotten, "forgotten", OPTION_QUERY, "forgotten",
                "Only those that nobody has closed yet although they should be."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Session", "id", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Technician", "technician", SHAPE_PLAIN},
    {"Started", "started_at", SHAPE_PLAIN},
    {"Finished", "finished_at", SHAPE_PLAIN},
    {"Samples", "sample_count", SHAPE_COUNT},
    {"Staff time", "operator_s", SHAPE_DURATION},
    {"Outcome", "outcome", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/sessions", columns);
}

const struct command command_session_list = {
    .name = "session list",
    .arguments = "",
    .summary = "Sessions, newest first.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
