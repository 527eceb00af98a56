/* Qualifications: who may use what by themselves; giving and taking them by hand. */

#include "commands.h"
#include "keyed.h"
#include "list.h"

static const struct column columns[] = {
    {"Qualification", "id", SHAPE_PLAIN},  {"Person", "person", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},         {"Resource", "resource", SHAPE_PLAIN},
    {"From", "valid_from", SHAPE_PLAIN},   {"To", "valid_to", SHAPE_PLAIN},
    {"Used", "last_used_at", SHAPE_PLAIN}, {"Ends", "lapses_at", SHAPE_PLAIN},
    {"Cohort", "cohort", SHAPE_PLAIN},     COLUMN_END,
};

struct filter {
    struct list_options list;
    const char *firm, *resource, *person;
};

static const struct option filters[] = {
    LIST_OPTIONS(struct filter),
    OPTION_TEXT(struct filter, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_TEXT(struct filter, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only for this resource (code or id)."),
    OPTION_TEXT(struct filter, person, "person", OPTION_QUERY, "person", OPTION_FREE,
                "Only of this person (code or id)."),
    OPTION_END,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/qualifications", columns);
}

const struct command command_qualification_list = {
    .name = "qualification list",
    .arguments = "",
    .summary = "Who may use what by themselves, and until when as things stand.",
    .options = filters,
    .options_size = sizeof(struct filter),
    .run = run_list,
};

struct grant {
    struct keyed_options keyed;
    const char *resource, *from, *to;
};

static const struct option grant_options[] = {
    OPTION_TEXT(struct grant, resource, "resource", OPTION_BODY, "resource", OPTION_NEEDED,
                "Code or id of the resource."),
    OPTION_TEXT(struct grant, from, "from", OPTION_BODY, "valid_from", OPTION_FREE,
                "From when on; otherwise from now."),
    OPTION_TEXT(struct grant, to, "to", OPTION_BODY, "valid_to", OPTION_FREE,
                "Until when; otherwise without end."),
    KEYED_OPTIONS(struct grant),
    OPTION_END,
};

static int run_grant(struct cli *cli)
{
    struct remote_reply reply;
    struct str body = call_body(cli, "person", cli->argv[0]);
    int result = keyed_send(cli, "/v1/qualifications", body, NULL, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_qualification_grant = {
    .name = "qualification grant",
    .arguments = "PERSON",
    .least = 1,
    .most = 1,
    .summary = "Qualify a person for a resource by hand.",
    .options = grant_options,
    .options_size = sizeof(struct grant),
    .check = keyed_check,
    .run = run_grant,
};

struct revoke {
    struct keyed_options keyed;
    const char *reason;
};

static const struct option revoke_options[] = {
    OPTION_TEXT(struct revoke, reason, "reason", OPTION_BODY, "reason", OPTION_NEEDED,
                "Why: the firm is told."),
    KEYED_OPTIONS(struct revoke),
    OPTION_END,
};

static int run_revoke(struct cli *cli)
{
    struct remote_reply reply;
    int result = keyed_send(cli, call_path(cli, "/v1/qualifications/", "/revoke"),
                            call_body(cli, NULL, NULL), NULL, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const struct command command_qualification_revoke = {
    .name = "qualification revoke",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Take a qualification away, from now on.",
    .options = revoke_options,
    .options_size = sizeof(struct revoke),
    .check = keyed_check,
    .run = run_revoke,
};
