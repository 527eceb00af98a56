#pragma once
/* What the roles share: the event loop, signals, and the link to the supervisor (readiness and
 * pings).
 *
 * A role of the event loop sets its callbacks, opens what it needs, calls role_ready() once it
 * serves, and returns role_loop(). A role that blocks (jobs) waits on role_wait_fd() beside its own
 * descriptor and calls role_turn() whenever that is readable and between two pieces of work. */

#include "base/attr.h"

struct event_base;
struct options;
struct role_link;

struct role_context {
    const char *name; /* "api" */
    const struct options *options;
    struct event_base *base;
    const char *conninfo; /* of this role's own database user */
    /* Set by the role, any may be NULL. `on_stop`: finish what is under way, then role_end().
     * Without one, stopping ends the loop at once. `on_reload`: SIGHUP. */
    void (*on_stop)(void *arg);
    void (*on_reload)(void *arg);
    void *arg;
    bool is_stopping;
    struct role_link *link;
};

/* Exit codes of labtabd, also in its manual page. */
enum {
    EXIT_OK = 0,
    EXIT_FAULT = 1,     /* could not go on; the log says why */
    EXIT_BAD_USAGE = 2, /* options or their file; all faults are on stderr */
};

/* Tells the supervisor that the role serves. */
void role_ready(struct role_context *role);

/* Writes the port to --port-file, whole or not at all (written aside, then renamed). 0 or -errno.
 */
must_check int role_publish_port(const struct role_context *role, uint16_t port);

/* Runs the loop until role_end(); the process's exit code. */
int role_loop(struct role_context *role);
void role_end(struct role_context *role);

/* For a role that blocks: readable when role_turn() has something to do. */
int role_wait_fd(const struct role_context *role);
/* Takes signals and answers pings without waiting; false when the role shall end. */
bool role_turn(struct role_context *role);

/* Runs one role in this process: sets up the context, calls the role's function, cleans up. `id` is
 * not ROLE_ALL. The process's exit code. */
int role_run(const struct options *options, int id);
