#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    int64_t version;
    const char *start, *end, *with, *purpose, *configuration, *override_reason, *reason;
    int mode;
    bool dry_run;
};

static const char *const mode_names[] = {"self", "assisted", "commissioned", NULL};

static const struct option options[] = {
    OPTION_TEXT(struct options, start, "start", OPTION_BODY, "start", OPTION_FREE,
                "Another first instant of use."),
    OPTION_TEXT(struct options, end, "end", OPTION_BODY, "end", OPTION_FREE,
                "Another first instant after the use."),
    OPTION_TEXT(struct options, with, "with", OPTION_BODY_LIST, "with", OPTION_FREE,
                "Resources for the same time instead of those that it has, with commas between "
                "them."),
    OPTION_ENUM(struct options, mode, "mode", OPTION_BODY, "mode", mode_names,
                "Who works at the instrument."),
    OPTION_TEXT(struct options, purpose, "purpose", OPTION_BODY, "purpose", OPTION_FREE,
                "What for."),
    OPTION_TEXT(struct options, configuration, "configuration", OPTION_BODY, "configuration",
                OPTION_FREE, "Another configuration."),
    OPTION_TEXT(struct options, override_reason, "override-reason", OPTION_BODY, "override_reason",
                OPTION_FREE, "Staff only: although rules are broken, and why."),
    OPTION_TEXT(struct options, reason, "reason", OPTION_BODY, "reason", OPTION_FREE,
                "Why: needed when staff change a firm's booking."),
    OPTION_FLAG(struct options, dry_run, "dry-run", OPTION_QUERY, "dry_run",
                "Tell what would come of it, and store nothing."),
    VERSION_OPTION(struct options, version),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    return keyed_change(cli, "/v1/bookings/", in->version, booking_columns);
}

const struct command command_change = {
    .name = "change",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Change a booking, or learn of every rule that is in the way.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
