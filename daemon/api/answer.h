#pragma once
/* From a statement's rows to the reply. */
#include "api/call.h"

enum answer {
    ANSWER_GIVEN,
    ANSWER_STALE,      /* nothing was done: the catalogue was older than the database's */
    ANSWER_BUSY,       /* nothing was done: in company it does not wait for a lock; send it alone */
    ANSWER_UNFINISHED, /* the action is not finished yet: ask again a little later */
    ANSWER_HELD,       /* done; call_release() sends the reply once the catalogue knows of it */
};

/* The statement's end: rows, refusals or a failure become the one reply of the call, or it is left
 * for another try. */
must_check enum answer call_answer(struct call *call, const struct pg_reply *reply);

/* The reply to a request that failed, or of which nobody knows how it ended; `is_read`: nothing of
 * it could have been done. */
void call_answer_failure(struct call *call, const struct pg_reply *reply, bool is_read);
