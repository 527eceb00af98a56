#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    int64_t version;
    const char *reason;
    bool waive_fee;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, reason, "reason", OPTION_BODY, "reason", OPTION_FREE,
                "Why: needed when staff cancel a firm's booking."),
    OPTION_FLAG(struct options, waive_fee, "waive-fee", OPTION_BODY, "waive_fee",
                "Staff only: no fee, although it is late."),
    VERSION_OPTION(struct options, version),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    return keyed_act(cli, "/v1/bookings/", "/cancel", in->version, booking_columns);
}

const struct command command_cancel = {
    .name = "cancel",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Cancel a booking; late, for a fee.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
