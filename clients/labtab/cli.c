#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "call.h"
#include "remote.h"

/* Nothing that is aligned in a struct wants more. */
#define VALUES_SHIFT ((sizeof(struct common) + 15) & ~(size_t)15)

/* ---------------------------------------------------------------- which command */

static bool takes_value(const char *arg)
{
    for (const struct conf_option *row = common_table; row->type != CT_END; row++) {
        if (!strncmp(arg, "--", 2) && !strcmp(arg + 2, row->name))
            return row->type != CT_BOOL;
    }
    return false;
}

/* Index of the first argument from `from` on that is neither a common option nor its value; `argc`
 * when there is none. */
static int next_word(int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0')
            return i;
        if (takes_value(argv[i]))
            i++;
    }
    return argc;
}

static bool is_group(const char *word)
{
    size_t len = strlen(word);
    for (const struct command *const *row = command_table; *row; row++) {
        if (!strncmp((*row)->name, word, len) && (*row)->name[len] == ' ')
            return true;
    }
    return false;
}

const struct command *cli_find(const char *first, const char *second, int *ret_words,
                               struct buf *faults)
{
    struct buf name = {0};
    const struct command *found = NULL;
    *ret_words = is_group(first) ? 2 : 1;
    buf_puts(&name, first);
    if (*ret_words == 2 && second)
        buf_printf(&name, " %s", second);
    for (const struct command *const *row = command_table; *row && !found; row++)
        found = strcmp((*row)->name, name.data) == 0 ? *row : NULL;
    if (!found && *ret_words == 2 && !second)
        buf_printf(faults, "%s: which one? See labtab --help\n", name.data);
    else if (!found)
        buf_printf(faults, "%s: there is no such command\n", name.data);
    buf_fini(&name);
    return found;
}

static void remove_word(int *argc, char **argv, int at)
{
    memmove(argv + at, argv + at + 1, (size_t)(*argc - at - 1) * sizeof(*argv));
    (*argc)--;
}

/* Takes the command's words out of the arguments. NULL: there is none, with a fault if a word
 * looked like one. */
static const struct command *take_command(int *argc, char **argv, struct buf *faults)
{
    int words, at = next_word(*argc, argv, 0);
    if (at >= *argc)
        return NULL;
    int second = next_word(*argc, argv, at + 1);
    const struct command *command =
        cli_find(argv[at], second < *argc ? argv[second] : NULL, &words, faults);
    if (command && words == 2)
        remove_word(argc, argv, second);
    if (command)
        remove_word(argc, argv, at);
    return command;
}

/* ---------------------------------------------------------------- help */

void cli_overview(struct buf *out)
{
    buf_puts(out, "Usage: labtab COMMAND [options]\n\nCommands:\n");
    for (const struct command *const *row = command_table; *row; row++)
        buf_printf(out, "  %-20s  %s\n", (*row)->name, (*row)->summary);
    buf_puts(out, "\nOptions of all commands:\n");
    conf_help(common_table, out);
    buf_puts(out, "\nExit codes:\n"
                  "  0  done\n"
                  "  1  refused by the server: the same again will not do\n"
                  "  2  bad usage: nothing was sent\n"
                  "  3  server or network trouble: may be repeated\n"
                  "  4  something unexpected\n"
                  "\n\"labtab COMMAND --help\" prints a command's own options.\n");
}

void cli_help(const struct command *command, struct buf *out)
{
    struct arena *arena = arena_new();
    const char *blank = *command->arguments ? " " : "";
    buf_printf(out, "Usage: labtab %s%s%s [options]\n\n%s\n", command->name, blank,
               command->arguments, command->summary);
    if (command->options) {
        buf_puts(out, "\nOptions:\n");
        conf_help(option_rows(command->options, arena), out);
    }
    buf_puts(out, "\nOptions of all commands:\n");
    conf_help(option_others(common_table, command->options, arena), out);
    arena_free(arena);
}

static int print_help(const struct command *command)
{
    struct buf out = {0};
    if (command)
        cli_help(command, &out);
    else
        cli_overview(&out);
    int result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

/* ---------------------------------------------------------------- what it is told */

static void check_arguments(const struct cli *cli, struct buf *faults)
{
    const struct command *command = cli->command;
    if (cli->argc < command->least)
        buf_printf(faults, "%s is needed\n", command->arguments);
    for (int i = command->most; i < cli->argc; i++)
        buf_printf(faults, "\"%s\": not expected here\n", cli->argv[i]);
    for (int i = 0; i < cli->argc && i < command->most; i++) {
        if (cli->argv[i][0] == '\0')
            buf_printf(faults, "%s: is empty\n", command->arguments);
    }
    option_missing(command->options, cli->options, faults);
    if (command->check && cli->argc >= command->least)
        command->check(cli, faults);
}

/* What is sent is UTF-8. */
static void check_encoding(int argc, char **argv, struct buf *faults)
{
    for (int i = 0; i < argc; i++) {
        if (!utf8_is_valid(str_of(argv[i])))
            buf_printf(faults, "argument %d is not UTF-8\n", i + 1);
    }
}

/* Reads the options of all commands and those of `cli->command`; 0, or 1 with faults. */
static int read_options(struct cli *cli, int argc, char **argv, struct common **ret,
                        struct buf *faults)
{
    const struct option *own = cli->command ? cli->command->options : NULL;
    size_t own_size = cli->command ? cli->command->options_size : 0;
    unsigned char *values = arena_alloc(cli->arena, VALUES_SHIFT + own_size);
    struct conf_option *rows = option_join(common_table, own, VALUES_SHIFT, cli->arena);
    conf_defaults(rows, values);
    option_unset(own, values + VALUES_SHIFT);
    check_encoding(argc, argv, faults);
    *ret = (struct common *)(void *)values;
    cli->argv = argv;
    cli->options = values + VALUES_SHIFT;
    cli->common = *ret;
    return conf_args(rows, argc, argv, values, &cli->argc, faults);
}

/* ---------------------------------------------------------------- running it */

static int bad_usage(const struct command *command, struct buf *faults)
{
    struct str rest = buf_view(faults), line;
    while (str_cut(&rest, '\n', &line)) {
        if (line.len > 0)
            call_say(STR_FMT, STR_ARG(line));
    }
    call_say("see labtab %s%s--help", command ? command->name : "", command ? " " : "");
    return EXIT_BAD_USAGE;
}

static int run_command(struct cli *cli)
{
    const struct common *common = cli->common;
    if (cli->command->is_local)
        return cli->command->run(cli);
    cli->remote =
        remote_new(common->url, common->token, common_language(common), common->timeout_s);
    int result = cli->command->run(cli);
    remote_free(cli->remote);
    return result;
}

static int run_with(struct cli *cli, int argc, char **argv, struct buf *faults)
{
    cli->command = take_command(&argc, argv, faults);
    if (faults->len > 0)
        return bad_usage(NULL, faults);
    struct common *common;
    bool is_read = read_options(cli, argc, argv, &common, faults) == 0;
    if (is_read && common->help)
        return print_help(cli->command);
    if (is_read && common->version)
        return call_print(STR("labtab " LABTAB_VERSION "\n"));
    if (!cli->command) {
        buf_puts(faults, "a command is needed\n");
        return bad_usage(NULL, faults);
    }
    check_arguments(cli, faults);
    if (!cli->command->is_local)
        common_complete(common, cli->arena, faults);
    return faults->len > 0 ? bad_usage(cli->command, faults) : run_command(cli);
}

int cli_run(int argc, char **argv)
{
    struct cli cli = {.arena = arena_new()};
    struct buf faults = {0};
    signal(SIGPIPE, SIG_IGN);
    int result = run_with(&cli, argc - 1, argv + 1, &faults);
    buf_fini(&faults);
    arena_free(cli.arena);
    return result;
}
