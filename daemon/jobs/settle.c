/* What bookings without a session cost: fees of absence, and rooms by what was reserved. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AT_ONCE 200

static int run(struct jobs *jobs)
{
    int settled = AT_ONCE, sum = 0;
    while (settled == AT_ONCE) {
        struct arena *arena = arena_new();
        const struct pg_rows *rows;
        const struct pg_param params[] = {pg_instant(jobs->now_us), pg_int(AT_ONCE)};
        int result = jobs_query(jobs, &q_usage_settle, params, arena, &rows);
        settled = result == 0 && pg_row_count(rows) > 0
                      ? (int)pg_row_int((struct pg_row){rows, 0}, "settled")
                      : 0;
        arena_free(arena);
        if (result < 0)
            return result;
        sum += settled;
    }
    return sum;
}

const struct job job_settle = {"settle", 10 * US_PER_S, run};
