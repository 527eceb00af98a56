#include "api/parking.h"

#include <event2/event.h>

#include "api/answer.h"
#include "api/dispatch.h"
#include "api/state.h"
#include "clock.h"

struct parked_call {
    TAILQ_ENTRY(parked_call) link;
    struct call *call;
    int64_t deadline_us; /* monotonic */
};

static void refuse(struct parked_call *parked)
{
    call_refuse(parked->call, CODE_overloaded, "");
    call_finish_problem(parked->call);
}

void call_park(struct call *call)
{
    struct api *api = call->api;
    struct parked_call *parked = arena_alloc(call->arena, sizeof(*parked));
    parked->call = call;
    if (call->is_second_try) {
        refuse(parked);
        return;
    }
    parked->deadline_us = clock_system_mono_us() + API_PARK_TIMEOUT_US;
    TAILQ_INSERT_TAIL(&api->parked, parked, link);
    api_catalogue_renew(api);
}

void parking_resume(struct api *api)
{
    struct parked_calls ready = TAILQ_HEAD_INITIALIZER(ready);
    TAILQ_CONCAT(&ready, &api->parked, link);
    struct parked_call *parked;
    while ((parked = TAILQ_FIRST(&ready))) {
        TAILQ_REMOVE(&ready, parked, link);
        call_retry(parked->call, api->catalogue);
    }
}

void parking_expire(struct api *api, bool is_closing)
{
    struct parked_call *parked;
    int64_t now_us = clock_system_mono_us();
    while ((parked = TAILQ_FIRST(&api->parked)) && (is_closing || parked->deadline_us <= now_us)) {
        TAILQ_REMOVE(&api->parked, parked, link);
        refuse(parked);
    }
}

#define WAIT_STEP_US    (US_PER_S / 20)
#define WAIT_TIMEOUT_US (60 * US_PER_S)

static void on_wait(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    call_submit(arg);
}

void call_wait(struct call *call)
{
    int64_t now_us = clock_system_mono_us();
    if (!call->wait_deadline_us)
        call->wait_deadline_us = now_us + WAIT_TIMEOUT_US;
    const struct timeval step = {0, WAIT_STEP_US};
    bool is_waiting = now_us < call->wait_deadline_us &&
                      event_base_once(call->api->base, -1, EV_TIMEOUT, on_wait, call, &step) == 0;
    if (is_waiting)
        return;
    call_refuse(call, CODE_overloaded, "");
    call_finish_problem(call);
}
