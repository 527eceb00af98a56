#include <time.h>

#include "base/instant.h"
#include "commands.h"
#include "keyed.h"

#define PAUSE_FIRST_US (US_PER_S / 10)
#define PAUSE_MOST_US  (2 * US_PER_S)

struct options {
    struct keyed_options keyed;
    const char *site, *month, *firm;
    bool wait;
    int64_t deadline_s;
};

static const struct option options[] = {
    OPTION_TEXT(struct options, site, "site", OPTION_BODY, "site", OPTION_NEEDED,
                "Code or id of the site."),
    OPTION_TEXT(struct options, month, "month", OPTION_BODY, "month", OPTION_NEEDED,
                "The local month to bill, as 2026-11."),
    OPTION_TEXT(struct options, firm, "firm", OPTION_BODY, "firm", OPTION_FREE,
                "Only this firm (code or id)."),
    OPTION_SWITCH(struct options, wait, "wait", "Wait until it is done or has failed."),
    OPTION_DURATION(struct options, deadline_s, "deadline", OPTION_HERE, NULL, 1, 86400, "600",
                    "Longest time to wait."),
    KEYED_OPTIONS(struct options),
    OPTION_END,
};

static const struct column columns[] = {
    {"Billing run", "id", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Site", "site", SHAPE_PLAIN},
    {"Month", "month", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Asked for", "requested_at", SHAPE_PLAIN},
    {"Finished", "finished_at", SHAPE_PLAIN},
    {"Invoices", "invoice_count", SHAPE_COUNT},
    {"Problems", "problems", SHAPE_WORDS},
    COLUMN_END,
};

static int64_t mono_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static void pause_us(int64_t us)
{
    const struct timespec span = {us / US_PER_S, us % US_PER_S * 1000};
    nanosleep(&span, NULL);
}

/* Asks again, ever more rarely, until the run has ended. Each answer has memory of its own; the
 * last one is in *ret_arena. */
static int wait_for_end(struct cli *cli, const char *path, struct arena **ret_arena,
                        struct remote_reply *ret)
{
    const struct options *in = cli->options;
    int64_t deadline_us = mono_us() + in->deadline_s * US_PER_S, pause = PAUSE_FIRST_US;
    for (;;) {
        const struct json *run;
        arena_free(*ret_arena);
        *ret_arena = arena_new();
        int result = call_get(cli, *ret_arena, path, ret);
        if (result == EXIT_DONE)
            result = call_parse(ret, *ret_arena, &run);
        if (result)
            return result;
        struct str status = view_text(run, "status");
        if (str_eq(status, STR("done")))
            return EXIT_DONE;
        if (str_eq(status, STR("failed")))
            return EXIT_REFUSED;
        if (mono_us() + pause > deadline_us) {
            call_say("the billing run has not ended in time");
            return EXIT_TROUBLE;
        }
        pause_us(pause);
        pause = pause * 2 < PAUSE_MOST_US ? pause * 2 : PAUSE_MOST_US;
    }
}

/* The run that `reply` says is accepted; shown once it has ended. */
static int wait_and_show(struct cli *cli, const struct remote_reply *reply)
{
    const struct json *run;
    struct arena *arena = NULL;
    struct remote_reply last;
    int result = call_parse(reply, cli->arena, &run);
    if (result)
        return result;
    struct str id = view_text(run, "id");
    struct buf path = {0};
    buf_puts(&path, "/v1/billing_runs/");
    option_encode(arena_strndup(cli->arena, id.ptr ? id.ptr : "", id.len), &path);
    result = wait_for_end(cli, path.data, &arena, &last);
    if (result != EXIT_DONE)
        call_say("it can be looked at with: labtab get %s", path.data);
    bool is_failed = result == EXIT_REFUSED && last.status == 200;
    if (result == EXIT_DONE || is_failed) {
        int shown = call_show(cli, &last, columns);
        result = shown ? shown : result;
    }
    arena_free(arena);
    buf_fini(&path);
    return result;
}

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    struct remote_reply reply;
    struct str body = call_body(cli, NULL, NULL);
    int result = keyed_send(cli, "/v1/billing_runs", body, NULL, &reply);
    if (result)
        return result;
    return in->wait ? wait_and_show(cli, &reply) : call_show(cli, &reply, columns);
}

const struct command command_bill = {
    .name = "bill",
    .arguments = "",
    .summary = "Bill a month; billing it again changes nothing.",
    .options = options,
    .options_size = sizeof(struct options),
    .check = keyed_check,
    .run = run,
};
