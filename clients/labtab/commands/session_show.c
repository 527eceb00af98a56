#include "call.h"
#include "columns.h"
#include "commands.h"

static int run(struct cli *cli)
{
    return call_get_show(cli, call_path(cli, "/v1/sessions/", ""), session_columns);
}

const struct command command_session_show = {
    .name = "session show",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "One session.",
    .run = run,
};
