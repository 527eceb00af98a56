/* Calendars to subscribe to: making, listing, revoking them. */

#include "commands.h"
#include "list.h"

static const struct column columns[] = {
    {"Feed", "id", SHAPE_PLAIN},
    {"Kind", "kind", SHAPE_PLAIN},
    {"Of", "object", SHAPE_PLAIN},
    {"Label", "label", SHAPE_PLAIN},
    {"By", "created_by", SHAPE_PLAIN},
    {"Made", "created_at", SHAPE_PLAIN},
    {"Revoked", "revoked_at", SHAPE_PLAIN},
    COLUMN_END,
};

static const struct column made_columns[] = {
    {"Feed", "id", SHAPE_PLAIN},     {"Kind", "kind", SHAPE_PLAIN},   {"Of", "object", SHAPE_PLAIN},
    {"Label", "label", SHAPE_PLAIN}, {"Address", "url", SHAPE_PLAIN}, COLUMN_END,
};

struct make {
    const char *object, *label;
    int kind;
};

static const char *const kind_names[] = {"resource", "firm", "person", NULL};

static const struct option make_options[] = {
    OPTION_ENUM(struct make, kind, "kind", OPTION_BODY, "kind", kind_names,
                "What takes a resource, a firm's bookings, or one's own; needed."),
    OPTION_TEXT(struct make, object, "object", OPTION_BODY, "object", OPTION_FREE,
                "Code or id of the resource, or from staff of the firm."),
    OPTION_TEXT(struct make, label, "label", OPTION_BODY, "label", OPTION_NEEDED,
                "Its name, as calendars show it."),
    OPTION_END,
};

static int run_make(struct cli *cli)
{
    struct remote_reply reply;
    const struct remote_request request = {
        .method = "POST",
        .path = "/v1/feeds",
        .body = call_body(cli, NULL, NULL),
    };
    int result = call_send(cli, cli->arena, &request, &reply);
    return result ? result : call_show(cli, &reply, made_columns);
}

const struct command command_feed_make = {
    .name = "feed make",
    .arguments = "",
    .summary = "Make a calendar to subscribe to; its address is shown this once.",
    .options = make_options,
    .options_size = sizeof(struct make),
    .run = run_make,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/feeds", columns);
}

const struct command command_feed_list = {
    .name = "feed list",
    .arguments = "",
    .summary = "Calendars to subscribe to, oldest first.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run_list,
};

static int run_revoke(struct cli *cli)
{
    struct remote_reply reply;
    const struct remote_request request = {
        .method = "POST",
        .path = call_path(cli, "/v1/feeds/", "/revoke"),
    };
    int result = call_send(cli, cli->arena, &request, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_feed_revoke = {
    .name = "feed revoke",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Revoke a calendar's address, now and for ever.",
    .run = run_revoke,
};
