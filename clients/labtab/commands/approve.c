#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    int64_t version;
    const char *reason;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, reason, "reason", OPTION_BODY, "reason", OPTION_FREE, "Why."),
    VERSION_OPTION(struct options, version),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    return keyed_act(cli, "/v1/bookings/", "/approve", in->version, booking_columns);
}

const struct command command_approve = {
    .name = "approve",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Agree to a pending booking.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
