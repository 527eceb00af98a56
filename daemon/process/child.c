#include "process/child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/instant.h"
#include "base/log.h"
#include "clock.h"
#include "options.h"
#include "process/link.h"
#include "process/spawn.h"

static void on_restart(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    child_start(arg);
}

int child_init(struct child *child, struct event_base *base)
{
    child->pid = 0;
    child->link_fd = -1;
    child->pause_us = CHILD_PAUSE_MIN_US;
    child->restart_timer = evtimer_new(base, on_restart, child);
    return child->restart_timer ? 0 : -ENOMEM;
}

static void close_link(struct child *child)
{
    if (child->link_event)
        event_free(child->link_event);
    child->link_event = NULL;
    if (child->link_fd >= 0)
        close(child->link_fd);
    child->link_fd = -1;
}

void child_fini(struct child *child)
{
    close_link(child);
    if (child->restart_timer)
        event_free(child->restart_timer);
    child->restart_timer = NULL;
}

static void on_link(evutil_socket_t fd, short what unused_arg, void *arg)
{
    struct child *child = arg;
    enum link_word word;

    while ((word = link_read(fd)) != LINK_NOTHING) {
        if (word == LINK_GONE) {
            event_del(child->link_event); /* its death is reported by SIGCHLD */
            return;
        }
        child->heard_us = clock_system_mono_us();
        if (word == LINK_READY && !child->is_ready) {
            child->is_ready = true;
            child->on_ready(child->arg, child);
        }
    }
}

static int run(struct child *child, int their_fd)
{
    char env[LINK_ENV_MAX];
    const struct spawn what = {
        .argv = child->argv,
        .env = (const char *const[]){env, NULL},
        .forget = (const char *const[]){"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", NULL},
        .death_signal = SIGKILL,
        .keep_fd = their_fd,
        .output_fd = -1,
    };

    link_env(their_fd, env);
    return spawn(&what);
}

static int try_start(struct child *child)
{
    struct event_base *base = event_get_base(child->restart_timer);
    int theirs;
    int pid = link_new(&child->link_fd, &theirs);

    if (pid < 0)
        return pid;
    pid = run(child, theirs);
    close(theirs);
    if (pid < 0)
        return pid;
    child->link_event = event_new(base, child->link_fd, EV_READ | EV_PERSIST, on_link, child);
    if (!child->link_event || event_add(child->link_event, NULL) < 0)
        log_error("link_not_watched", LS("child", role_name(child->role)));
    return pid;
}

static void plan_restart(struct child *child)
{
    const struct timeval pause = {.tv_sec = child->pause_us / US_PER_S,
                                  .tv_usec = child->pause_us % US_PER_S};

    evtimer_add(child->restart_timer, &pause);
    child->pause_us *= 2;
    if (child->pause_us > CHILD_PAUSE_MAX_US)
        child->pause_us = CHILD_PAUSE_MAX_US;
}

void child_start(struct child *child)
{
    int pid = try_start(child);

    if (pid < 0) {
        log_error("role_not_started", LS("child", role_name(child->role)),
                  LS("error", strerror(-pid)), LI("pause_ms", child->pause_us / 1000));
        close_link(child);
        plan_restart(child);
        return;
    }
    child->pid = pid;
    child->is_ready = false;
    child->started_us = clock_system_mono_us();
    child->heard_us = child->started_us;
    log_info("role_started", LS("child", role_name(child->role)), LI("pid", pid));
}

void child_died(struct child *child, int status, bool is_last)
{
    int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

    child->pid = 0;
    child->is_ready = false;
    close_link(child);
    if (is_last) {
        log_info("role_ended", LS("child", role_name(child->role)), LI("code", code),
                 LI("signal", signo));
        return;
    }
    if (clock_system_mono_us() - child->started_us >= CHILD_PROVED_US)
        child->pause_us = CHILD_PAUSE_MIN_US;
    log_error("role_died", LS("child", role_name(child->role)), LI("code", code),
              LI("signal", signo), LI("pause_ms", child->pause_us / 1000));
    plan_restart(child);
}

void child_signal(struct child *child, int signo)
{
    if (child->pid > 0)
        kill(child->pid, signo);
}

void child_ping(struct child *child)
{
    if (child->link_fd >= 0)
        link_write(child->link_fd, LINK_PING);
}

bool child_is_silent(const struct child *child, int64_t timeout_us)
{
    return child->pid > 0 && clock_system_mono_us() - child->heard_us > timeout_us;
}
