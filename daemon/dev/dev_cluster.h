#pragma once
/* --dev: a private PostgreSQL cluster in the data directory.
 *
 * The server listens on a Unix socket only, in a directory that nobody else may enter, and trusts
 * who is inside. Its data are kept from run to run. It ends with this process, however that ends.
 *
 *   DATA_DIR/cluster            PostgreSQL's data
 *   DATA_DIR/postgresql.log     what initdb and the server said
 *   DATA_DIR/socket-directory   where the running server's socket is
 *   DATA_DIR/labtabd.lock       held by the labtabd that runs the cluster
 *
 * PostgreSQL refuses to run as root: root runs it as the owner of DATA_DIR/cluster, at first as the
 * user `postgres`. */

#include <sys/types.h>

#include "base/str.h"

struct options;
struct dev_cluster;

/* Makes the cluster at first use, starts the server, makes the roles and the database. 0, or 1 with
 * a sentence in `fault`. */
must_check int dev_cluster_start(const struct options *options, struct dev_cluster **ret,
                                 struct buf *fault);

/* Stops the server and frees. NULL is accepted. */
void dev_cluster_stop(struct dev_cluster *cluster);

/* The conninfo of the database, without a user. */
const char *dev_cluster_database(const struct dev_cluster *cluster);

/* Was the process that was just reaped the server? */
bool dev_cluster_died(struct dev_cluster *cluster, pid_t pid);

/* The conninfo of the cluster that another labtabd runs in this data directory; the caller frees
 * it. NULL when none does. */
char *dev_cluster_find(const struct options *options);
