/* Partitions of samples are made before they are needed: this month's and the next one's. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AHEAD_US (31 * US_PER_DAY)

static int run(struct jobs *jobs)
{
    int made = 0;
    for (int64_t ahead_us = 0; ahead_us <= AHEAD_US; ahead_us += AHEAD_US) {
        struct arena *arena = arena_new();
        const struct pg_rows *rows;
        const struct pg_param params[] = {pg_instant(jobs->now_us + ahead_us)};
        int result = jobs_query(jobs, &q_sample_partition, params, arena, &rows);
        if (result == 0 && pg_row_count(rows) > 0 && pg_get_bool(rows, 0, 0))
            made++;
        arena_free(arena);
        if (result < 0)
            return result;
    }
    return made;
}

const struct job job_partitions = {"partitions", US_PER_H, run};
