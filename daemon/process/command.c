#include "process/command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

/* This program's file, so that a role is the same program however it was found. */
static char *own_file(const char *fallback)
{
    struct buf path = {0};
    ssize_t len;

    buf_reserve(&path, 4096);
    len = readlink("/proc/self/exe", path.data, 4095);
    if (len > 0) {
        path.len = (size_t)len;
        path.data[len] = '\0';
    } else {
        buf_puts(&path, fallback);
    }
    return path.data;
}

static void push(struct command *command, char *text)
{
    assert(command->added_count < COMMAND_ADDED_MAX);
    command->added[command->added_count++] = text;
    command->argv[command->count++] = text;
    command->argv[command->count] = NULL;
}

void command_init(struct command *command, int argc, char **argv, const char *role)
{
    *command = (struct command){0};
    command->argv = mem_zalloc((size_t)argc + COMMAND_ADDED_MAX + 2, sizeof(*command->argv));
    push(command, own_file(argv[0]));
    for (int i = 1; i < argc; i++)
        command->argv[command->count++] = argv[i];
    command_add(command, "--role", role);
}

void command_fini(struct command *command)
{
    for (size_t i = 0; i < command->added_count; i++)
        free(command->added[i]);
    free(command->argv);
}

void command_add(struct command *command, const char *name, const char *value)
{
    struct buf text = {0};

    buf_printf(&text, "%s=%s", name, value);
    push(command, text.data);
}

void command_add_port(struct command *command, int port)
{
    char text[16];

    snprintf(text, sizeof(text), "%d", port);
    command_add(command, "--listen-port", text);
    command_add(command, "--reuse-port", "yes");
}

const char *const *command_argv(const struct command *command)
{
    return command->argv;
}
