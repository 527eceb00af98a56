/* Courses: what is taught, and its cohorts, from the plan to the qualifications that come of them.
 */

#include "api/actions.h"
#include "api/call.h"
#include "schema/queries.h"

static const struct reply_field course_reply[] = {
    {"id", RT_UUID, false, "The course."},
    {"code", RT_TEXT, false, "Readable code, may stand for the id."},
    {"name", RT_TEXT, false, "Name."},
    {"room", RT_TEXT, false, "Code of the room where it is given."},
    {"seats", RT_INT, false, "Seats of a cohort, unless its plan says otherwise."},
    {"attendance", RT_JSON, false, "{num, den}: the share of the meetings that passes."},
    {"is_active", RT_BOOL, false, "It is given at present."},
    {"grants", RT_JSON, false,
     "What passing it opens for self-use: [{resource, validity_s}]; null: without end."},
    REPLY_END,
};

const struct action action_course_list = {
    .id = "listCourses",
    .tag = "courses",
    .summary = "Courses and what they open.",
    .flags = ACTION_LIST,
    .query = page_only,
    .query_size = sizeof(struct page_query),
    .stmt = &q_course_list,
    .reply = course_reply,
    .reply_name = "Course",
    .prepare = call_bind_page,
};

static const struct reply_field cohort_reply[] = {
    {"id", RT_UUID, false, "The cohort."},
    {"version", RT_INT, false, "Raised by every change, of its list too; the ETag."},
    {"course", RT_TEXT, false, "Code of the course."},
    {"name", RT_TEXT, false, "Name of the course."},
    {"room", RT_TEXT, false, "Code of the room."},
    {"seats", RT_INT, false, "How many can take part."},
    {"status", RT_TEXT, false, "`open`, `finished` or `cancelled`."},
    {"meetings", RT_JSON, false, "[{n, start, end}] by time."},
    {"enrolled", RT_INT, false, "How many have a seat."},
    {"waiting", RT_INT, false, "How many wait for one."},
    {"enrolments", RT_JSON, false,
     "[{person, firm, status, enrolled_at, present}]: the firm's own people, for the lab "
     "everybody; "
     "`status` is `enrolled`, `waiting`, `left`, `passed` or `failed`, `present` the numbers of "
     "the "
     "meetings attended."},
    {"created_at", RT_INSTANT, false, "When it was planned."},
    {"finished_at", RT_INSTANT, true, "When it was finished."},
    REPLY_END,
};

/* ---------------------------------------------------------------- reading */

static const char *const status_names[] = {"open", "finished", "cancelled", NULL};

struct cohort_filter {
    struct page page;
    struct str course;
    int status;
    int64_t from_us, to_us;
};

static const struct field cohort_filter[] = {
    PAGE_FIELDS(struct cohort_filter),
    FIELD_TEXT(struct cohort_filter, course, 0, 1, 64, "Only of this course (code or id)."),
    FIELD_ENUM(struct cohort_filter, status, 0, status_names, -1, "Only in this status."),
    FIELD_INSTANT(struct cohort_filter, from_us, "from", 0,
                  "Only those whose first meeting begins at or after this instant."),
    FIELD_INSTANT(struct cohort_filter, to_us, "to", 0,
                  "Only those whose first meeting begins before this instant."),
    FIELD_END,
};

static bool prepare_list(struct call *call)
{
    const struct cohort_filter *in = call->query;
    call_bind_page(call);
    call_bind(call, pg_text(in->course));
    call_bind(call, pg_cstr(in->status < 0 ? NULL : status_names[in->status]));
    call_bind(call, pg_instant(in->from_us));
    call_bind(call, pg_instant(in->to_us));
    return true;
}

const struct action action_cohort_list = {
    .id = "listCohorts",
    .tag = "courses",
    .summary = "Cohorts by their first meeting.",
    .flags = ACTION_LIST,
    .query = cohort_filter,
    .query_size = sizeof(struct cohort_filter),
    .stmt = &q_cohort_list,
    .reply = cohort_reply,
    .reply_name = "Cohort",
    .prepare = prepare_list,
};

const struct action action_cohort_get = {
    .id = "getCohort",
    .tag = "courses",
    .summary = "One cohort.",
    .stmt = &q_cohort_get,
    .reply = cohort_reply,
    .reply_name = "Cohort",
    .prepare = call_bind_path_id,
};

/* ---------------------------------------------------------------- planning */

#define MEETINGS_MAX  50
#define MEETING_MAX_S (24 * 3600)
#define SEATS_MAX     1000

struct meeting_in {
    int64_t start_us, end_us;
};

struct cohort_in {
    struct str course;
    struct field_list meetings;
    int64_t seats;
};

static const struct field meeting_in[] = {
    FIELD_INSTANT(struct meeting_in, start_us, "start", FIELD_NEEDED, "When it begins."),
    FIELD_INSTANT(struct meeting_in, end_us, "end", FIELD_NEEDED,
                  "When it is over, at most a day later."),
    FIELD_END,
};

static const struct field cohort_in[] = {
    FIELD_TEXT(struct cohort_in, course, FIELD_NEEDED, 1, 64, "Code or id of the course."),
    {"meetings", FT_OBJECTS, FIELD_NEEDED, 1, MEETINGS_MAX, 0, offsetof(struct cohort_in, meetings),
     sizeof(struct meeting_in), NULL, meeting_in, "When it meets: the seats are taken each time."},
    FIELD_INT(struct cohort_in, seats, 0, 1, SEATS_MAX, 0,
              "How many can take part; the course's seats when absent."),
    FIELD_END,
};

/* What is wrong with the meetings by themselves: nobody can be in two of them at once. */
static bool check_meetings(struct call *call, const struct meeting_in *meetings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct meeting_in *one = &meetings[i];
        int64_t length_s = (one->end_us - one->start_us) / US_PER_S;
        const char *end = arena_printf(call->arena, "/meetings/%zu/end", i);
        if (one->end_us <= one->start_us)
            problem_add(&call->problem, CODE_end_not_after_start, end, fact_instant(one->start_us),
                        fact_instant(one->end_us));
        else if (length_s > MEETING_MAX_S)
            problem_add(&call->problem, CODE_duration_too_long, end, fact_int(MEETING_MAX_S),
                        fact_int(length_s));
        for (size_t k = 0; k < i; k++) {
            if (meetings[k].start_us < one->end_us && one->start_us < meetings[k].end_us)
                call_refuse(call, CODE_duplicate, arena_printf(call->arena, "/meetings/%zu", i));
        }
    }
    return call->problem.count == 0;
}

static bool prepare_create(struct call *call)
{
    const struct cohort_in *in = call->body;
    const struct meeting_in *meetings = in->meetings.items;
    size_t count = in->meetings.count;
    if (!check_meetings(call, meetings, count))
        return false;
    int64_t *starts = arena_array(call->arena, count, sizeof(*starts));
    int64_t *ends = arena_array(call->arena, count, sizeof(*ends));
    for (size_t i = 0; i < count; i++) {
        starts[i] = meetings[i].start_us;
        ends[i] = meetings[i].end_us;
    }
    call_bind_key(call);
    call_bind(call, pg_instant(call->now_us));
    call_bind(call, pg_uuid(uuid_v7(call->now_us)));
    call_bind(call, pg_text(in->course));
    call_bind(call, in->seats == FIELD_NO_INT ? pg_null() : pg_int(in->seats));
    call_bind(call, pg_instants(starts, count));
    call_bind(call, pg_instants(ends, count));
    return true;
}

const struct action action_cohort_create = {
    .id = "createCohort",
    .tag = "courses",
    .summary = "Plan a cohort: seats of the room for all of its meetings, or none.",
    .flags = ACTION_KEYED | ACTION_OUTCOME | ACTION_CREATES,
    .location = "/v1/cohorts/",
    .body = cohort_in,
    .body_size = sizeof(struct cohort_in),
    .stmt = &q_cohort_create,
    .reply = cohort_reply,
    .reply_name = "Cohort",
    .refusals = {CODE_taken, CODE_in_the_past, CODE_end_not_after_start, CODE_duration_too_long,
                 CODE_not_bookable, CODE_unknown_reference},
    .prepare = prepare_create,
};

/* Key, now, cohort and version: what every change of a cohort takes first. */
static bool bind_cohort(struct call *call)
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

struct cancel_in {
    struct str reason;
};

static const struct field cancel_in[] = {
    FIELD_TEXT(struct cancel_in, reason, FIELD_NEEDED, 3, 500, "Why: its people are told."),
    FIELD_END,
};

static bool prepare_cancel(struct call *call)
{
    const struct cancel_in *in = call->body;
    if (!bind_cohort(call))
        return false;
    call_bind(call, pg_text(in->reason));
    return true;
}

const struct action action_cohort_cancel = {
    .id = "cancelCohort",
    .tag = "courses",
    .summary = "Cancel a cohort: its seats are free again, and its people are told.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = cancel_in,
    .body_size = sizeof(struct cancel_in),
    .stmt = &q_cohort_cancel,
    .reply = cohort_reply,
    .reply_name = "Cohort",
    .refusals = {CODE_not_found, CODE_already_cancelled, CODE_already_finished},
    .prepare = prepare_cancel,
};

/* ---------------------------------------------------------------- attendance, and the end */

struct attendance_in {
    int64_t n;
    struct field_list present, absent;
};

static const struct field attendance_in[] = {
    FIELD_INT(struct attendance_in, n, FIELD_NEEDED, 1, MEETINGS_MAX, 0, "Number of the meeting."),
    FIELD_TEXTS(struct attendance_in, present, 0, 1, 64, SEATS_MAX,
                "Codes or ids of those who were there."),
    FIELD_TEXTS(struct attendance_in, absent, 0, 1, 64, SEATS_MAX,
                "Codes or ids of those who were not."),
    FIELD_END,
};

/* The people named by a list, none of whom may be in `ids`, to which they are added. */
static void find_people(struct call *call, struct field_list names, const char *member,
                        struct uuid *ids, size_t *count)
{
    const struct str *name = names.items;
    for (size_t i = 0; i < names.count; i++) {
        const struct cat_person *person = catalogue_person(call->catalogue, name[i]);
        const char *pointer = arena_printf(call->arena, "/%s/%zu", member, i);
        bool is_double = false;
        for (size_t k = 0; person && k < *count; k++)
            is_double = is_double || uuid_eq(ids[k], person->id);
        if (!person)
            problem_add(&call->problem, CODE_unknown_reference, pointer, NO_FACT,
                        fact_text(name[i]));
        else if (is_double)
            problem_add(&call->problem, CODE_duplicate, pointer, NO_FACT, fact_text(name[i]));
        else
            ids[(*count)++] = person->id;
    }
}

static bool prepare_attendance(struct call *call)
{
    const struct attendance_in *in = call->body;
    if (!bind_cohort(call))
        return false;
    struct uuid *ids =
        arena_array(call->arena, in->present.count + in->absent.count + 1, sizeof(*ids));
    size_t count = 0;
    find_people(call, in->present, "present", ids, &count);
    size_t present_count = count;
    find_people(call, in->absent, "absent", ids, &count);
    call_bind(call, pg_int(in->n));
    call_bind(call, pg_uuids(ids, present_count));
    call_bind(call, pg_uuids(ids + present_count, count - present_count));
    return call->problem.count == 0;
}

const struct action action_cohort_attendance = {
    .id = "noteAttendance",
    .tag = "courses",
    .summary = "Note who was at a meeting, or correct it, until the cohort is finished.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME,
    .body = attendance_in,
    .body_size = sizeof(struct attendance_in),
    .stmt = &q_cohort_attendance,
    .reply = cohort_reply,
    .reply_name = "Cohort",
    .refusals = {CODE_not_found, CODE_already_cancelled, CODE_already_finished, CODE_too_early,
                 CODE_unknown_reference},
    .prepare = prepare_attendance,
};

const struct action action_cohort_finish = {
    .id = "finishCohort",
    .tag = "courses",
    .summary = "Finish a cohort: who attended enough may use what the course opens, from now on.",
    .flags = ACTION_KEYED | ACTION_MATCH | ACTION_OUTCOME | ACTION_RENEWS,
    .stmt = &q_cohort_finish,
    .reply = cohort_reply,
    .reply_name = "Cohort",
    .refusals = {CODE_not_found, CODE_already_cancelled, CODE_already_finished, CODE_too_early},
    .prepare = bind_cohort,
};
