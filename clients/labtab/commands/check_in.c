#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    int64_t version;
};

static const struct option options[] = {
    VERSION_OPTION(struct options, version),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    return keyed_act(cli, "/v1/bookings/", "/check_in", in->version, booking_columns);
}

const struct command command_check_in = {
    .name = "check-in",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Say that somebody has come for a booking.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
