#include "call.h"
#include "commands.h"

static const struct column columns[] = {
    {"Tick", "tick", SHAPE_PLAIN},
    {"Done", "done_at", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    struct remote_reply reply;
    const struct remote_request request = {.method = "POST", .path = "/v1/dev/tick"};
    int result = call_send(cli, cli->arena, &request, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_dev_tick = {
    .name = "dev tick",
    .arguments = "",
    .summary = "Run all due jobs of a labtabd that runs with --dev, and wait for their end.",
    .run = run,
};
