/* labtab-sim: virtual instruments on Modbus TCP, for demonstrations and tests. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/instant.h"
#include "control.h"
#include "scenario.h"
#include "server.h"

#define TICK_MS      1000 /* time passes at least this often, so that no catching up takes long */
#define LINE_MAX_LEN 4096

struct options {
    const char *bind;
    int64_t rate;
    int64_t seed;
    bool any_port;
    bool exit_on_eof;
    bool help;
};

#define ROW(name, letter, type, min, max, fallback, member, unit, help)                            \
    {                                                                                              \
        NULL, name, letter, type, min, max, fallback, NULL, offsetof(struct options, member),      \
            unit, help                                                                             \
    }

static const struct conf_option option_rows[] = {
    ROW("bind", 'b', CT_TEXT, 0, 0, "127.0.0.1", bind, NULL, "IPv4 address to listen on."),
    ROW("rate", 'r', CT_INT, 1, 100000, "1", rate, NULL,
        "Simulated seconds that pass in a second."),
    ROW("seed", 's', CT_INT, 0, INT32_MAX, "1", seed, NULL, "Of the power's ripple."),
    ROW("any-port", 'p', CT_BOOL, 0, 0, "no", any_port, NULL,
        "Listen on free ports instead of the scenario's."),
    ROW("exit-on-eof", 'e', CT_BOOL, 0, 0, "no", exit_on_eof, NULL,
        "End when standard input ends."),
    ROW("help", 'h', CT_BOOL, 0, 0, "no", help, NULL, "Print this and exit."),
    CONF_END,
};

struct program {
    struct options options;
    struct arena *arena;
    struct scenario scenario;
    struct sim sim;
    struct server *server;
    int64_t start_us; /* monotonic */
    int signals;
    bool has_stdin;
    char line[LINE_MAX_LEN];
    size_t line_len;
};

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static void advance(struct program *program)
{
    program->sim.now_us = (clock_us(CLOCK_MONOTONIC) - program->start_us) * program->options.rate;
    for (size_t i = 0; i < program->sim.count; i++)
        instrument_advance(&program->sim.instruments[i], program->sim.now_us);
}

static void print(struct buf *out)
{
    if (out->len > 0)
        fwrite(out->data, 1, out->len, stdout);
    fflush(stdout);
    buf_fini(out);
}

/* Whole lines are done; the rest waits. A line that does not fit is dropped with an error. */
static void take_lines(struct program *program)
{
    struct buf out = {0};
    struct str rest = {program->line, program->line_len};
    const char *end;
    while (rest.len > 0 && (end = memchr(rest.ptr, '\n', rest.len)) != NULL) {
        struct str line = {rest.ptr, (size_t)(end - rest.ptr)};
        control_line(&program->sim, line, &out);
        rest.ptr += line.len + 1;
        rest.len -= line.len + 1;
    }
    if (rest.len == sizeof(program->line)) {
        buf_puts(&out, "error: the line is too long\n");
        rest.len = 0;
    }
    memmove(program->line, rest.ptr, rest.len);
    program->line_len = rest.len;
    print(&out);
}

/* False at the end of the input. */
static bool read_stdin(struct program *program)
{
    ssize_t n = read(STDIN_FILENO, program->line + program->line_len,
                     sizeof(program->line) - program->line_len);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0)
        return false;
    program->line_len += (size_t)n;
    take_lines(program);
    return true;
}

static void run(struct program *program)
{
    struct pollfd fds[SERVER_FDS_MAX + 2];
    for (;;) {
        fds[0] = (struct pollfd){.fd = program->signals, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = program->has_stdin ? STDIN_FILENO : -1, .events = POLLIN};
        size_t count = server_fds(program->server, fds + 2);
        int64_t now_ms = clock_us(CLOCK_MONOTONIC) / 1000;
        int wait_ms = server_wait_ms(program->server, now_ms, TICK_MS);
        if (poll(fds, count + 2, wait_ms) < 0 && errno != EINTR)
            return;
        advance(program);
        if (fds[0].revents)
            return;
        if (fds[1].revents && !read_stdin(program)) {
            program->has_stdin = false;
            if (program->options.exit_on_eof)
                return;
        }
        server_handle(program->server, fds + 2, count, clock_us(CLOCK_MONOTONIC) / 1000);
    }
}

static int setup_signals(void)
{
    sigset_t set;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void make_instruments(struct program *program)
{
    const struct sim_spec *specs = program->scenario.instruments.items;
    struct sim *sim = &program->sim;
    sim->count = program->scenario.instruments.count;
    sim->rate = program->options.rate;
    sim->instruments = arena_array(program->arena, sim->count, sizeof(*sim->instruments));
    for (size_t i = 0; i < sim->count; i++)
        instrument_init(&sim->instruments[i], &specs[i], (uint64_t)program->options.seed,
                        program->arena);
}

static void announce(const struct program *program)
{
    struct buf out = {0};
    for (size_t i = 0; i < program->sim.count; i++) {
        const struct sim_spec *spec = program->sim.instruments[i].spec;
        buf_printf(&out, "instrument=" STR_FMT " port=%u meter_unit=%lld contact_unit=%lld\n",
                   STR_ARG(spec->code), server_port(program->server, i),
                   (long long)spec->meter_unit, (long long)spec->contact_unit);
    }
    buf_puts(&out, "ready\n");
    print(&out);
}

static int start(struct program *program, const char *path, struct buf *faults)
{
    if (scenario_read(path, program->arena, &program->scenario, faults))
        return 1;
    make_instruments(program);
    if (server_new(program->options.bind, program->options.any_port, program->sim.instruments,
                   program->sim.count, &program->server, faults))
        return 1;
    program->signals = setup_signals();
    if (program->signals < 0) {
        buf_printf(faults, "signalfd: %s\n", strerror(errno));
        return 1;
    }
    program->has_stdin = true;
    program->start_us = clock_us(CLOCK_MONOTONIC);
    program->sim.start_us = clock_us(CLOCK_REALTIME);
    return 0;
}

static void help(void)
{
    struct buf out = {0};
    buf_puts(&out, "labtab-sim [options] SCENARIO.json\n\n");
    conf_help(option_rows, &out);
    print(&out);
}

/* 0, 1 failed, 2 wrong usage. */
static int main_with(struct program *program, int argc, char **argv, struct buf *faults)
{
    int rest = 0;
    conf_defaults(option_rows, &program->options);
    if (conf_args(option_rows, argc - 1, argv + 1, &program->options, &rest, faults))
        return 2;
    if (program->options.help) {
        help();
        return 0;
    }
    if (rest != 1) {
        buf_puts(faults, "one scenario file is needed; see --help\n");
        return 2;
    }
    if (start(program, argv[1], faults))
        return 1;
    announce(program);
    run(program);
    return 0;
}

int main(int argc, char **argv)
{
    struct program program = {.arena = arena_new(), .signals = -1};
    struct buf faults = {0};
    int status = main_with(&program, argc, argv, &faults);
    if (faults.len > 0)
        fprintf(stderr, "labtab-sim: %s", faults.data);
    server_free(program.server);
    if (program.signals >= 0)
        close(program.signals);
    arena_free(program.arena);
    buf_fini(&faults);
    return status;
}
