#pragma once
/* All meters of the settings being polled. */

#include "meter/poll.h"

struct poller;

/* `out` gets the samples, those of one resource in the order of their time. */
struct poller *poller_new(struct event_base *base, struct report *report, order_out_fn *out,
                          void *out_arg);
/* NULL is accepted. */
void poller_free(struct poller *poller);

/* Polls what `settings` says from now on. Meters that have not changed go on undisturbed, changed
 * ones begin anew. `seq_floor`: no new meter's seq is at or below. Returns how many are polled;
 * those whose host is no address are told in the log. */
size_t poller_apply(struct poller *poller, const struct settings *settings, int64_t seq_floor);

/* Ends all polls; what was held back for the sake of its order comes out. */
void poller_stop(struct poller *poller);

const struct poll_stats *poller_stats(const struct poller *poller);
