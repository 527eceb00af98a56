#pragma once
/* One meter being polled: when, what, and what becomes of it.
 *
 * - A poll is due every period, at a phase of its own that follows from the meter's id; the next
 *   one is due a period after this one was, whatever happened in between. Those whose time passes
 *   while one is still under way are skipped.
 * - Its reads follow one another, each with the line's time-out from sending; all of it ends within
 *   a period, or within the time-out where that is longer.
 * - A busy device (exceptions 05 and 06) is asked again up to twice; any other failure ends the
 *   poll without a sample: a gap.
 * - A meter that keeps failing is asked less often, so that it doesn't use up the time of others on
 *   its line, but often enough to be found again within the usual gap limit. */

#include "meter/line.h"
#include "meter/order.h"
#include "meter/report.h"
#include "meter/settings.h"

struct event_base;
struct poll;

#define POLL_LATE_MS_MAX 256

/* Of all meters together; all of them only go up. */
struct poll_stats {
    uint64_t begun;
    uint64_t answered;
    uint64_t failed;
    uint64_t skipped; /* due while another was under way */
    uint64_t rested;  /* left out because the meter kept failing */
    uint64_t retries;
    uint32_t late_ms[POLL_LATE_MS_MAX]; /* how many began so late; the last one: or later */
};

/* How late `percent` of the polls began at most, in ms. */
int64_t poll_late_ms(const struct poll_stats *stats, unsigned percent);

/* What all polls share. */
struct poll_env {
    struct event_base *base;
    struct lines *lines;
    struct report *report;
    struct poll_stats stats;
    order_out_fn *out; /* samples, in order for each resource */
    void *out_arg;
};

/* Begins to poll. `seq_floor`: all seqs are above; `order` is the resource's; both it and `env`
 * must outlive the poll. 0 with *ret, or an outcome of lines_get(). */
must_check int poll_new(struct poll_env *env, const struct meter_settings *settings,
                        struct order *order, int64_t seq_floor, struct poll **ret);

/* Ends the polling; a poll under way ends without a sample. Never from within `out`. NULL is
 * accepted. */
void poll_free(struct poll *poll);

int64_t poll_last_seq(const struct poll *poll);
const struct meter_settings *poll_settings(const struct poll *poll);
