#include "api/suggest.h"

#include "api/dispatch.h"
#include "booking/slots.h"
#include "schema/queries.h"

#define AHEAD_US (60 * US_PER_DAY)

/* What another time cures. Quotas, gaps and the like are the database's: a slot that it would
 * refuse for the same reason is no help. */
static bool is_cured_by_time(enum code code)
{
    return code == CODE_taken || code == CODE_in_the_past || code == CODE_notice_too_short ||
           code == CODE_off_grid || code == CODE_closed;
}

void suggest_for(struct call *call, const struct wish_ask *ask)
{
    struct wish_ask *copy = NULL;
    if (ask) {
        copy = arena_alloc(call->arena, sizeof(*copy));
        *copy = *ask;
        /* Other times are the rules' and have a price of their own. */
        copy->override_reason = (struct str){NULL, 0};
        copy->quote = UUID_NIL;
        copy->has_price = false;
    }
    call->wish_ask = copy;
}

static bool may_suggest(const struct call *call)
{
    const struct wish_ask *ask = call->wish_ask;
    const struct problem *problem = &call->problem;
    if (!ask || ask->has_started || ask->end_us <= ask->start_us || problem->dropped > 0)
        return false;
    for (size_t i = 0; i < problem->count; i++) {
        if (!is_cured_by_time(problem->violation[i].code))
            return false;
    }
    return problem->count > 0;
}

static void on_taken(struct call *call, const struct pg_reply *reply);

static void ask_on(struct call *call)
{
    struct pg_param params[SLOTS_PARAMS];
    slots_params(call->slots, params);
    call_ask(call, &q_availability_taken, params, on_taken);
}

static void on_taken(struct call *call, const struct pg_reply *reply)
{
    if (reply->outcome != PG_DONE) {
        call_finish_problem(call);
        return;
    }
    if (!slots_take(call->slots, reply->rows)) {
        ask_on(call);
        return;
    }
    struct cal_spans found = slots_found(call->slots, 0);
    for (size_t i = 0; i < found.count; i++)
        call->problem.next[i] = (struct problem_slot){found.item[i].from_us, found.item[i].to_us};
    call->problem.next_count = found.count;
    call_finish_problem(call);
}

void suggest_and_finish(struct call *call)
{
    if (!may_suggest(call)) {
        call_finish_problem(call);
        return;
    }
    const struct wish_ask *ask = call->wish_ask;
    const int64_t from_us = ask->start_us > call->now_us ? ask->start_us : call->now_us;
    const struct slots_range range = {
        .now_us = call->now_us,
        .from_us = from_us,
        .until_us = from_us + AHEAD_US,
        .duration_s = (ask->end_us - ask->start_us + US_PER_S - 1) / US_PER_S,
        .most = PROBLEM_NEXT_MAX,
        .booking = ask->id,
    };
    struct problem nobody;
    problem_init(&nobody, call->arena);
    call->slots = slots_new(call->arena, &range);
    if (slots_add(call->slots, ask, &nobody))
        call_finish_problem(call);
    else
        ask_on(call);
}
