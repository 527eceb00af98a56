/* Outages: taking a resource, or the whole site, out of use. */

#include "commands.h"
#include "keyed.h"
#include "list.h"

static const struct column columns[] = {
    {"Outage", "id", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Title", "title", SHAPE_PLAIN},
    {"Site", "site", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},
    {"End", "end", SHAPE_PLAIN},
    {"Series", "series_id", SHAPE_PLAIN},
    {"Ended", "ended_at", SHAPE_PLAIN},
    {"Version", "version", SHAPE_PLAIN},
    COLUMN_END,
};

static const struct column made_columns[] = {
    {"Outage", "id", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Title", "title", SHAPE_PLAIN},
    {"Site", "site", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},
    {"End", "end", SHAPE_PLAIN},
    {"All of them", "outages", SHAPE_PLAIN},
    {"Bookings cancelled", "cancelled", SHAPE_WORDS},
    COLUMN_END,
};

static const char *const kind_names[] = {"maintenance", "closure", "fault", NULL};

/* ---------------------------------------------------------------- making */

struct plan {
    struct keyed_options keyed;
    const char *resource, *site, *title, *start, *end, *rule, *except, *reason;
    int kind;
    bool force;
};

static const struct option plan_options[] = {
    OPTION_TEXT(struct plan, resource, "resource", OPTION_BODY, "resource", OPTION_FREE,
                "Code or id of the resource; the whole site when absent."),
    OPTION_TEXT(struct plan, site, "site", OPTION_BODY, "site", OPTION_FREE,
                "Which site, where there are several."),
    OPTION_ENUM(struct plan, kind, "kind", OPTION_BODY, "kind", kind_names,
                "What kind of outage; needed."),
    OPTION_TEXT(struct plan, title, "title", OPTION_BODY, "title", OPTION_NEEDED,
                "What it is; everybody sees it."),
    OPTION_TEXT(struct plan, start, "start", OPTION_BODY, "start", OPTION_NEEDED,
                "From when, as 2026-11-24T10:00:00+09:00."),
    OPTION_TEXT(struct plan, end, "end", OPTION_BODY, "end", OPTION_NEEDED, "Until when."),
    OPTION_TEXT(struct plan, rule, "rule", OPTION_BODY, "rrule", OPTION_FREE,
                "Again and again, by an RFC 5545 rule as FREQ=MONTHLY;BYDAY=1MO;COUNT=6."),
    OPTION_TEXT(struct plan, except, "except", OPTION_BODY_LIST, "exdates", OPTION_FREE,
                "Dates or starts that are left out, with commas between them."),
    OPTION_FLAG(struct plan, force, "force", OPTION_BODY, "force",
                "Cancel the bookings in the way, free of charge."),
    OPTION_TEXT(struct plan, reason, "reason", OPTION_BODY, "reason", OPTION_FREE,
                "What their firms are told; the title when absent."),
    KEYED_OPTIONS(struct plan),
    OPTION_END,
};

static int run_plan(struct cli *cli)
{
    struct remote_reply reply;
    int result = keyed_send(cli, "/v1/outages", call_body(cli, NULL, NULL), NULL, &reply);
    return result ? result : call_show(cli, &reply, made_columns);
}

const struct command command_outage_plan = {
    .name = "outage plan",
    .arguments = "",
    .summary = "Take a resource, or the whole site, out of use.",
    .options = plan_options,
    .options_size = sizeof(struct plan),
    .check = keyed_check,
    .run = run_plan,
};

/* ---------------------------------------------------------------- reading */

struct filter {
    struct list_options list;
    const char *resource, *series, *from, *to;
    int kind;
};

static const struct option filters[] = {
    LIST_OPTIONS(struct filter),
    OPTION_TEXT(struct filter, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only what concerns this resource (code or id)."),
    OPTION_TEXT(struct filter, series, "series", OPTION_QUERY, "series", OPTION_FREE,
                "Only those that were made together."),
    OPTION_ENUM(struct filter, kind, "kind", OPTION_QUERY, "kind", kind_names,
                "Only of this kind."),
    OPTION_TEXT(struct filter, from, "from", OPTION_QUERY, "from", OPTION_FREE,
                "Only those that end after this instant."),
    OPTION_TEXT(struct filter, to, "to", OPTION_QUERY, "to", OPTION_FREE,
                "Only those that start before this instant."),
    OPTION_END,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/outages", columns);
}

const struct command command_outage_list = {
    .name = "outage list",
    .arguments = "",
    .summary = "Outages by start.",
    .options = filters,
    .options_size = sizeof(struct filter),
    .run = run_list,
};

static int run_show(struct cli *cli)
{
    return call_get_show(cli, call_path(cli, "/v1/outages/", ""), columns);
}

const struct command command_outage_show = {
    .name = "outage show",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "One outage.",
    .run = run_show,
};

/* ---------------------------------------------------------------- ending */

struct end {
    struct keyed_options keyed;
    int64_t version;
    const char *at;
    bool following;
};

static const struct option end_options[] = {
    OPTION_TEXT(struct end, at, "at", OPTION_BODY, "at", OPTION_FREE,
                "From when it is over; now when absent."),
    OPTION_FLAG(struct end, following, "following", OPTION_BODY, "following",
                "Those of its series that come later, too."),
    VERSION_OPTION(struct end, version),
    KEYED_OPTIONS(struct end),
    OPTION_END,
};

static int run_end(struct cli *cli)
{
    const struct end *in = cli->options;
    return keyed_act(cli, "/v1/outages/", "/end", in->version, columns);
}

const struct command command_outage_end = {
    .name = "outage end",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "End an outage before its time, or call it off.",
    .options = end_options,
    .options_size = sizeof(struct end),
    .check = keyed_check,
    .run = run_end,
};
