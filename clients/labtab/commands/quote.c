#include "columns.h"
#include "commands.h"
#include "keyed.h"

struct options {
    struct keyed_options keyed;
    const char *start, *end, *with, *firm, *person, *configuration;
    int mode;
};

static const char *const mode_names[] = {"self", "assisted", "commissioned", NULL};

static const struct option options[] = {
    OPTION_TEXT(struct options, start, "start", OPTION_BODY, "start", OPTION_NEEDED,
                "First instant of use, as 2026-11-24T10:00:00+09:00."),
    OPTION_TEXT(struct options, end, "end", OPTION_BODY, "end", OPTION_NEEDED,
                "First instant after the use."),
    OPTION_TEXT(struct options, with, "with", OPTION_BODY_LIST, "with", OPTION_FREE,
                "Further resources for the same time, with commas between them."),
    OPTION_TEXT(struct options, firm, "firm", OPTION_BODY, "firm", OPTION_FREE,
                "Code or id of the firm: needed from staff, for others their own."),
    OPTION_TEXT(struct options, person, "person", OPTION_BODY, "person", OPTION_FREE,
                "Staff only: which of the firm's people it is for."),
    OPTION_ENUM(struct options, mode, "mode", OPTION_BODY, "mode", mode_names,
                "Who works at the instrument."),
    OPTION_TEXT(struct options, configuration, "configuration", OPTION_BODY, "configuration",
                OPTION_FREE, "One of the resource's configurations, where it has some."),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static int run(struct cli *cli)
{
    struct remote_reply reply;
    struct str body = call_body(cli, "resource", cli->argv[0]);
    int result = keyed_send(cli, "/v1/quotes", body, NULL, &reply);
    return result ? result : call_show(cli, &reply, quote_columns);
}

const struct command command_quote = {
    .name = "quote",
    .arguments = "RESOURCE",
    .least = 1,
    .most = 1,
    .summary = "Price a booking without making it.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
