#include "api/parking.h"

#include <stdlib.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/mem.h"
#include "clock.h"

#define TICK_US           (US_PER_S / 20)
#define STALE_TIMEOUT_US  (3 * US_PER_S)
#define MOMENT_TIMEOUT_US (60 * US_PER_S)

struct parked {
    TAILQ_ENTRY(parked) link;
    struct call *call;
    bool is_stale;       /* waits for a catalogue; otherwise for the next tick of the timer */
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

/* Takes out those whose time is up (`is_closing`: everybody) and those who may try again now. The
 * lists are made first, since a retry may park again. */
static void sweep(struct parking *parking, bool is_resumed, bool is_closing)
{
    struct parked_list refused = TAILQ_HEAD_INITIALIZER(refused);
    struct parked_list ready = TAILQ_HEAD_INITIALIZER(ready);
    struct parked *parked, *next;
    int64_t now_us = clock_system_mono_us();
    for (parked = TAILQ_FIRST(&parking->list); parked; parked = next) {
        next = TAILQ_NEXT(parked, link);
        bool is_over = is_closing || parked->deadline_us <= now_us;
        if (!is_over && parked->is_stale != is_resumed)
            continue;
        TAILQ_REMOVE(&parking->list, parked, link);
        if (is_over)
            TAILQ_INSERT_TAIL(&refused, parked, link);
        else
            TAILQ_INSERT_TAIL(&ready, parked, link);
    }
    while ((parked = TAILQ_FIRST(&refused))) {
        TAILQ_REMOVE(&refused, parked, link);
        call_finish_code(parked->call, CODE_overloaded);
    }
    while ((parked = TAILQ_FIRST(&ready))) {
        TAILQ_REMOVE(&ready, parked, link);
        parking->retry(parked->call);
    }
    set_timer(parking);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    sweep(arg, false, false);
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
    sweep(parking, false, true);
    event_free(parking->timer);
    free(parking);
}

static void park(struct parking *parking, struct call *call, bool is_stale, int64_t deadline_us)
{
    struct parked *parked = arena_alloc(call->arena, sizeof(*parked));
    parked->call = call;
    parked->is_stale = is_stale;
    parked->deadline_us = deadline_us;
    TAILQ_INSERT_TAIL(&parking->list, parked, link);
    set_timer(parking);
}

void parking_stale(struct parking *parking, struct call *call)
{
    if (call->is_second_try) {
        call_finish_code(call, CODE_overloaded);
        return;
    }
    call->is_second_try = true;
    park(parking, call, true, clock_system_mono_us() + STALE_TIMEOUT_US);
}

void parking_resume(struct parking *parking)
{
    sweep(parking, true, false);
}

void parking_moment(struct parking *parking, struct call *call)
{
    if (!call->wait_deadline_us)
        call->wait_deadline_us = clock_system_mono_us() + MOMENT_TIMEOUT_US;
    park(parking, call, false, call->wait_deadline_us);
}
