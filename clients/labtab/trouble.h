#pragma once
#include "remote.h"

/* Appends what a refusal says, for people: status and title, then a line for each violation with
 * its code, pointer, message, limit and actual value. A body that is no problem document (RFC 9457)
 * is shown by its beginning. */
void trouble_describe(const struct remote_reply *reply, struct arena *arena, struct buf *out);
