/* What people decide of a booking that there is: cancel, approve, decline, accept, check in. One
 * statement each; the rules are of the booking's row, which keeps what was true when it was made.
 */

#include "api/actions.h"
#include "api/asking.h"
#include "schema/queries.h"

/* What these statements begin with: key, now, booking and version. */
static bool bind_booking(struct call *call)
{
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_int(call->match_version));
    return true;
}

#define DECISION                                                                                   \
    .tag = "bookings", .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,                      \
    .known = &q_booking_known, .reply = booking_reply, .reply_name = "Booking"

/* ---------------------------------------------------------------- cancelling */

struct cancel_in {
    struct str reason;
    bool waive_fee;
};

static const struct field cancel_in[] = {
    FIELD_TEXT(struct cancel_in, reason, 0, 3, 500,
               "Why: needed when staff cancel a firm's booking."),
    FIELD_BOOL(struct cancel_in, waive_fee, false,
               "Staff only: no fee, although the firm cancels late."),
    FIELD_END,
};

static bool prepare_cancel(struct call *call)
{
    const struct cancel_in *in = call->body;
    bool is_staff = call_is_staff(call);
    if (in->waive_fee && !is_staff)
        call_refuse(call, CODE_forbidden, "/waive_fee");
    if (is_staff && !in->reason.ptr)
        call_refuse(call, CODE_missing_field, "/reason");
    if (call->problem.count > 0 || !bind_booking(call))
        return false;
    call_bind(call, pg_bool(is_staff));
    call_bind(call, pg_text(in->reason));
    call_bind(call, pg_bool(in->waive_fee));
    return true;
}

const struct action action_booking_cancel = {
    DECISION,
    .id = "cancelBooking",
    .summary = "Cancel a booking: its claims and its holds are free again; late, for a fee.",
    .body = cancel_in,
    .body_size = sizeof(struct cancel_in),
    .stmt = &q_booking_cancel,
    .refusals = {CODE_not_found, CODE_already_cancelled, CODE_already_started,
                 CODE_already_finished, CODE_already_missed, CODE_in_the_past, CODE_locked,
                 CODE_missing_field},
    .prepare = prepare_cancel,
};

/* ---------------------------------------------------------------- approving and declining */

struct decide_in {
    struct str reason;
};

static const struct field decide_in[] = {
    FIELD_TEXT(struct decide_in, reason, 0, 3, 500, "Why."),
    FIELD_END,
};

static void bind_roles(struct call *call)
{
    struct str *roles = arena_array(call->arena, CAT_ROLE_COUNT, sizeof(*roles));
    size_t count = 0;
    for (size_t role = 0; role < CAT_ROLE_COUNT; role++) {
        if (call->person->roles & (1u << role))
            roles[count++] = str_of(cat_role_names[role]);
    }
    call_bind(call, pg_texts(roles, count));
}

static bool prepare_decide(struct call *call)
{
    const struct decide_in *in = call->body;
    if (!bind_booking(call))
        return false;
    bind_roles(call);
    call_bind(call, pg_text(in->reason));
    return true;
}

const struct action action_booking_approve = {
    DECISION,
    .id = "approveBooking",
    .summary = "Agree to a pending booking: the next role of its approvals; the last one confirms.",
    .body = decide_in,
    .body_size = sizeof(struct decide_in),
    .stmt = &q_booking_approve,
    .refusals = {CODE_not_found, CODE_conflict, CODE_already_cancelled},
    .prepare = prepare_decide,
};

const struct action action_booking_decline = {
    DECISION,
    .id = "declineBooking",
    .summary = "Decline: a pending booking, with a reason, or an offer that one was given.",
    .body = decide_in,
    .body_size = sizeof(struct decide_in),
    .stmt = &q_booking_decline,
    .refusals = {CODE_not_found, CODE_conflict, CODE_already_cancelled, CODE_missing_field,
                 CODE_offer_expired},
    .prepare = prepare_decide,
};

/* ---------------------------------------------------------------- accepting, checking in */

const struct action action_booking_accept = {
    DECISION,
    .id = "acceptBooking",
    .summary = "Accept an offer: it is confirmed, or pending where approvals are wanted.",
    .stmt = &q_booking_accept,
    .refusals = {CODE_not_found, CODE_conflict, CODE_already_cancelled, CODE_offer_expired},
    .prepare = bind_booking,
};

const struct action action_booking_check_in = {
    DECISION,
    .id = "checkInBooking",
    .summary = "Say that somebody has come, so that the booking is not missed.",
    .stmt = &q_booking_check_in,
    .refusals = {CODE_not_found, CODE_conflict, CODE_too_early, CODE_already_missed,
                 CODE_already_cancelled, CODE_awaits_approval},
    .prepare = bind_booking,
};
