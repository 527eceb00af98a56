#include "call.h"
#include "commands.h"
#include "link.h"

static void check(const struct cli *cli, struct buf *faults)
{
    if (!link_is_path(str_of(cli->argv[0])))
        buf_puts(faults, "PATH: begins with one /, and other characters than printable ASCII are "
                         "percent-encoded\n");
}

static int run(struct cli *cli)
{
    struct remote_reply reply;
    int result = call_get(cli, cli->arena, cli->argv[0], &reply);
    return result ? result : call_print_raw(&reply);
}

const struct command command_get = {
    .name = "get",
    .arguments = "PATH",
    .least = 1,
    .most = 1,
    .summary = "GET any path, printed as it came.",
    .check = check,
    .run = run,
};
