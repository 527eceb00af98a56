#pragma once
/* What the users of a Modbus bus see, whatever carries it: requests go in, each comes back exactly
 * once with an outcome. One bus serves any number of unit ids, one request at a time. */

#include "modbus/frame.h"

enum mb_outcome {
    MB_DONE,           /* `reply` holds what was read; a write was confirmed */
    MB_REFUSED,        /* the device answered with an exception: reply.exception */
    MB_TIMEOUT,        /* no complete reply in time; sent_us is 0 if it was never sent */
    MB_LINK_DOWN,      /* the connection failed: `error` is the errno, 0 = closed by the peer */
    MB_GARBAGE_ANSWER, /* an answer that does not fit: reply.fault */
};

/* Exception codes that decide a caller's policy. None of them disturbs the connection. */
enum {
    MB_EXC_ADDRESS = 0x02,     /* no such register: of a joined read, ask for the parts */
    MB_EXC_ACKNOWLEDGE = 0x05, /* busy with it: try again, bounded */
    MB_EXC_BUSY = 0x06,        /* busy: try again, bounded */
    MB_EXC_GATEWAY = 0x0A,     /* the gateway is at fault: one back-off for all its units */
    MB_EXC_NO_RESPONSE =
        0x0B, /* the gateway got no answer from this unit: a back-off for it alone */
};

struct mb_result {
    enum mb_outcome outcome;
    int error;
    struct mb_reply reply; /* good during the callback only */
    int64_t sent_us;       /* CLOCK_MONOTONIC, taken before the request was handed to the system */
    int64_t received_us;   /* CLOCK_MONOTONIC, taken after the reply's last byte had been read */
};

typedef void mb_done_fn(void *ctx, const struct mb_result *result);

struct mb_bus {
    const struct mb_bus_class *class;
};

struct mb_bus_class {
    int (*submit)(struct mb_bus *bus, const struct mb_request *request, int64_t deadline_us,
                  mb_done_fn *done, void *ctx);
};

enum {
    MB_E_QUEUE_FULL = 1,
    MB_E_DOWN = 2,    /* the connection failed recently; the next attempt is not due yet */
    MB_E_REQUEST = 3, /* not valid, see mb_request_is_valid() */
    MB_E_PAST = 4,    /* the deadline has passed */
};

/* Queues a request. `deadline_us` (CLOCK_MONOTONIC) limits it in total: waiting for its turn,
 * connecting, being answered, however the bytes drip in. 0: `done(ctx, ...)` will be called once,
 * never from inside this call, unless the bus is freed before. An outcome above: it will not be
 * called. */
must_check static inline int mb_bus_submit(struct mb_bus *bus, const struct mb_request *request,
                                           int64_t deadline_us, mb_done_fn *done, void *ctx)
{
    return bus->class->submit(bus, request, deadline_us, done, ctx);
}
