#include "commands.h"
#include "list.h"

struct options {
    const char *from, *to;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, from, "from", OPTION_QUERY, "from", OPTION_NEEDED,
                "Start of the part to show, as 2026-11-24T00:00:00+09:00."),
    OPTION_TEXT(struct options, to, "to", OPTION_QUERY, "to", OPTION_NEEDED,
                "End of the part to show."),
    OPTION_END,
};

static const struct column open_columns[] = {
    {"Open from", "start", SHAPE_PLAIN},
    {"Open until", "end", SHAPE_PLAIN},
    COLUMN_END,
};

static const struct column taken_columns[] = {
    {"Taken from", "start", SHAPE_PLAIN},
    {"Taken until", "end", SHAPE_PLAIN},
    {"Unit", "unit", SHAPE_PLAIN},
    {"By", "reason", SHAPE_PLAIN},
    COLUMN_END,
};

static void put_part(const struct json *calendar, const char *key, const struct column *columns,
                     struct arena *arena, struct buf *out)
{
    struct view view;
    const struct json *rows = json_get(calendar, key);
    view_init(&view, columns, arena);
    view_rows(&view, rows && json_type(rows) == JSON_ARRAY ? rows : NULL, SIZE_MAX, 0, out);
}

static int show(struct cli *cli, const struct remote_reply *reply)
{
    const struct json *calendar;
    struct buf out = {0};
    int result = call_parse(reply, cli->arena, &calendar);
    if (result)
        return result;
    put_part(calendar, "open", open_columns, cli->arena, &out);
    buf_putc(&out, '\n');
    put_part(calendar, "items", taken_columns, cli->arena, &out);
    result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

static int run(struct cli *cli)
{
    struct remote_reply reply;
    struct buf path = {0};
    buf_puts(&path, call_path(cli, "/v1/resources/", "/calendar"));
    option_query(options, cli->options, &path);
    int result = call_get(cli, cli->arena, path.data, &reply);
    buf_fini(&path);
    if (result)
        return result;
    return cli->common->json ? call_print_raw(&reply) : show(cli, &reply);
}

const struct command command_calendar = {
    .name = "calendar",
    .arguments = "RESOURCE",
    .least = 1,
    .most = 1,
    .summary = "When a resource is open, and when it is taken.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
