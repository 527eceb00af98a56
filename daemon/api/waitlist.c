/* The waiting list: somebody waits for a slot, or for so much time anywhere in a longer one. The
 * jobs process makes the offers; an offer is a booking that is accepted or declined like any. */

#include "api/actions.h"
#include "api/asking.h"
#include "schema/queries.h"

static const char *const status_names[] = {"waiting", "offered", "taken", "left", "expired", NULL};

struct waitlist_in {
    struct asking asking;
    int64_t earliest_us, latest_us;
    int64_t duration_s;
};

static const struct field waitlist_in[] = {
    ASKING_FIELDS(struct waitlist_in),
    FIELD_INSTANT(struct waitlist_in, earliest_us, "earliest", FIELD_NEEDED,
                  "First instant at which the use may begin."),
    FIELD_INSTANT(struct waitlist_in, latest_us, "latest", FIELD_NEEDED,
                  "Instant by which it has to end."),
    FIELD_INT(struct waitlist_in, duration_s, 0, 1, WISH_SPAN_MAX_US / US_PER_S, 0,
              "How long, in seconds; all of it when absent: then it is one slot."),
    FIELD_END,
};

static const struct reply_field waitlist_reply[] = {
    {"id", RT_UUID, false, "The entry."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    {"firm", RT_TEXT, false, "Code of the firm."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"also", RT_TEXTS, false, "Codes of what is wanted along with it."},
    {"person_id", RT_UUID, false, "Who waits."},
    {"created_by", RT_UUID, false, "Who put them on the list."},
    {"mode", RT_TEXT, false, "`self`, `assisted` or `commissioned`."},
    {"earliest", RT_INSTANT, false, "First instant at which the use may begin."},
    {"latest", RT_INSTANT, false, "Instant by which it has to end."},
    {"duration_s", RT_INT, false, "How long, in seconds."},
    {"purpose", RT_TEXT, true, "What for."},
    {"configuration", RT_TEXT, true, "The resource's configuration."},
    {"status", RT_TEXT, false,
     "`waiting`, `offered`, `taken` (an offer was accepted), `left`, or `expired`: nothing of that "
     "length fits any more."},
    {"booking", RT_UUID, true, "The booking that is offered, or was last."},
    {"offer_start", RT_INSTANT, true, "What is offered now: from ..."},
    {"offer_end", RT_INSTANT, true, "... to; ..."},
    {"offer_expires_at", RT_INSTANT, true, "... and until when it is held."},
    {"offer_count", RT_INT, false, "How many offers there were."},
    {"created_at", RT_INSTANT, false, "When: offers are made in this order."},
    REPLY_END,
};

static int64_t duration_of(const struct waitlist_in *in)
{
    bool is_slot = in->duration_s == FIELD_NO_INT;
    return is_slot ? (in->latest_us - in->earliest_us) / US_PER_S : in->duration_s;
}

static bool are_times_right(struct call *call, const struct waitlist_in *in)
{
    int64_t length_s = (in->latest_us - in->earliest_us) / US_PER_S, wanted_s = duration_of(in);
    int64_t most_s =
        length_s < WISH_SPAN_MAX_US / US_PER_S ? length_s : WISH_SPAN_MAX_US / US_PER_S;
    if (in->latest_us <= in->earliest_us)
        return call_refuse(call, CODE_end_not_after_start, "/latest");
    if (wanted_s > most_s)
        problem_add(&call->problem, CODE_duration_too_long, "/duration_s", fact_int(most_s),
                    fact_int(wanted_s));
    if (in->latest_us - wanted_s * US_PER_S < call->now_us)
        problem_add(&call->problem, CODE_in_the_past, "/latest", fact_instant(call->now_us),
                    fact_instant(in->latest_us));
    return call->problem.count == 0;
}

/* A booking's members, as this request has them. */
static const char *pointer_of(struct str pointer, struct arena *arena)
{
    if (str_eq(pointer, STR("/start")))
        return "/earliest";
    if (str_eq(pointer, STR("/end")))
        return "/duration_s";
    return arena_strndup(arena, pointer.ptr, pointer.len);
}

/* Refuses what no time can cure, as the first span that might do shows it: what the jobs would be
 * refused for ever. */
static bool is_worth_waiting(struct call *call, struct wish_ask ask)
{
    struct problem *found = arena_alloc(call->arena, sizeof(*found));
    struct wish *wish = arena_alloc(call->arena, sizeof(*wish));
    const struct cat_rule *rule = cat_rule_at(ask.resource, ask.start_us);
    problem_init(found, call->arena);
    ask.by = ask.person;
    ask.is_offer = true;
    bool is_hopeless = wish_make(&ask, call->arena, found, wish) == WISH_E_HOPELESS;
    for (size_t i = 0; i < found->count; i++) {
        const struct violation *row = &found->violation[i];
        if (is_hopeless || wish_is_lasting(row->code))
            problem_add(&call->problem, row->code, pointer_of(row->pointer, call->arena),
                        row->limit, row->actual);
    }
    if (rule && !rule->takes_waitlist)
        call_refuse(call, CODE_conflict, "/resource");
    return call->problem.count == 0;
}

static struct pg_param with_ids(struct call *call, const struct wish_ask *ask)
{
    struct uuid *ids = arena_array(call->arena, WISH_WITH_MAX, sizeof(*ids));
    for (size_t i = 0; i < ask->with_count; i++)
        ids[i] = ask->with[i]->id;
    return pg_uuids(ids, ask->with_count);
}

static bool prepare_join(struct call *call)
{
    const struct waitlist_in *in = call->body;
    struct wish_ask ask;
    call_bind_key(call);
    if (!asking_read(call, &in->asking, &ask) || !are_times_right(call, in))
        return false;
    ask.start_us = in->earliest_us > call->now_us ? in->earliest_us : call->now_us;
    ask.end_us = ask.start_us + duration_of(in) * US_PER_S;
    if (!is_worth_waiting(call, ask))
        return false;
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_uuid(ask.firm->id));
    call_bind(call, pg_uuid(ask.person->id));
    call_bind(call, pg_uuid(ask.resource->id));
    call_bind(call, with_ids(call, &ask));
    call_bind(call, pg_cstr(wish_mode_names[ask.mode]));
    call_bind(call, pg_instant(in->earliest_us));
    call_bind(call, pg_instant(in->latest_us));
    call_bind(call, pg_int(duration_of(in)));
    call_bind(call, pg_text(ask.purpose));
    call_bind(call, pg_text(ask.configuration));
    return true;
}

const struct action action_waitlist_join = {
    .id = "joinWaitlist",
    .tag = "waitlist",
    .summary = "Wait for a slot, or for so much time between two instants.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/waitlist/",
    .body = waitlist_in,
    .body_size = sizeof(struct waitlist_in),
    .stmt = &q_waitlist_join,
    .known = &q_waitlist_known,
    .reply = waitlist_reply,
    .reply_name = "WaitlistEntry",
    .refusals = {CODE_already_waiting, CODE_conflict, CODE_end_not_after_start, CODE_in_the_past,
                 CODE_duration_too_short, CODE_duration_too_long, CODE_not_qualified,
                 CODE_not_eligible, CODE_not_bookable, CODE_firm_blocked, CODE_unpriced,
                 CODE_unknown_value, CODE_unknown_reference, CODE_missing_field, CODE_duplicate},
    .prepare = prepare_join,
};

static bool prepare_leave(struct call *call)
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

const struct action action_waitlist_leave = {
    .id = "leaveWaitlist",
    .tag = "waitlist",
    .summary = "Wait no longer; an offer that is open is declined.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .stmt = &q_waitlist_leave,
    .reply = waitlist_reply,
    .reply_name = "WaitlistEntry",
    .refusals = {CODE_not_waiting},
    .prepare = prepare_leave,
};

struct waitlist_filter {
    struct page page;
    struct str resource, firm;
    int status;
};

static const struct field waitlist_filter[] = {
    PAGE_FIELDS(struct waitlist_filter),
    FIELD_TEXT(struct waitlist_filter, resource, 0, 1, 64, "Only for this resource (code or id)."),
    FIELD_TEXT(struct waitlist_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_ENUM(struct waitlist_filter, status, 0, status_names, -1, "Only in this status."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct waitlist_filter *in = call->query;
    struct uuid resource, firm;
    if (!call_filter_resource(call, in->resource, &resource) ||
        !call_filter_firm(call, in->firm, &firm))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_cstr(in->status < 0 ? NULL : status_names[in->status]));
    return true;
}

const struct action action_waitlist_list = {
    .id = "listWaitlist",
    .tag = "waitlist",
    .summary = "Who waits, and who did: those that joined last first.",
    .flags = ACTION_LIST,
    .query = waitlist_filter,
    .query_size = sizeof(struct waitlist_filter),
    .stmt = &q_waitlist_list,
    .reply = waitlist_reply,
    .reply_name = "WaitlistEntry",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_waitlist_get = {
    .id = "getWaitlistEntry",
    .tag = "waitlist",
    .summary = "One entry of the waiting list.",
    .stmt = &q_waitlist_get,
    .reply = waitlist_reply,
    .reply_name = "WaitlistEntry",
    .prepare = call_bind_path_id,
};
