#include "api/parking.h"

#include <stdlib.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/mem.h"
#include "clock.h"

#define TICK_US           (US_PER_S / 20)
#define STALE_TIMEOUT_US  (3 * US_PER_S)
#define MOMENT_TIMEOUT_US (60 * US_PER_S)

enum parked_for {
    FOR_CATALOGUE, /* to be tried again with a newer one */
    FOR_MOMENT,    /* to be tried again at the next tick of the timer */
    FOR_RELEASE,   /* done: its reply is sent once the catalogue knows of it */
};

struct parked {
    TAILQ_ENTRY(parked) link;
    struct call *call;
    enum parked_for what;
    uint64_t renewal;    /* that it waits for; not FOR_MOMENT */
    int64_t deadline_us; /* on the system's monotonic clock */
};

TAILQ_HEAD(parked_list, parked);

struct parking {
    struct parked_list list;
    struct event *timer; /* runs while somebody is parked */
    void (*retry)(struct call *call);
};

static void set_timer(struct parking *parking)
{
    const struct timeval tick = {0, TICK_US};
    if (TAILQ_EMPTY(&parking->list))
        event_del(parking->timer);
    else if (!event_pending(parking->timer, EV_TIMEOUT, NULL) &&
             event_add(parking->timer, &tick) != 0)
        abort();
}

enum sweep { SWEEP_TICK, SWEEP_RESUME, SWEEP_CLOSE };

static bool may_go_on(const struct parked *parked, enum sweep sweep, uint64_t renewal)
{
    if (parked->what == FOR_MOMENT)
        return sweep == SWEEP_TICK;
    return sweep == SWEEP_RESUME && parked->renewal <= renewal;
}

static void go_on(struct parking *parking, struct parked *parked, bool is_over)
{
    if (parked->what == FOR_RELEASE)
        call_release(parked->call);
    else if (is_over)
        call_finish_code(parked->call, CODE_overloaded);
    else
        parking->retry(parked->call);
}

/* Takes out those whose time is up (when closing: everybody) and those who may go on now. The lists
 * are made first, since a retry may park again. */
static void sweep(struct parking *parking, enum sweep sweep, uint64_t renewal)
{
    struct parked_list over = TAILQ_HEAD_INITIALIZER(over);
    struct parked_list ready = TAILQ_HEAD_INITIALIZER(ready);
    struct parked *parked, *next;
    int64_t now_us = clock_system_mono_us();
    for (parked = TAILQ_FIRST(&parking->list); parked; parked = next) {
        next = TAILQ_NEXT(parked, link);
        bool is_over = sweep == SWEEP_CLOSE || parked->deadline_us <= now_us;
        if (!is_over && !may_go_on(parked, sweep, renewal))
            continue;
        TAILQ_REMOVE(&parking->list, parked, link);
        if (is_over)
            TAILQ_INSERT_TAIL(&over, parked, link);
        else
            TAILQ_INSERT_TAIL(&ready, parked, link);
    }
    while ((parked = TAILQ_FIRST(&over))) {
        TAILQ_REMOVE(&over, parked, link);
        go_on(parking, parked, true);
    }
    while ((parked = TAILQ_FIRST(&ready))) {
        TAILQ_REMOVE(&ready, parked, link);
        go_on(parking, parked, false);
    }
    set_timer(parking);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    sweep(arg, SWEEP_TICK, 0);
}

struct parking *parking_new(struct event_base *base, void (*retry)(struct call *call))
{
    struct parking *parking = mem_zalloc(1, sizeof(*parking));
    TAILQ_INIT(&parking->list);
    parking->retry = retry;
    parking->timer = event_new(base, -1, EV_PERSIST, on_timer, parking);
    if (!parking->timer)
        abort();
    return parking;
}

void parking_free(struct parking *parking)
{
    if (!parking)
        return;
    sweep(parking, SWEEP_CLOSE, 0);
    event_free(parking->timer);
    free(parking);
}

static void park(struct parking *parking, struct call *call, enum parked_for what, uint64_t renewal,
                 int64_t deadline_us)
{
    struct parked *parked = arena_alloc(call->arena, sizeof(*parked));
    parked->call = call;
    parked->what = what;
    parked->renewal = renewal;
    parked->deadline_us = deadline_us;
    TAILQ_INSERT_TAIL(&parking->list, parked, link);
    set_timer(parking);
}

void parking_stale(struct parking *parking, struct call *call, uint64_t renewal)
{
    if (call->is_second_try) {
        call_finish_code(call, CODE_overloaded);
        return;
    }
    call->is_second_try = true;
    park(parking, call, FOR_CATALOGUE, renewal, clock_system_mono_us() + STALE_TIMEOUT_US);
}

void parking_resume(struct parking *parking, uint64_t renewal)
{
    sweep(parking, SWEEP_RESUME, renewal);
}

void parking_hold(struct parking *parking, struct call *call, uint64_t renewal)
{
    park(parking, call, FOR_RELEASE, renewal, clock_system_mono_us() + STALE_TIMEOUT_US);
}

void parking_moment(struct parking *parking, struct call *call)
{
    if (!call->wait_deadline_us)
        call->wait_deadline_us = clock_system_mono_us() + MOMENT_TIMEOUT_US;
    park(parking, call, FOR_MOMENT, 0, call->wait_deadline_us);
}
