#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    int64_t version;
    const char *reason;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, reason, "reason", OPTION_BODY, "reason", OPTION_FREE,
                "Why: needed when staff cancel a firm's booking."),
    VERSION_OPTION(struct options, version),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    struct remote_reply reply;
    const char *tag;
    int result = keyed_tag(cli, call_path(cli, "/v1/bookings/", ""), in->version, &tag);
    if (result == EXIT_DONE)
        result = keyed_send(cli, call_path(cli, "/v1/bookings/", "/cancel"),
                            call_body(cli, NULL, NULL), tag, &reply);
    return result ? result : call_show(cli, &reply, booking_columns);
}

const struct command command_cancel = {
    .name = "cancel",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Cancel a booking.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
