/* Holds of bookings that came to nothing go back to their budgets. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AT_ONCE 1000

static int run(struct jobs *jobs)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_instant(jobs->now_us), pg_int(AT_ONCE)};
    int result = jobs_query(jobs, &q_expired_holds_release, params, arena, &rows);
    int released = result == 0 && pg_row_count(rows) > 0 ? (int)pg_get_int(rows, 0, 0) : 0;
    arena_free(arena);
    return result < 0 ? result : released;
}

const struct job job_hold_expiry = {"hold_expiry", 30 * US_PER_S, run};
