#include "modbus/queue.h"

#include <stdlib.h>

#include "base/mem.h"

void mbqueue_init(struct mbqueue *queue, uint16_t size)
{
    *queue = (struct mbqueue){
        .ring = mem_zalloc(size, sizeof(*queue->ring)),
        .size = size,
    };
}

void mbqueue_fini(struct mbqueue *queue)
{
    free(queue->ring);
    *queue = (struct mbqueue){0};
}

static struct mbqueue_item *item_at(const struct mbqueue *queue, uint16_t index)
{
    return &queue->ring[(queue->head + index) % queue->size];
}

bool mbqueue_push(struct mbqueue *queue, struct mbqueue_item item)
{
    if (queue->count == queue->size)
        return false;
    *item_at(queue, queue->count++) = item;
    return true;
}

struct mbqueue_item mbqueue_pop(struct mbqueue *queue)
{
    struct mbqueue_item first = *item_at(queue, 0);
    queue->head = (uint16_t)((queue->head + 1) % queue->size);
    queue->count--;
    return first;
}

int64_t mbqueue_due_us(const struct mbqueue *queue)
{
    int64_t due_us = INT64_MAX;
    for (uint16_t i = 0; i < queue->count; i++) {
        if (item_at(queue, i)->deadline_us < due_us)
            due_us = item_at(queue, i)->deadline_us;
    }
    return due_us;
}

uint16_t mbqueue_expire(struct mbqueue *queue, int64_t now_us, struct mbqueue_item *ret_expired,
                        uint16_t room)
{
    uint16_t kept = 0, expired = 0;
    for (uint16_t i = 0; i < queue->count; i++) {
        struct mbqueue_item item = *item_at(queue, i);
        if (item.deadline_us <= now_us && expired < room)
            ret_expired[expired++] = item;
        else
            *item_at(queue, kept++) = item;
    }
    queue->count = kept;
    return expired;
}
