/* Sessions that nobody closed: a technician has to look, and what is closed at last is not billed
 * unseen. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AT_ONCE 200

static int run(struct jobs *jobs)
{
    return jobs_drain(jobs, &q_sessions_forget, AT_ONCE);
}

const struct job job_forgotten = {"forgotten", 60 * US_PER_S, run};
