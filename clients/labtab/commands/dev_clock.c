#include "call.h"
#include "commands.h"

struct options {
    const char *now;
    int64_t rate;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, now, "now", OPTION_BODY, "now", OPTION_NEEDED,
                "Instant that every clock shows from now on."),
    OPTION_INT(struct options, rate, "rate", OPTION_BODY, "rate", 0, 86400, "1", NULL,
               "How fast it runs from there: 0 stands still, 60 is a minute a second."),
    OPTION_END,
};

static const struct column columns[] = {
    {"Now", "now", SHAPE_PLAIN},
    {"Rate", "rate", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    struct remote_reply reply;
    const struct remote_request request = {
        .method = "PUT",
        .path = "/v1/dev/clock",
        .body = call_body(cli, NULL, NULL),
    };
    int result = call_send(cli, cli->arena, &request, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_dev_clock = {
    .name = "dev clock",
    .arguments = "",
    .summary = "Set the clock of a labtabd that runs with --dev.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
