/* Qualifications: who may use what by themselves. They come of courses, or are given by hand. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field qualification_reply[] = {
    {"id", RT_UUID, false, "The qualification."},
    {"person", RT_TEXT, false, "Code of the person."},
    {"firm", RT_TEXT, true, "Code of the person's firm."},
    {"resource", RT_TEXT, false, "Code of the resource."},
    {"valid_from", RT_INSTANT, true, "From when on it holds."},
    {"valid_to", RT_INSTANT, true, "Until when; null: without end."},
    {"cohort", RT_UUID, true, "The cohort that it comes of."},
    {"last_used_at", RT_INSTANT, true, "When the person last used the resource."},
    {"lapses_at", RT_INSTANT, true,
     "When it ends as things stand: `valid_to`, or earlier by the resource's limits of last use."},
    REPLY_END,
};

/* The person named by `ref`; NULL with the problem filled. Of other firms nothing is told. */
static const struct cat_person *find_person(struct call *call, struct str ref, const char *pointer)
{
    const struct cat_person *person = catalogue_person(call->catalogue, ref);
    if (call->reach != REACH_ALL && (!person || person->firm != call->person->firm)) {
        call_refuse(call, CODE_forbidden, pointer);
        return NULL;
    }
    if (!person)
        problem_add(&call->problem, CODE_unknown_reference, pointer, NO_FACT, fact_text(ref));
    return person;
}

struct qualification_filter {
    struct page page;
    struct str firm, resource, person;
};

static const struct field qualification_filter[] = {
    PAGE_FIELDS(struct qualification_filter),
    FIELD_TEXT(struct qualification_filter, firm, 0, 1, 64, "Only of this firm (code or id)."),
    FIELD_TEXT(struct qualification_filter, resource, 0, 1, 64,
               "Only for this resource (code or id)."),
    FIELD_TEXT(struct qualification_filter, person, 0, 1, 64, "Only of this person (code or id)."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct qualification_filter *in = call->query;
    struct uuid firm, resource;
    bool is_found = call_filter_firm(call, in->firm, &firm);
    is_found = call_filter_resource(call, in->resource, &resource) && is_found;
    const struct cat_person *person =
        in->person.ptr ? find_person(call, in->person, "?person") : NULL;
    if (!is_found || (in->person.ptr && !person))
        return false;
    call_bind_page(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(firm));
    call_bind(call, pg_uuid(resource));
    call_bind(call, pg_uuid(person ? person->id : UUID_NIL));
    return true;
}

const struct action action_qualification_list = {
    .id = "listQualifications",
    .tag = "courses",
    .summary = "Who may use what by themselves, and until when as things stand.",
    .flags = ACTION_LIST,
    .query = qualification_filter,
    .query_size = sizeof(struct qualification_filter),
    .stmt = &q_qualification_list,
    .reply = qualification_reply,
    .reply_name = "Qualification",
    .refusals = {CODE_unknown_reference},
    .prepare = prepare_list,
};

struct grant_in {
    struct str person, resource;
    int64_t from_us, to_us;
};

static const struct field grant_in[] = {
    FIELD_TEXT(struct grant_in, person, FIELD_NEEDED, 1, 64, "Code or id of the person."),
    FIELD_TEXT(struct grant_in, resource, FIELD_NEEDED, 1, 64, "Code or id of the resource."),
    FIELD_INSTANT(struct grant_in, from_us, "valid_from", 0, "From when on; now when absent."),
    FIELD_INSTANT(struct grant_in, to_us, "valid_to", 0, "Until when; without end when absent."),
    FIELD_END,
};

static bool prepare_grant(struct call *call)
{
    const struct grant_in *in = call->body;
    const struct cat_person *person = find_person(call, in->person, "/person");
    const struct cat_resource *resource = call_resource(call, in->resource, "/resource");
    int64_t from_us = in->from_us == INSTANT_NONE ? call->now_us : in->from_us;
    if (in->to_us != INSTANT_NONE && in->to_us <= from_us)
        problem_add(&call->problem, CODE_end_not_after_start, "/valid_to", fact_instant(from_us),
                    fact_instant(in->to_us));
    if (call->problem.count > 0)
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(person->id));
    call_bind(call, pg_uuid(resource->id));
    call_bind(call, pg_instant(from_us));
    call_bind(call, pg_instant(in->to_us));
    return true;
}

const struct action action_qualification_grant = {
    .id = "grantQualification",
    .tag = "courses",
    .summary = "Qualify a person by hand; what was given before is never cut short.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES | ACTION_RENEWS,
    .body = grant_in,
    .body_size = sizeof(struct grant_in),
    .stmt = &q_qualification_grant,
    .reply = qualification_reply,
    .reply_name = "Qualification",
    .refusals = {CODE_unknown_reference, CODE_end_not_after_start},
    .prepare = prepare_grant,
};

struct revoke_in {
    struct str reason;
};

static const struct field revoke_in[] = {
    FIELD_TEXT(struct revoke_in, reason, FIELD_NEEDED, 3, 500, "Why: the firm is told."),
    FIELD_END,
};

static bool prepare_revoke(struct call *call)
{
    const struct revoke_in *in = call->body;
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_text(in->reason));
    return true;
}

const struct action action_qualification_revoke = {
    .id = "revokeQualification",
    .tag = "courses",
    .summary = "Take a qualification away, from now on.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_RENEWS,
    .body = revoke_in,
    .body_size = sizeof(struct revoke_in),
    .stmt = &q_qualification_revoke,
    .reply = qualification_reply,
    .reply_name = "Qualification",
    .refusals = {CODE_not_found, CODE_conflict},
    .prepare = prepare_revoke,
};
