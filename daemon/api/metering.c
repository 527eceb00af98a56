/* Meters and what they saw: runs are spans of a resource's state. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field meter_reply[] = {
    {"id", RT_UUID, false, "The meter."},
    {"code", RT_TEXT, false, "Readable code."},
    {"resource", RT_TEXT, false, "Code of the resource that it watches."},
    {"profile", RT_TEXT, false, "Code of its device profile."},
    {"host", RT_TEXT, false, "Address of the device or gateway."},
    {"port", RT_INT, false, "TCP port."},
    {"modbus_unit", RT_INT, false, "Unit id behind that address."},
    {"poll_ms", RT_INT, false, "How often it is read, in ms."},
    {"is_active", RT_BOOL, false, "It is read."},
    {"last_at", RT_INSTANT, true, "Time of the last sample stored."},
    {"power_mw", RT_INT, true, "Power at the last sample, in mW."},
    {"energy_mwh", RT_INT, true, "Counter at the last sample, in mWh."},
    {"contact", RT_BOOL, true, "Run contact at the last sample."},
    REPLY_END,
};

const struct action action_meter_list = {
    .id = "listMeters",
    .tag = "metering",
    .summary = "Meters with their last readings.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_meter_list,
    .reply = meter_reply,
    .reply_name = "Meter",
    .prepare = call_bind_page,
};

static const char *const state_names[] = {"off", "idle", "run", "unknown", NULL};

static const struct reply_field run_reply[] = {
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"ordinal", RT_INT, false, "Counts the spans of a resource, without gaps."},
    {"state", RT_TEXT, false, "`off`, `idle`, `run` or `unknown`."},
    {"start", RT_INSTANT, false, "When the state began."},
    {"end", RT_INSTANT, true, "When it ended; null while it lasts."},
    {"energy_mwh", RT_INT, false, "Energy during the span, in mWh."},
    {"quality", RT_TEXTS, false,
     "Marks: `estimated`, `recovered`, `suspect`, `clock`, ...; none: good."},
    REPLY_END,
};

struct run_filter {
    struct page page;
    struct str resource;
    int state;
    int64_t from_us, to_us;
};

static const struct field run_filter[] = {
    PAGE_FIELDS(struct run_filter),
    FIELD_TEXT(struct run_filter, resource, 0, 1, 64, "Only of this resource (code or id)."),
    FIELD_ENUM(struct run_filter, state, 0, state_names, -1, "Only spans of this state."),
    FIELD_INSTANT(struct run_filter, from_us, "from", 0, "Only those that end after this instant."),
    FIELD_INSTANT(struct run_filter, to_us, "to", 0, "Only those that start before this instant."),
    FIELD_END,
};

static bool prepare_runs(struct call *call)
{
    const struct run_filter *in = call->query;
    struct uuid resource;
    if (!call_filter_resource(call, in->resource, &resource))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_cstr(in->state < 0 ? NULL : state_names[in->state]));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_instant(in->to_us));
    return true;
}

const struct action action_run_list = {
    .id = "listRuns",
    .tag = "metering",
    .summary = "Spans of state as the meters saw them, newest first.",
    .flags = ACTION_LIST,
    .query = run_filter,
    .query_size = sizeof(struct run_filter),
    .stmt = &q_run_list,
    .reply = run_reply,
    .reply_name = "Run",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_runs,
};
