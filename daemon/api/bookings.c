/* Bookings: a firm reserves. */

#include <string.h>

#include "api/actions.h"
#include "api/call.h"
#include "api/expect.h"
#include "schema/queries.h"

enum { MODE_SELF, MODE_ASSISTED, MODE_COMMISSIONED };
static const char *const mode_names[] = {"self", "assisted", "commissioned", NULL};

struct booking_in {
    struct str resource;
    struct str firm;
    int64_t start_us, end_us;
    int mode;
    struct str purpose;
    struct str override_reason;
};

static const struct field booking_in[] = {
    FIELD_TEXT(struct booking_in, resource, FIELD_NEEDED, 1, 64, "Code or id of the resource."),
    FIELD_INSTANT(struct booking_in, start_us, "start", FIELD_NEEDED, "First instant of use."),
    FIELD_INSTANT(struct booking_in, end_us, "end", FIELD_NEEDED, "First instant after the use."),
    FIELD_TEXT(struct booking_in, firm, 0, 1, 64,
               "Code or id of the firm: needed from staff, for others their own."),
    FIELD_ENUM(struct booking_in, mode, FIELD_DEFAULT, mode_names, 0,
               "Who works at the instrument."),
    FIELD_TEXT(struct booking_in, purpose, 0, 1, 500, "What for; shown to the lab and the firm."),
    FIELD_TEXT(struct booking_in, override_reason, 0, 3, 500,
               "Staff only: book although rules are broken, and why. Never over another claim."),
    FIELD_END,
};

static const struct reply_field booking_reply[] = {
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
    {"status", RT_TEXT, false, "`confirmed`, `started`, `finished`, `cancelled` or `missed`."},
    {"price", RT_INT, false, "Expected fee before support and tax, in `currency`'s smallest unit."},
    {"support", RT_INT, false, "What of it is held in the programmes' budgets."},
    {"own_share", RT_INT, false, "Price less support."},
    {"currency", RT_TEXT, false, "Of all amounts here."},
    {"explain", RT_JSON, false, "How the expected price comes about."},
    {"holds", RT_JSON, false, "What each budget holds, and what was wanted of it."},
    {"override_reason", RT_TEXT, true, "Why staff booked it although rules were broken."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"cancelled_at", RT_INSTANT, true, "When it was cancelled."},
    {"cancelled_by", RT_UUID, true, "Who cancelled it."},
    {"cancel_reason", RT_TEXT, true, "Why it was cancelled."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    REPLY_END,
};

static bool is_staff(const struct cat_person *person)
{
    return !person->firm;
}

/* The rules of the resource on the day of `at_us`, as the calendar wants them. */
static struct cal_rules rules_at(const struct cat_resource *resource, int64_t at_us)
{
    const struct cat_rule *row = cat_rule_at(resource, at_us);
    struct cal_rules rules = {
        .is_bookable = resource->is_active && row,
        .grid_s = 1,
        .max_s = CAL_NO_LIMIT,
        .horizon_s = CAL_NO_LIMIT,
        .open = resource->open,
        .day_starts = resource->site->day_starts,
    };
    if (!row)
        return rules;
    rules.needs_qualification = row->needs_qualification;
    rules.min_s = row->min_s;
    rules.max_s = row->max_s;
    rules.grid_s = row->grid_s;
    rules.notice_s = row->notice_s;
    rules.horizon_s = row->horizon_s;
    rules.pad_before_s = row->pad_before_s;
    rules.pad_after_s = row->pad_after_s;
    return rules;
}

static int64_t qualified_until(const struct call *call, const struct cat_resource *resource,
                               int64_t at_us)
{
    struct cal_spans spans = catalogue_qualified(call->catalogue, call->person->id, resource->id);
    return cal_spans_hold(spans, at_us) ? spans.item[cal_spans_find(spans, at_us)].to_us
                                        : INSTANT_NONE;
}

/* All rules; those that staff overrule with a reason go into `ret_overrides`. */
static bool check_rules(struct call *call, const struct cal_rules *rules,
                        const struct booking_in *in, const struct cat_resource *resource,
                        const struct cat_firm *firm, struct cal_overrides *ret_overrides)
{
    if (in->override_reason.ptr && !is_staff(call->person))
        call_refuse(call, CODE_forbidden, "/override_reason");
    struct cal_rules applied = *rules;
    /* Where staff work at the instrument, the firm's people need no qualification. */
    if (in->mode != MODE_SELF || is_staff(call->person))
        applied.needs_qualification = false;
    const struct cal_request request = {
        .start_us = in->start_us,
        .end_us = in->end_us,
        .qualified_until_us = qualified_until(call, resource, in->start_us),
        .is_firm_blocked = firm->is_blocked,
        .is_override = in->override_reason.ptr && is_staff(call->person),
    };
    return !cal_policy_check(&applied, &request, call->now_us, &call->problem, ret_overrides) &&
           call->problem.count == 0;
}

/* Assisted bookings take one of the site's operators too: a resource like any other. */
static const struct cat_resource *find_operator(const struct call *call,
                                                const struct cat_site *site)
{
    size_t count;
    const struct cat_resource *all = catalogue_resources(call->catalogue, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].site == site && all[i].is_active && str_eq(all[i].kind, STR("operator")))
            return &all[i];
    }
    return NULL;
}

static bool prepare_create(struct call *call)
{
    const struct booking_in *in = call->body;
    const struct cat_resource *resource = call_resource(call, in->resource, "/resource");
    const struct cat_firm *firm = call_firm(call, in->firm, "/firm");
    if (!resource || !firm)
        return false;
    struct cal_rules rules = rules_at(resource, in->start_us);
    struct cal_overrides overrides = {0};
    if (!check_rules(call, &rules, in, resource, firm, &overrides))
        return false;
    struct expectation *expected = arena_alloc(call->arena, sizeof(*expected));
    if (!expect_price(call, resource, firm, in->start_us, in->end_us, &overrides, expected))
        return false;

    const struct cat_resource *operator= NULL;
    if (in->mode == MODE_ASSISTED && !(operator= find_operator(call, resource->site)))
        return call_refuse(call, CODE_not_bookable, "/mode");

    struct cal_span claim = cal_claim_span(&rules, in->start_us, in->end_us);
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_int(catalogue_version(call->catalogue)));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_uuid(firm->id));
    call_bind(call, pg_uuid(resource->id));
    call_bind(call, pg_uuid(call->person->id));
    call_bind(call, pg_cstr(mode_names[in->mode]));
    call_bind(call, pg_instant(in->start_us));
    call_bind(call, pg_instant(in->end_us));
    call_bind(call, pg_instant(claim.from_us));
    call_bind(call, pg_instant(claim.to_us));
    call_bind(call, pg_uuids(operator ? &operator->id : NULL, operator ? 1 : 0));
    call_bind(call, pg_text(in->purpose));
    call_bind(call, pg_int(expected->price.fee));
    call_bind(call, pg_jsonb(expected->explain));
    call_bind(call, pg_text(in->override_reason));
    call_bind(call, pg_uuids(expected->budget, expected->hold_count));
    call_bind(call, pg_ints(expected->wanted, expected->hold_count));
    return true;
}

const struct action action_booking_create = {
    .id = "createBooking",
    .tag = "bookings",
    .summary = "Book a resource: all broken rules at once, or the booking with what it holds.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/bookings/",
    .body = booking_in,
    .body_size = sizeof(struct booking_in),
    .stmt = &q_booking_create,
    .known = &q_booking_known,
    .reply = booking_reply,
    .reply_name = "Booking",
    .refusals = {CODE_taken, CODE_end_not_after_start, CODE_in_the_past, CODE_beyond_horizon,
                 CODE_notice_too_short, CODE_duration_too_short, CODE_duration_too_long,
                 CODE_off_grid, CODE_closed, CODE_not_qualified, CODE_firm_blocked,
                 CODE_not_bookable, CODE_unpriced, CODE_unknown_reference, CODE_missing_field},
    .prepare = prepare_create,
};

/* ---------------------------------------------------------------- reading */

static const char *const status_names[] = {"confirmed", "started", "finished",
                                           "cancelled", "missed",  NULL};

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

/* ---------------------------------------------------------------- cancelling */

struct cancel_in {
    struct str reason;
};

static const struct field cancel_in[] = {
    FIELD_TEXT(struct cancel_in, reason, 0, 3, 500,
               "Why: needed when staff cancel a firm's booking."),
    FIELD_END,
};

static bool prepare_cancel(struct call *call)
{
    const struct cancel_in *in = call->body;
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    if (is_staff(call->person) && !in->reason.ptr)
        return call_refuse(call, CODE_missing_field, "/reason");
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_int(call->match_version));
    call_bind(call, pg_bool(is_staff(call->person)));
    call_bind(call, pg_text(in->reason));
    return true;
}

const struct action action_booking_cancel = {
    .id = "cancelBooking",
    .tag = "bookings",
    .summary = "Cancel a booking: its claims and its holds are free again.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = cancel_in,
    .body_size = sizeof(struct cancel_in),
    .stmt = &q_booking_cancel,
    .reply = booking_reply,
    .reply_name = "Booking",
    .refusals = {CODE_not_found, CODE_already_cancelled, CODE_already_started,
                 CODE_already_finished, CODE_missing_field},
    .prepare = prepare_cancel,
};
