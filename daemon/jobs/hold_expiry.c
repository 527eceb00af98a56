/* Holds of bookings that came to nothing go back to their budgets. */

#include "jobs/inside.h"

#include "schema/queries.h"

#define AT_ONCE 1000

static int run(struct jobs *jobs)
{
    return jobs_drain(jobs, &q_expired_holds_release, AT_ONCE);
}

const struct job job_hold_expiry = {"hold_expiry", 30 * US_PER_S, run};
