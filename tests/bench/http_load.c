/* http_load: N keep-alive connections, each with one request under way at a time, on plain epoll,
 * so that the load costs little beside what it measures.
 *
 *   http_load --port=8080 --connections=64 --method=POST --path=/v1/bookings
 *             --header='Authorization: Bearer $1' --body='{"resource": "$2"}' --rows=FILE
 *
 * $1 to $9 stand for the columns (separated by tabs) of a line of FILE: each request takes the next
 * line. When there is none left the load ends, or begins again with --cycle. Prints one line of
 * JSON; the exit code is 1 when a connection failed. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/mem.h"

#define COLUMNS_MAX   9
#define EVENTS_MAX    256
#define READ_MAX      ((size_t)64 * 1024)
#define REPLY_MAX     ((size_t)16 << 20)
#define STATUS_MAX    600
#define SILENCE_MS    10000 /* no event for this long: the server hangs */
#define SAMPLES_FIRST ((size_t)1 << 16)

struct options {
    const char *address;
    int64_t port;
    int64_t connections;
    int64_t duration_ms;
    int64_t warmup_ms;
    const char *method;
    const char *path;
    const char *header;
    const char *body;
    const char *rows;
    bool cycle;
    bool show;
    bool help;
};

#define ROW(name, type, min, max, fallback, member, unit, help)                                    \
    {                                                                                              \
        NULL, name, 0, type, min, max, fallback, NULL, offsetof(struct options, member), unit,     \
            help                                                                                   \
    }

static const struct conf_option option_rows[] = {
    ROW("address", CT_TEXT, 0, 0, "127.0.0.1", address, NULL, "IPv4 address of the server."),
    ROW("port", CT_INT, 1, 65535, "8080", port, NULL, "Its port."),
    ROW("connections", CT_INT, 1, 20000, "64", connections, NULL, "Connections, one request each."),
    ROW("duration", CT_INT, 1, 3600000, "5000", duration_ms, "ms", "How long is measured."),
    ROW("warmup", CT_INT, 0, 600000, "500", warmup_ms, "ms", "How long before that is not."),
    ROW("method", CT_TEXT, 0, 0, "GET", method, NULL, "Method."),
    ROW("path", CT_TEXT, 0, 0, "/", path, NULL, "Request target."),
    ROW("header", CT_TEXT, 0, 0, NULL, header, NULL, "Further header fields, one a line."),
    ROW("body", CT_TEXT, 0, 0, NULL, body, NULL, "JSON body."),
    ROW("rows", CT_TEXT, 0, 0, NULL, rows, NULL, "File of lines, one a request: see above."),
    ROW("cycle", CT_BOOL, 0, 0, "no", cycle, NULL, "Begin again after the last line."),
    ROW("show", CT_BOOL, 0, 0, "no", show, NULL, "Print the first reply and end."),
    ROW("help", CT_BOOL, 0, 0, "no", help, NULL, "Print this and exit."),
    CONF_END,
};

struct client {
    int fd;
    int64_t sent_ns; /* 0: nothing under way */
    struct buf out;
    size_t out_at;
    struct buf in;
};

/* Where the lines of --rows begin. */
struct rows {
    char *data;
    const char **line;
    size_t count;
    size_t next;
};

struct load {
    struct options options;
    struct rows rows;
    struct client *clients;
    int epoll;
    size_t under_way;
    int64_t begin_ns, end_ns; /* what ends between them is measured */
    bool is_over;             /* nothing more is sent */
    bool has_failed;
    uint32_t *sample_us;
    size_t sample_count, sample_cap;
    uint64_t status[STATUS_MAX];
    uint64_t bytes;
    struct buf scratch;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool fail(struct load *load, const char *what, int error)
{
    if (!load->has_failed)
        fprintf(stderr, "http_load: %s%s%s\n", what, error ? ": " : "",
                error ? strerror(error) : "");
    load->has_failed = true;
    load->is_over = true;
    return false;
}

/* ---------------------------------------------------------------- rows */

static bool read_file(const char *path, struct buf *ret)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t got = 1; got > 0;) {
        buf_reserve(ret, READ_MAX);
        got = fread(ret->data + ret->len, 1, READ_MAX, file);
        ret->len += got;
    }
    bool is_whole = !ferror(file);
    fclose(file);
    return is_whole;
}

/* Columns stay as they are, lines end in NUL from here on. */
static bool rows_read(struct rows *rows, const char *path)
{
    struct buf text = {0};
    if (!read_file(path, &text))
        return false;
    buf_putc(&text, '\n');
    for (size_t i = 0; i < text.len; i++)
        rows->count += text.data[i] == '\n';
    rows->line = mem_zalloc(rows->count, sizeof(*rows->line));
    rows->data = text.data;
    rows->count = 0;
    char *line = text.data, *end;
    while ((end = memchr(line, '\n', (size_t)(text.data + text.len - line)))) {
        *end = '\0';
        if (end > line)
            rows->line[rows->count++] = line;
        line = end + 1;
    }
    return rows->count > 0;
}

static struct str column(const char *line, unsigned wanted)
{
    struct str rest = str_of(line), part = {0};
    for (unsigned i = 0; i < wanted; i++) {
        if (!str_cut(&rest, '\t', &part))
            return (struct str){0};
    }
    return part;
}

/* `text` with the columns of `line` in place of $1 to $9. */
static void expand(struct buf *out, const char *text, const char *line)
{
    for (const char *c = text; c && *c; c++) {
        if (line && c[0] == '$' && c[1] >= '1' && c[1] <= '0' + COLUMNS_MAX)
            buf_str(out, column(line, (unsigned)(*++c - '0')));
        else
            buf_putc(out, *c);
    }
}

static void add_header_fields(struct load *load, struct buf *out, const char *line)
{
    buf_reset(&load->scratch);
    expand(&load->scratch, load->options.header, line);
    struct str rest = buf_view(&load->scratch), field;
    while (rest.len > 0 && str_cut(&rest, '\n', &field)) {
        buf_str(out, field);
        buf_puts(out, "\r\n");
    }
}

/* The next request into `out`; false: the lines are used up. */
static bool make_request(struct load *load, struct buf *out)
{
    const struct options *options = &load->options;
    struct rows *rows = &load->rows;
    if (rows->count > 0 && rows->next == rows->count && !options->cycle)
        return false;
    const char *line = rows->count > 0 ? rows->line[rows->next++ % rows->count] : NULL;
    buf_reset(out);
    buf_puts(out, options->method);
    buf_putc(out, ' ');
    expand(out, options->path, line);
    buf_puts(out, " HTTP/1.1\r\nHost: localhost\r\n");
    add_header_fields(load, out, line);
    if (options->body) {
        buf_reset(&load->scratch);
        expand(&load->scratch, options->body, line);
        buf_printf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                   load->scratch.len);
    }
    buf_puts(out, "\r\n");
    if (options->body)
        buf_str(out, buf_view(&load->scratch));
    return true;
}

/* ---------------------------------------------------------------- connections */

static void watch(struct load *load, struct client *client, uint32_t events, int how)
{
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(load->epoll, how, client->fd, &event) < 0)
        fail(load, "epoll_ctl", errno);
}

static bool open_client(struct load *load, struct client *client)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)load->options.port)};
    if (inet_pton(AF_INET, load->options.address, &to.sin_addr) != 1)
        return fail(load, "the address is no IPv4 address", 0);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
        return fail(load, "connect", errno);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    watch(load, client, EPOLLIN, EPOLL_CTL_ADD);
    return true;
}

static void send_rest(struct load *load, struct client *client)
{
    size_t left = client->out.len - client->out_at;
    ssize_t sent =
        send(client->fd, client->out.data + client->out_at, left, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) {
        fail(load, "send", errno);
        return;
    }
    client->out_at += sent > 0 ? (size_t)sent : 0;
    if (client->out_at < client->out.len)
        watch(load, client, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    else if ((size_t)(sent > 0 ? sent : 0) < client->out.len)
        watch(load, client, EPOLLIN, EPOLL_CTL_MOD); /* it had been armed */
}

static void send_next(struct load *load, struct client *client)
{
    if (load->is_over)
        return;
    if (!make_request(load, &client->out)) {
        load->is_over = true;
        return;
    }
    client->out_at = 0;
    client->sent_ns = now_ns();
    load->under_way++;
    send_rest(load, client);
}

/* ---------------------------------------------------------------- replies */

static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

/* Content-Length of a head, or -1. */
static int64_t content_length(struct str head)
{
    struct str line;
    while (str_cut(&head, '\n', &line)) {
        struct str name;
        int64_t length;
        if (!str_cut(&line, ':', &name) || !str_eq_nocase(name, STR("content-length")))
            continue;
        while (line.len > 0 && *line.ptr == ' ')
            line = (struct str){line.ptr + 1, line.len - 1};
        while (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        return str_to_int(line, 0, (int64_t)REPLY_MAX, &length) ? -1 : length;
    }
    return -1;
}

/* The size of the reply that `in` begins with and its status; 0: not whole yet, -1: malformed. */
static int64_t reply_size(const struct buf *in, int *ret_status)
{
    const char *end = in->len > 0 ? memmem(in->data, in->len, "\r\n\r\n", 4) : NULL;
    int64_t status;
    if (!end)
        return in->len > READ_MAX ? -1 : 0;
    struct str head = {in->data, (size_t)(end + 2 - in->data)};
    if (head.len < 12 || str_to_int((struct str){in->data + 9, 3}, 100, STATUS_MAX - 1, &status))
        return -1;
    int64_t body = has_no_body((int)status) ? 0 : content_length(head);
    *ret_status = (int)status;
    if (body < 0)
        return -1;
    int64_t size = (int64_t)head.len + 2 + body;
    return size <= (int64_t)in->len ? size : 0;
}

static void keep_sample(struct load *load, int64_t took_ns)
{
    if (load->sample_count == load->sample_cap) {
        load->sample_cap = load->sample_cap ? 2 * load->sample_cap : SAMPLES_FIRST;
        load->sample_us = mem_realloc(load->sample_us, load->sample_cap * sizeof(uint32_t));
    }
    load->sample_us[load->sample_count++] = (uint32_t)(took_ns / 1000);
}

static void take_reply(struct load *load, struct client *client, int status, size_t size)
{
    int64_t now = now_ns();
    load->status[status]++;
    load->under_way--;
    if (load->options.show) {
        fwrite(client->in.data, 1, size, stdout);
        putchar('\n');
        load->is_over = true;
    }
    if (now >= load->begin_ns && now < load->end_ns) {
        keep_sample(load, now - client->sent_ns);
        load->bytes += size;
    }
    if (now >= load->end_ns)
        load->is_over = true;
    client->sent_ns = 0;
    buf_reset(&client->in);
    send_next(load, client);
}

static void read_reply(struct load *load, struct client *client)
{
    buf_reserve(&client->in, READ_MAX);
    ssize_t got = recv(client->fd, client->in.data + client->in.len, READ_MAX, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        fail(load, "the server closed a connection", got < 0 ? errno : 0);
        return;
    }
    client->in.len += (size_t)got;
    int status = 0;
    int64_t size = reply_size(&client->in, &status);
    if (size < 0 || client->sent_ns == 0 || (size > 0 && (size_t)size < client->in.len))
        fail(load, "what came is no single HTTP reply", 0);
    else if (size > 0)
        take_reply(load, client, status, (size_t)size);
}

static void run(struct load *load)
{
    struct epoll_event event[EVENTS_MAX];
    load->begin_ns = now_ns() + load->options.warmup_ms * 1000000;
    load->end_ns = load->begin_ns + load->options.duration_ms * 1000000;
    for (int64_t i = 0; i < load->options.connections; i++)
        send_next(load, &load->clients[i]);
    while (load->under_way > 0 && !load->has_failed) {
        int count = epoll_wait(load->epoll, event, EVENTS_MAX, SILENCE_MS);
        if (count <= 0) {
            fail(load, "no reply for 10 s", 0);
            return;
        }
        for (int i = 0; i < count && !load->has_failed; i++) {
            struct client *client = event[i].data.ptr;
            if (event[i].events & EPOLLOUT)
                send_rest(load, client);
            if (event[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_reply(load, client);
        }
    }
}

/* ---------------------------------------------------------------- the report */

static int by_time(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(const struct load *load, size_t permille)
{
    if (load->sample_count == 0)
        return 0;
    return load->sample_us[(load->sample_count - 1) * permille / 1000] / 1e3;
}

static void report(struct load *load)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    qsort(load->sample_us, load->sample_count, sizeof(uint32_t), by_time);
    int64_t now = now_ns();
    double seconds = (double)((now < load->end_ns ? now : load->end_ns) - load->begin_ns) / 1e9;
    printf("{\"rate\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, "
           "\"bytes_per_reply\": %.0f, \"cpu_s\": %.2f, \"status\": {",
           seconds > 0 ? (double)load->sample_count / seconds : 0, percentile_ms(load, 500),
           percentile_ms(load, 990), percentile_ms(load, 1000),
           load->sample_count ? (double)load->bytes / (double)load->sample_count : 0,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    const char *comma = "";
    for (int i = 0; i < STATUS_MAX; i++) {
        if (load->status[i] > 0) {
            printf("%s\"%d\": %llu", comma, i, (unsigned long long)load->status[i]);
            comma = ", ";
        }
    }
    printf("}}\n");
}

static bool read_options(int argc, char **argv, struct options *ret)
{
    struct buf faults = {0};
    conf_defaults(option_rows, ret);
    bool is_good = !conf_args(option_rows, argc - 1, argv + 1, ret, NULL, &faults);
    if (!is_good)
        fputs(faults.data, stderr);
    buf_fini(&faults);
    if (is_good && ret->help) {
        struct buf help = {0};
        conf_help(option_rows, &help);
        fputs(help.data, stdout);
        buf_fini(&help);
        exit(0);
    }
    return is_good;
}

static void load_fini(struct load *load)
{
    for (int64_t i = 0; load->clients && i < load->options.connections; i++) {
        buf_fini(&load->clients[i].out);
        buf_fini(&load->clients[i].in);
        if (load->clients[i].fd > 0)
            close(load->clients[i].fd);
    }
    free(load->clients);
    free(load->rows.data);
    free(load->rows.line);
    free(load->sample_us);
    buf_fini(&load->scratch);
    close(load->epoll);
}

int main(int argc, char **argv)
{
    struct load load = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    if (!read_options(argc, argv, &load.options))
        return 2;
    if (load.options.rows && !rows_read(&load.rows, load.options.rows)) {
        fprintf(stderr, "http_load: %s cannot be read or is empty\n", load.options.rows);
        return 2;
    }
    load.clients = mem_zalloc((size_t)load.options.connections, sizeof(*load.clients));
    bool is_open = true;
    for (int64_t i = 0; is_open && i < load.options.connections; i++)
        is_open = open_client(&load, &load.clients[i]);
    if (is_open)
        run(&load);
    if (!load.has_failed && !load.options.show)
        report(&load);
    load_fini(&load);
    return load.has_failed;
}
