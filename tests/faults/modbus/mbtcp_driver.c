/* Puts lib/modbus's engine at a test's command: lines in, a line of JSON out for each event.
 *
 *   link NAME ADDRESS PORT [OPTION=VALUE ...]   options: the members of struct mbtcp_config
 *   read NAME FUNCTION UNIT ADDR COUNT TIMEOUT_MS
 *   write NAME FUNCTION UNIT ADDR VALUE TIMEOUT_MS
 *   stats NAME
 *   free NAME
 *
 * A link whose `free_in_callback` is 1 frees itself in its first callback; one with `repeat` = N
 * asks the same again in the callback, N times. Requests are numbered from 1. At the end of the
 * input the program ends, when all requests have come back. */

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/mem.h"
#include "modbus/tcp.h"

#define LINKS_MAX 2048
#define WORDS_MAX 16

struct link {
    char name[32];
    struct mbtcp *tcp;
    bool free_in_callback;
    uint16_t repeat;
};

struct asked {
    struct link *link;
    int number;
    int64_t at_us;
    int64_t timeout_us;
    struct mb_request request;
};

static struct event_base *base;
static struct link links[LINKS_MAX];
static size_t link_count;
static int last_number;
static int open_requests;
static bool is_eof;
static char input[1 << 16];
static size_t input_len;

static const char *const outcome_names[] = {"done", "refused", "timeout", "link_down", "garbage"};
static const char *const submit_names[] = {"ok", "queue_full", "down", "request", "past"};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static void print_values(const struct asked *asked, const struct mb_reply *reply)
{
    printf(", \"values\": [");
    for (uint16_t i = 0; i < reply->count; i++) {
        unsigned value =
            mb_is_bits(asked->request.function) ? mb_reply_bit(reply, i) : mb_reply_word(reply, i);
        printf("%s%u", i ? ", " : "", value);
    }
    printf("]");
}

static void submit(struct link *link, struct mb_request request, int64_t timeout_us);

static void leave_if_done(void)
{
    if (is_eof && open_requests == 0)
        event_base_loopbreak(base);
}

static void on_done(void *ctx, const struct mb_result *result)
{
    struct asked *asked = ctx;
    printf("{\"n\": %d, \"outcome\": \"%s\", \"took_us\": %" PRId64, asked->number,
           outcome_names[result->outcome], now_us() - asked->at_us);
    printf(", \"is_sent\": %s, \"error\": %d", result->sent_us ? "true" : "false", result->error);
    if (result->outcome == MB_DONE)
        print_values(asked, &result->reply);
    if (result->outcome == MB_REFUSED)
        printf(", \"exception\": %d", result->reply.exception);
    if (result->outcome == MB_GARBAGE_ANSWER)
        printf(", \"fault\": \"%s\"", mb_fault_text(result->reply.fault));
    if (result->received_us)
        printf(", \"trip_us\": %" PRId64, result->received_us - result->sent_us);
    printf("}\n");
    if (asked->link->free_in_callback) {
        mbtcp_free(asked->link->tcp);
        asked->link->tcp = NULL;
    }
    open_requests--;
    if (asked->link->repeat > 0) {
        asked->link->repeat--;
        submit(asked->link, asked->request, asked->timeout_us);
    }
    free(asked);
    leave_if_done();
}

static void submit(struct link *link, struct mb_request request, int64_t timeout_us)
{
    struct asked *asked = mem_zalloc(1, sizeof(*asked));
    *asked = (struct asked){link, ++last_number, now_us(), timeout_us, request};
    int r =
        mb_bus_submit(mbtcp_bus(link->tcp), &request, asked->at_us + timeout_us, on_done, asked);
    if (r == 0) {
        open_requests++;
        return;
    }
    printf("{\"n\": %d, \"submit\": \"%s\"}\n", asked->number, submit_names[r]);
    free(asked);
}

static struct link *find_link(const char *name)
{
    for (size_t i = 0; i < link_count; i++) {
        if (!strcmp(links[i].name, name))
            return &links[i];
    }
    fprintf(stderr, "no link %s\n", name);
    exit(2);
}

static void set_option(struct mbtcp_config *config, struct link *link, char *option)
{
    char *value = strchr(option, '=');
    if (!value) {
        fprintf(stderr, "no value: %s\n", option);
        exit(2);
    }
    *value++ = '\0';
    int64_t number = strtoll(value, NULL, 10);
    const struct {
        const char *name;
        int64_t *us;
        uint16_t *count;
        bool *flag;
    } rows[] = {
        {"connect_us", &config->connect_us, NULL, NULL},
        {"reply_us", &config->reply_us, NULL, NULL},
        {"backoff_first_us", &config->backoff_first_us, NULL, NULL},
        {"backoff_most_us", &config->backoff_most_us, NULL, NULL},
        {"repeat", NULL, &link->repeat, NULL},
        {"queue_max", NULL, &config->queue_max, NULL},
        {"silent_max", NULL, &config->silent_max, NULL},
        {"is_any_id", NULL, NULL, &config->is_any_id},
        {"free_in_callback", NULL, NULL, &link->free_in_callback},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        if (strcmp(rows[i].name, option) != 0)
            continue;
        if (rows[i].us)
            *rows[i].us = number;
        if (rows[i].count)
            *rows[i].count = (uint16_t)number;
        if (rows[i].flag)
            *rows[i].flag = number != 0;
        return;
    }
    fprintf(stderr, "no option %s\n", option);
    exit(2);
}

static void do_link(char **word, int count)
{
    struct link *link = &links[link_count++];
    struct mbtcp_config config = mbtcp_config_default(word[2], (uint16_t)atoi(word[3]));
    snprintf(link->name, sizeof(link->name), "%s", word[1]);
    for (int i = 4; i < count; i++)
        set_option(&config, link, word[i]);
    int r = mbtcp_new(base, &config, &link->tcp);
    printf("{\"link\": \"%s\", \"result\": %d}\n", link->name, r);
}

static void do_request(char **word, bool is_write)
{
    uint16_t last = (uint16_t)atoi(word[5]);
    struct mb_request request = {
        .function = (uint8_t)atoi(word[2]),
        .unit = (uint8_t)atoi(word[3]),
        .addr = (uint16_t)atoi(word[4]),
        .count = is_write ? 1 : last,
        .value = is_write ? last : 0,
    };
    submit(find_link(word[1]), request, atoll(word[6]) * 1000);
}

static void do_stats(const char *name)
{
    struct mbtcp_stats s = mbtcp_stats(find_link(name)->tcp);
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"sent", s.sent},
        {"done", s.done},
        {"refused", s.refused},
        {"timeouts", s.timeouts},
        {"expired", s.expired},
        {"garbage", s.garbage},
        {"late", s.late},
        {"down", s.down},
        {"queue_full", s.queue_full},
        {"connects", s.connects},
        {"connect_failures", s.connect_failures},
        {"closed_by_peer", s.closed_by_peer},
        {"queued", s.queued},
        {"is_up", s.is_up},
    };
    printf("{\"stats\": \"%s\"", name);
    for (size_t i = 0; i < LEN(rows); i++)
        printf(", \"%s\": %" PRIu64, rows[i].name, rows[i].value);
    printf("}\n");
}

static void do_line(char *line)
{
    char *word[WORDS_MAX];
    int count = 0;
    for (char *w = strtok(line, " "); w && count < WORDS_MAX; w = strtok(NULL, " "))
        word[count++] = w;
    if (count >= 4 && !strcmp(word[0], "link")) {
        do_link(word, count);
    } else if (count == 7 && (!strcmp(word[0], "read") || !strcmp(word[0], "write"))) {
        do_request(word, word[0][0] == 'w');
    } else if (count == 2 && !strcmp(word[0], "stats")) {
        do_stats(word[1]);
    } else if (count == 2 && !strcmp(word[0], "free")) {
        mbtcp_free(find_link(word[1])->tcp);
        find_link(word[1])->tcp = NULL;
    } else {
        fprintf(stderr, "what is that?\n");
        exit(2);
    }
}

static void on_input(evutil_socket_t fd, short what unused_arg, void *ctx)
{
    struct event *event = ctx;
    ssize_t n = read(fd, input + input_len, sizeof(input) - input_len);
    if (n <= 0) {
        is_eof = true;
        event_del(event);
        leave_if_done();
        return;
    }
    input_len += (size_t)n;
    char *start = input, *end;
    while ((end = memchr(start, '\n', input_len - (size_t)(start - input))) != NULL) {
        *end = '\0';
        do_line(start);
        start = end + 1;
    }
    input_len -= (size_t)(start - input);
    memmove(input, start, input_len);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    base = event_base_new();
    struct event *event =
        event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, event_self_cbarg());
    event_add(event, NULL);
    event_base_dispatch(base);
    for (size_t i = 0; i < link_count; i++)
        mbtcp_free(links[i].tcp);
    event_free(event);
    event_base_free(base);
    return 0;
}
