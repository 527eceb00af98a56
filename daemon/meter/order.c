#include "meter/order.h"

#include <string.h>

void order_init(struct order *order)
{
    TAILQ_INIT(&order->marks);
    order->held_count = 0;
}

void order_begin(struct order *order, struct order_mark *mark, int64_t mono_us)
{
    mark->since_us = mono_us;
    TAILQ_INSERT_TAIL(&order->marks, mark, entry);
}

/* The `count` oldest go out. */
static void release(struct order *order, size_t count, order_out_fn *out, void *arg)
{
    for (size_t i = 0; i < count; i++)
        out(arg, &order->held[i]);
    order->held_count -= count;
    memmove(order->held, order->held + count, order->held_count * sizeof(order->held[0]));
}

static void hold(struct order *order, const struct meter_sample *sample)
{
    size_t at = order->held_count++;

    for (; at > 0 && order->held[at - 1].mono_us > sample->mono_us; at--)
        order->held[at] = order->held[at - 1];
    order->held[at] = *sample;
}

void order_end(struct order *order, struct order_mark *mark, const struct meter_sample *sample,
               order_out_fn *out, void *arg)
{
    size_t count = 0;

    TAILQ_REMOVE(&order->marks, mark, entry);
    if (sample && order->held_count == ORDER_HELD_MAX)
        release(order, 1, out, arg);
    if (sample)
        hold(order, sample);
    const struct order_mark *oldest = TAILQ_FIRST(&order->marks);
    while (count < order->held_count && (!oldest || order->held[count].mono_us <= oldest->since_us))
        count++;
    release(order, count, out, arg);
}
