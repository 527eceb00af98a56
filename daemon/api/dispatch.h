#pragma once
#include "api/action.h"

/* Tries a call again whose catalogue was stale, with the one that is in force now. */
void call_retry(struct call *call, struct catalogue *renewed);

/* Domain rules, binding, and off to PostgreSQL. */
void call_submit(struct call *call);
