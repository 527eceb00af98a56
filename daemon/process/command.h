#pragma once
/* The command line of a role: the supervisor's own, and what it found out since. */

#include "base/attr.h"

#define COMMAND_ADDED_MAX 8

struct command {
    const char **argv; /* NULL-terminated */
    size_t count;
    char *added[COMMAND_ADDED_MAX];
    size_t added_count;
};

/* This program's file, the arguments of `argv` without its name, and --role. */
void command_init(struct command *command, int argc, char **argv, const char *role);
void command_fini(struct command *command);

/* Appends "name=value"; the last one of an option counts. */
void command_add(struct command *command, const char *name, const char *value);
/* The port that is held for the role, to be shared with the holder. */
void command_add_port(struct command *command, int port);

const char *const *command_argv(const struct command *command);
