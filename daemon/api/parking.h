#pragma once
/* Calls that have to wait: for a newer catalogue, or for something that is not finished. They are
 * tried again, or end in 503 when their time is up. And calls that are done, whose reply waits
 * until the catalogue knows of it: what was answered can be used at once. */

#include "api/call.h"

struct event_base;
struct parking;

/* `retry` runs a call again; it may park it again. */
struct parking *parking_new(struct event_base *base, void (*retry)(struct call *call));
/* Everyone still here ends in 503, or with its reply. NULL is accepted. */
void parking_free(struct parking *parking);

/* Until renewal number `renewal`, which was asked for when the catalogue had turned out to be old;
 * a call that comes here a second time ends in 503. */
void parking_stale(struct parking *parking, struct call *call, uint64_t renewal);
/* A new catalogue is in force, newer than the renewals asked for up to number `renewal`. */
void parking_resume(struct parking *parking, uint64_t renewal);

/* Until that renewal; what is done stays done, so when its time is up the reply is sent as well. */
void parking_hold(struct parking *parking, struct call *call, uint64_t renewal);

/* For a moment. */
void parking_moment(struct parking *parking, struct call *call);
