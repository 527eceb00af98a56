/* Courses as those who take them see them: what there is, when it meets, enrolling and leaving. */

#include "columns.h"
#include "commands.h"
#include "keyed.h"
#include "list.h"

static const struct column course_columns[] = {
    {"Course", "code", SHAPE_PLAIN},
    {"Name", "name", SHAPE_PLAIN},
    {"Room", "room", SHAPE_PLAIN},
    {"Seats", "seats", SHAPE_COUNT},
    {"Attendance", "attendance", SHAPE_RATIO},
    {"Given", "is_active", SHAPE_PLAIN},
    {"Opens", "grants", SHAPE_PLAIN},
    COLUMN_END,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/courses", course_columns);
}

const struct command command_course_list = {
    .name = "course list",
    .arguments = "",
    .summary = "Courses and what they open.",
    .options = list_only,
    .options_size = sizeof(struct list_only),
    .run = run_list,
};

/* ---------------------------------------------------------------- cohorts */

static const struct column cohort_list_columns[] = {
    {"Cohort", "id", SHAPE_PLAIN},         {"Course", "course", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},     {"Seats", "seats", SHAPE_COUNT},
    {"Enrolled", "enrolled", SHAPE_COUNT}, {"Waiting", "waiting", SHAPE_COUNT},
    {"Meetings", "meetings", SHAPE_PLAIN}, COLUMN_END,
};

struct cohort_filter {
    struct list_options list;
    const char *course, *from, *to;
    int status;
};

static const char *const status_names[] = {"open", "finished", "cancelled", NULL};

static const struct option cohort_filters[] = {
    LIST_OPTIONS(struct cohort_filter),
    OPTION_TEXT(struct cohort_filter, course, "course", OPTION_QUERY, "course", OPTION_FREE,
                "Only of this course (code or id)."),
    OPTION_ENUM(struct cohort_filter, status, "status", OPTION_QUERY, "status", status_names,
                "Only in this status."),
    OPTION_TEXT(struct cohort_filter, from, "from", OPTION_QUERY, "from", OPTION_FREE,
                "Only those that begin at or after this instant."),
    OPTION_TEXT(struct cohort_filter, to, "to", OPTION_QUERY, "to", OPTION_FREE,
                "Only those that begin before this instant."),
    OPTION_END,
};

static int run_cohorts(struct cli *cli)
{
    return list_show(cli, "/v1/cohorts", cohort_list_columns);
}

const struct command command_course_cohorts = {
    .name = "course cohorts",
    .arguments = "",
    .summary = "Cohorts of courses by their first meeting.",
    .options = cohort_filters,
    .options_size = sizeof(struct cohort_filter),
    .run = run_cohorts,
};

static int run_show(struct cli *cli)
{
    return call_get_show(cli, call_path(cli, "/v1/cohorts/", ""), cohort_columns);
}

const struct command command_course_show = {
    .name = "course show",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "One cohort, with the firm's own people.",
    .run = run_show,
};

/* ---------------------------------------------------------------- enrolling, leaving */

static const struct column enrolment_columns[] = {
    {"Cohort", "cohort", SHAPE_PLAIN},
    {"Course", "course", SHAPE_PLAIN},
    {"Person", "person", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Since", "enrolled_at", SHAPE_PLAIN},
    COLUMN_END,
};

struct enrol {
    struct keyed_options keyed;
    const char *person;
    bool seat_only;
};

static const struct option enrol_options[] = {
    OPTION_TEXT(struct enrol, person, "person", OPTION_BODY, "person", OPTION_FREE,
                "Whom: a firm's manager names one of the firm, staff anybody."),
    OPTION_FLAG(struct enrol, seat_only, "seat-only", OPTION_BODY, "seat_only",
                "Do not wait when there is no seat."),
    KEYED_OPTIONS(struct enrol),
    OPTION_END,
};

static const struct option leave_options[] = {
    OPTION_TEXT(struct enrol, person, "person", OPTION_BODY, "person", OPTION_FREE,
                "Whom: a firm's manager names one of the firm, staff anybody."),
    KEYED_OPTIONS(struct enrol),
    OPTION_END,
};

static int send(struct cli *cli, const char *suffix)
{
    struct remote_reply reply;
    int result = keyed_send(cli, call_path(cli, "/v1/cohorts/", suffix), call_body(cli, NULL, NULL),
                            NULL, &reply);
    return result ? result : call_show(cli, &reply, enrolment_columns);
}

static int run_enrol(struct cli *cli)
{
    return send(cli, "/enrolments");
}

static int run_leave(struct cli *cli)
{
    return send(cli, "/leave");
}

const struct command command_course_enrol = {
    .name = "course enrol",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Enrol in a cohort, or wait for a seat.",
    .options = enrol_options,
    .options_size = sizeof(struct enrol),
    .check = keyed_check,
    .run = run_enrol,
};

const struct command command_course_leave = {
    .name = "course leave",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Leave a cohort before it begins.",
    .options = leave_options,
    .options_size = sizeof(struct enrol),
    .check = keyed_check,
    .run = run_leave,
};
