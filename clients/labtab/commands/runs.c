#include "commands.h"
#include "list.h"

struct options {
    struct list_options list;
    const char *resource, *from, *to;
    int state;
};

static const char *const state_names[] = {"off", "idle", "run", "unknown", NULL};

static const struct option options[] = {
    LIST_OPTIONS(struct options),
    OPTION_TEXT(struct options, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only of this resource (code or id)."),
    OPTION_ENUM(struct options, state, "state", OPTION_QUERY, "state", state_names,
                "Only spans of this state."),
    OPTION_TEXT(struct options, from, "from", OPTION_QUERY, "from", OPTION_FREE,
                "Only those that end after this instant."),
    OPTION_TEXT(struct options, to, "to", OPTION_QUERY, "to", OPTION_FREE,
                "Only those that start before this instant."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Resource", "resource", SHAPE_PLAIN}, {"No.", "ordinal", SHAPE_COUNT},
    {"State", "state", SHAPE_PLAIN},       {"Start", "start", SHAPE_PLAIN},
    {"End", "end", SHAPE_PLAIN},           {"Energy", "energy_mwh", SHAPE_MWH},
    {"Marks", "quality", SHAPE_WORDS},     COLUMN_END,
};

static int run(struct cli *cli)
{
    return list_show(cli, "/v1/runs", columns);
}

const struct command command_runs = {
    .name = "runs",
    .arguments = "",
    .summary = "Spans of state as the meters saw them, newest first.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
