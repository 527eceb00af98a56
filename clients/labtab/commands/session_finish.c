#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    int64_t version, samples, operator_s;
    int outcome;
    const char *notes;
};

static const char *const outcome_names[] = {"done", "partly", "failed", NULL};

static const struct option options[] = {
    OPTION_INT(struct options, samples, "samples", OPTION_BODY, "sample_count", 0, 1000000, NULL,
               NULL, "Samples worked on."),
    OPTION_DURATION(struct options, operator_s, "operator-time", OPTION_BODY, "operator_s", 0,
                    864000, NULL, "Time of the lab's staff."),
    OPTION_ENUM(struct options, outcome, "outcome", OPTION_BODY, "outcome", outcome_names,
                "How it went."),
    OPTION_TEXT(struct options, notes, "notes", OPTION_BODY, "notes", OPTION_FREE, "Free text."),
    VERSION_OPTION(struct options, version),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    return keyed_act(cli, "/v1/sessions/", "/finish", in->version, session_columns);
}

const struct command command_session_finish = {
    .name = "session finish",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Close a session.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
