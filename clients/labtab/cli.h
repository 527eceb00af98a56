#pragma once
/* One run of labtab: which command, what it was told, and what it may use. A command is one row
 * (commands/<name>.c); commands/table.c lists the rows. */

#include "base/arena.h"
#include "common.h"
#include "option.h"

struct remote;

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,   /* the server said no (4xx): the same again will not do */
    EXIT_BAD_USAGE = 2, /* nothing was sent */
    EXIT_TROUBLE = 3,   /* 5xx, time-out, no connection: may be repeated */
    EXIT_STRANGE = 4,   /* a reply that makes no sense, or no place to write to */
};

struct cli {
    struct arena *arena; /* lives as long as the run */
    const struct command *command;
    const struct common *common;
    const void *options; /* the command's own struct, described by command->options */
    int argc;            /* positional arguments, without the command's name */
    char **argv;
    struct remote *remote; /* NULL for commands that are local */
};

struct command {
    const char *name;      /* one word, or group and word: "session start" */
    const char *arguments; /* positional ones, a word each, as the help shows them */
    int least, most;       /* how many of them */
    const char *summary;
    const struct option *options; /* or NULL */
    size_t options_size;
    bool is_local; /* asks no server */
    /* More faults of usage than the tables can tell; NULL: none. */
    void (*check)(const struct cli *cli, struct buf *faults);
    /* Prints what it did and returns an exit code. */
    int (*run)(struct cli *cli);
};

/* The whole program, from main()'s arguments to the exit code. */
int cli_run(int argc, char **argv);

extern const struct command *const command_table[]; /* NULL-terminated; commands/table.c */

/* The command of these words, or NULL with a line in `faults`; *ret_words = how many it took. */
const struct command *cli_find(const char *first, const char *second, int *ret_words,
                               struct buf *faults);

/* Writes the list of all commands / the help of one. */
void cli_overview(struct buf *out);
void cli_help(const struct command *command, struct buf *out);
