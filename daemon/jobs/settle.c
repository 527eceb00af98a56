/* What bookings without a session cost: fees of absence, and rooms by what was reserved. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AT_ONCE 200

static int run(struct jobs *jobs)
{
    return jobs_drain(jobs, &q_usage_settle, AT_ONCE);
}

const struct job job_settle = {"settle", 10 * US_PER_S, run};
