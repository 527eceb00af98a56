/* Making bookings: a firm reserves. Reading them is booking_read.c, changing booking_change.c, what
 * people decide of them booking_decide.c. */

#include "api/actions.h"
#include "api/asking.h"
#include "schema/queries.h"

struct booking_in {
    struct asking asking;
    int64_t start_us, end_us;
    struct uuid quote;
    struct str override_reason;
};

static const struct field booking_in[] = {
    ASKING_FIELDS(struct booking_in),
    FIELD_INSTANT(struct booking_in, start_us, "start", FIELD_NEEDED, "First instant of use."),
    FIELD_INSTANT(struct booking_in, end_us, "end", FIELD_NEEDED, "First instant after the use."),
    FIELD_UUID(struct booking_in, quote, "quote", 0,
               "A quote for exactly this: its price is the booking's."),
    FIELD_TEXT(struct booking_in, override_reason, 0, 3, 500,
               "Staff only: book although rules are broken, and why. Never over another claim."),
    FIELD_END,
};

/* A quote's price is needed for the wish: fees are a share of it. */
static bool look_at_quote(struct call *call)
{
    const struct booking_in *in = call->body;
    call_bind(call, pg_uuid(in->quote));
    return !uuid_is_nil(in->quote);
}

static void take_quoted_price(const struct call *call, struct wish_ask *ask)
{
    const struct booking_in *in = call->body;
    if (uuid_is_nil(in->quote))
        return;
    ask->quote = in->quote;
    ask->has_price = !pg_is_null(call->looked, 0, pg_column(call->looked, "fee"));
    ask->fee = pg_get_int(call->looked, 0, pg_column(call->looked, "fee"));
    ask->price = pg_get_json(call->looked, 0, pg_column(call->looked, "price"));
}

static bool prepare_create(struct call *call)
{
    const struct booking_in *in = call->body;
    const struct trial_query *query = call->query;
    struct wish_ask ask;
    struct wish wish;
    if (!asking_read(call, &in->asking, &ask))
        return false;
    ask.start_us = in->start_us;
    ask.end_us = in->end_us;
    ask.override_reason = in->override_reason;
    take_quoted_price(call, &ask);
    if (!asking_begin(call, &ask, query->dry_run, &wish))
        return false;
    asking_bind_wish(call, &wish);
    return true;
}

const struct action action_booking_create = {
    .id = "createBooking",
    .tag = "bookings",
    .summary = "Book a resource: all broken rules at once, or the booking with what it holds.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES | ACTION_SHARED,
    .location = "/v1/bookings/",
    .query = trial_query,
    .query_size = sizeof(struct trial_query),
    .body = booking_in,
    .body_size = sizeof(struct booking_in),
    .look = &q_quote_price,
    .look_at = look_at_quote,
    .stmt = &q_booking_create,
    .known = &q_booking_known,
    .reply = booking_reply,
    .reply_name = "Booking",
    .refusals = {WISH_REFUSALS, CODE_quote_expired, CODE_quote_mismatch},
    .prepare = prepare_create,
};
