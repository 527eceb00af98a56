#pragma once
/* One role's process as the supervisor sees it: started, ready, heard of, dead, started again. */

#include <sys/types.h>

#include "base/attr.h"

struct event;
struct event_base;

#define CHILD_PAUSE_MIN_US (100 * 1000)
#define CHILD_PAUSE_MAX_US (30 * 1000 * 1000)
#define CHILD_PROVED_US                                                                            \
    (60 * 1000 * 1000) /* alive for this long: its next death is a first one                       \
                        */

struct child {
    int role;
    const char *const *argv; /* of the process; lives as long as the child */
    pid_t pid;               /* 0: not running */
    int link_fd;
    struct event *link_event;
    struct event *restart_timer;
    int64_t started_us; /* this and the next on the system's monotonic clock */
    int64_t heard_us;
    int64_t pause_us; /* before the next start */
    bool is_ready;
    void (*on_ready)(void *arg, struct child *child);
    void *arg;
};

/* Prepares a child that is not running. 0 or -errno. */
must_check int child_init(struct child *child, struct event_base *base);
void child_fini(struct child *child);

/* Starts the process now; when that fails, again after the pause. */
void child_start(struct child *child);

/* To be told once the process was reaped: closes the link and plans the next start, after a pause
 * that doubles from CHILD_PAUSE_MIN_US to CHILD_PAUSE_MAX_US, unless `is_last`. */
void child_died(struct child *child, int status, bool is_last);

/* Passes a signal on, when there is a process. */
void child_signal(struct child *child, int signo);

void child_ping(struct child *child);

/* Has a living process not said a word for `timeout_us`? */
bool child_is_silent(const struct child *child, int64_t timeout_us);
