#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    const char *booking, *resource, *firm;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, booking, "booking", OPTION_BODY, "booking", OPTION_FREE,
                "The booking whose use begins."),
    OPTION_TEXT(struct options, resource, "resource", OPTION_BODY, "resource", OPTION_FREE,
                "Without a booking: code or id of the resource."),
    OPTION_TEXT(struct options, firm, "firm", OPTION_BODY, "firm", OPTION_FREE,
                "Without a booking: code or id of the firm."),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    struct remote_reply reply;
    struct str body = call_body(cli, NULL, NULL);
    int result = keyed_send(cli, "/v1/sessions/start", body, NULL, &reply);
    return result ? result : call_show(cli, &reply, session_columns);
}

const struct command command_session_start = {
    .name = "session start",
    .arguments = "",
    .summary = "Open a session: for a booking, or for a firm that walked in.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
