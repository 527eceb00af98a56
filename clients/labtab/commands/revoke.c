#include "call.h"
#include "columns.h"
#include "commands.h"

static int run(struct cli *cli)
{
    struct remote_reply reply;
    const struct remote_request request = {
        .method = "POST",
        .path = call_path(cli, "/v1/tokens/", "/revoke"),
    };
    int result = call_send(cli, cli->arena, &request, &reply);
    return result ? result : call_show(cli, &reply, token_columns);
}

const struct command command_revoke = {
    .name = "revoke",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Revoke a token, now and for ever.",
    .run = run,
};
