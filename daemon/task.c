#include "task.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/admin.h"
#include "db/migration.h"
#include "dev/dev_cluster.h"
#include "options.h"
#include "process/role.h"

static int make_token(const char *database, const char *code, struct buf *fault)
{
    struct buf token = {0};
    int outcome = admin_token(database, code, &token, fault);

    if (outcome == 0)
        printf("%s\n", token.data);
    buf_fini(&token);
    return outcome;
}

static int run_on(const struct options *options, const char *database, struct buf *fault)
{
    if (options->dev || options->migrate)
        if (migration_run(database, fault))
            return 1;
    return options->admin_token ? make_token(database, options->admin_token, fault) : 0;
}

/* The private cluster: the one that is running, or started for this task alone. */
static int run_on_cluster(const struct options *options, struct buf *fault)
{
    char *running = dev_cluster_find(options);
    struct dev_cluster *cluster = NULL;
    int outcome;

    if (running) {
        outcome = options->admin_token ? make_token(running, options->admin_token, fault) : 0;
        free(running);
        return outcome;
    }
    if (dev_cluster_start(options, &cluster, fault))
        return 1;
    outcome = run_on(options, dev_cluster_database(cluster), fault);
    dev_cluster_stop(cluster);
    return outcome;
}

int task_run(const struct options *options)
{
    struct buf fault = {0};
    int outcome;

    log_init("task", (enum log_level)options->log_level);
    if (options->database)
        outcome = run_on(options, options->database, &fault);
    else
        outcome = run_on_cluster(options, &fault);
    if (outcome)
        fprintf(stderr, "labtabd: %s\n", fault.data);
    buf_fini(&fault);
    return outcome ? EXIT_FAULT : EXIT_OK;
}
