/* Enrolments: who takes part in a cohort, and who waits for a seat. */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field enrolment_reply[] = {
    {"cohort", RT_UUID, false, "The cohort."},
    {"course", RT_TEXT, false, "Code of the course."},
    {"person", RT_TEXT, false, "Code of the person."},
    {"firm", RT_TEXT, true, "Code of the person's firm."},
    {"status", RT_TEXT, false, "`enrolled`, `waiting` or `left`."},
    {"enrolled_at", RT_INSTANT, false, "When: those who wait move up in this order."},
    {"version", RT_INT, false, "Raised by every change; the ETag."},
    REPLY_END,
};

struct enrolment_in {
    struct str person;
    bool seat_only;
};

#define PERSON_HELP                                                                                \
    "Code or id of the person: a firm's manager names one of the firm, staff anybody; themselves " \
    "when absent."

static const struct field enrolment_in[] = {
    FIELD_TEXT(struct enrolment_in, person, 0, 1, 64, PERSON_HELP),
    FIELD_BOOL(struct enrolment_in, seat_only, false,
               "Refused when there is no seat, instead of waiting for one."),
    FIELD_END,
};

static const struct field leave_in[] = {
    FIELD_TEXT(struct enrolment_in, person, 0, 1, 64, PERSON_HELP),
    FIELD_END,
};

/* Whom the request is about; NULL with the problem filled. */
static const struct cat_person *find_person(struct call *call, struct str ref)
{
    const struct cat_person *self = call->person;
    const struct cat_person *person = ref.ptr ? catalogue_person(call->catalogue, ref) : self;
    bool is_manager = self->roles & (1u << CAT_FIRM_MANAGER);
    bool is_theirs = person == self || call->reach == REACH_ALL ||
                     (is_manager && person && person->firm == self->firm);
    if (!is_theirs)
        call_refuse(call, CODE_forbidden, "/person");
    else if (!person)
        problem_add(&call->problem, CODE_unknown_reference, "/person", NO_FACT, fact_text(ref));
    return is_theirs ? person : NULL;
}

/* Key, now, cohort and person. */
static bool bind_enrolment(struct call *call)
{
    const struct enrolment_in *in = call->body;
    const struct cat_person *person = find_person(call, in->person);
    struct uuid id;
    if (!person || !call_path_id(call, 0, &id))
        return false;
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(id));
    call_bind(call, pg_uuid(person->id));
    return true;
}

static bool prepare_create(struct call *call)
{
    const struct enrolment_in *in = call->body;
    if (!bind_enrolment(call))
        return false;
    call_bind(call, pg_bool(!in->seat_only));
    return true;
}

const struct action action_enrolment_create = {
    .id = "enrol",
    .tag = "courses",
    .summary = "Enrol a person in a cohort; when its seats are taken, on its waiting list.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .body = enrolment_in,
    .body_size = sizeof(struct enrolment_in),
    .stmt = &q_enrolment_create,
    .reply = enrolment_reply,
    .reply_name = "Enrolment",
    .refusals = {CODE_already_enrolled, CODE_course_full, CODE_in_the_past, CODE_already_cancelled,
                 CODE_already_finished, CODE_unknown_reference},
    .prepare = prepare_create,
};

const struct action action_enrolment_leave = {
    .id = "leaveCohort",
    .tag = "courses",
    .summary = "Take a person off a cohort's list: the first who waits gets the seat.",
    .flags = ACTION_KEYED | ACTION_OUTCOME,
    .body = leave_in,
    .body_size = sizeof(struct enrolment_in),
    .stmt = &q_enrolment_leave,
    .reply = enrolment_reply,
    .reply_name = "Enrolment",
    .refusals = {CODE_conflict, CODE_in_the_past, CODE_already_cancelled, CODE_already_finished,
                 CODE_unknown_reference},
    .prepare = bind_enrolment,
};
