/* Series of bookings by a rule: making, reading, cancelling them. */

#include "commands.h"
#include "keyed.h"
#include "list.h"

static const struct column head_columns[] = {
    {"Series", "id", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Rule", "rrule", SHAPE_PLAIN},
    {"From", "start", SHAPE_PLAIN},
    {"Each", "duration_s", SHAPE_DURATION},
    {"Bookings made", "made", SHAPE_COUNT},
    {"Expected price", "price", SHAPE_AMOUNT},
    {"Support held", "support", SHAPE_AMOUNT},
    {"Made", "created_at", SHAPE_PLAIN},
    {"Version", "version", SHAPE_PLAIN},
    COLUMN_END,
};

static const struct column booking_columns_short[] = {
    {"Booking", "id", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},
    {"End", "end", SHAPE_PLAIN},
    {"Price", "price", SHAPE_AMOUNT},
    {"Support", "support", SHAPE_AMOUNT},
    COLUMN_END,
};

static const struct column skipped_columns[] = {
    {"Not booked", "start", SHAPE_PLAIN},
    {"Why", "violations", SHAPE_PLAIN},
    COLUMN_END,
};

static const struct column cancelled_columns[] = {
    {"Cancelled", "id", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},
    {"Fee", "fee", SHAPE_COUNT},
    COLUMN_END,
};

static const struct column kept_columns[] = {
    {"Kept", "id", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},
    {"Why", "violations", SHAPE_PLAIN},
    COLUMN_END,
};

/* A table of a member's objects below what stands there; nothing when there are none. */
static void put_rows(const struct json *object, const char *key, const struct column *columns,
                     struct arena *arena, struct buf *out)
{
    const struct json *rows = json_type(object) == JSON_OBJECT ? json_get(object, key) : NULL;
    if (!rows || json_type(rows) != JSON_ARRAY || json_count(rows) == 0)
        return;
    struct view view;
    view_init(&view, columns, arena);
    view.currency = view_text(object, "currency");
    if (out->len > 0)
        buf_putc(out, '\n');
    view_rows(&view, rows, SIZE_MAX, 0, out);
}

static void put_series(const struct json *series, struct arena *arena, struct buf *out)
{
    view_object(head_columns, series, arena, out);
    put_rows(series, "bookings", booking_columns_short, arena, out);
    put_rows(series, "skipped", skipped_columns, arena, out);
}

static void put_cancelled(const struct json *done, struct arena *arena, struct buf *out)
{
    put_rows(done, "cancelled", cancelled_columns, arena, out);
    put_rows(done, "kept", kept_columns, arena, out);
}

/* A reply for people by `put`, or with --json as it came. */
static int show(struct cli *cli, const struct remote_reply *reply,
                void (*put)(const struct json *object, struct arena *arena, struct buf *out))
{
    if (cli->common->json)
        return call_print_raw(reply);
    const struct json *object;
    struct buf out = {0};
    int result = call_parse(reply, cli->arena, &object);
    if (result)
        return result;
    put(object, cli->arena, &out);
    result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

/* ---------------------------------------------------------------- making */

struct book {
    struct keyed_options keyed;
    const char *start, *end, *rule, *except, *with, *firm, *person, *purpose, *configuration;
    const char *override_reason;
    int mode, on_conflict;
    bool dry_run;
};

static const char *const mode_names[] = {"self", "assisted", "commissioned", NULL};
static const char *const conflict_names[] = {"refuse", "skip", NULL};

static const struct option book_options[] = {
    OPTION_TEXT(struct book, start, "start", OPTION_BODY, "start", OPTION_NEEDED,
                "First instant of the first one, as 2026-11-24T10:00:00+09:00."),
    OPTION_TEXT(struct book, end, "end", OPTION_BODY, "end", OPTION_NEEDED,
                "First instant after the first one."),
    OPTION_TEXT(struct book, rule, "rule", OPTION_BODY, "rrule", OPTION_NEEDED,
                "RFC 5545 recurrence rule, as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10."),
    OPTION_TEXT(struct book, except, "except", OPTION_BODY_LIST, "exdates", OPTION_FREE,
                "Dates or starts that are left out, with commas between them."),
    OPTION_ENUM(struct book, on_conflict, "on-conflict", OPTION_BODY, "on_conflict", conflict_names,
                "When one can't be booked: refuse all, or skip it."),
    OPTION_TEXT(struct book, with, "with", OPTION_BODY_LIST, "with", OPTION_FREE,
                "Further resources for the same time, with commas between them."),
    OPTION_TEXT(struct book, firm, "firm", OPTION_BODY, "firm", OPTION_FREE,
                "Code or id of the firm: needed from staff, for others their own."),
    OPTION_TEXT(struct book, person, "person", OPTION_BODY, "person", OPTION_FREE,
                "Staff only: which of the firm's people it is for."),
    OPTION_ENUM(struct book, mode, "mode", OPTION_BODY, "mode", mode_names,
                "Who works at the instrument."),
    OPTION_TEXT(struct book, purpose, "purpose", OPTION_BODY, "purpose", OPTION_FREE, "What for."),
    OPTION_TEXT(struct book, configuration, "configuration", OPTION_BODY, "configuration",
                OPTION_FREE, "One of the resource's configurations, where it has some."),
    OPTION_TEXT(struct book, override_reason, "override-reason", OPTION_BODY, "override_reason",
                OPTION_FREE, "Staff only: book although rules are broken, and why."),
    OPTION_FLAG(struct book, dry_run, "dry-run", OPTION_QUERY, "dry_run",
                "Tell what would come of it, and store nothing."),
    KEYED_OPTIONS(struct book),
    OPTION_END,
};

static int run_book(struct cli *cli)
{
    struct remote_reply reply;
    struct str body = call_body(cli, "resource", cli->argv[0]);
    int result = keyed_send(cli, "/v1/series", body, NULL, &reply);
    return result ? result : show(cli, &reply, put_series);
}

const struct command command_series_book = {
    .name = "series book",
    .arguments = "RESOURCE",
    .least = 1,
    .most = 1,
    .summary = "Book a resource again and again by a rule.",
    .options = book_options,
    .options_size = sizeof(struct book),
    .check = keyed_check,
    .run = run_book,
};

/* ---------------------------------------------------------------- reading */

struct filter {
    struct list_options list;
    const char *resource, *firm;
};

static const struct option filters[] = {
    LIST_OPTIONS(struct filter),
    OPTION_TEXT(struct filter, resource, "resource", OPTION_QUERY, "resource", OPTION_FREE,
                "Only of this resource (code or id)."),
    OPTION_TEXT(struct filter, firm, "firm", OPTION_QUERY, "firm", OPTION_FREE,
                "Only of this firm (code or id)."),
    OPTION_END,
};

static const struct column list_columns[] = {
    {"Series", "id", SHAPE_PLAIN},          {"Resource", "resource", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},          {"Rule", "rrule", SHAPE_PLAIN},
    {"From", "start", SHAPE_PLAIN},         {"Each", "duration_s", SHAPE_DURATION},
    {"Bookings made", "made", SHAPE_COUNT}, COLUMN_END,
};

static int run_list(struct cli *cli)
{
    return list_show(cli, "/v1/series", list_columns);
}

const struct command command_series_list = {
    .name = "series list",
    .arguments = "",
    .summary = "Series of bookings, newest first.",
    .options = filters,
    .options_size = sizeof(struct filter),
    .run = run_list,
};

static int run_show(struct cli *cli)
{
    struct remote_reply reply;
    int result = call_get(cli, cli->arena, call_path(cli, "/v1/series/", ""), &reply);
    return result ? result : show(cli, &reply, put_series);
}

const struct command command_series_show = {
    .name = "series show",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "One series with its bookings as they are now.",
    .run = run_show,
};

/* ---------------------------------------------------------------- cancelling */

struct cancel {
    struct keyed_options keyed;
    int64_t version;
    const char *from, *reason;
};

static const struct option cancel_options[] = {
    OPTION_TEXT(struct cancel, from, "from", OPTION_BODY, "from", OPTION_FREE,
                "Those that start then or later; all that are still to come when absent."),
    OPTION_TEXT(struct cancel, reason, "reason", OPTION_BODY, "reason", OPTION_FREE,
                "Why: needed from staff."),
    VERSION_OPTION(struct cancel, version),
    KEYED_OPTIONS(struct cancel),
    OPTION_END,
};

static int run_cancel(struct cli *cli)
{
    const struct cancel *in = cli->options;
    struct remote_reply reply;
    const char *tag = NULL;
    int result = keyed_tag(cli, call_path(cli, "/v1/series/", ""), in->version, &tag);
    if (result == EXIT_DONE)
        result = keyed_send(cli, call_path(cli, "/v1/series/", "/cancel"),
                            call_body(cli, NULL, NULL), tag, &reply);
    return result ? result : show(cli, &reply, put_cancelled);
}

const struct command command_series_cancel = {
    .name = "series cancel",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "Cancel the rest of a series, each booking by its own terms.",
    .options = cancel_options,
    .options_size = sizeof(struct cancel),
    .check = keyed_check,
    .run = run_cancel,
};
