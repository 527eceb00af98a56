#include "process/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/instant.h"
#include "base/log.h"
#include "db/migration.h"
#include "dev/dev_cluster.h"
#include "options.h"
#include "process/child.h"
#include "process/command.h"
#include "process/notify.h"
#include "process/port.h"
#include "process/role.h"
#include "process/signals.h"

struct supervisor {
    const struct options *options;
    struct event_base *base;
    struct dev_cluster *cluster; /* NULL: the database is somebody else's */
    struct child children[ROLE_COUNT];
    struct command commands[ROLE_COUNT];
    int signal_fd;
    struct event *signal_event;
    struct event *ping_timer;
    struct event *watchdog_timer;
    struct event *drain_timer;
    bool was_ready;
    bool is_stopping;
    int code;
};

static bool is_every_child_gone(const struct supervisor *s)
{
    for (size_t i = 0; i < LEN(s->children); i++)
        if (s->children[i].pid > 0)
            return false;
    return true;
}

static void signal_all(struct supervisor *s, int signo)
{
    for (size_t i = 0; i < LEN(s->children); i++)
        child_signal(&s->children[i], signo);
}

static void begin_stop(struct supervisor *s, int code)
{
    const struct timeval deadline = {.tv_sec = s->options->drain_timeout_s};

    s->is_stopping = true;
    s->code = code;
    log_info("stopping", LI("code", code));
    notify("STOPPING=1");
    for (size_t i = 0; i < LEN(s->children); i++)
        evtimer_del(s->children[i].restart_timer);
    signal_all(s, SIGTERM);
    evtimer_add(s->drain_timer, &deadline);
    if (is_every_child_gone(s))
        event_base_loopbreak(s->base);
}

static void kill_rest(struct supervisor *s, const char *why)
{
    log_warn("roles_killed", LS("why", why));
    signal_all(s, SIGKILL);
}

static void on_drain_over(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    kill_rest(arg, "they did not end in time");
}

/* A role may be told to stop before it has come far enough to do so by itself. */
static bool ended_in_order(int status)
{
    return status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

/* A role that finds its options bad will find them bad again: then the whole daemon ends. */
static void child_ended(struct supervisor *s, struct child *child, int status)
{
    bool is_bad_usage = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BAD_USAGE;

    child_died(child, status, s->is_stopping || is_bad_usage);
    if (s->is_stopping && !ended_in_order(status) && s->code == EXIT_OK)
        s->code = EXIT_FAULT;
    if (is_bad_usage && !s->is_stopping)
        begin_stop(s, EXIT_BAD_USAGE);
}

static void reap(struct supervisor *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < LEN(s->children); i++)
            if (s->children[i].pid == pid)
                child_ended(s, &s->children[i], status);
        if (s->cluster && dev_cluster_died(s->cluster, pid) && !s->is_stopping) {
            log_error("cluster_died", LI("pid", pid));
            begin_stop(s, EXIT_FAULT);
        }
    }
    if (s->is_stopping && is_every_child_gone(s))
        event_base_loopbreak(s->base);
}

static void on_signal(evutil_socket_t fd, short what unused_arg, void *arg)
{
    struct supervisor *s = arg;
    int signo;

    while ((signo = signals_next(fd)) > 0) {
        if (signo == SIGCHLD)
            reap(s);
        else if (signo == SIGHUP)
            signal_all(s, SIGHUP);
        else if (s->is_stopping)
            kill_rest(s, "stopped a second time");
        else
            begin_stop(s, EXIT_OK);
    }
}

static void on_ping_time(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct supervisor *s = arg;

    for (size_t i = 0; i < LEN(s->children); i++)
        child_ping(&s->children[i]);
}

/* A role that is dead is being started again, so only one that lives and says nothing starves the
 * watchdog. */
static void on_watchdog_time(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct supervisor *s = arg;

    for (size_t i = 0; i < LEN(s->children); i++)
        if (child_is_silent(&s->children[i], s->options->ping_timeout_s * US_PER_S)) {
            log_error("role_silent", LS("child", role_name(s->children[i].role)));
            return;
        }
    notify("WATCHDOG=1");
}

static void on_child_ready(void *arg, struct child *child)
{
    struct supervisor *s = arg;

    log_info("role_ready", LS("child", role_name(child->role)));
    for (size_t i = 0; i < LEN(s->children); i++)
        if (!s->children[i].is_ready)
            return;
    if (!s->was_ready)
        notify("READY=1");
    s->was_ready = true;
}

static struct event *every(struct supervisor *s, int64_t period_us, event_callback_fn callback)
{
    const struct timeval period = {.tv_sec = period_us / US_PER_S, .tv_usec = period_us % US_PER_S};
    struct event *timer = event_new(s->base, -1, EV_PERSIST, callback, s);

    if (timer && period_us > 0)
        event_add(timer, &period);
    return timer;
}

static int open_loop(struct supervisor *s)
{
    s->base = event_base_new();
    if (!s->base)
        return -ENOMEM;
    s->signal_event = event_new(s->base, s->signal_fd, EV_READ | EV_PERSIST, on_signal, s);
    s->drain_timer = evtimer_new(s->base, on_drain_over, s);
    s->ping_timer = every(s, s->options->ping_timeout_s * US_PER_S / 4, on_ping_time);
    s->watchdog_timer = every(s, notify_watchdog_us(), on_watchdog_time);
    if (!s->signal_event || !s->drain_timer || !s->ping_timer || !s->watchdog_timer ||
        event_add(s->signal_event, NULL) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < LEN(s->children); i++) {
        s->children[i] = (struct child){.role = (int)i, .on_ready = on_child_ready, .arg = s};
        if (child_init(&s->children[i], s->base) < 0)
            return -ENOMEM;
    }
    return 0;
}

static void close_loop(struct supervisor *s)
{
    struct event *const events[] = {s->signal_event, s->ping_timer, s->watchdog_timer,
                                    s->drain_timer};

    for (size_t i = 0; i < LEN(s->children); i++)
        child_fini(&s->children[i]);
    for (size_t i = 0; i < LEN(events); i++)
        if (events[i])
            event_free(events[i]);
    if (s->base)
        event_base_free(s->base);
}

static void run_roles(struct supervisor *s, int argc, char **argv, const char *database, int port)
{
    for (size_t i = 0; i < LEN(s->children); i++) {
        command_init(&s->commands[i], argc, argv, role_name((int)i));
        if (database) {
            command_add(&s->commands[i], "--database", database);
            command_add(&s->commands[i], "--dev-fresh", "no"); /* that was our part of it */
        }
        if (port > 0)
            command_add_port(&s->commands[i], port);
        s->children[i].argv = command_argv(&s->commands[i]);
        child_start(&s->children[i]);
    }
    event_base_dispatch(s->base);
    for (size_t i = 0; i < LEN(s->commands); i++)
        command_fini(&s->commands[i]);
}

/* Port 0 is settled once, here, so that an api process that is started again has the same port. */
static int with_port(struct supervisor *s, int argc, char **argv, const char *database)
{
    struct port_hold hold = {.fd = -1};
    struct buf fault = {0};

    if (s->options->listen_port == 0 && port_hold(&hold, s->options->listen_address, &fault)) {
        log_error("no_port", LS("error", fault.data));
        buf_fini(&fault);
        return EXIT_FAULT;
    }
    run_roles(s, argc, argv, database, hold.port);
    port_release(&hold);
    return s->code;
}

/* --dev: the database first, and its schema. */
static int with_database(struct supervisor *s, int argc, char **argv)
{
    struct buf fault = {0};
    const char *database = s->options->database;
    int code = EXIT_FAULT;

    if (s->options->dev && !database) {
        if (dev_cluster_start(s->options, &s->cluster, &fault)) {
            log_error("no_cluster", LS("error", fault.data));
            buf_fini(&fault);
            return EXIT_FAULT;
        }
        database = dev_cluster_database(s->cluster);
    }
    if (!s->options->dev || migration_run(database, &fault) == 0)
        code = with_port(s, argc, argv, s->cluster ? database : NULL);
    else
        log_error("not_migrated", LS("error", fault.data));
    dev_cluster_stop(s->cluster);
    buf_fini(&fault);
    return code;
}

int supervisor_run(const struct options *options, int argc, char **argv)
{
    struct supervisor s = {.options = options, .code = EXIT_OK};
    int code = EXIT_FAULT;

    log_init("supervisor", (enum log_level)options->log_level);
    s.signal_fd = signals_open();
    if (s.signal_fd < 0 || open_loop(&s) < 0) {
        log_error("no_event_loop", LS("error", strerror(s.signal_fd < 0 ? -s.signal_fd : ENOMEM)));
    } else {
        log_info("started", LI("pid", getpid()));
        code = with_database(&s, argc, argv);
        log_info("ended", LI("code", code));
    }
    close_loop(&s);
    if (s.signal_fd >= 0)
        close(s.signal_fd);
    return code;
}
