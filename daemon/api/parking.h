#pragma once
/* Calls whose catalogue was older than the database's wait here for the new one, then try once
 * more. */
#include "api/action.h"

/* Parks the call and asks for a newer catalogue; a call that comes here a second time ends in 503.
 */
void call_park(struct call *call);

/* Runs the call's statement again a little later; 503 when its time is up. */
void call_wait(struct call *call);

/* A new catalogue is in force: everyone parked tries again. */
void parking_resume(struct api *api);

/* Ends in 503 who has waited too long; a timer calls it. `is_closing`: everyone. */
void parking_expire(struct api *api, bool is_closing);
