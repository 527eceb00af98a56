/* Usage: booking, session and runs reconciled; what is billed. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field usage_reply[] = {
    {"id", RT_UUID, false, "The usage."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    {"session", RT_UUID, true, "The session; null for what had none."},
    {"booking", RT_UUID, true, "The booking."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"reserved_start", RT_INSTANT, true, "Booked from."},
    {"reserved_end", RT_INSTANT, true, "Booked until."},
    {"logged_start", RT_INSTANT, true, "Logged by the technician from."},
    {"logged_end", RT_INSTANT, true, "Logged until."},
    {"metered_start", RT_INSTANT, true, "First moment of run within the session."},
    {"metered_end", RT_INSTANT, true, "Last moment of run within the session."},
    {"metered_s", RT_INT, false, "Run time within the session, in seconds."},
    {"unobserved_s", RT_INT, false, "Time within the session that no meter saw, in seconds."},
    {"energy_wh", RT_INT, false, "Energy within the session, in Wh."},
    {"charge_basis", RT_TEXT, false, "Which of the times is billed."},
    {"billable_s", RT_INT, false, "What is billed, in seconds, before the tariff's rounding."},
    {"quality", RT_TEXTS, false, "Marks; none: good."},
    {"status", RT_TEXT, false, "`ready`, `held` or `billed`."},
    {"held_reason", RT_TEXT, true, "Why a person has to look first."},
    {"service_day", RT_DATE, false, "Local day that decides tariff and support."},
    {"kind", RT_TEXT, false, "`use`, `late_cancellation` or `no_show`."},
    {"fee", RT_INT, true, "Of an absence: what is charged, in the smallest unit."},
    {"agreed_fee", RT_INT, true, "Of an absence: the booking's fee, before the credit for resale."},
    {"resold_s", RT_INT, true, "Of an absence: what others used of the time, in seconds."},
    {"dispute", RT_TEXT, true,
     "`open` (it is not billed until it is decided), `upheld` or `denied`."},
    {"review_until", RT_INSTANT, true,
     "Until when it can be disputed, unless it is billed before."},
    REPLY_END,
};

static const char *const status_names[] = {"ready", "held", "billed", NULL};

struct usage_filter {
    struct page page;
    struct str resource, firm;
    struct uuid session;
    int status;
    int32_t from_day, to_day;
};

static const struct field usage_filter[] = {
    PAGE_FIELDS(struct usage_filter),
    FIELD_TEXT(struct usage_filter, resource, 0, 1, 64, "Only of this resource (code or id)."),
    FIELD_TEXT(struct usage_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_UUID(struct usage_filter, session, "session", 0, "Only of this session."),
    FIELD_ENUM(struct usage_filter, status, 0, status_names, -1, "Only in this status."),
    FIELD_DATE(struct usage_filter, from_day, "from_day", 0, "Only from this local day on."),
    FIELD_DATE(struct usage_filter, to_day, "to_day", 0, "Only until this local day."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct usage_filter *in = call->query;
    struct uuid resource, firm;
    if (!call_filter_resource(call, in->resource, &resource) ||
        !call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_uuid(in->session));
    call_bind(call, pg_cstr(in->status < 0 ? NULL : status_names[in->status]));
    call_bind(call, pg_date(in->from_day));
    call_bind(call, pg_date(in->to_day));
    return true;
}

const struct action action_usage_list = {
    .id = "listUsage",
    .tag = "usage",
    .summary = "Usage records, newest first.",
    .flags = ACTION_LIST,
    .query = usage_filter,
    .query_size = sizeof(struct usage_filter),
    .stmt = &q_usage_list,
    .reply = usage_reply,
    .reply_name = "Usage",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_usage_get = {
    .id = "getUsage",
    .tag = "usage",
    .summary = "One usage record.",
    .stmt = &q_usage_get,
    .reply = usage_reply,
    .reply_name = "Usage",
    .prepare = call_bind_path_id,
};
