#include "commands.h"
#include "list.h"

#define RESOURCES_MAX 20

struct options {
    const char *with, *from, *to, *configuration;
    bool joint;
    int mode;
    int64_t duration_s, limit;
};

static const char *const mode_names[] = {"self", "assisted", "commissioned", NULL};

static const struct option options[] = {
    OPTION_DURATION(struct options, duration_s, "duration", OPTION_QUERY, "duration_s", 1, 2678400,
                    NULL, "How long; whole free spans when absent."),
    OPTION_TEXT(struct options, with, "with", OPTION_QUERY, "with", OPTION_FREE,
                "Further resources that have to be free too, with commas between them."),
    OPTION_FLAG(struct options, joint, "joint", OPTION_QUERY, "joint",
                "All the resources at the same time, instead of each by itself."),
    OPTION_TEXT(struct options, from, "from", OPTION_QUERY, "from", OPTION_FREE,
                "The first start, as 2026-11-24T10:00:00+09:00; now when absent."),
    OPTION_TEXT(struct options, to, "to", OPTION_QUERY, "to", OPTION_FREE,
                "By when it has to end; 60 days later when absent."),
    OPTION_ENUM(struct options, mode, "mode", OPTION_QUERY, "mode", mode_names,
                "Who works at the instrument: assisted takes an operator too."),
    OPTION_TEXT(struct options, configuration, "configuration", OPTION_QUERY, "configuration",
                OPTION_FREE, "One of the resource's configurations, where it has some."),
    OPTION_INT(struct options, limit, "limit", OPTION_QUERY, "limit", 1, 100, NULL, "slots",
               "Most slots of each, 5 when absent."),
    OPTION_END,
};

static const struct column slot_columns[] = {
    {"Free from", "start", SHAPE_PLAIN},
    {"Free until", "end", SHAPE_PLAIN},
    COLUMN_END,
};

/* ---------------------------------------------------------------- request and reply */

static void put_path(const struct cli *cli, struct buf *path)
{
    buf_puts(path, "/v1/availability?resource=");
    for (int i = 0; i < cli->argc; i++) {
        if (i > 0)
            buf_putc(path, ',');
        option_encode(cli->argv[i], path);
    }
    option_query(options, cli->options, path);
}

/* What is free together, and its slots. */
static void put_item(const struct json *item, struct arena *arena, struct buf *out)
{
    static const struct column names = {NULL, "resources", SHAPE_WORDS};
    struct view view;
    const struct json *slots = json_get(item, "slots");
    view_value(&names, item, (struct str){NULL, 0}, out);
    buf_putc(out, '\n');
    view_init(&view, slot_columns, arena);
    if (slots && json_type(slots) == JSON_ARRAY && json_count(slots) > 0)
        view_rows(&view, slots, SIZE_MAX, 2, out);
    else
        buf_puts(out, "  nothing in this time\n");
}

static int show(struct cli *cli, const struct remote_reply *reply)
{
    const struct json *object, *items;
    struct buf out = {0};
    int result = call_parse(reply, cli->arena, &object);
    if (result)
        return result;
    items = json_get(object, "items");
    for (const struct json *item = items ? json_first(items) : NULL; item; item = json_next(item))
        put_item(item, cli->arena, &out);
    result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

static int run(struct cli *cli)
{
    struct remote_reply reply;
    struct buf path = {0};
    put_path(cli, &path);
    int result = call_get(cli, cli->arena, path.data, &reply);
    buf_fini(&path);
    if (result)
        return result;
    return cli->common->json ? call_print_raw(&reply) : show(cli, &reply);
}

const struct command command_free = {
    .name = "free",
    .arguments = "RESOURCE...",
    .least = 1,
    .most = RESOURCES_MAX,
    .summary = "When resources are free next, each by itself or all together.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
