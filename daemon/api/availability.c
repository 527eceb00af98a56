/* When is it free next? Of each resource, or of all of them together; for everybody, and for who
 * sends a token by what their firm may and they are qualified for. */

#include <string.h>

#include "api/actions.h"
#include "api/answer.h"
#include "api/dispatch.h"
#include "api/state.h"
#include "booking/slots.h"
#include "clock.h"
#include "schema/queries.h"

#define SPAN_DEFAULT_US (60 * US_PER_DAY)
#define SPAN_MAX_US     (400 * US_PER_DAY) /* as far as opening hours are known */
#define LIST_MAX        (65 * SLOTS_BUNDLES_MAX)

struct availability_in {
    struct str resource, with, configuration;
    int mode;
    int64_t duration_s, from_us, to_us, limit;
    bool joint;
};

static const struct field availability_in[] = {
    FIELD_TEXT(struct availability_in, resource, FIELD_NEEDED, 1, LIST_MAX,
               "Codes or ids of up to 20 resources, with commas between them."),
    FIELD_TEXT(struct availability_in, with, 0, 1, LIST_MAX,
               "Of up to 8 resources that have to be free along with each of them."),
    FIELD_BOOL(struct availability_in, joint, false,
               "All the resources at the same time, instead of each by itself."),
    FIELD_ENUM(struct availability_in, mode, FIELD_DEFAULT, wish_mode_names, WISH_SELF,
               "Who works at the instrument: `assisted` takes an operator too."),
    FIELD_TEXT(struct availability_in, configuration, 0, 1, 100,
               "One of the resource's configurations, where it has some."),
    FIELD_INT(
        struct availability_in, duration_s, 0, 1, WISH_SPAN_MAX_US / US_PER_S, 0,
        "How long, as far as the rules allow it; absent: whole free spans, whatever the rules "
        "of booking say."),
    FIELD_INSTANT(struct availability_in, from_us, "from", 0, "The first start; now when absent."),
    FIELD_INSTANT(struct availability_in, to_us, "to", 0,
                  "By when it has to end, at most 400 days after `from`; when absent 60 days."),
    FIELD_INT(struct availability_in, limit, FIELD_DEFAULT, 1, 100, 5,
              "Most slots of each resource."),
    FIELD_END,
};

static const struct reply_field availability_reply[] = {
    {"resources", RT_TEXTS, false, "Codes of what is free together; without parts."},
    {"slots", RT_JSON, false, "Next slots, not overlapping each other: a list of {start, end}."},
    REPLY_END,
};

/* ---------------------------------------------------------------- what is asked for */

/* The resources of a list of codes; how many, or -1 with the problem filled. */
static int read_list(struct call *call, struct str list, const char *pointer, int most,
                     const struct cat_resource **ret)
{
    struct str ref;
    int count = 0;
    bool is_known = true;
    while (str_cut(&list, ',', &ref)) {
        if (count == most) {
            problem_add(&call->problem, CODE_too_large, pointer, fact_int(most), NO_FACT);
            return -1;
        }
        ret[count] = call_resource(call, ref, pointer);
        is_known = is_known && ret[count++];
    }
    return is_known ? count : -1;
}

/* Faults of a bundle are told of the query's parameters: "/with/0" is "?with". */
static void tell_faults(struct call *call, const struct problem *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct violation *fault = &faults->violation[i];
        struct str rest = {fault->pointer.ptr + 1, fault->pointer.len - 1}, name;
        if (!str_cut(&rest, '/', &name))
            continue;
        problem_add(&call->problem, fault->code,
                    arena_printf(call->arena, "?" STR_FMT, STR_ARG(name)), fault->limit,
                    fault->actual);
    }
}

static struct slots_range range_of(struct call *call)
{
    const struct availability_in *in = call->query;
    int64_t from_us = in->from_us == INSTANT_NONE ? call->now_us : in->from_us;
    int64_t to_us = in->to_us == INSTANT_NONE ? from_us + SPAN_DEFAULT_US : in->to_us;
    if (to_us <= from_us)
        problem_add(&call->problem, CODE_end_not_after_start, "?to", fact_instant(from_us),
                    fact_instant(to_us));
    else if (to_us - from_us > SPAN_MAX_US)
        problem_add(&call->problem, CODE_too_large, "?to", fact_instant(from_us + SPAN_MAX_US),
                    fact_instant(to_us));
    return (struct slots_range){
        .now_us = call->now_us,
        .from_us = from_us,
        .until_us = to_us,
        .duration_s = in->duration_s == FIELD_NO_INT ? 0 : in->duration_s,
        .most = (size_t)in->limit,
    };
}

static void add_bundle(struct call *call, struct wish_ask *ask, const struct cat_resource *resource)
{
    struct problem faults;
    problem_init(&faults, call->arena);
    ask->resource = resource;
    if (slots_add(call->slots, ask, &faults))
        tell_faults(call, &faults);
}

static void add_bundles(struct call *call, struct wish_ask *ask,
                        const struct cat_resource *const *resources, int count)
{
    const struct availability_in *in = call->query;
    if (!in->joint) {
        for (int i = 0; i < count; i++)
            add_bundle(call, ask, resources[i]);
        return;
    }
    if (ask->with_count + (size_t)count > WISH_WITH_MAX + 1) {
        problem_add(&call->problem, CODE_too_large, "?resource", fact_int(WISH_WITH_MAX + 1),
                    fact_int((int64_t)ask->with_count + count));
        return;
    }
    for (int i = 1; i < count; i++)
        ask->with[ask->with_count++] = resources[i];
    add_bundle(call, ask, resources[0]);
}

static bool prepare_availability(struct call *call)
{
    const struct availability_in *in = call->query;
    const struct cat_resource *resources[SLOTS_BUNDLES_MAX] = {NULL};
    const struct cat_person *person = call->person;
    struct wish_ask ask = {
        .catalogue = call->catalogue,
        .now_us = call->now_us,
        .by = person,
        .person = person && person->firm ? person : NULL,
        .firm = person ? person->firm : NULL,
        .mode = (enum wish_mode)in->mode,
        .configuration = in->configuration,
    };
    struct slots_range range = range_of(call);
    int count = read_list(call, in->resource, "?resource", SLOTS_BUNDLES_MAX, resources);
    int with_count = read_list(call, in->with, "?with", WISH_WITH_MAX, ask.with);
    if (count < 0 || with_count < 0 || call->problem.count > 0)
        return false;
    ask.with_count = (size_t)with_count;
    call->slots = slots_new(call->arena, &range);
    add_bundles(call, &ask, resources, count);
    return call->problem.count == 0;
}

/* ---------------------------------------------------------------- the answer */

static void put_bundle(const struct slots *slots, size_t index, struct jsonw *w)
{
    const struct wish_ask *ask = slots_ask(slots, index);
    struct cal_spans found = slots_found(slots, index);
    jw_object(w, NULL);
    jw_array(w, "resources");
    jw_text(w, NULL, ask->resource->code);
    for (size_t i = 0; i < ask->with_count; i++)
        jw_text(w, NULL, ask->with[i]->code);
    jw_end_array(w);
    jw_array(w, "slots");
    for (size_t i = 0; i < found.count; i++) {
        jw_object(w, NULL);
        jw_instant(w, "start", found.item[i].from_us);
        jw_instant(w, "end", found.item[i].to_us);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_end_object(w);
}

static void answer(struct call *call)
{
    struct buf json = {0};
    struct jsonw w = jsonw(&json);
    char etag[ETAG_MAX];
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (size_t i = 0; i < slots_count(call->slots); i++)
        put_bundle(call->slots, i, &w);
    jw_end_array(&w);
    jw_end_object(&w);
    etag_of(buf_view(&json), etag);
    if (!call->person)
        calendar_cache_put(call->api->calendar_cache, call->request->target, call->generation,
                           clock_system_mono_us(), buf_view(&json), etag);
    call_finish_json(call, buf_view(&json), etag);
    buf_fini(&json);
}

static void on_taken(struct call *call, const struct pg_reply *reply);

static void ask_on(struct call *call)
{
    struct pg_param params[SLOTS_PARAMS];
    slots_params(call->slots, params);
    call_ask(call, &q_availability_taken, params, on_taken);
}

static void on_taken(struct call *call, const struct pg_reply *reply)
{
    if (reply->outcome != PG_DONE)
        call_answer_failure(call, reply, true);
    else if (slots_take(call->slots, reply->rows))
        answer(call);
    else
        ask_on(call);
}

/* What nobody has a token for is kept for a moment, like a calendar. */
static bool serve_availability(struct call *call)
{
    struct str json;
    const char *etag;
    call->generation = calendar_cache_generation(call->api->calendar_cache);
    if (!call->person && calendar_cache_get(call->api->calendar_cache, call->request->target,
                                            clock_system_mono_us(), &json, &etag))
        call_finish_json(call, json, etag);
    else
        ask_on(call);
    return true;
}

const struct action action_availability = {
    .id = "getAvailability",
    .tag = "resources",
    .summary = "Next slots of resources, each by itself or all together, with all rules applied.",
    .flags = ACTION_LIST,
    .query = availability_in,
    .query_size = sizeof(struct availability_in),
    .reply = availability_reply,
    .reply_name = "Availability",
    .refusals = {CODE_end_not_after_start, CODE_unknown_reference, CODE_not_bookable},
    .prepare = prepare_availability,
    .serve = serve_availability,
};
