/* bare_evhttp FILE: libevent's own HTTP server, answering every request with FILE's bytes as JSON:
 * what a server on this loop can do at best. Prints its port; ends when standard input does. */

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define BODY_MAX ((size_t)1 << 20)

struct page {
    size_t len;
    char bytes[BODY_MAX];
};

static void answer(struct evhttp_request *request, void *arg)
{
    const struct page *page = arg;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    evhttp_add_header(headers, "Content-Type", "application/json");
    struct evbuffer *body = evhttp_request_get_output_buffer(request);
    evbuffer_add_reference(body, page->bytes, page->len, NULL, NULL);
    evhttp_send_reply(request, 200, "OK", NULL);
}

static void on_stdin(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    event_base_loopbreak(arg);
}

static bool read_page(const char *path, struct page *page)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    page->len = fread(page->bytes, 1, sizeof(page->bytes), file);
    fclose(file);
    return page->len > 0;
}

/* The port, or 0. */
static unsigned listen_on_any_port(struct evhttp *http)
{
    struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
    struct sockaddr_in address = {0};
    socklen_t len = sizeof(address);
    if (!bound ||
        getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &len) < 0)
        return 0;
    return ntohs(address.sin_port);
}

int main(int argc, char **argv)
{
    static struct page page;
    if (argc != 2 || !read_page(argv[1], &page)) {
        fprintf(stderr, "usage: bare_evhttp FILE\n");
        return 2;
    }
    struct event_config *config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    struct event_base *base = event_base_new_with_config(config);
    struct evhttp *http = evhttp_new(base);
    struct event *end = event_new(base, 0, EV_READ, on_stdin, base);
    event_add(end, NULL);
    evhttp_set_gencb(http, answer, &page);
    unsigned port = listen_on_any_port(http);
    if (!port)
        return 1;
    printf("%u\n", port);
    fflush(stdout);
    event_base_dispatch(base);
    event_free(end);
    evhttp_free(http);
    event_base_free(base);
    event_config_free(config);
    return 0;
}
