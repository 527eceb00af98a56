/* Courses as those who give them see them: planning a cohort, attendance, the end. */

#include <string.h>

#include "columns.h"
#include "commands.h"
#include "keyed.h"

/* ---------------------------------------------------------------- planning */

struct plan {
    struct keyed_options keyed;
    const char *meetings;
    int64_t seats;
};

static const struct option plan_options[] = {
    OPTION_TEXT(struct plan, meetings, "meetings", OPTION_HERE, NULL, OPTION_NEEDED,
                "START/END of each meeting, with commas between them."),
    OPTION_INT(struct plan, seats, "seats", OPTION_BODY, "seats", 1, 1000, NULL, NULL,
               "How many can take part; otherwise as many as the course says."),
    KEYED_OPTIONS(struct plan),
    OPTION_END,
};

static void check_plan(const struct cli *cli, struct buf *faults)
{
    const struct plan *in = cli->options;
    struct str rest = str_of(in->meetings ? in->meetings : ""), meeting;
    keyed_check(cli, faults);
    while (rest.len > 0 && str_cut(&rest, ',', &meeting)) {
        if (!memchr(meeting.ptr, '/', meeting.len))
            buf_printf(faults, "meetings: \"" STR_FMT "\" is not START/END\n", STR_ARG(meeting));
    }
}

static struct str plan_body(struct cli *cli)
{
    const struct plan *in = cli->options;
    struct buf body = {0};
    struct jsonw w = jsonw(&body);
    struct str rest = str_of(in->meetings), meeting, start;
    jw_object(&w, NULL);
    jw_cstr(&w, "course", cli->argv[0]);
    option_body(cli->command->options, cli->options, &w);
    jw_array(&w, "meetings");
    while (rest.len > 0 && str_cut(&rest, ',', &meeting)) {
        jw_object(&w, NULL);
        str_cut(&meeting, '/', &start);
        jw_text(&w, "start", start);
        jw_text(&w, "end", meeting);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    struct str kept = {arena_strndup(cli->arena, body.data, body.len), body.len};
    buf_fini(&body);
    return kept;
}

static int run_plan(struct cli *cli)
{
    struct remote_reply reply;
    int result = keyed_send(cli, "/v1/cohorts", plan_body(cli), NULL, &reply);
    return result ? result : call_show(cli, &reply, cohort_columns);
}

const struct command command_course_plan = {
    .name = "course plan",
    .arguments = "COURSE",
    .least = 1,
    .most = 1,
    .summary = "Plan a cohort: seats for all of its meetings, or none.",
    .options = plan_options,
    .options_size = sizeof(struct plan),
    .check = check_plan,
    .run = run_plan,
};

/* ---------------------------------------------------------------- attendance, and the end */

struct attend {
    struct keyed_options keyed;
    int64_t version, meeting;
    const char *present, *absent;
};

static const struct option attend_options[] = {
    OPTION_INT(struct attend, meeting, "meeting", OPTION_BODY, "n", 1, 50, "1", NULL,
               "Number of the meeting."),
    OPTION_TEXT(struct attend, present, "present", OPTION_BODY_LIST, "present", OPTION_FREE,
                "Who was there, with commas between them."),
    OPTION_TEXT(struct attend, absent, "absent", OPTION_BODY_LIST, "absent", OPTION_FREE,
                "Who was not."),
    VERSION_OPTION(struct attend, version),
    KEYED_OPTIONS(struct attend),
    OPTION_END,
};

static int run_attend(struct cli *cli)
{
    const struct attend *in = cli->options;
    return keyed_act(cli, "/v1/cohorts/", "/attendance", in->version, cohort_columns);
}

const struct command command_course_attend = {
    .name = "course attend",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Note who was at a meeting, or correct it.",
    .options = attend_options,
    .options_size = sizeof(struct attend),
    .check = keyed_check,
    .run = run_attend,
};

struct finish {
    struct keyed_options keyed;
    int64_t version;
    const char *reason;
};

static const struct option finish_options[] = {
    VERSION_OPTION(struct finish, version),
    KEYED_OPTIONS(struct finish),
    OPTION_END,
};

static int run_finish(struct cli *cli)
{
    const struct finish *in = cli->options;
    return keyed_act(cli, "/v1/cohorts/", "/finish", in->version, cohort_columns);
}

const struct command command_course_finish = {
    .name = "course finish",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Finish a cohort: who attended enough is qualified.",
    .options = finish_options,
    .options_size = sizeof(struct finish),
    .check = keyed_check,
    .run = run_finish,
};

static const struct option cancel_options[] = {
    OPTION_TEXT(struct finish, reason, "reason", OPTION_BODY, "reason", OPTION_NEEDED,
                "Why: its people are told."),
    VERSION_OPTION(struct finish, version),
    KEYED_OPTIONS(struct finish),
    OPTION_END,
};

static int run_cancel(struct cli *cli)
{
    const struct finish *in = cli->options;
    return keyed_act(cli, "/v1/cohorts/", "/cancel", in->version, cohort_columns);
}

const struct command command_course_cancel = {
    .name = "course cancel",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Cancel a cohort, and tell its people.",
    .options = cancel_options,
    .options_size = sizeof(struct finish),
    .check = keyed_check,
    .run = run_cancel,
};
