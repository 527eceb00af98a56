/* Quotes: an itemised price for a booking not yet made, which binds the lab until it expires. */

#include "api/actions.h"
#include "api/asking.h"
#include "schema/queries.h"

#define QUOTE_VALID_US (7 * US_PER_DAY) /* but never beyond the start */

struct quote_in {
    struct asking asking;
    int64_t start_us, end_us;
};

static const struct field quote_in[] = {
    ASKING_FIELDS(struct quote_in),
    FIELD_INSTANT(struct quote_in, start_us, "start", FIELD_NEEDED, "First instant of use."),
    FIELD_INSTANT(struct quote_in, end_us, "end", FIELD_NEEDED, "First instant after the use."),
    FIELD_END,
};

static const struct reply_field quote_reply[] = {
    {"id", RT_UUID, false, "The quote: `quote` of a booking."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"also", RT_TEXTS, false, "Codes of what goes with it, an operator too."},
    {"person_id", RT_UUID, false, "The person it is for."},
    {"mode", RT_TEXT, false, "`self`, `assisted` or `commissioned`."},
    {"start", RT_INSTANT, false, "First instant of use."},
    {"end", RT_INSTANT, false, "First instant after the use."},
    {"price", RT_INT, false, "Fee before support and tax: what a booking by it will show."},
    {"support", RT_INT, false, "What programmes would give of it; only a booking holds it."},
    {"own_share", RT_INT, false, "Price less support."},
    {"currency", RT_TEXT, false, "Of all amounts here."},
    {"explain", RT_JSON, false, "How the price comes about."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"expires_at", RT_INSTANT, false, "Until when a booking by it has its price."},
    REPLY_END,
};

static bool prepare_create(struct call *call)
{
    const struct quote_in *in = call->body;
    struct wish_ask ask;
    struct wish wish;
    if (!asking_read(call, &in->asking, &ask))
        return false;
    ask.start_us = in->start_us;
    ask.end_us = in->end_us;
    if (!asking_begin(call, &ask, false, &wish))
        return false;
    int64_t expires_us = call->now_us + QUOTE_VALID_US;
    call_bind(call, pg_instant(expires_us < ask.start_us ? expires_us : ask.start_us));
    asking_bind_wish(call, &wish);
    return true;
}

const struct action action_quote_create = {
    .id = "createQuote",
    .tag = "quotes",
    .summary = "Price a booking without making it: the same rules, and a price that binds.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/quotes/",
    .body = quote_in,
    .body_size = sizeof(struct quote_in),
    .stmt = &q_quote_create,
    .reply = quote_reply,
    .reply_name = "Quote",
    .refusals = {WISH_REFUSALS},
    .prepare = prepare_create,
};

const struct action action_quote_get = {
    .id = "getQuote",
    .tag = "quotes",
    .summary = "One quote.",
    .stmt = &q_quote_get,
    .reply = quote_reply,
    .reply_name = "Quote",
    .prepare = call_bind_path_id,
};
