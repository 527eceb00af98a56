#include "db/migration.h"

#include <stdlib.h>

#include "clock.h"
#include "db/conninfo.h"
#include "db/migrate.h"

int migration_run(const char *database, struct buf *fault)
{
    char *conninfo = conninfo_with_user(database, "labtab_owner");
    int outcome = db_migrate(conninfo, clock_now_us(), fault);

    free(conninfo);
    return outcome;
}
