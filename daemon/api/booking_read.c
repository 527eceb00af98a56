/* Reading bookings. */

#include "api/actions.h"
#include "api/asking.h"
#include "schema/queries.h"

const struct reply_field booking_reply[] = {
    {"id", RT_UUID, false, "The booking."},
    {"firm_id", RT_UUID, false, "The firm."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"resource_id", RT_UUID, false, "The resource."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"person_id", RT_UUID, false, "The person it is for."},
    {"created_by", RT_UUID, false, "The person who made it."},
    {"mode", RT_TEXT, false, "`self`, `assisted` or `commissioned`."},
    {"start", RT_INSTANT, false, "First instant of use."},
    {"end", RT_INSTANT, false, "First instant after the use."},
    {"purpose", RT_TEXT, true, "What for."},
    {"status", RT_TEXT, false,
     "`offered` (to the waiting list), `pending` (wants approvals), `confirmed`, `started`, "
     "`finished`, `cancelled` or `missed`."},
    {"price", RT_INT, false, "Expected fee before support and tax, in `currency`'s smallest unit."},
    {"support", RT_INT, false, "What of it is held in the programmes' budgets."},
    {"own_share", RT_INT, false, "Price less support."},
    {"currency", RT_TEXT, false, "Of all amounts here."},
    {"explain", RT_JSON, false, "How the expected price comes about, and what staff overruled."},
    {"holds", RT_JSON, false, "What each budget holds, and what was wanted of it."},
    {"also", RT_TEXTS, false, "Codes of what is booked along with it, an operator too."},
    {"configuration", RT_TEXT, true, "The resource's configuration that was chosen."},
    {"quote_id", RT_UUID, true, "The quote that fixed its price."},
    {"series_id", RT_UUID, true, "The series that it is of."},
    {"approvals", RT_TEXTS, false, "Roles that have to agree, in this order."},
    {"approved", RT_INT, false, "How many of them have."},
    {"expires_at", RT_INSTANT, true, "When it lapses, while it is offered or pending."},
    {"locked_from", RT_INSTANT, true, "The firm can't change or cancel it from then on."},
    {"free_until", RT_INSTANT, true, "Cancelling is free until then."},
    {"late_fee", RT_INT, false, "What cancelling costs after that."},
    {"no_show_at", RT_INSTANT, true, "It is missed when nobody has come by then."},
    {"no_show_fee", RT_INT, false, "What missing it costs."},
    {"checked_in_at", RT_INSTANT, true, "When somebody came, or the meter saw it run."},
    {"missed_at", RT_INSTANT, true, "When it was missed."},
    {"fee", RT_INT, false, "Of a late cancellation or a no-show, before what is resold."},
    {"fee_kind", RT_TEXT, true, "`late_cancellation` or `no_show`."},
    {"override_reason", RT_TEXT, true, "Why staff booked it although rules were broken."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"cancelled_at", RT_INSTANT, true, "When it was cancelled."},
    {"cancelled_by", RT_UUID, true, "Who cancelled it; nobody: it expired."},
    {"cancel_reason", RT_TEXT, true, "Why it was cancelled."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    {"is_dry_run", RT_TRIAL, false, "This is what would be; nothing was stored."},
    REPLY_END,
};

static const char *const status_names[] = {"offered",  "pending",   "confirmed", "started",
                                           "finished", "cancelled", "missed",    NULL};

struct booking_filter {
    struct page page;
    struct str resource, firm;
    int status;
    int64_t from_us, to_us;
};

static const struct field booking_filter[] = {
    PAGE_FIELDS(struct booking_filter),
    FIELD_TEXT(struct booking_filter, resource, 0, 1, 64, "Only of this resource (code or id)."),
    FIELD_TEXT(struct booking_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_ENUM(struct booking_filter, status, 0, status_names, -1, "Only in this status."),
    FIELD_INSTANT(struct booking_filter, from_us, "from", 0,
                  "Only those that start at or after this instant."),
    FIELD_INSTANT(struct booking_filter, to_us, "to", 0,
                  "Only those that start before this instant."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct booking_filter *in = call->query;
    struct uuid resource, firm;
    if (!call_filter_resource(call, in->resource, &resource) ||
        !call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_null());
    call_bind(call, pg_cstr(in->status < 0 ? NULL : status_names[in->status]));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_instant(in->to_us));
    return true;
}

const struct action action_booking_list = {
    .id = "listBookings",
    .tag = "bookings",
    .summary = "Bookings by start.",
    .flags = ACTION_LIST,
    .query = booking_filter,
    .query_size = sizeof(struct booking_filter),
    .stmt = &q_booking_list,
    .reply = booking_reply,
    .reply_name = "Booking",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_booking_get = {
    .id = "getBooking",
    .tag = "bookings",
    .summary = "One booking.",
    .stmt = &q_booking_get,
    .reply = booking_reply,
    .reply_name = "Booking",
    .prepare = call_bind_path_id,
};

/* ---------------------------------------------------------------- history */

static const struct reply_field history_reply[] = {
    {"version", RT_INT, false, "Which version this was."},
    {"kind", RT_TEXT, false,
     "What happened to it: `changed`, `approved`, `accepted`, `checked_in`, `cancelled`, `missed` "
     "or `finished`."},
    {"at", RT_INSTANT, false, "When that took effect."},
    {"person_id", RT_UUID, true, "Who did it; nobody: time did."},
    {"reason", RT_TEXT, true, "Why."},
    {"was", RT_JSON, false, "What it was before: start, end, resource, also, price, status, ..."},
    REPLY_END,
};

static bool prepare_history(struct call *call)
{
    call_bind_page(call);
    return call_bind_path_id(call);
}

const struct action action_booking_history = {
    .id = "listBookingHistory",
    .tag = "bookings",
    .summary = "What a booking was before each of its changes, newest first.",
    .flags = ACTION_LIST | ACTION_CHILDREN,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_booking_history,
    .reply = history_reply,
    .reply_name = "BookingVersion",
    .prepare = prepare_history,
};
