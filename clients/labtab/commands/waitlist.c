/* The waiting list: who waits; joining and leaving it. An offer is accepted or declined as the
 * booking that it is. */

#include "columns.h"
#include "commands.h"
#include "keyed.h"
#include "list.h"

static const struct column columns[] = {
    {"Entry", "id", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Along with it", "also", SHAPE_WORDS},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Earliest", "earliest", SHAPE_PLAIN},
    {"Latest", "latest", SHAPE_PLAIN},
    {"Length", "duration_s", SHAPE_DURATION},
    {"Booking", "booking", SHAPE_PLAIN},
    {"Offered from", "offer_start", SHAPE_PLAIN},
    {"Offered to", "offer_end", SHAPE_PLAIN},
    {"Held until", "offer_expires_at", SHAPE_PLAIN},
    {"Since", "created_at", SHAPE_PLAIN},
    COLUMN_END,
};

/* ---------------------------------------------------------------- who waits */

struct list_filter {
    struct list_options list;
    const char *resource, *firm;
    int status;
};

static const char *const status_names[] = {"waiting", "offered", "taken", "left", "expired", NULL};

static const struct option filters[] = {
    LIST_OPTIONS(struct list_filter),
    OPTION_TEXT(struct list_filter, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only for this resource (code or id)."),
    OPTION_TEXT(struct list_filter, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_ENUM(struct list_filter, status, "status", OPTION_QUERY, "status", status_names,
                "Only in this status."),
    OPTION_END,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/waitlist", columns);
}

const struct command command_waitlist_list = {
    .name = "waitlist list",
    .arguments = "",
    .summary = "Who waits, and who did: those that joined last first.",
    .options = filters,
    .options_size = sizeof(struct list_filter),
    .run = run_list,
};

/* ---------------------------------------------------------------- joining */

struct join {
    struct keyed_options keyed;
    const char *earliest, *latest, *with, *firm, *person, *purpose, *configuration;
    int64_t duration_s;
    int mode;
};

static const char *const mode_names[] = {"self", "assisted", "commissioned", NULL};

static const struct option join_options[] = {
    OPTION_TEXT(struct join, earliest, "earliest", OPTION_BODY, "earliest", OPTION_NEEDED,
                "First instant at which it may begin, as 2026-11-24T10:00:00+09:00."),
    OPTION_TEXT(struct join, latest, "latest", OPTION_BODY, "latest", OPTION_NEEDED,
                "Instant by which it has to end."),
    OPTION_DURATION(struct join, duration_s, "duration", OPTION_BODY, "duration_s", 1, 2678400,
                    NULL, "How long; all of that time when absent."),
    OPTION_TEXT(struct join, with, "with", OPTION_BODY_LIST, "with", OPTION_FREE,
                "Further resources for the same time, with commas between them."),
    OPTION_TEXT(struct join, firm, "firm", OPTION_BODY, "firm", OPTION_FREE,
                "Code or id of the firm: needed from staff, for others their own."),
    OPTION_TEXT(struct join, person, "person", OPTION_BODY, "person", OPTION_FREE,
                "Staff only: which of the firm's people waits."),
    OPTION_ENUM(struct join, mode, "mode", OPTION_BODY, "mode", mode_names,
                "Who works at the instrument."),
    OPTION_TEXT(struct join, purpose, "purpose", OPTION_BODY, "purpose", OPTION_FREE, "What for."),
    OPTION_TEXT(struct join, configuration, "configuration", OPTION_BODY, "configuration",
                OPTION_FREE, "One of the resource's configurations, where it has some."),
    KEYED_OPTIONS(struct join),
    OPTION_END,
};

static int run_join(struct cli *cli)
{
    struct remote_reply reply;
    struct str body = call_body(cli, "resource", cli->argv[0]);
    int result = keyed_send(cli, "/v1/waitlist", body, NULL, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_waitlist_join = {
    .name = "waitlist join",
    .arguments = "RESOURCE",
    .least = 1,
    .most = 1,
    .summary = "Wait for a slot, or for so much time between two instants.",
    .options = join_options,
    .options_size = sizeof(struct join),
    .check = keyed_check,
    .run = run_join,
};

/* ---------------------------------------------------------------- leaving */

struct leave {
    struct keyed_options keyed;
    int64_t version;
};

static const struct option leave_options[] = {
    VERSION_OPTION(struct leave, version),
    KEYED_OPTIONS(struct leave),
    OPTION_END,
};

static int run_leave(struct cli *cli)
{
    const struct leave *in = cli->options;
    return keyed_act(cli, "/v1/waitlist/", "/leave", in->version, columns);
}

const struct command command_waitlist_leave = {
    .name = "waitlist leave",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Wait no longer; an offer that is open is declined.",
    .options = leave_options,
    .options_size = sizeof(struct leave),
    .check = keyed_check,
    .run = run_leave,
};
