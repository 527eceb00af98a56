/* What happened, in order: a feed to replay from any point. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field event_reply[] = {
    {"event", RT_INT, false, "Rises from event to event; `after` wants the last one seen."},
    {"at", RT_INSTANT, false, "When."},
    {"kind", RT_TEXT, false, "`booking.created`, `session.started`, `invoice.issued`, ..."},
    {"firm", RT_TEXT, true, "Code of the firm that it concerns."},
    {"object", RT_UUID, true, "What it is about."},
    {"data", RT_JSON, false, "More about it."},
    REPLY_END,
};

struct event_in {
    struct page page;
    int64_t after;
};

static const struct field event_in[] = {
    {"limit", FT_INT, FIELD_DEFAULT, 1, 500, 100, offsetof(struct event_in, page.limit), 0, NULL,
     NULL, "Most items of one page."},
    FIELD_INT(struct event_in, after, FIELD_DEFAULT, 0, JSON_EXACT_MAX, 0,
              "Only events after this one."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct event_in *in = call->query;
    call_bind(call, pg_int(in->page.limit));
    call_bind(call, pg_int(in->after));
    return true;
}

const struct action action_event_list = {
    .id = "listEvents",
    .tag = "integration",
    .summary = "Events, oldest first.",
    .flags = ACTION_LIST,
    .cursor = "after",
    .query = event_in,
    .query_size = sizeof(struct event_in),
    .stmt = &q_event_list,
    .reply = event_reply,
    .reply_name = "Event",
    .prepare = prepare_list,
};
