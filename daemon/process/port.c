#include "process/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t fill(union any_address *ret, const char *address)
{
    memset(ret, 0, sizeof(*ret));
    if (inet_pton(AF_INET, address, &ret->v4.sin_addr) == 1) {
        ret->v4.sin_family = AF_INET;
        return sizeof(ret->v4);
    }
    if (inet_pton(AF_INET6, address, &ret->v6.sin6_addr) == 1) {
        ret->v6.sin6_family = AF_INET6;
        return sizeof(ret->v6);
    }
    return 0;
}

static int bind_any(struct port_hold *hold, union any_address *at, socklen_t len)
{
    const int yes = 1;

    hold->fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (hold->fd < 0 || setsockopt(hold->fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)) < 0 ||
        bind(hold->fd, &at->any, len) < 0 || getsockname(hold->fd, &at->any, &len) < 0)
        return -errno;
    hold->port = ntohs(at->any.sa_family == AF_INET ? at->v4.sin_port : at->v6.sin6_port);
    return 0;
}

int port_hold(struct port_hold *hold, const char *address, struct buf *fault)
{
    union any_address at;
    socklen_t len = fill(&at, address);
    int outcome = len > 0 ? bind_any(hold, &at, len) : -EINVAL;

    if (outcome == 0)
        return 0;
    buf_printf(fault, "no port of %s can be taken: %s", address, strerror(-outcome));
    port_release(hold);
    return 1;
}

void port_release(struct port_hold *hold)
{
    if (hold->fd >= 0)
        close(hold->fd);
    hold->fd = -1;
}
