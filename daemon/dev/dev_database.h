#pragma once
/* The database inside --dev's cluster. */

#include "base/str.h"

struct pgsync;

#define DEV_SUPERUSER "postgres"
#define DEV_PORT      "5432" /* only names the socket's file */

/* The database's conninfo, without a user. */
void dev_database_conninfo(const char *socket_directory, struct buf *ret);

/* One attempt to connect to the server as its superuser. 0, or 1 with a sentence in `fault`. */
must_check int dev_database_connect(const char *socket_directory, struct pgsync **ret,
                                    struct buf *fault);

/* Makes roles and database, as schema/bootstrap.sql does for a cluster that somebody else runs;
 * harmless when they are there. 0, or 1 with a sentence in `fault`. */
must_check int dev_database_make(struct pgsync *db, struct buf *fault);
