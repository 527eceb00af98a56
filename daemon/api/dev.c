/* --dev only: the clock that can be set, and running all due jobs now. */

#include "api/actions.h"
#include "api/call.h"
#include "api/state.h"
#include "clock.h"
#include "dev/dev_clock.h"
#include "pg/row.h"
#include "schema/queries.h"

#define CLOCK_TIMEOUT_US (3 * US_PER_S)

/* ---------------------------------------------------------------- PUT /v1/dev/clock */

struct clock_in {
    int64_t now_us;
    int64_t rate;
};

static const struct field clock_in[] = {
    FIELD_INSTANT(struct clock_in, now_us, "now", FIELD_NEEDED, "What every role's clock shows."),
    FIELD_INT(struct clock_in, rate, FIELD_DEFAULT, 0, 86400, 1,
              "How fast it runs from there: 0 stands still, 60 is a minute a second."),
    FIELD_END,
};

static const struct reply_field clock_reply[] = {
    {"now", RT_INSTANT, false, "What the clock showed when it was set."},
    {"rate", RT_INT, false, "How fast it runs."},
    {"real_us", RT_HIDDEN, false, NULL},
    REPLY_END,
};

static bool prepare_clock(struct call *call)
{
    const struct clock_in *in = call->body;
    call_bind(call, pg_int(clock_system_us()));
    call_bind(call, pg_instant(in->now_us));
    call_bind(call, pg_int(in->rate));
    return true;
}

static void clock_committed(struct call *call, const struct pg_rows *rows)
{
    (void)call;
    dev_clock_follow(rows);
}

const struct action action_dev_clock = {
    .id = "setClock",
    .tag = "dev",
    .summary = "Set the clock of every role.",
    .flags = ACTION_DEV | ACTION_RENEWS,
    .body = clock_in,
    .body_size = sizeof(struct clock_in),
    .stmt = &q_dev_clock_set,
    .reply = clock_reply,
    .reply_name = "Clock",
    .prepare = prepare_clock,
    .committed = clock_committed,
};

static void on_clock(void *arg, const struct pg_reply *reply)
{
    (void)arg;
    if (reply->outcome == PG_DONE)
        dev_clock_follow(reply->rows);
}

void dev_clock_renew(struct api *api)
{
    static const struct pg_query query = {&q_dev_clock_get, NULL};
    pgpool_submit(api->reads, &(struct pgpool_ask){.queries = &query,
                                                   .count = 1,
                                                   .timeout_us = CLOCK_TIMEOUT_US,
                                                   .done = on_clock,
                                                   .arg = api});
}

/* ---------------------------------------------------------------- POST /v1/dev/tick */

static const struct reply_field tick_reply[] = {
    {"tick", RT_INT, false, "Counts the ticks."},
    {"done_at", RT_INSTANT, true, "When all jobs that were due had run."},
    REPLY_END,
};

/* The first time a tick is added; then the same statement looks whether it is done. */
static bool prepare_tick(struct call *call)
{
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, call->waits_for ? pg_int(call->waits_for) : pg_null());
    return true;
}

static bool is_tick_done(struct call *call, const struct pg_rows *rows)
{
    const struct pg_row row = {rows, 0};
    call->waits_for = pg_row_int(row, "tick");
    return !pg_row_is_null(row, "done_at");
}

const struct action action_dev_tick = {
    .id = "tick",
    .tag = "dev",
    .summary = "Run all due jobs and answer when they are done.",
    .flags = ACTION_DEV,
    .stmt = &q_dev_tick,
    .reply = tick_reply,
    .reply_name = "Tick",
    .prepare = prepare_tick,
    .is_finished = is_tick_done,
};
