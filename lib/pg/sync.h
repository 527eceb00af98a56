#pragma once
/* Blocking client for what has no event loop: the migration runner, the `jobs` role, tools. Every
 * call has a deadline (looking up a host name in the connection string is not covered by it). A
 * call that ends in PG_TIMEOUT or PG_LOST closes the connection; further calls end in PG_BUSY. */

#include "pg/pg.h"

struct pgsync;

/* Connects within `timeout_us`. 0, or 1 with a sentence in `fault`. */
must_check int pgsync_open(const char *conninfo, int64_t timeout_us, struct pgsync **ret,
                           struct buf *fault);
void pgsync_close(struct pgsync *db); /* NULL is accepted */
bool pgsync_is_alive(const struct pgsync *db);

/* From now on, what waits on `db` gives up once `fd` is readable, as if its time were up. For
 * ending a thread that has `db`. */
void pgsync_give_up_at(struct pgsync *db, int fd);

/* Runs one prepared statement (prepared at its first use). The result belongs to `arena`. */
void pgsync_run(struct pgsync *db, const struct pg_query *query, int64_t timeout_us,
                struct arena *arena, struct pg_reply *ret);

/* Runs SQL text without parameters, several statements allowed (BEGIN, COMMIT, a migration file).
 * The reply has no rows: they would be in text form. No COPY: it ends in PG_LOST. */
void pgsync_exec(struct pgsync *db, const char *sql, int64_t timeout_us, struct arena *arena,
                 struct pg_reply *ret);

/* Waits for a notification on a channel that was LISTENed to, or for `wake_fd` (or -1) to be
 * readable. 1: notification (channel name in `channel`), 0: time is up or wake_fd, -errno:
 * connection lost. */
must_check int pgsync_wait(struct pgsync *db, int wake_fd, int64_t timeout_us, struct buf *channel);
