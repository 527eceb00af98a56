/* Sessions: a technician logs who really used an instrument. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const char *const outcome_names[] = {"done", "partly", "failed", NULL};

static const struct reply_field session_reply[] = {
    {"id", RT_UUID, false, "The session."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    {"booking", RT_UUID, true, "The booking that it belongs to."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"technician", RT_TEXT, true, "Code of the person who logged it; only the lab sees it."},
    {"started_at", RT_INSTANT, false, "When use began."},
    {"finished_at", RT_INSTANT, true, "When use ended."},
    {"sample_count", RT_INT, true, "Samples worked on."},
    {"operator_s", RT_INT, true, "Time of the lab's staff, in seconds."},
    {"outcome", RT_TEXT, true, "`done`, `partly` or `failed`."},
    {"notes", RT_TEXT, true, "Free text."},
    {"forgotten_at", RT_INSTANT, true,
     "Since when it should have been closed: 12 hours after the booked end."},
    REPLY_END,
};

struct start_in {
    struct uuid booking;
    struct str resource, firm;
};

static const struct field start_in[] = {
    FIELD_UUID(struct start_in, booking, "booking", 0, "The booking whose use begins."),
    FIELD_TEXT(struct start_in, resource, 0, 1, 64,
               "Without a booking: code or id of the resource."),
    FIELD_TEXT(struct start_in, firm, 0, 1, 64, "Without a booking: code or id of the firm."),
    FIELD_END,
};

/* Either a booking, or a resource and a firm (somebody walked in). */
static bool prepare_start(struct call *call)
{
    const struct start_in *in = call->body;
    struct uuid resource_id = UUID_NIL, firm_id = UUID_NIL;
    bool has_booking = !uuid_is_nil(in->booking);
    if (has_booking && in->resource.ptr)
        call_refuse(call, CODE_duplicate, "/resource");
    if (has_booking && in->firm.ptr)
        call_refuse(call, CODE_duplicate, "/firm");
    if (!has_booking && !in->resource.ptr)
        return call_refuse(call, CODE_missing_field, "/booking");
    if (!has_booking) {
        const struct cat_resource *resource = call_resource(call, in->resource, "/resource");
        const struct cat_firm *firm = call_firm(call, in->firm, "/firm");
        if (!resource || !firm)
            return false;
        resource_id = resource->id;
        firm_id = firm->id;
    }
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_uuid(in->booking));
    call_bind(call, pg_uuid(resource_id));
    call_bind(call, pg_uuid(firm_id));
    return call->problem.count == 0;
}

const struct action action_session_start = {
    .id = "startSession",
    .tag = "sessions",
    .summary = "Open a session: for a booking, or for a firm that walked in.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/sessions/",
    .body = start_in,
    .body_size = sizeof(struct start_in),
    .stmt = &q_session_start,
    .reply = session_reply,
    .reply_name = "Session",
    .refusals = {CODE_unknown_reference, CODE_missing_field, CODE_duplicate, CODE_taken,
                 CODE_already_started, CODE_already_finished, CODE_already_cancelled, CODE_conflict,
                 CODE_firm_blocked, CODE_not_qualified},
    .prepare = prepare_start,
};

struct finish_in {
    int64_t sample_count, operator_s;
    int outcome;
    struct str notes;
};

static const struct field finish_in[] = {
    FIELD_INT(struct finish_in, sample_count, 0, 0, 1000000, 0, "Samples worked on."),
    FIELD_INT(struct finish_in, operator_s, 0, 0, 864000, 0,
              "Time of the lab's staff, in seconds."),
    FIELD_ENUM(struct finish_in, outcome, FIELD_DEFAULT, outcome_names, 0, "How it went."),
    FIELD_TEXT(struct finish_in, notes, 0, 1, 4000, "Free text."),
    FIELD_END,
};

static bool prepare_finish(struct call *call)
{
    const struct finish_in *in = call->body;
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_int(call->match_version));
    call_bind(call, in->sample_count == FIELD_NO_INT ? pg_null() : pg_int(in->sample_count));
    call_bind(call, in->operator_s == FIELD_NO_INT ? pg_null() : pg_int(in->operator_s));
    call_bind(call, pg_cstr(outcome_names[in->outcome]));
    call_bind(call, pg_text(in->notes));
    return true;
}

const struct action action_session_finish = {
    .id = "finishSession",
    .tag = "sessions",
    .summary = "Close a session.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = finish_in,
    .body_size = sizeof(struct finish_in),
    .stmt = &q_session_finish,
    .reply = session_reply,
    .reply_name = "Session",
    .refusals = {CODE_not_found, CODE_already_finished},
    .prepare = prepare_finish,
};

struct session_filter {
    struct page page;
    struct str resource, firm;
    struct uuid booking;
    int64_t from_us, to_us;
    bool forgotten;
};

static const struct field session_filter[] = {
    PAGE_FIELDS(struct session_filter),
    FIELD_TEXT(struct session_filter, resource, 0, 1, 64, "Only of this resource (code or id)."),
    FIELD_TEXT(struct session_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_UUID(struct session_filter, booking, "booking", 0, "Only of this booking."),
    FIELD_INSTANT(struct session_filter, from_us, "from", 0,
                  "Only those started at or after this instant."),
    FIELD_INSTANT(struct session_filter, to_us, "to", 0, "Only those started before this instant."),
    FIELD_BOOL(struct session_filter, forgotten, false,
               "Only those that are open although they should have been closed long ago."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct session_filter *in = call->query;
    struct uuid resource, firm;
    if (!call_filter_resource(call, in->resource, &resource) ||
        !call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_uuid(in->booking));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_instant(in->to_us));
    call_bind(call, pg_bool(in->forgotten));
    return true;
}

const struct action action_session_list = {
    .id = "listSessions",
    .tag = "sessions",
    .summary = "Sessions, newest first.",
    .flags = ACTION_LIST,
    .query = session_filter,
    .query_size = sizeof(struct session_filter),
    .stmt = &q_session_list,
    .reply = session_reply,
    .reply_name = "Session",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_session_get = {
    .id = "getSession",
    .tag = "sessions",
    .summary = "One session.",
    .stmt = &q_session_get,
    .reply = session_reply,
    .reply_name = "Session",
    .prepare = call_bind_path_id,
};
