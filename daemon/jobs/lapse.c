/* What time does to bookings: offers and approvals expire, nobody came, a room's time is over. Each
 * gets the time at which it was due, however late this looks. */

#include <errno.h>

#include "jobs/inside.h"
#include "process/role.h"
#include "schema/queries.h"

#define AT_ONCE 200

/* One booking, in a transaction of its own: nobody waits long for its locks. */
static int lapse(struct jobs *jobs, struct uuid booking, int *done)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_uuid(booking), pg_instant(jobs->now_us)};
    int result = jobs_query(jobs, &q_booking_lapse, params, arena, &rows);
    if (result == 0 && pg_row_count(rows) > 0)
        *done += pg_row_bool((struct pg_row){rows, 0}, "has_lapsed");
    arena_free(arena);
    return result;
}

/* One page after `mark`, which moves to its last row; *ret_count is how many rows it had. */
static int run_page(struct jobs *jobs, struct page_mark *mark, int *ret_count, int *done)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_int(AT_ONCE), pg_instant(jobs->now_us),
                                      pg_instant(mark->at_us), pg_uuid(mark->id)};
    int result = jobs_query(jobs, &q_bookings_due, params, arena, &rows);
    *ret_count = result == 0 ? pg_row_count(rows) : 0;
    for (int i = 0; i < *ret_count && result >= 0; i++) {
        const struct pg_row row = {rows, i};
        *mark = (struct page_mark){pg_row_instant(row, "due_at"), pg_row_uuid(row, "id")};
        result = role_turn(jobs->role) ? lapse(jobs, mark->id, done) : -ECANCELED;
    }
    arena_free(arena);
    return result;
}

static int run(struct jobs *jobs)
{
    struct page_mark mark = FROM_THE_FIRST;
    int count = AT_ONCE, done = 0, result = 0;
    while (count == AT_ONCE && result >= 0)
        result = run_page(jobs, &mark, &count, &done);
    return result < 0 ? result : done;
}

const struct job job_lapse = {"lapse", US_PER_S, run};
