#pragma once
/* Requests that wait for their turn, in order, in a ring of fixed size. Internal to lib/modbus. */

#include "modbus/bus.h"

struct mbqueue_item {
    struct mb_request request;
    int64_t deadline_us;
    mb_done_fn *done;
    void *ctx;
};

struct mbqueue {
    struct mbqueue_item *ring;
    uint16_t size;
    uint16_t head;
    uint16_t count;
};

void mbqueue_init(struct mbqueue *queue, uint16_t size);
void mbqueue_fini(struct mbqueue *queue);

/* False when it is full. */
must_check bool mbqueue_push(struct mbqueue *queue, struct mbqueue_item item);

/* Takes the first item; there must be one. */
struct mbqueue_item mbqueue_pop(struct mbqueue *queue);

/* The earliest deadline, INT64_MAX when empty. Looks at every item: queues are short. */
int64_t mbqueue_due_us(const struct mbqueue *queue);

/* Moves items whose deadline has come to `ret_expired`, at most `room`, and keeps the others'
 * order. Returns how many. */
uint16_t mbqueue_expire(struct mbqueue *queue, int64_t now_us, struct mbqueue_item *ret_expired,
                        uint16_t room);
