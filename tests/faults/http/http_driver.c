/* A small server on lib/http for test_http_conformance.py. Prints its port, then serves until
 * SIGTERM, which drains it, or SIGUSR1, which frees the server at once, with requests in flight.
 *
 *   /echo       method, path, query, body and peer of the request, one a line
 *   /slow?ms=N  the same after N milliseconds
 *   /hold       kept unanswered until /release, which answers all of them after itself
 *   /big?n=N    N bytes
 *   /stats      counters, one a line
 *   /status?n=N an empty reply of that status
 *   /header     a reply with headers of its own, one of them with a line break in its value
 *   /problem    a problem document of two violations */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <event2/event.h>

#include "base/mem.h"
#include "http/http.h"

#define HELD_MAX 64

struct driver {
    struct event_base *base;
    struct http_server *server;
    struct http_request *held[HELD_MAX];
    size_t held_count;
};

struct delayed {
    struct http_request *request;
    struct event *timer;
};

static int64_t query_number(const struct http_request *request, const char *name)
{
    struct str rest = request->query;
    struct str key;
    struct str value;
    bool is_faulty = false;
    int64_t number = 0;
    while (http_query_next(&rest, request->arena, &key, &value, &is_faulty))
        if (!is_faulty && str_eq_c(key, name) && str_to_int(value, 0, INT32_MAX, &number) == 0)
            return number;
    return 0;
}

static void reply_text(struct http_request *request, struct buf *text)
{
    http_reply(request, 200, "text/plain", buf_view(text));
    buf_fini(text);
}

static void echo(struct http_request *request)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n%s\n",
               http_method_name(request->method), STR_ARG(request->path), STR_ARG(request->query),
               STR_ARG(request->body), request->peer);
    reply_text(request, &text);
}

static void on_delay(evutil_socket_t fd unused_arg, short what unused_arg, void *arg)
{
    struct delayed *delayed = arg;
    echo(delayed->request);
    event_free(delayed->timer);
    free(delayed);
}

static void slow(struct driver *driver, struct http_request *request)
{
    int64_t ms = query_number(request, "ms");
    struct timeval wait = {ms / 1000, ms % 1000 * 1000};
    struct delayed *delayed = mem_zalloc(1, sizeof(*delayed));
    delayed->request = request;
    delayed->timer = evtimer_new(driver->base, on_delay, delayed);
    evtimer_add(delayed->timer, &wait);
}

static void hold(struct driver *driver, struct http_request *request)
{
    if (driver->held_count == HELD_MAX)
        http_reply_code(request, CODE_overloaded);
    else
        driver->held[driver->held_count++] = request;
}

static void release(struct driver *driver, struct http_request *request)
{
    echo(request);
    for (size_t i = 0; i < driver->held_count; i++)
        echo(driver->held[i]);
    driver->held_count = 0;
}

static void big(struct http_request *request)
{
    size_t size = (size_t)query_number(request, "n");
    char *bytes = mem_alloc(size);
    memset(bytes, 'x', size);
    http_reply(request, 200, "application/octet-stream", (struct str){bytes, size});
    free(bytes);
}

static void stats(struct driver *driver, struct http_request *request)
{
    struct http_stats count;
    http_server_stats(driver->server, &count);
    struct buf text = {0};
    buf_printf(&text, "connections %u\naccepted %llu\nrequests %llu\nrefused %llu\ntimeouts %llu\n",
               count.connections, (unsigned long long)count.accepted,
               (unsigned long long)count.requests, (unsigned long long)count.refused,
               (unsigned long long)count.timeouts);
    reply_text(request, &text);
}

static void problem(struct http_request *request)
{
    struct problem faults;
    problem_init(&faults, request->arena);
    problem_add(&faults, CODE_taken, "/start", NO_FACT, NO_FACT);
    problem_add(&faults, CODE_off_grid, "/end", fact_int(900), fact_int(901));
    http_reply_problem(request, &faults);
}

static void on_request(void *arg, struct http_request *request)
{
    struct driver *driver = arg;
    if (str_starts(request->path, STR("/echo"))) {
        echo(request);
    } else if (str_eq_c(request->path, "/slow")) {
        slow(driver, request);
    } else if (str_eq_c(request->path, "/hold")) {
        hold(driver, request);
    } else if (str_eq_c(request->path, "/release")) {
        release(driver, request);
    } else if (str_eq_c(request->path, "/big")) {
        big(request);
    } else if (str_eq_c(request->path, "/stats")) {
        stats(driver, request);
    } else if (str_eq_c(request->path, "/status")) {
        http_reply(request, (int)query_number(request, "n"), NULL, (struct str){NULL, 0});
    } else if (str_eq_c(request->path, "/header")) {
        http_reply_header(request, "ETag", "\"%d\"", 7);
        http_reply_header(request, "Cache-Control", "max-age=%d", 60);
        http_reply_header(request, "Location", "%s", "/a\r\nX-Split: yes");
        http_reply(request, 200, "text/plain", STR("ok"));
    } else if (str_eq_c(request->path, "/problem")) {
        problem(request);
    } else {
        http_reply_code(request, CODE_not_found);
    }
}

static void on_drained(void *arg)
{
    struct driver *driver = arg;
    puts("drained");
    fflush(stdout);
    event_base_loopbreak(driver->base);
}

static void on_signal(evutil_socket_t number, short what unused_arg, void *arg)
{
    struct driver *driver = arg;
    if (number == SIGTERM) {
        http_server_drain(driver->server, on_drained, driver);
        return;
    }
    http_server_free(driver->server);
    driver->server = NULL;
    for (size_t i = 0; i < driver->held_count; i++)
        echo(driver->held[i]); /* late: must be dropped */
    puts("freed");
    fflush(stdout);
    event_base_loopbreak(driver->base);
}

/* name=value arguments; milliseconds and bytes. */
static void read_arguments(int argc, char **argv, struct http_conf *conf)
{
    for (int i = 1; i < argc; i++) {
        struct str value = str_of(argv[i]);
        struct str name;
        int64_t number = 0;
        if (!str_cut(&value, '=', &name) || str_to_int(value, 0, INT32_MAX, &number) != 0) {
            fprintf(stderr, "http_driver: not name=number: %s\n", argv[i]);
            exit(2);
        }
        if (str_eq_c(name, "request-timeout-ms"))
            conf->request_timeout_us = number * 1000;
        else if (str_eq_c(name, "idle-timeout-ms"))
            conf->idle_timeout_us = number * 1000;
        else if (str_eq_c(name, "write-timeout-ms"))
            conf->write_timeout_us = number * 1000;
        else if (str_eq_c(name, "connections"))
            conf->connections_max = (unsigned)number;
        else if (str_eq_c(name, "per-address"))
            conf->connections_max_per_address = (unsigned)number;
        else if (str_eq_c(name, "files"))
            setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)number, (rlim_t)number});
    }
}

int main(int argc, char **argv)
{
    struct event_config *config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    struct driver driver = {.base = event_base_new_with_config(config)};
    event_config_free(config);
    struct http_conf conf = {
        .address = "127.0.0.1",
        .head_max = (size_t)16 * 1024,
        .body_max = (size_t)256 * 1024,
        .connections_max = 200,
        .request_timeout_us = 20000000,
        .idle_timeout_us = 60000000,
        .write_timeout_us = 20000000,
        .handler = on_request,
        .arg = &driver,
    };
    read_arguments(argc, argv, &conf);
    struct buf fault = {0};
    driver.server = http_server_new(driver.base, &conf, &fault);
    if (driver.server == NULL) {
        fprintf(stderr, "http_driver: " STR_FMT "\n", STR_ARG(buf_view(&fault)));
        return 1;
    }
    struct event *term = evsignal_new(driver.base, SIGTERM, on_signal, &driver);
    struct event *free_now = evsignal_new(driver.base, SIGUSR1, on_signal, &driver);
    evsignal_add(term, NULL);
    evsignal_add(free_now, NULL);
    printf("%u\n", http_server_port(driver.server));
    fflush(stdout);
    event_base_dispatch(driver.base);
    http_server_free(driver.server);
    event_free(term);
    event_free(free_now);
    event_base_free(driver.base);
    return 0;
}
