#pragma once
/* The samples of one resource in the order of their own time, whichever meter answers first.
 *
 * The run-state machine ignores what is older than what it has seen. Meters of one resource answer
 * at their own pace, and a sample's time is the middle of its poll: one that took long is older
 * than others that were over before it. So a sample is held back while a poll is under way that
 * began before the sample's moment. What comes out is in order for good: in the spool, for the
 * machine, and for whoever derives the spans again. */

#include <sys/queue.h>

#include "metering/sample.h"

#define ORDER_HELD_MAX 64 /* beyond, the oldest goes out, come what may */

/* A poll under way; part of the meter's own memory. */
struct order_mark {
    TAILQ_ENTRY(order_mark) entry;
    int64_t since_us;
};

typedef void order_out_fn(void *arg, const struct meter_sample *sample);

struct order {
    TAILQ_HEAD(, order_mark) marks; /* of growing since_us */
    size_t held_count;
    struct meter_sample held[ORDER_HELD_MAX]; /* by mono_us */
};

void order_init(struct order *order);

/* A poll begins at `mono_us` of the process's clock. */
void order_begin(struct order *order, struct order_mark *mark, int64_t mono_us);

/* It is over, with a sample or without (NULL). `out` gets what need not wait any longer. */
void order_end(struct order *order, struct order_mark *mark, const struct meter_sample *sample,
               order_out_fn *out, void *arg);
