#include "process/role.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "api/api.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/secret.h"
#include "file.h"
#include "jobs/jobs.h"
#include "meter/meter.h"
#include "options.h"
#include "process/link.h"
#include "process/notify.h"
#include "process/signals.h"

struct role_row {
    const char *title; /* of the process */
    const char *user;  /* of the database */
    int (*run)(struct role_context *role);
};

static const struct role_row role_rows[ROLE_COUNT] = {
    [ROLE_API] = {"labtabd:api", "labtab_api", role_api_run},
    [ROLE_METER] = {"labtabd:meter", "labtab_meter", role_meter_run},
    [ROLE_JOBS] = {"labtabd:jobs", "labtab_jobs", role_jobs_run},
};

/* Everything that a role has to take care of besides its work, behind one descriptor: signals, the
 * supervisor's pings, or, without a supervisor, systemd's watchdog. */
struct role_link {
    int epoll_fd;
    int signal_fd;
    int supervisor_fd;
    int watchdog_fd;
    struct event *event;
    bool is_ready;
    bool has_ended;
};

static bool link_watch(struct role_link *link, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return fd < 0 || epoll_ctl(link->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* A timer that expires as often as systemd wants to hear of us; -1 when it does not. */
static int watchdog_open(void)
{
    int64_t period_us = notify_watchdog_us();
    struct timespec period = {.tv_sec = period_us / US_PER_S,
                              .tv_nsec = period_us % US_PER_S * 1000};
    struct itimerspec timer = {.it_interval = period, .it_value = period};
    int fd;

    if (period_us == 0)
        return -1;
    fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd >= 0)
        timerfd_settime(fd, 0, &timer, NULL);
    return fd;
}

static int link_open(struct role_link *link)
{
    link->supervisor_fd = link_inherit();
    link->watchdog_fd = link->supervisor_fd < 0 ? watchdog_open() : -1;
    link->signal_fd = signals_open();
    link->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (link->signal_fd < 0)
        return link->signal_fd;
    if (link->epoll_fd < 0 || !link_watch(link, link->signal_fd) ||
        !link_watch(link, link->supervisor_fd) || !link_watch(link, link->watchdog_fd))
        return -errno;
    return 0;
}

static void link_close(struct role_link *link)
{
    const int fds[] = {link->epoll_fd, link->signal_fd, link->supervisor_fd, link->watchdog_fd};

    if (link->event)
        event_free(link->event);
    for (size_t i = 0; i < LEN(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static void stop(struct role_context *role)
{
    if (role->is_stopping)
        return;
    role->is_stopping = true;
    log_info("stopping", LI("pid", getpid()));
    if (role->link->supervisor_fd < 0)
        notify("STOPPING=1");
    if (role->on_stop)
        role->on_stop(role->arg);
    else
        role_end(role);
}

static void take_signals(struct role_context *role)
{
    int signo;

    while ((signo = signals_next(role->link->signal_fd)) > 0) {
        if (signo == SIGTERM || signo == SIGINT)
            stop(role);
        else if (signo == SIGHUP && role->on_reload)
            role->on_reload(role->arg);
    }
}

static void take_pings(struct role_context *role)
{
    struct role_link *link = role->link;
    enum link_word word;

    while ((word = link_read(link->supervisor_fd)) != LINK_NOTHING) {
        if (word == LINK_GONE) {
            epoll_ctl(link->epoll_fd, EPOLL_CTL_DEL, link->supervisor_fd, NULL);
            stop(role);
            return;
        }
        link_write(link->supervisor_fd, LINK_PING);
    }
}

static void feed_watchdog(struct role_link *link)
{
    uint64_t count;

    if (read(link->watchdog_fd, &count, sizeof(count)) > 0)
        notify("WATCHDOG=1");
}

bool role_turn(struct role_context *role)
{
    take_signals(role);
    if (role->link->supervisor_fd >= 0)
        take_pings(role);
    if (role->link->watchdog_fd >= 0)
        feed_watchdog(role->link);
    return !role->link->has_ended;
}

int role_wait_fd(const struct role_context *role)
{
    return role->link->epoll_fd;
}

static void on_link(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    (void)role_turn(arg);
}

void role_ready(struct role_context *role)
{
    if (role->link->is_ready)
        return;
    role->link->is_ready = true;
    log_info("ready", LI("pid", getpid()));
    if (role->link->supervisor_fd >= 0)
        link_write(role->link->supervisor_fd, LINK_READY);
    else
        notify("READY=1");
}

int role_publish_port(const struct role_context *role, uint16_t port)
{
    struct buf text = {0};
    int outcome = 0;

    buf_printf(&text, "%u\n", port);
    if (role->options->port_file)
        outcome = file_write(role->options->port_file, buf_view(&text));
    buf_fini(&text);
    return outcome;
}

int role_loop(struct role_context *role)
{
    if (!role->link->has_ended && event_base_dispatch(role->base) < 0)
        return EXIT_FAULT;
    return EXIT_OK;
}

void role_end(struct role_context *role)
{
    role->link->has_ended = true;
    event_base_loopbreak(role->base);
}

static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
        base = event_base_new_with_config(config);
    if (config)
        event_config_free(config);
    return base;
}

/* The loop looks after the link too, for the roles that have no other wait. */
static bool attach_link(struct role_context *role)
{
    struct role_link *link = role->link;

    link->event = event_new(role->base, link->epoll_fd, EV_READ | EV_PERSIST, on_link, role);
    return link->event && event_add(link->event, NULL) == 0;
}

int role_run(const struct options *options, int id)
{
    struct role_link link = {
        .epoll_fd = -1, .signal_fd = -1, .supervisor_fd = -1, .watchdog_fd = -1};
    struct role_context role = {.name = role_name(id), .options = options, .link = &link};
    char *conninfo = options_conninfo(options, role_rows[id].user);
    int code = EXIT_FAULT;
    int outcome;

    log_init(role.name, (enum log_level)options->log_level);
    secret_init();
    prctl(PR_SET_NAME, role_rows[id].title);
    role.conninfo = conninfo;
    role.base = base_new();
    outcome = link_open(&link);
    if (role.base && outcome == 0 && attach_link(&role)) {
        log_info("started", LI("pid", getpid()));
        code = role_rows[id].run(&role);
        log_info("ended", LI("code", code));
    } else {
        log_error("no_event_loop", LS("error", strerror(-outcome)));
    }
    link_close(&link);
    if (role.base)
        event_base_free(role.base);
    free(conninfo);
    return code;
}
