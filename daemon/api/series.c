/* Series: one booking many times, by an RFC 5545 rule. Each is an ordinary booking afterwards. */

#include "api/actions.h"
#include "api/asking.h"
#include "api/recurring.h"
#include "schema/queries.h"

enum { ON_REFUSE, ON_SKIP };
static const char *const conflict_names[] = {"refuse", "skip", NULL};

#define SERIES_HEAD                                                                                \
    {"id", RT_UUID, false, "The series."},                                                         \
        {"version", RT_INT, false, "Raised by every change of the series itself; the ETag."},      \
        {"firm", RT_TEXT, false, "Code of the firm."},                                             \
        {"resource", RT_TEXT, false, "Code of the resource."},                                     \
        {"person_id", RT_UUID, false, "The person it is for."},                                    \
        {"created_by", RT_UUID, false, "The person who made it."},                                 \
        {"rrule", RT_TEXT, false, "The rule."},                                                    \
        {"start", RT_INSTANT, false, "From when on the rule goes."},                               \
        {"duration_s", RT_INT, false, "How long each booking lasts."},                             \
        {"on_conflict", RT_TEXT, false, "`refuse` or `skip`."},                                    \
    {                                                                                              \
        "made", RT_INT, false, "How many bookings were made."                                      \
    }

static const struct reply_field series_reply[] = {
    SERIES_HEAD,
    {"price", RT_INT, false, "Expected price of those that stand, in `currency`'s smallest unit."},
    {"support", RT_INT, false, "What of it is held in the programmes' budgets."},
    {"currency", RT_TEXT, false, "Of all amounts here."},
    {"skipped", RT_JSON, false,
     "What could not be booked: [{instance, start, violations}]; instances count from 0."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"bookings", RT_JSON, false,
     "Its bookings as they are now: [{id, start, end, status, price, support}]."},
    REPLY_END,
};

static const struct reply_field made_reply[] = {
    SERIES_HEAD,
    {"price", RT_INT, false, "Expected price of all, in `currency`'s smallest unit."},
    {"support", RT_INT, false, "What of it is held in the programmes' budgets."},
    {"currency", RT_TEXT, false, "Of all amounts here."},
    {"skipped", RT_JSON, false,
     "What could not be booked: [{instance, start, violations}]; instances count from 0."},
    {"created_at", RT_INSTANT, false, "When it was made."},
    {"bookings", RT_JSON, false, "Its bookings: [{id, start, end, status, price, support}]."},
    {"is_dry_run", RT_TRIAL, false, "Nothing was stored."},
    REPLY_END,
};

static const struct reply_field list_reply[] = {
    SERIES_HEAD,
    {"created_at", RT_INSTANT, false, "When it was made."},
    REPLY_END,
};

struct series_in {
    struct asking asking;
    int64_t start_us, end_us;
    struct str rrule, override_reason;
    struct field_list exdates;
    int on_conflict;
};

static const struct field series_in[] = {
    ASKING_FIELDS(struct series_in),
    FIELD_INSTANT(struct series_in, start_us, "start", FIELD_NEEDED,
                  "First instant of the first one."),
    FIELD_INSTANT(struct series_in, end_us, "end", FIELD_NEEDED,
                  "First instant after the first one; the others last as long."),
    RECURRING_FIELDS(struct series_in),
    FIELD_ENUM(struct series_in, on_conflict, FIELD_DEFAULT, conflict_names, ON_REFUSE,
               "When one can't be booked: `refuse` all of them, or `skip` it and list it."),
    FIELD_TEXT(struct series_in, override_reason, 0, 3, 500,
               "Staff only: book although rules are broken, and why. Never over another claim."),
    FIELD_END,
};

/* A series on its way to the statement. */
struct making {
    struct call *call;
    struct wish_ask ask;
    struct wish_bundle bundle; /* of every instance */
    bool skips;                /* what C refuses is left out */
    struct problem each;       /* of the instance that is looked at */
    struct buf wishes, skipped;
    struct jsonw wish_w, skip_w;
    int64_t *numbers; /* of the wishes */
    size_t count;
};

static void put_fact(struct jsonw *w, const char *name, struct fact fact)
{
    if (fact.kind == FACT_INT)
        jw_int(w, name, fact.number);
    else if (fact.kind == FACT_INSTANT)
        jw_instant(w, name, fact.number);
    else if (fact.kind == FACT_TEXT)
        jw_text(w, name, fact.text);
}

static void put_skipped(struct making *making, size_t number)
{
    struct jsonw *w = &making->skip_w;
    jw_object(w, NULL);
    jw_int(w, "instance", (int64_t)number);
    jw_instant(w, "start", making->ask.start_us);
    jw_array(w, "violations");
    for (size_t i = 0; i < making->each.count; i++) {
        const struct violation *violation = &making->each.violation[i];
        jw_object(w, NULL);
        jw_cstr(w, "code", code_name(violation->code));
        jw_text(w, "pointer", violation->pointer);
        put_fact(w, "limit", violation->limit);
        put_fact(w, "actual", violation->actual);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_end_object(w);
}

/* Adds an instance's violations to the call's, with its number before their pointers. */
static void put_refused(struct making *making, size_t number)
{
    struct call *call = making->call;
    for (size_t i = 0; i < making->each.count; i++) {
        const struct violation *violation = &making->each.violation[i];
        problem_add(&call->problem, violation->code,
                    arena_printf(call->arena, "/instances/%zu" STR_FMT, number,
                                 STR_ARG(violation->pointer)),
                    violation->limit, violation->actual);
    }
}

/* The wish of one instance, or why there is none. False: nothing of this will ever do. */
static bool look_at_instance(struct making *making, size_t number, struct cal_span span)
{
    struct wish wish;
    making->ask.start_us = span.from_us;
    making->ask.end_us = span.to_us;
    problem_init(&making->each, making->call->arena);
    int outcome =
        wish_of_bundle(&making->ask, &making->bundle, making->call->arena, &making->each, &wish);
    if (outcome == WISH_E_HOPELESS) {
        making->call->problem = making->each;
        return false;
    }
    if (outcome == WISH_E_REFUSED && making->skips) {
        put_skipped(making, number);
        return true;
    }
    if (outcome == WISH_E_REFUSED)
        put_refused(making, number);
    wish_json(&wish, &making->wish_w);
    making->numbers[making->count++] = (int64_t)number;
    return true;
}

static bool look_at_all(struct making *making, struct cal_spans spans)
{
    making->numbers = arena_array(making->call->arena, spans.count, sizeof(*making->numbers));
    buf_reset(&making->wishes);
    buf_reset(&making->skipped);
    making->wish_w = jsonw(&making->wishes);
    making->skip_w = jsonw(&making->skipped);
    jw_array(&making->wish_w, NULL);
    jw_array(&making->skip_w, NULL);
    bool is_possible = true;
    for (size_t i = 0; i < spans.count && is_possible; i++)
        is_possible = look_at_instance(making, i, spans.item[i]);
    jw_end_array(&making->wish_w);
    jw_end_array(&making->skip_w);
    return is_possible;
}

static struct str in_arena(struct arena *arena, const struct buf *text)
{
    return (struct str){arena_strndup(arena, text->data, text->len), text->len};
}

static void bind_series(struct making *making, struct cal_span first)
{
    const struct series_in *in = making->call->body;
    struct call *call = making->call;
    const struct wish_ask *ask = &making->ask;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_int(catalogue_version(call->catalogue)));
    call_bind(call, pg_bool(call->is_trial));
    call_bind(call, pg_uuid(ask->series));
    call_bind(call, pg_uuid(ask->firm->id));
    call_bind(call, pg_uuid(ask->resource->id));
    call_bind(call, pg_uuid(ask->person->id));
    call_bind(call, pg_text(in->rrule));
    call_bind(call, pg_instant(first.from_us));
    call_bind(call, pg_int((first.to_us - first.from_us) / US_PER_S));
    call_bind(call, pg_cstr(conflict_names[in->on_conflict]));
    call_bind(call, pg_jsonb(in_arena(call->arena, &making->skipped)));
    call_bind(call, pg_jsonb(in_arena(call->arena, &making->wishes)));
    call_bind(call, pg_ints(making->numbers, making->count));
}

/* Every instance is looked at. What C refuses of a series that is to be whole makes it a trial, so
 * that the database's own refusals come with it. */
static bool prepare_create(struct call *call)
{
    const struct series_in *in = call->body;
    const struct trial_query *query = call->query;
    struct making *making = arena_alloc(call->arena, sizeof(*making));
    struct cal_spans spans;
    making->call = call;
    making->skips = in->on_conflict == ON_SKIP;
    bool is_known = asking_read(call, &in->asking, &making->ask);
    if (!in->rrule.ptr)
        return call_refuse(call, CODE_missing_field, "/rrule");
    if (!is_known || !recurring_spans(call,
                                      &(struct recurring){making->ask.resource->site, in->start_us,
                                                          in->end_us, in->rrule, in->exdates},
                                      &spans))
        return false;
    making->ask.override_reason = in->override_reason;
    making->ask.series = call->makes = uuid_v7(call->now_us);
    if (wish_bundle(&making->ask, call->arena, &call->problem, &making->bundle) != 0)
        return false;
    bool is_possible = look_at_all(making, spans);
    if (is_possible && making->count == 0) { /* with nothing left to book, all of it is refused */
        making->skips = false;
        is_possible = look_at_all(making, spans);
    }
    call->is_trial = query->dry_run || call->problem.count > 0;
    if (query->dry_run)
        call->key = (struct str){NULL, 0};
    if (is_possible)
        bind_series(making, (struct cal_span){in->start_us, in->end_us});
    buf_fini(&making->wishes);
    buf_fini(&making->skipped);
    return is_possible;
}

const struct action action_series_create = {
    .id = "createSeries",
    .tag = "series",
    .summary = "Book a resource again and again by a rule: all of it, or what can be.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/series/",
    .query = trial_query,
    .query_size = sizeof(struct trial_query),
    .body = series_in,
    .body_size = sizeof(struct series_in),
    .stmt = &q_series_create,
    .known = &q_series_known,
    .reply = made_reply,
    .reply_name = "SeriesMade",
    .refusals = {WISH_REFUSALS, CODE_series_too_long, CODE_duplicate, CODE_forbidden},
    .prepare = prepare_create,
};

/* ---------------------------------------------------------------- reading */

struct series_filter {
    struct page page;
    struct str resource, firm;
};

static const struct field series_filter[] = {
    PAGE_FIELDS(struct series_filter),
    FIELD_TEXT(struct series_filter, resource, 0, 1, 64, "Only of this resource (code or id)."),
    FIELD_TEXT(struct series_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct series_filter *in = call->query;
    struct uuid resource, firm;
    if (!call_filter_resource(call, in->resource, &resource) ||
        !call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_uuid(resource));
    return true;
}

const struct action action_series_list = {
    .id = "listSeries",
    .tag = "series",
    .summary = "Series, newest first.",
    .flags = ACTION_LIST,
    .query = series_filter,
    .query_size = sizeof(struct series_filter),
    .stmt = &q_series_list,
    .reply = list_reply,
    .reply_name = "SeriesHead",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_series_get = {
    .id = "getSeries",
    .tag = "series",
    .summary = "One series, with its bookings as they are now.",
    .stmt = &q_series_get,
    .reply = series_reply,
    .reply_name = "Series",
    .prepare = call_bind_path_id,
};

/* ---------------------------------------------------------------- cancelling */

static const struct reply_field cancelled_reply[] = {
    {"id", RT_UUID, false, "The series."},
    {"version", RT_INT, false, "Its version now."},
    {"cancelled", RT_JSON, false, "Bookings that are cancelled: [{id, start, fee}]."},
    {"kept", RT_JSON, false,
     "Bookings that can't be cancelled any more: [{id, start, violations}]."},
    REPLY_END,
};

struct cancel_in {
    int64_t from_us;
    struct str reason;
};

static const struct field cancel_in[] = {
    FIELD_INSTANT(struct cancel_in, from_us, "from", 0,
                  "Those that start then or later; all that are still to come when absent."),
    FIELD_TEXT(struct cancel_in, reason, 0, 3, 500, "Why: needed from staff."),
    FIELD_END,
};

static bool prepare_cancel(struct call *call)
{
    const struct cancel_in *in = call->body;
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    if (call_is_staff(call) && !in->reason.ptr)
        return call_refuse(call, CODE_missing_field, "/reason");
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_int(call->match_version));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_bool(call_is_staff(call)));
    call_bind(call, pg_text(in->reason));
    return true;
}

const struct action action_series_cancel = {
    .id = "cancelSeries",
    .tag = "series",
    .summary = "Cancel the bookings of a series from a time on, each by its own terms.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = cancel_in,
    .body_size = sizeof(struct cancel_in),
    .stmt = &q_series_cancel,
    .reply = cancelled_reply,
    .reply_name = "SeriesCancelled",
    .refusals = {CODE_not_found, CODE_missing_field},
    .prepare = prepare_cancel,
};
