#pragma once
/* What the jobs share: one blocking connection, the time of the cycle, the catalogue. */

#include "base/instant.h"
#include "catalogue/catalogue.h"
#include "pg/row.h"
#include "pg/sync.h"

struct role_context;

/* The last row of a page of what is due: its time, and its id. */
struct page_mark {
    int64_t at_us;
    struct uuid id;
};
#define FROM_THE_FIRST ((struct page_mark){INSTANT_NONE, UUID_NIL})

struct jobs {
    struct role_context *role;
    struct pgsync *db;
    bool is_away;                /* the database could not be reached the last time */
    struct catalogue *catalogue; /* as the last jobs_catalogue() found it; NULL before */
    int64_t now_us;              /* of this cycle: every job of it works at the same time */
    struct page_mark due_after;  /* where the next look for what is to be reconciled goes on */
};

/* One job: derives what is due from the database's state, so that any downtime gives the same
 * result afterwards. Returns how many things it did; -EIO when the database is lost,
 * -ECANCELED when the role shall end: both close the connection. */
struct job {
    const char *name;
    int64_t every_us; /* real time between two looks */
    int (*run)(struct jobs *jobs);
};

extern const struct job job_reconcile, job_billing, job_hold_expiry, job_partitions, job_settle,
    job_lapse, job_waitlist, job_reminders, job_forgotten;

enum {
    JOBS_E_REFUSED = 1, /* PostgreSQL refused the statement: logged; other work can go on */
};

/* Runs one statement; the rows live in `arena`. 0, JOBS_E_REFUSED, or -EIO when the database is
 * lost. */
must_check int jobs_query(struct jobs *jobs, const struct pg_stmt *stmt,
                          const struct pg_param *params, struct arena *arena,
                          const struct pg_rows **ret);

/* Runs a statement of (now, most at once) that returns how many things it did, until it did fewer.
 * The sum, or what a job returns. */
must_check int jobs_drain(struct jobs *jobs, const struct pg_stmt *stmt, int most);

/* Tells the log of a row with a word that is none of ours, which the tables' constraints forbid. */
void jobs_tell_unfit(const struct pg_stmt *stmt);

/* The catalogue of now: loaded when there is none or it has changed, which ends all pointers into
 * the one before. 0, JOBS_E_REFUSED or -EIO. */
must_check int jobs_catalogue(struct jobs *jobs);
