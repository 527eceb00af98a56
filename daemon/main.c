/* labtabd: reads its options and becomes what they say. */

#include <stdio.h>

#include "options.h"
#include "process/role.h"
#include "process/supervisor.h"
#include "task.h"
#include "version.h"

static int print(struct buf *text)
{
    bool is_written = fwrite(text->data, 1, text->len, stdout) == text->len && fflush(stdout) == 0;

    buf_fini(text);
    return is_written ? EXIT_OK : EXIT_FAULT;
}

static int print_help(void)
{
    struct buf text = {0};

    buf_puts(&text, "Usage: labtabd [options]\n\n");
    conf_help(options_table, &text);
    return print(&text);
}

static int print_config(const struct options *options)
{
    struct buf text = {0};

    conf_print(options_table, options, &text);
    return print(&text);
}

static int run(const struct options *options, int argc, char **argv)
{
    if (options->help)
        return print_help();
    if (options->version)
        return puts("labtabd " LABTAB_VERSION) < 0 ? EXIT_FAULT : EXIT_OK;
    if (options->print_config)
        return print_config(options);
    if (options->check)
        return EXIT_OK;
    if (options->migrate || options->admin_token)
        return task_run(options);
    if (options->role == ROLE_ALL)
        return supervisor_run(options, argc, argv);
    return role_run(options, options->role);
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct buf faults = {0};

    if (options_read(argc - 1, argv + 1, &options, &faults)) {
        fprintf(stderr, "labtabd: these options will not do:\n%s", faults.data);
        buf_fini(&faults);
        return EXIT_BAD_USAGE;
    }
    return run(&options, argc, argv);
}
