#include "meter/poll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/instant.h"
#include "base/mem.h"

#define RETRIES_MAX  2
#define RETRY_US     (US_PER_S / 10)
#define EARLY_US     1000 /* timers count in ms from the loop's last look at the clock */
#define SILENT_AFTER 3    /* failures in a row */
#define REST_MAX_US  (10 * US_PER_S)

struct poll {
    struct poll_env *env;
    struct meter_settings settings;
    struct line *line;
    struct order *order;
    struct event *timer;
    int64_t due_us; /* of the next poll; of the present one while one is under way */
    int64_t last_seq;
    bool is_first;     /* no sample yet in this process */
    unsigned failures; /* in a row */
    bool is_told;      /* that the meter is silent */

    enum { WAITING, ASKING, PAUSING } state; /* for its time; for a reply; before a request */
    struct order_mark mark;
    struct line_ask *ask; /* ASKING */
    int64_t deadline_us;
    int64_t begun_us; /* of the process's monotonic clock */
    int64_t sent_us;  /* of the system's: the first request; 0: not yet */
    size_t read;
    unsigned retries;
    struct meter_sample sample;
};

static void ask(struct poll *poll);

static void arm(struct poll *poll, int64_t at_us)
{
    int64_t wait_us = at_us - clock_system_mono_us();
    wait_us = wait_us > 0 ? wait_us : 0;
    const struct timeval wait = {wait_us / US_PER_S, wait_us % US_PER_S};
    event_add(poll->timer, &wait);
}

/* ---------------------------------------------------------------- when */

/* FNV-1a: neighbours in a catalogue must not be neighbours in time. */
static int64_t phase_of(struct uuid id, int64_t period_us)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < sizeof(id.byte); i++)
        hash = (hash ^ id.byte[i]) * UINT64_C(1099511628211);
    return (int64_t)(hash % (uint64_t)period_us);
}

static void count_lateness(struct poll_stats *stats, int64_t late_us)
{
    int64_t ms = late_us > 0 ? late_us / 1000 : 0;

    stats->begun++;
    stats->late_ms[ms < POLL_LATE_MS_MAX ? ms : POLL_LATE_MS_MAX - 1]++;
}

int64_t poll_late_ms(const struct poll_stats *stats, unsigned percent)
{
    uint64_t wanted = (stats->begun * percent + 99) / 100, seen = 0;
    int64_t ms = 0;

    for (; ms < POLL_LATE_MS_MAX; ms++) {
        seen += stats->late_ms[ms];
        if (seen >= wanted)
            break;
    }
    return ms;
}

/* How many turns a meter that keeps failing is left alone: 1, 3, 7 ... of them. */
static int64_t rest_of(const struct poll *poll)
{
    int64_t most = REST_MAX_US / poll->settings.period_us;
    unsigned doublings = poll->failures < SILENT_AFTER ? 0 : poll->failures - SILENT_AFTER + 1;
    int64_t turns = (INT64_C(1) << (doublings < 20 ? doublings : 20)) - 1;

    return turns < most ? turns : most;
}

static void wait_for_turn(struct poll *poll)
{
    int64_t period_us = poll->settings.period_us;
    int64_t rested = rest_of(poll);
    int64_t now_us = clock_system_mono_us();

    poll->state = WAITING;
    poll->due_us += period_us * (1 + rested);
    poll->env->stats.rested += (uint64_t)rested;
    if (poll->due_us <= now_us) {
        int64_t missed = (now_us - poll->due_us) / period_us + 1;
        poll->env->stats.skipped += (uint64_t)missed;
        poll->due_us += missed * period_us;
    }
    arm(poll, poll->due_us);
}

/* ---------------------------------------------------------------- what becomes of it */

static void told_silent(struct poll *poll, const char *reason)
{
    poll->failures++;
    if (poll->failures != SILENT_AFTER)
        return;
    poll->is_told = report_may(poll->env->report);
    if (poll->is_told)
        log_warn("meter_silent", LS("meter", poll->settings.code), LS("host", poll->settings.host),
                 LI("port", poll->settings.port), LI("unit", poll->settings.unit),
                 LS("reason", reason));
}

static void told_answers(struct poll *poll)
{
    if (poll->is_told)
        log_info("meter_answers", LS("meter", poll->settings.code), LI("failures", poll->failures));
    poll->is_told = false;
    poll->failures = 0;
}

static void end(struct poll *poll, const struct meter_sample *sample)
{
    order_end(poll->order, &poll->mark, sample, poll->env->out, poll->env->out_arg);
    wait_for_turn(poll);
}

static void fail(struct poll *poll, const char *reason)
{
    poll->env->stats.failed++;
    told_silent(poll, reason);
    end(poll, NULL);
}

/* The reading was true at some moment between request and reply: the middle is taken, and half of
 * the time between them is what it may be off. A set clock may have passed less of it. */
static void succeed(struct poll *poll, int64_t received_us)
{
    struct meter_sample *sample = &poll->sample;
    int64_t mono_us = clock_mono_us();
    int64_t half_us = (received_us - poll->sent_us) / 2;

    if (half_us > mono_us - poll->begun_us)
        half_us = mono_us - poll->begun_us;
    int64_t seq = clock_system_us();
    poll->last_seq = seq > poll->last_seq ? seq : poll->last_seq + 1;
    sample->meter = poll->settings.id;
    sample->seq = poll->last_seq;
    sample->at_us = clock_now_us() - half_us;
    sample->mono_us = mono_us - half_us;
    sample->half_us = (int32_t)half_us; /* a poll's deadline is far below 35 minutes */
    sample->quality = poll->is_first ? QUALITY_RESTART : QUALITY_GOOD;
    poll->is_first = false;
    poll->env->stats.answered++;
    told_answers(poll);
    end(poll, sample);
}

/* ---------------------------------------------------------------- what comes back */

static void pause_for(struct poll *poll, int64_t wait_us)
{
    poll->state = PAUSING;
    arm(poll, clock_system_mono_us() + wait_us);
}

static bool may_retry(const struct poll *poll)
{
    return poll->retries < RETRIES_MAX && clock_system_mono_us() + RETRY_US < poll->deadline_us;
}

static void on_refused(struct poll *poll, uint8_t exception)
{
    char reason[32];
    bool is_busy = exception == MB_EXC_ACKNOWLEDGE || exception == MB_EXC_BUSY;

    if (is_busy && may_retry(poll)) {
        poll->retries++;
        poll->env->stats.retries++;
        pause_for(poll, RETRY_US);
        return;
    }
    if (exception == MB_EXC_ADDRESS && poll->settings.reads.is_joined) {
        reads_split(&poll->settings.reads);
        log_info("reads_split", LS("meter", poll->settings.code),
                 LI("reads", poll->settings.reads.count));
    }
    if (exception == MB_EXC_GATEWAY)
        line_fault(poll->line, clock_system_mono_us());
    snprintf(reason, sizeof(reason), "exception %u", exception);
    fail(poll, reason);
}

static void on_read(struct poll *poll, const struct mb_result *result)
{
    reads_take(&poll->settings.reads, poll->read, &result->reply, &poll->sample);
    line_fine(poll->line);
    poll->read++;
    poll->retries = 0;
    if (poll->read == poll->settings.reads.count)
        succeed(poll, result->received_us);
    else if (poll->settings.gap_us > 0)
        pause_for(poll, poll->settings.gap_us);
    else
        ask(poll);
}

static void on_done(void *ctx, const struct mb_result *result)
{
    struct poll *poll = ctx;

    poll->ask = NULL;
    if (poll->sent_us == 0)
        poll->sent_us = result->sent_us;
    switch (result->outcome) {
    case MB_DONE:
        on_read(poll, result);
        break;
    case MB_REFUSED:
        on_refused(poll, result->reply.exception);
        break;
    case MB_TIMEOUT:
        fail(poll, result->sent_us ? "no answer in time" : "its line had no time for it");
        break;
    case MB_LINK_DOWN:
        fail(poll, result->error ? strerror(result->error) : "closed by the device");
        break;
    case MB_GARBAGE_ANSWER:
        fail(poll, mb_fault_text(result->reply.fault));
        break;
    }
}

/* ---------------------------------------------------------------- asking */

static const char *refusal_text(int outcome)
{
    switch (outcome) {
    case MB_E_QUEUE_FULL:
        return "too many wait for its line";
    case MB_E_DOWN:
        return "no connection";
    case MB_E_PAST:
        return "its line had no time for it";
    default:
        return "a request that can't be sent";
    }
}

static void ask(struct poll *poll)
{
    const struct mbplan_read *read = &poll->settings.reads.read[poll->read];
    const struct mb_request request = {
        .unit = poll->settings.unit,
        .function = read->function,
        .addr = read->addr,
        .count = read->count,
    };

    poll->state = ASKING;
    int r = line_ask(poll->line, &request, poll->deadline_us, on_done, poll, &poll->ask);
    if (r)
        fail(poll, refusal_text(r));
}

static void begin(struct poll *poll, int64_t now_us)
{
    int64_t longest_us = poll->settings.period_us > poll->settings.timeout_us
                             ? poll->settings.period_us
                             : poll->settings.timeout_us;

    count_lateness(&poll->env->stats, now_us - poll->due_us);
    poll->deadline_us = now_us + longest_us;
    poll->begun_us = clock_mono_us();
    poll->sent_us = 0;
    poll->read = 0;
    poll->retries = 0;
    memset(&poll->sample, 0, sizeof(poll->sample));
    order_begin(poll->order, &poll->mark, poll->begun_us);
    if (line_rests(poll->line, now_us))
        fail(poll, "its gateway is at fault");
    else
        ask(poll);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct poll *poll = arg;
    int64_t now_us = clock_system_mono_us();

    if (poll->state == PAUSING)
        ask(poll);
    else if (now_us + EARLY_US < poll->due_us)
        arm(poll, poll->due_us);
    else
        begin(poll, now_us);
}

/* ---------------------------------------------------------------- life */

int poll_new(struct poll_env *env, const struct meter_settings *settings, struct order *order,
             int64_t seq_floor, struct poll **ret)
{
    struct line *line;
    int r = lines_get(env->lines, settings->host, settings->port, settings->line_timeout_us, &line);

    if (r)
        return r;
    struct poll *poll = mem_zalloc(1, sizeof(*poll));
    poll->env = env;
    poll->settings = *settings;
    poll->line = line;
    poll->order = order;
    poll->last_seq = seq_floor;
    poll->is_first = true;
    poll->timer = event_new(env->base, -1, 0, on_timer, poll);
    if (!poll->timer)
        mem_fail(sizeof(struct event *));
    int64_t now_us = clock_system_mono_us();
    int64_t period_us = settings->period_us;
    int64_t phase_us = phase_of(settings->id, period_us);
    poll->due_us = now_us - now_us % period_us + phase_us;
    if (poll->due_us < now_us)
        poll->due_us += period_us;
    arm(poll, poll->due_us);
    *ret = poll;
    return 0;
}

void poll_free(struct poll *poll)
{
    if (!poll)
        return;
    if (poll->ask)
        line_forget(poll->ask);
    if (poll->state != WAITING)
        order_end(poll->order, &poll->mark, NULL, poll->env->out, poll->env->out_arg);
    lines_put(poll->env->lines, poll->line);
    event_free(poll->timer);
    free(poll);
}

int64_t poll_last_seq(const struct poll *poll)
{
    return poll->last_seq;
}

const struct meter_settings *poll_settings(const struct poll *poll)
{
    return &poll->settings;
}
