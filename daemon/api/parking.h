#pragma once
/* Calls that have to wait: for a newer catalogue, or for something that is not finished. They are
 * tried again, or end in 503 when their time is up. */

#include "api/call.h"

struct event_base;
struct parking;

/* `retry` runs a call again; it may park it again. */
struct parking *parking_new(struct event_base *base, void (*retry)(struct call *call));
/* Everyone still here ends in 503. NULL is accepted. */
void parking_free(struct parking *parking);

/* Until parking_resume(); a call that comes here a second time ends in 503. */
void parking_stale(struct parking *parking, struct call *call);
/* A new catalogue is in force. */
void parking_resume(struct parking *parking);

/* For a moment. */
void parking_moment(struct parking *parking, struct call *call);
