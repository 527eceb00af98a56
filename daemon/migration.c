#include "migration.h"

#include <stdlib.h>

#include "base/instant.h"
#include "conninfo.h"
#include "db/migrate.h"

int migration_run(const char *database, struct buf *fault)
{
    char *conninfo = conninfo_with_user(database, "labtab_owner");
    int outcome = db_migrate(conninfo, fault);

    free(conninfo);
    return outcome;
}
