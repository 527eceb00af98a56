/* Disputes of charges: which there are, raising and deciding one. Decisions ask for the usage's
 * version. */

#include "commands.h"
#include "keyed.h"
#include "list.h"

static const struct column columns[] = {
    {"Usage", "usage", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Day", "service_day", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Billable", "billable_s", SHAPE_DURATION},
    {"Fee", "fee", SHAPE_COUNT},
    {"Raised", "raised_at", SHAPE_PLAIN},
    {"Because", "reason", SHAPE_PLAIN},
    {"Decided", "decided_at", SHAPE_PLAIN},
    {"Decision", "decision", SHAPE_PLAIN},
    COLUMN_END,
};

/* ---------------------------------------------------------------- which there are */

struct filter {
    struct list_options list;
    const char *firm;
    int status;
};

static const char *const status_names[] = {"open", "upheld", "denied", NULL};

static const struct option filters[] = {
    LIST_OPTIONS(struct filter),
    OPTION_TEXT(struct filter, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_ENUM(struct filter, status, "status", OPTION_QUERY, "status", status_names,
                "Only in this status."),
    OPTION_END,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/disputes", columns);
}

const struct command command_disputes = {
    .name = "disputes",
    .arguments = "",
    .summary = "Charges that were disputed, newest first.",
    .options = filters,
    .options_size = sizeof(struct filter),
    .run = run_list,
};

/* ---------------------------------------------------------------- raising */

struct raise {
    struct keyed_options keyed;
    const char *reason;
};

static const struct option raise_options[] = {
    OPTION_TEXT(struct raise, reason, "reason", OPTION_BODY, "reason", OPTION_NEEDED,
                "What is wrong with the charge."),
    KEYED_OPTIONS(struct raise),
    OPTION_END,
};

static int run_raise(struct cli *cli)
{
    struct remote_reply reply;
    int result = keyed_send(cli, call_path(cli, "/v1/usage/", "/dispute"),
                            call_body(cli, NULL, NULL), NULL, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_dispute = {
    .name = "dispute",
    .arguments = "USAGE",
    .least = 1,
    .most = 1,
    .summary = "Dispute a charge before it is billed.",
    .options = raise_options,
    .options_size = sizeof(struct raise),
    .check = keyed_check,
    .run = run_raise,
};

/* ---------------------------------------------------------------- deciding */

struct decide {
    struct keyed_options keyed;
    int64_t version;
    bool uphold, deny;
    const char *reason;
    int64_t seconds, fee;
};

static const struct option decide_options[] = {
    OPTION_SWITCH(struct decide, uphold, "uphold",
                  "The charge is wrong: --seconds or --fee is what is right."),
    OPTION_SWITCH(struct decide, deny, "deny", "The charge stays as it is."),
    OPTION_TEXT(struct decide, reason, "reason", OPTION_BODY, "reason", OPTION_NEEDED,
                "Why: the firm is told."),
    OPTION_INT(struct decide, seconds, "seconds", OPTION_BODY, "billable_s", 0, INT32_MAX, NULL,
               "seconds", "Upheld, of a use: the time that is right."),
    OPTION_INT(struct decide, fee, "fee", OPTION_BODY, "fee", 0, INT64_MAX, NULL, "amount",
               "Upheld, of an absence: the fee that is right, in the currency's smallest unit."),
    VERSION_OPTION(struct decide, version),
    KEYED_OPTIONS(struct decide),
    OPTION_END,
};

static void check_decide(const struct cli *cli, struct buf *faults)
{
    const struct decide *in = cli->options;
    keyed_check(cli, faults);
    if (in->uphold == in->deny)
        buf_puts(faults, "uphold: one of --uphold and --deny is needed\n");
}

static int run_decide(struct cli *cli)
{
    const struct decide *in = cli->options;
    const char *outcome = in->uphold ? "upheld" : "denied";
    const char *path = call_path(cli, "/v1/usage/", "/dispute/decide"), *tag;
    struct remote_reply reply;
    int result = keyed_tag(cli, call_path(cli, "/v1/usage/", ""), in->version, &tag);
    if (result == EXIT_DONE)
        result = keyed_send(cli, path, call_body(cli, "outcome", outcome), tag, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_decide = {
    .name = "decide",
    .arguments = "USAGE",
    .least = 1,
    .most = 1,
    .summary = "Decide the dispute of a charge.",
    .options = decide_options,
    .options_size = sizeof(struct decide),
    .check = check_decide,
    .run = run_decide,
};
