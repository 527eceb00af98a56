/* A resource's calendar: when it is open, what is taken; without names, for everybody. */

#include "api/actions.h"
#include "api/call.h"
#include "api/state.h"
#include "clock.h"
#include "schema/queries.h"

#define CALENDAR_SPAN_MAX_US (92 * US_PER_DAY)

struct calendar_in {
    struct page page;
    int64_t from_us, to_us;
};

static const struct field calendar_in[] = {
    FIELD_INSTANT(struct calendar_in, from_us, "from", FIELD_NEEDED, "Start of the part to show."),
    FIELD_INSTANT(struct calendar_in, to_us, "to", FIELD_NEEDED,
                  "End of the part to show; at most 92 days after its start."),
    FIELD_END,
};

static const struct reply_field calendar_reply[] = {
    {"unit", RT_INT, false, "Which unit of the resource, from 1."},
    {"start", RT_INSTANT, false, "From when a unit is taken, set-up included."},
    {"end", RT_INSTANT, false, "Until when, tear-down included."},
    {"reason", RT_TEXT, false, "`booking`, `maintenance`, `closure` or `course`."},
    REPLY_END,
};

static const struct reply_field calendar_preface[] = {
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"open", RT_JSON, false, "When it is open: a list of {start, end}, within what was asked for."},
    REPLY_END,
};

static bool serve_kept(struct call *call)
{
    struct str json;
    const char *etag;
    if (!calendar_cache_get(call->api->calendar_cache, call->request->target,
                            clock_system_mono_us(), &json, &etag))
        return false;
    call_finish_json(call, json, etag);
    return true;
}

static bool prepare_calendar(struct call *call)
{
    const struct calendar_in *in = call->query;
    const struct cat_resource *resource = catalogue_resource(call->catalogue, call->param[0]);
    if (!resource)
        return call_refuse(call, CODE_not_found, "");
    if (in->to_us <= in->from_us)
        problem_add(&call->problem, CODE_end_not_after_start, "?to", fact_instant(in->from_us),
                    fact_instant(in->to_us));
    else if (in->to_us - in->from_us > CALENDAR_SPAN_MAX_US)
        problem_add(&call->problem, CODE_too_large, "?to",
                    fact_instant(in->from_us + CALENDAR_SPAN_MAX_US), fact_instant(in->to_us));
    call->generation = calendar_cache_generation(call->api->calendar_cache);
    call_bind(call, pg_uuid(resource->id));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_instant(in->to_us));
    return call->problem.count == 0;
}

/* The opening hours within the part that was asked for. */
static void put_open(const struct call *call, struct jsonw *w)
{
    const struct calendar_in *in = call->query;
    const struct cat_resource *resource = catalogue_resource(call->catalogue, call->param[0]);
    jw_text(w, "resource", resource->code);
    jw_array(w, "open");
    for (size_t i = cal_spans_find(resource->open, in->from_us); i < resource->open.count; i++) {
        struct cal_span span = resource->open.item[i];
        if (span.from_us >= in->to_us)
            break;
        jw_object(w, NULL);
        jw_instant(w, "start", span.from_us > in->from_us ? span.from_us : in->from_us);
        jw_instant(w, "end", span.to_us < in->to_us ? span.to_us : in->to_us);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void remember(struct call *call, struct str json, const char *etag)
{
    calendar_cache_put(call->api->calendar_cache, call->request->target, call->generation,
                       clock_system_mono_us(), json, etag);
}

const struct action action_calendar = {
    .id = "getCalendar",
    .tag = "resources",
    .summary = "When a resource is open and when it is taken.",
    .flags = ACTION_LIST,
    .query = calendar_in,
    .query_size = sizeof(struct calendar_in),
    .stmt = &q_calendar_read,
    .reply = calendar_reply,
    .reply_name = "Claim",
    .refusals = {CODE_end_not_after_start, CODE_too_large, CODE_missing_field},
    .serve = serve_kept,
    .prepare = prepare_calendar,
    .preface_reply = calendar_preface,
    .preface = put_open,
    .remember = remember,
};
