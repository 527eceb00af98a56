/* The jobs process: looks for what is due, does it, and waits for a hint or the next look. It
 * blocks on purpose: nobody waits for it, and every call has a deadline. */

#include "jobs/jobs.h"

#include <errno.h>
#include <poll.h>

#include "base/log.h"
#include "clock.h"
#include "dev/dev_clock.h"
#include "jobs/inside.h"
#include "options.h"
#include "process/role.h"
#include "schema/queries.h"

#define QUERY_TIMEOUT_US   (60 * US_PER_S)
#define CONNECT_TIMEOUT_US (5 * US_PER_S)
#define RETRY_US           US_PER_S
#define LOOK_US            (US_PER_S / 2)

/* In the order in which one's results are the next one's work. */
static const struct job *const job_table[] = {
    &job_partitions, &job_lapse,    &job_hold_expiry, &job_forgotten, &job_reconcile,
    &job_settle,     &job_waitlist, &job_reminders,   &job_billing,
};

int jobs_query(struct jobs *jobs, const struct pg_stmt *stmt, const struct pg_param *params,
               struct arena *arena, const struct pg_rows **ret)
{
    struct pg_reply reply;
    const struct pg_query query = {stmt, params};
    pgsync_run(jobs->db, &query, QUERY_TIMEOUT_US, arena, &reply);
    if (ret)
        *ret = reply.rows;
    if (reply.outcome == PG_DONE)
        return 0;
    log_error("job_statement_failed", LS("statement", stmt->name), LS("sqlstate", reply.sqlstate),
              LS("message", reply.message ? reply.message : "no answer"));
    return reply.outcome == PG_FAILED && pgsync_is_alive(jobs->db) ? JOBS_E_REFUSED : -EIO;
}

int jobs_drain(struct jobs *jobs, const struct pg_stmt *stmt, int most)
{
    int count = most, sum = 0;
    while (count == most) {
        struct arena *arena = arena_new();
        const struct pg_rows *rows;
        const struct pg_param params[] = {pg_instant(jobs->now_us), pg_int(most)};
        int result =
            role_turn(jobs->role) ? jobs_query(jobs, stmt, params, arena, &rows) : -ECANCELED;
        count = result == 0 && pg_row_count(rows) > 0 ? (int)pg_get_int(rows, 0, 0) : 0;
        arena_free(arena);
        if (result < 0)
            return result;
        sum += count;
    }
    return sum;
}

void jobs_tell_unfit(const struct pg_stmt *stmt)
{
    log_error("row_unfit", LS("statement", stmt->name));
}

static void drop_catalogue(struct jobs *jobs)
{
    catalogue_unref(jobs->catalogue);
    jobs->catalogue = NULL;
}

int jobs_catalogue(struct jobs *jobs)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    int result = jobs_query(jobs, &q_catalogue_version, NULL, arena, &rows);
    int64_t version =
        result == 0 && pg_row_count(rows) > 0 ? pg_row_int((struct pg_row){rows, 0}, "version") : 0;
    arena_free(arena);
    if (result || (jobs->catalogue && catalogue_version(jobs->catalogue) == version))
        return result;
    drop_catalogue(jobs);
    struct buf fault = {0};
    result = catalogue_load(jobs->db, jobs->now_us, &jobs->catalogue, &fault);
    if (result)
        log_error("catalogue_not_loaded", LS("reason", fault.data));
    buf_fini(&fault);
    return result ? -EIO : 0;
}

/* ---------------------------------------------------------------- one cycle */

/* The next real time at which each job looks again. */
struct schedule {
    int64_t next_us[LEN(job_table)];
};

static int run_due(struct jobs *jobs, struct schedule *schedule, bool is_everything_due)
{
    for (size_t i = 0; i < LEN(job_table); i++) {
        const struct job *job = job_table[i];
        int64_t real_us = clock_system_mono_us();
        if (!is_everything_due && real_us < schedule->next_us[i])
            continue;
        schedule->next_us[i] = real_us + job->every_us;
        jobs->now_us = clock_now_us();
        int done = job->run(jobs);
        if (done < 0)
            return done;
        if (done > 0)
            log_info("job_done", LS("job", job->name), LI("count", done));
        if (!role_turn(jobs->role))
            return 0;
    }
    return 0;
}

static int renew_clock(struct jobs *jobs, struct arena *arena)
{
    const struct pg_rows *rows;
    int result = jobs_query(jobs, &q_dev_clock_get, NULL, arena, &rows);
    if (result == 0)
        dev_clock_follow(rows);
    return result;
}

/* --dev: a tick that was asked for runs everything now. */
static int run_ticks(struct jobs *jobs, struct schedule *schedule)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows = NULL;
    int result = renew_clock(jobs, arena);
    if (result == 0)
        result = jobs_query(jobs, &q_dev_tick_next, NULL, arena, &rows);
    if (result == 0 && pg_row_count(rows) > 0) {
        int64_t tick = pg_row_int((struct pg_row){rows, 0}, "tick");
        result = run_due(jobs, schedule, true);
        const struct pg_param params[] = {pg_int(tick), pg_instant(clock_now_us())};
        if (result == 0)
            result = jobs_query(jobs, &q_dev_tick_done, params, arena, NULL);
    }
    arena_free(arena);
    return result;
}

static int run_cycle(struct jobs *jobs, struct schedule *schedule)
{
    int result = jobs->role->options->dev ? run_ticks(jobs, schedule) : 0;
    return result < 0 ? result : run_due(jobs, schedule, false);
}

/* ---------------------------------------------------------------- connection */

static int open_database(struct jobs *jobs)
{
    static const char listen[] = "listen dev_clock; listen dev_tick";
    struct buf fault = {0};
    struct arena *arena = arena_new();
    int result = pgsync_open(jobs->role->conninfo, CONNECT_TIMEOUT_US, &jobs->db, &fault);
    struct pg_reply reply = {.outcome = PG_LOST};
    if (result == 0)
        pgsync_exec(jobs->db, listen, CONNECT_TIMEOUT_US, arena, &reply);
    bool is_open = reply.outcome == PG_DONE;
    if (is_open && jobs->is_away)
        log_write(LOG_INFO, "database_back", NULL, 0);
    if (!is_open && !jobs->is_away) /* once: it is tried every second */
        log_warn("database_away", LS("reason", fault.data ? fault.data : "no answer"));
    jobs->is_away = !is_open;
    if (!is_open) {
        pgsync_close(jobs->db);
        jobs->db = NULL;
    }
    arena_free(arena);
    buf_fini(&fault);
    return is_open ? 0 : -EIO;
}

/* Waits for the role's signals, or for time to pass when there is no database. */
static void pause_without_database(struct jobs *jobs)
{
    struct pollfd wake = {.fd = role_wait_fd(jobs->role), .events = POLLIN};
    (void)poll(&wake, 1, (int)(RETRY_US / 1000));
}

static int wait_for_hint(struct jobs *jobs)
{
    struct buf channel = {0};
    int result = pgsync_wait(jobs->db, role_wait_fd(jobs->role), LOOK_US, &channel);
    buf_fini(&channel);
    return result < 0 ? result : 0;
}

static void close_database(struct jobs *jobs)
{
    drop_catalogue(jobs); /* the next connection may be to another database */
    pgsync_close(jobs->db);
    jobs->db = NULL;
}

int role_jobs_run(struct role_context *role)
{
    struct jobs jobs = {.role = role, .due_after = FROM_THE_FIRST};
    struct schedule schedule = {{0}};
    bool was_ready = false;
    while (role_turn(role)) {
        if (!jobs.db && open_database(&jobs) != 0) {
            pause_without_database(&jobs);
            continue;
        }
        if (!was_ready)
            role_ready(role);
        was_ready = true;
        if (run_cycle(&jobs, &schedule) != 0 || wait_for_hint(&jobs) != 0) {
            close_database(&jobs);
            pause_without_database(&jobs);
        }
    }
    close_database(&jobs);
    return EXIT_OK;
}
