#include "call.h"
#include "commands.h"

static int run(struct cli *cli)
{
    struct buf out = {0}, faults = {0};
    const struct command *command = NULL;
    int words;
    if (cli->argc > 0)
        command = cli_find(cli->argv[0], cli->argc > 1 ? cli->argv[1] : NULL, &words, &faults);
    if (faults.len > 0)
        call_say(STR_FMT, (int)faults.len - 1, faults.data);
    else if (command)
        cli_help(command, &out);
    else
        cli_overview(&out);
    int result = faults.len > 0 ? EXIT_BAD_USAGE : call_print(buf_view(&out));
    buf_fini(&out);
    buf_fini(&faults);
    return result;
}

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .most = 2,
    .summary = "This list, or the help of one command.",
    .is_local = true,
    .run = run,
};
