#pragma once
/* Other times: what a refused booking is told beyond what is wrong. */
#include "api/call.h"
#include "booking/wish.h"

/* From now on a refusal of the call may suggest other times for `ask`; NULL: none. It is copied. */
void suggest_for(struct call *call, const struct wish_ask *ask);

/* Replies with call->problem and ends the call, as call_finish_problem(). When nothing but the time
 * is wrong, the next times that would do are looked up first; a search that fails changes nothing
 * of the refusal. */
void suggest_and_finish(struct call *call);
