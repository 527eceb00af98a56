#include "call.h"
#include "commands.h"
#include "file.h"

static const struct column columns[] = {
    {"Created", "created", SHAPE_COUNT},
    {"Changed", "changed", SHAPE_COUNT},
    {"Removed", "removed", SHAPE_COUNT},
    {"Unchanged", "unchanged", SHAPE_COUNT},
    {"Site", "site_id", SHAPE_PLAIN},
    {"Catalogue", "catalogue_version", SHAPE_PLAIN},
    COLUMN_END,
};

static int run(struct cli *cli)
{
    struct remote_request request = {.method = "PUT", .path = "/v1/site_file"};
    struct remote_reply reply;
    struct buf fault = {0};
    int result = EXIT_BAD_USAGE;
    if (file_read(cli->argv[0], REMOTE_BODY_MAX, cli->arena, &request.body, &fault))
        call_say(STR_FMT, (int)fault.len - 1, fault.data);
    else
        result = call_send(cli, cli->arena, &request, &reply);
    buf_fini(&fault);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_apply = {
    .name = "apply",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .summary = "Apply a site file (-: standard input): whole, or not at all with every fault.",
    .run = run,
};
