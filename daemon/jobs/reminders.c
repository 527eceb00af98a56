/* People and the lab are told of qualifications that end soon, or have ended. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AT_ONCE 500

static int run(struct jobs *jobs)
{
    return jobs_drain(jobs, &q_qualifications_remind, AT_ONCE);
}

const struct job job_reminders = {"reminders", US_PER_MIN, run};
