#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define LISTENERS_MAX   64
#define BACKLOG         64
#define LATE_MAX        1024
#define READ_TIMEOUT_US 50000

enum { AT_LENGTH = 4, AT_UNIT = 6, MBAP_LEN = 7 };

struct listener {
    modbus_t *modbus;
    int fd;
    int64_t wanted_port;
    uint16_t port;
};

struct connection {
    int fd;        /* -1 = free */
    int low_water; /* SO_RCVLOWAT: how many bytes must be there for poll() to tell */
    uint32_t generation;
    struct listener *listener;
};

struct late {
    int64_t due_ms;
    struct connection *connection;
    uint32_t generation; /* of the connection when the query came */
    struct device *device;
    int len;
    uint8_t query[DEVICE_QUERY_MAX];
};

struct server {
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    struct device *devices;  /* two an instrument: meter, contact */
    struct listener **homes; /* by instrument */
    size_t device_count;
    struct connection connections[SERVER_CONNECTIONS_MAX];
    struct late late[LATE_MAX];
    size_t late_count;
};

static int listen_at(struct listener *listener, const char *address, int port)
{
    struct sockaddr_in bound = {0};
    socklen_t len = sizeof(bound);
    listener->fd = -1;
    listener->modbus = modbus_new_tcp(address, port);
    if (!listener->modbus)
        return -errno;
    listener->fd = modbus_tcp_listen(listener->modbus, BACKLOG);
    if (listener->fd < 0 || getsockname(listener->fd, (struct sockaddr *)&bound, &len) < 0)
        return -errno;
    listener->port = ntohs(bound.sin_port);
    modbus_set_indication_timeout(listener->modbus, 0, READ_TIMEOUT_US);
    modbus_set_byte_timeout(listener->modbus, 0, READ_TIMEOUT_US);
    return 0;
}

static struct listener *find_listener(struct server *server, int64_t wanted_port)
{
    for (size_t i = 0; wanted_port != 0 && i < server->listener_count; i++) {
        if (server->listeners[i].wanted_port == wanted_port)
            return &server->listeners[i];
    }
    return NULL;
}

static int add_instrument(struct server *server, const char *address, bool any_port,
                          struct instrument *instrument, size_t index, struct buf *faults)
{
    int64_t wanted = instrument->spec->port;
    struct listener *listener = find_listener(server, wanted);
    if (!listener) {
        listener = &server->listeners[server->listener_count++];
        listener->wanted_port = wanted;
        int r = listen_at(listener, address, any_port ? 0 : (int)wanted);
        if (r < 0) {
            buf_printf(faults, "cannot listen on %s port %lld: %s\n", address, (long long)wanted,
                       strerror(-r));
            return 1;
        }
    }
    server->homes[index] = listener;
    device_init(&server->devices[server->device_count++], instrument, true);
    device_init(&server->devices[server->device_count++], instrument, false);
    return 0;
}

int server_new(const char *address, bool any_port, struct instrument *instruments, size_t count,
               struct server **ret, struct buf *faults)
{
    struct server *server = mem_zalloc(1, sizeof(*server));
    server->devices = mem_zalloc(2 * count, sizeof(*server->devices));
    server->homes = mem_zalloc(count, sizeof(*server->homes));
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++)
        server->connections[i].fd = -1;
    for (size_t i = 0; i < count; i++) {
        if (add_instrument(server, address, any_port, &instruments[i], i, faults)) {
            server_free(server);
            return 1;
        }
    }
    *ret = server;
    return 0;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        if (server->connections[i].fd >= 0)
            close(server->connections[i].fd);
    }
    for (size_t i = 0; i < server->listener_count; i++) {
        if (server->listeners[i].fd >= 0)
            close(server->listeners[i].fd);
        modbus_free(server->listeners[i].modbus);
    }
    for (size_t i = 0; i < server->device_count; i++)
        device_fini(&server->devices[i]);
    free(server->devices);
    free(server->homes);
    free(server);
}

uint16_t server_port(const struct server *server, size_t instrument)
{
    return server->homes[instrument]->port;
}

size_t server_fds(struct server *server, struct pollfd *fds)
{
    size_t count = 0;
    for (size_t i = 0; i < server->listener_count; i++)
        fds[count++] = (struct pollfd){.fd = server->listeners[i].fd, .events = POLLIN};
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        if (server->connections[i].fd >= 0)
            fds[count++] = (struct pollfd){
                .fd = server->connections[i].fd,
                .events = POLLIN | POLLRDHUP,
            };
    }
    return count;
}

int server_wait_ms(const struct server *server, int64_t now_ms, int most_ms)
{
    int64_t wait = most_ms;
    for (size_t i = 0; i < server->late_count; i++) {
        int64_t left = server->late[i].due_ms - now_ms;
        if (left < wait)
            wait = left > 0 ? left : 0;
    }
    return (int)wait;
}

static void hang_up(struct connection *connection)
{
    close(connection->fd);
    connection->fd = -1;
    connection->generation++;
}

/* One connection too many, or one that libmodbus cannot use, is closed at once. */
static void accept_one(struct server *server, struct listener *listener)
{
    static const int on = 1;
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    for (size_t i = 0; fd < FD_SETSIZE && i < SERVER_CONNECTIONS_MAX; i++) {
        struct connection *connection = &server->connections[i];
        if (connection->fd >= 0)
            continue;
        connection->fd = fd;
        connection->low_water = 1;
        connection->listener = listener;
        return;
    }
    close(fd);
}

static struct device *find_device(struct server *server, const struct listener *listener,
                                  uint8_t unit)
{
    for (size_t i = 0; i < server->device_count; i++) {
        if (server->homes[i / 2] == listener && server->devices[i].unit == unit)
            return &server->devices[i];
    }
    return NULL;
}

static void set_low_water(struct connection *connection, int low_water)
{
    if (connection->low_water == low_water)
        return;
    setsockopt(connection->fd, SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof(low_water));
    connection->low_water = low_water;
}

/* 1: a whole query is there; 0: not yet, and poll() stays quiet until it is; -1: never. */
static int has_query(struct connection *connection)
{
    uint8_t bytes[DEVICE_QUERY_MAX];
    int need = MBAP_LEN;
    ssize_t n = recv(connection->fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
    if (n <= 0)
        return n < 0 && errno == EAGAIN ? 0 : -1;
    if (n >= MBAP_LEN)
        need = AT_UNIT + (bytes[AT_LENGTH] << 8 | bytes[AT_LENGTH + 1]);
    if (need <= MBAP_LEN - (n < MBAP_LEN) || need > DEVICE_QUERY_MAX)
        return -1;
    bool is_whole = n >= need;
    set_low_water(connection, is_whole ? 1 : need);
    return is_whole;
}

static void keep_for_later(struct server *server, struct connection *connection,
                           struct device *device, const uint8_t *query, int len, int64_t due_ms)
{
    if (server->late_count == LATE_MAX)
        return; /* one that never comes is a fault of the same kind */
    struct late *late = &server->late[server->late_count++];
    *late = (struct late){
        .due_ms = due_ms,
        .connection = connection,
        .generation = connection->generation,
        .device = device,
        .len = len,
    };
    memcpy(late->query, query, (size_t)len);
}

/* Reads one query and answers it. False when the connection is of no use any more. */
static bool serve(struct server *server, struct connection *connection, int64_t now_ms)
{
    modbus_t *modbus = connection->listener->modbus;
    uint8_t query[DEVICE_QUERY_MAX];
    int whole = has_query(connection);
    if (whole <= 0)
        return whole == 0;
    modbus_set_socket(modbus, connection->fd);
    int len = modbus_receive(modbus, query);
    if (len <= MBAP_LEN)
        return false;

    struct device *device = find_device(server, connection->listener, query[AT_UNIT]);
    if (!device)
        return modbus_reply_exception(modbus, query, MODBUS_EXCEPTION_GATEWAY_TARGET) > 0;
    if (device->instrument->fault == FAULT_DEAD)
        return true;
    if (device->instrument->fault == FAULT_LATE) {
        keep_for_later(server, connection, device, query, len,
                       now_ms + device->instrument->fault_value);
        return true;
    }
    return device_answer(device, modbus, query, len);
}

static void answer_late(struct late *late)
{
    struct connection *connection = late->connection;
    if (connection->fd < 0 || connection->generation != late->generation)
        return;
    modbus_set_socket(connection->listener->modbus, connection->fd);
    if (!device_answer(late->device, connection->listener->modbus, late->query, late->len))
        hang_up(connection);
}

static void answer_due(struct server *server, int64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < server->late_count; i++) {
        if (server->late[i].due_ms <= now_ms)
            answer_late(&server->late[i]);
        else
            server->late[kept++] = server->late[i];
    }
    server->late_count = kept;
}

static struct connection *find_connection(struct server *server, int fd)
{
    for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        if (server->connections[i].fd == fd)
            return &server->connections[i];
    }
    return NULL;
}

void server_handle(struct server *server, const struct pollfd *fds, size_t count, int64_t now_ms)
{
    for (size_t i = server->listener_count; i < count; i++) {
        struct connection *connection = fds[i].revents ? find_connection(server, fds[i].fd) : NULL;
        if (!connection)
            continue;
        bool is_served = fds[i].revents & POLLIN && serve(server, connection, now_ms);
        if (!is_served || fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR))
            hang_up(connection);
    }
    answer_due(server, now_ms);
    for (size_t i = 0; i < server->listener_count; i++) {
        if (fds[i].revents)
            accept_one(server, &server->listeners[i]);
    }
}
