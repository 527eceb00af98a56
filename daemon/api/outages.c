/* Outages: maintenance, closures and faults take a resource, or the whole site, out of use. */

#include "api/actions.h"
#include "api/recurring.h"
#include "schema/queries.h"

static const char *const kind_names[] = {"maintenance", "closure", "fault", NULL};

/* Each resource on each day is one advisory lock until the statement's end; PostgreSQL has room for
 * a few thousand of all. */
#define OUTAGE_LOCKS_MAX   1500
#define OUTAGE_SPAN_MAX_US (366 * US_PER_DAY) /* of each */

#define OUTAGE_REPLY                                                                               \
    {"id", RT_UUID, false, "The outage."},                                                         \
        {"version", RT_INT, false, "Raised by every change; the ETag."},                           \
        {"site", RT_TEXT, false, "Code of the site."},                                             \
        {"resource", RT_TEXT, true, "Code of the resource; null: the whole site."},                \
        {"kind", RT_TEXT, false, "`maintenance`, `closure` or `fault`."},                          \
        {"title", RT_TEXT, false, "What it is; everybody sees it."},                               \
        {"start", RT_INSTANT, false, "From when."}, {"end", RT_INSTANT, false, "Until when."},     \
        {"series_id", RT_UUID, true, "The first one's id, of those that were made together."},     \
        {"created_by", RT_TEXT, true, "Code of the person who made it."},                          \
        {"created_at", RT_INSTANT, false, "When it was made."},                                    \
        {"ended_at", RT_INSTANT, true,                                                             \
         "When it was ended before its end; before its start: not "                                \
         "at all."},                                                                               \
    {                                                                                              \
        "ended_by", RT_TEXT, true, "Code of the person who ended it."                              \
    }

static const struct reply_field outage_reply[] = {OUTAGE_REPLY, REPLY_END};

static const struct reply_field made_reply[] = {
    OUTAGE_REPLY,
    {"outages", RT_JSON, false, "All that were made, by start: [{id, start, end}]."},
    {"cancelled", RT_JSON, false, "Ids of the bookings that were cancelled."},
    REPLY_END,
};

struct outage_in {
    struct str resource, site;
    int kind;
    struct str title, rrule, reason;
    struct field_list exdates;
    int64_t start_us, end_us;
    bool force;
};

static const struct field outage_in[] = {
    FIELD_TEXT(struct outage_in, resource, 0, 1, 64,
               "Code or id of the resource; absent: the whole site."),
    FIELD_TEXT(struct outage_in, site, 0, 1, 64,
               "Without a resource: code or id of the site, needed where there are several."),
    FIELD_ENUM(struct outage_in, kind, FIELD_NEEDED, kind_names, -1, "What kind of outage."),
    FIELD_TEXT(struct outage_in, title, FIELD_NEEDED, 1, 200, "What it is; everybody sees it."),
    FIELD_INSTANT(struct outage_in, start_us, "start", FIELD_NEEDED,
                  "From when; may be past, while the end is not."),
    FIELD_INSTANT(struct outage_in, end_us, "end", FIELD_NEEDED, "Until when."),
    RECURRING_FIELDS(struct outage_in),
    FIELD_BOOL(struct outage_in, force, false,
               "Cancel the bookings in the way, free of charge. Never one that has started, never "
               "a course."),
    FIELD_TEXT(struct outage_in, reason, 0, 3, 500,
               "What their firms are told; the title when absent."),
    FIELD_END,
};

/* The only site there is; NULL when there are several. */
static const struct cat_site *only_site(const struct catalogue *catalogue)
{
    size_t count = 0;
    const struct cat_resource *all = catalogue_resources(catalogue, &count);
    for (size_t i = 1; i < count; i++) {
        if (all[i].site != all[0].site)
            return NULL;
    }
    return count > 0 ? all[0].site : NULL;
}

/* The site by name, or the only one; NULL: refused. */
static const struct cat_site *site_of(struct call *call, struct str ref)
{
    const struct cat_site *site =
        ref.ptr ? catalogue_site(call->catalogue, ref) : only_site(call->catalogue);
    if (!site && ref.ptr)
        problem_add(&call->problem, CODE_unknown_reference, "/site", NO_FACT, fact_text(ref));
    else if (!site)
        call_refuse(call, CODE_missing_field, "/site");
    return site;
}

static bool check_times(struct call *call, const struct outage_in *in, struct cal_spans spans)
{
    if (spans.item[0].to_us <= call->now_us)
        problem_add(&call->problem, CODE_in_the_past, "/end", fact_instant(call->now_us),
                    fact_instant(spans.item[0].to_us));
    if (in->end_us - in->start_us > OUTAGE_SPAN_MAX_US)
        problem_add(&call->problem, CODE_too_large, "/end",
                    fact_instant(in->start_us + OUTAGE_SPAN_MAX_US), fact_instant(in->end_us));
    return call->problem.count == 0;
}

static void bind_ids(struct call *call, size_t count)
{
    struct uuid *ids = arena_array(call->arena, count, sizeof(*ids));
    for (size_t i = 0; i < count; i++)
        ids[i] = uuid_v7(call->now_us);
    call_bind(call, pg_uuids(ids, count));
}

static bool prepare_create(struct call *call)
{
    const struct outage_in *in = call->body;
    const struct cat_resource *resource = NULL;
    const struct cat_site *site = NULL;
    if (in->resource.ptr && in->site.ptr)
        return call_refuse(call, CODE_duplicate, "/site");
    if (in->resource.ptr) {
        resource = call_resource(call, in->resource, "/resource");
        site = resource ? resource->site : NULL;
    } else {
        site = site_of(call, in->site);
    }
    struct cal_spans spans;
    if (!site ||
        !recurring_spans(
            call, &(struct recurring){site, in->start_us, in->end_us, in->rrule, in->exdates},
            &spans) ||
        !check_times(call, in, spans))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    bind_ids(call, spans.count);
    call_bind(call, pg_uuid(site->id));
    call_bind(call, pg_uuid(resource ? resource->id : UUID_NIL));
    call_bind(call, pg_cstr(kind_names[in->kind]));
    call_bind(call, pg_text(in->title));
    recurring_bind(call, spans);
    call_bind(call, pg_bool(in->force));
    call_bind(call, pg_text(in->reason));
    call_bind(call, pg_int(OUTAGE_LOCKS_MAX));
    return true;
}

const struct action action_outage_create = {
    .id = "createOutage",
    .tag = "outages",
    .summary = "Take a resource, or the whole site, out of use: once or by a rule, all or nothing.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/outages/",
    .body = outage_in,
    .body_size = sizeof(struct outage_in),
    .stmt = &q_outage_create,
    .known = &q_outage_known,
    .reply = made_reply,
    .reply_name = "OutagesMade",
    .refusals = {CODE_taken, CODE_conflict, CODE_not_bookable, CODE_end_not_after_start,
                 CODE_in_the_past, CODE_beyond_horizon, CODE_series_too_long, CODE_too_large,
                 CODE_unknown_reference, CODE_missing_field, CODE_duplicate},
    .prepare = prepare_create,
};

/* ---------------------------------------------------------------- reading */

struct outage_filter {
    struct page page;
    struct str resource;
    struct uuid series;
    int kind;
    int64_t from_us, to_us;
};

static const struct field outage_filter[] = {
    PAGE_FIELDS(struct outage_filter),
    FIELD_TEXT(struct outage_filter, resource, 0, 1, 64,
               "Only what concerns this resource (code or id)."),
    FIELD_UUID(struct outage_filter, series, "series", 0, "Only those made together."),
    FIELD_ENUM(struct outage_filter, kind, 0, kind_names, -1, "Only of this kind."),
    FIELD_INSTANT(struct outage_filter, from_us, "from", 0, "Only those that end after this."),
    FIELD_INSTANT(struct outage_filter, to_us, "to", 0, "Only those that start before this."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct outage_filter *in = call->query;
    struct uuid resource;
    if (!call_filter_resource(call, in->resource, &resource))
        return false;
    call_bind_page(call);
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_uuid(in->series));
    call_bind(call, pg_cstr(in->kind < 0 ? NULL : kind_names[in->kind]));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_instant(in->to_us));
    return true;
}

const struct action action_outage_list = {
    .id = "listOutages",
    .tag = "outages",
    .summary = "Outages by start.",
    .flags = ACTION_LIST,
    .query = outage_filter,
    .query_size = sizeof(struct outage_filter),
    .stmt = &q_outage_list,
    .reply = outage_reply,
    .reply_name = "Outage",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

const struct action action_outage_get = {
    .id = "getOutage",
    .tag = "outages",
    .summary = "One outage.",
    .stmt = &q_outage_get,
    .reply = outage_reply,
    .reply_name = "Outage",
    .prepare = call_bind_path_id,
};

/* ---------------------------------------------------------------- ending */

struct end_in {
    int64_t at_us;
    bool following;
};

static const struct field end_in[] = {
    FIELD_INSTANT(struct end_in, at_us, "at", 0, "From when it is over; now when absent."),
    FIELD_BOOL(struct end_in, following, false, "Those of its series that come later, too."),
    FIELD_END,
};

static bool prepare_end(struct call *call)
{
    const struct end_in *in = call->body;
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_int(call->match_version));
    call_bind(call, pg_instant(in->at_us));
    call_bind(call, pg_bool(in->following));
    return true;
}

const struct action action_outage_end = {
    .id = "endOutage",
    .tag = "outages",
    .summary = "End an outage before its time: the rest is free.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = end_in,
    .body_size = sizeof(struct end_in),
    .stmt = &q_outage_end,
    .reply = outage_reply,
    .reply_name = "Outage",
    .refusals = {CODE_not_found, CODE_already_finished, CODE_in_the_past, CODE_too_large},
    .prepare = prepare_end,
};
