#pragma once
/* Modbus TCP on libevent: one `struct mbtcp` is one connection to one address, shared by all unit
 * ids behind it. Nothing here blocks; everything happens on the event loop's thread.
 *
 * Decisions:
 * - One request is outstanding at a time; the others wait in a bounded queue, in order. Many
 *   gateways and meters allow nothing else, and a reply can then belong to one request only.
 * - Connecting is lazy: a request starts it. A peer that closes an idle connection costs nothing
 *   until the next request; a device that nobody asks is left alone.
 * - After a failure the next attempt waits 1, 2, 4 ... 60 s (configurable); requests until then
 *   are refused at once (MB_E_DOWN). Only an answer resets this, so a peer that accepts and hangs
 *   up cannot keep us busy. The loss of a connection is mended at once, but only once until the
 *   next answer.
 * - A time-out leaves the connection open: ids go up by one, so the late reply is known when it
 *   comes, and dropped. The connection is closed after a time-out in the middle of a frame, after
 *   `silent_max` time-outs in a row (the peer may be gone without a word), and after every one
 *   with `is_any_id`.
 * - Garbage closes the connection: what follows cannot be trusted.
 * - A request is never sent twice by itself. */

#include "modbus/bus.h"

struct event_base;
struct mbtcp;

struct mbtcp_config {
    const char *address; /* IPv4 or IPv6 literal; a name is refused, since looking it up blocks */
    uint16_t port;
    int64_t connect_us; /* longest time to connect */
    int64_t reply_us;   /* longest time from sending to the reply's last byte, so that one dead
                         * unit does not use up the time of those behind it in the queue */
    int64_t backoff_first_us;
    int64_t backoff_most_us;
    uint16_t queue_max; /* requests that wait, besides the outstanding one */
    uint16_t silent_max;
    bool is_any_id; /* see mb_reader_reset() */
};

/* 2 s, 1 s, 1 s, 60 s, 32, 3, false; address and port are the caller's. */
struct mbtcp_config mbtcp_config_default(const char *address, uint16_t port);

enum {
    MBTCP_E_ADDRESS = 1, /* not an address literal */
    MBTCP_E_CONFIG = 2,  /* a time or a bound is not positive, or port 0 */
};

/* The caller owns *ret; the base must outlive it. */
must_check int mbtcp_new(struct event_base *base, const struct mbtcp_config *config,
                         struct mbtcp **ret);

/* Closes the connection; waiting requests are dropped without a callback. Allowed inside a callback
 * of this very connection. NULL is accepted. */
void mbtcp_free(struct mbtcp *link);

/* For mb_bus_submit(). Lives as long as `link`. */
struct mb_bus *mbtcp_bus(struct mbtcp *link);

/* All but `queued` and `is_up` only ever go up. */
struct mbtcp_stats {
    uint64_t sent;
    uint64_t done;
    uint64_t refused; /* exceptions */
    uint64_t timeouts;
    uint64_t expired; /* timed out before they were sent */
    uint64_t garbage;
    uint64_t late; /* replies that came after their request had been given up */
    uint64_t down; /* requests lost with the connection */
    uint64_t queue_full;
    uint64_t connects;
    uint64_t connect_failures;
    uint64_t closed_by_peer;
    uint16_t queued;
    bool is_up;
    enum mb_fault last_fault;
};

struct mbtcp_stats mbtcp_stats(const struct mbtcp *link);
