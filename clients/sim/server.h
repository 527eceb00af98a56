#pragma once
/* The sockets: listeners, connections, answers that wait. Never blocks: a query is read only when
 * all of it has arrived, so that a half-sent one disturbs nobody. */

#include <poll.h>

#include "device.h"

#define SERVER_CONNECTIONS_MAX 500 /* libmodbus cannot use descriptors from 1024 on */
#define SERVER_FDS_MAX         (SERVER_CONNECTIONS_MAX + 64)

struct server;

/* Listens on `address` (IPv4 literal) for all instruments; with `any_port` on free ports instead of
 * the scenario's, instruments that share one still do. 0, or 1 with sentences in `faults`. */
must_check int server_new(const char *address, bool any_port, struct instrument *instruments,
                          size_t count, struct server **ret, struct buf *faults);
void server_free(struct server *server);

uint16_t server_port(const struct server *server, size_t instrument);

/* Fills `fds` (SERVER_FDS_MAX of them) with what to poll for. Returns their number. */
size_t server_fds(struct server *server, struct pollfd *fds);

/* Milliseconds from `now_ms` (monotonic) until a late answer is due, at most `most_ms`. */
int server_wait_ms(const struct server *server, int64_t now_ms, int most_ms);

/* Handles what poll() found for `fds` and sends the late answers that are due. The instruments have
 * been advanced to now. */
void server_handle(struct server *server, const struct pollfd *fds, size_t count, int64_t now_ms);
