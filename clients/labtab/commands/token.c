#include "call.h"
#include "columns.h"
#include "commands.h"

struct options {
    const char *label, *expires;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, label, "label", OPTION_BODY, "label", OPTION_NEEDED,
                "What the token is for."),
    OPTION_TEXT(struct options, expires, "expires", OPTION_BODY, "expires_at", OPTION_FREE,
                "Instant at which it ends by itself."),
    OPTION_END,
};

static int run(struct cli *cli)
{
    struct remote_reply reply;
    const struct remote_request request = {
        .method = "POST",
        .path = "/v1/tokens",
        .body = call_body(cli, "person", cli->argv[0]),
    };
    int result = call_send(cli, cli->arena, &request, &reply);
    return result ? result : call_show(cli, &reply, token_columns);
}

const struct command command_token = {
    .name = "token",
    .arguments = "PERSON",
    .least = 1,
    .most = 1,
    .summary = "Make a bearer token for a person; it is shown this once.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
