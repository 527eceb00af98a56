/* From a statement's rows to the reply: refusals to problems, rows to JSON, failures to their
 * meaning. */

#include "api/answer.h"

#include <stdio.h>
#include <string.h>

#include "api/encode.h"
#include "api/suggest.h"
#include "base/log.h"

/* What a failure of PostgreSQL means to the client; everything else is `internal`. */
static const struct {
    const char *sqlstate; /* or the first two characters: its class */
    enum code code;
} failure_table[] = {
    {"23P01", CODE_taken},        /* exclusion constraint: the database's own last word */
    {"40001", CODE_overloaded},   /* serialization failure: rolled back, may be tried again */
    {"40P01", CODE_overloaded},   /* deadlock: the same */
    {"55P03", CODE_overloaded},   /* lock timeout */
    {"57014", CODE_overloaded},   /* statement timeout: rolled back */
    {"53", CODE_overloaded},      /* out of connections, disk, memory */
    {"57", CODE_outcome_unknown}, /* administrator shut the backend down */
};

static enum code code_of_failure(const char *sqlstate)
{
    for (size_t i = 0; i < LEN(failure_table); i++) {
        const char *row = failure_table[i].sqlstate;
        if (!strncmp(sqlstate, row, strlen(row)))
            return failure_table[i].code;
    }
    return CODE_internal;
}

/* A limit or actual value as SQL gives it: an integer where it is one. */
static struct fact fact_of(const struct pg_rows *rows, int row, int column)
{
    if (pg_is_null(rows, row, column))
        return NO_FACT;
    int64_t number;
    struct str text = pg_get_text(rows, row, column);
    return str_to_int(text, INT64_MIN, INT64_MAX, &number) ? fact_text(text) : fact_int(number);
}

/* What comes before all rules: then nothing else is told. */
static bool stands_alone(enum code code)
{
    return code == CODE_key_reused || code == CODE_not_found || code == CODE_stale_version;
}

/* Every row is one refusal: its code by name. They join what prepare has found. A name that is not
 * in the code table is a mistake of ours. */
static void refuse_by_rows(struct call *call, const struct pg_rows *rows)
{
    for (int row = 0; row < pg_row_count(rows); row++) {
        struct str name = pg_get_text(rows, row, OUTCOME);
        enum code code = code_of(arena_strndup(call->arena, name.ptr, name.len));
        struct str pointer = pg_get_text(rows, row, OUTCOME_POINTER);
        if (stands_alone(code))
            problem_init(&call->problem, call->arena);
        problem_add(&call->problem, code ? code : CODE_internal,
                    arena_strndup(call->arena, pointer.ptr, pointer.len),
                    fact_of(rows, row, OUTCOME_LIMIT), fact_of(rows, row, OUTCOME_ACTUAL));
    }
    suggest_and_finish(call);
}

/* What a trial's statement answers is of the trial, unless it was given before, to the same key. */
static void look_for_earlier(struct call *call, const struct pg_rows *rows)
{
    int column = pg_column(rows, "id");
    if (call->is_trial && pg_row_count(rows) > 0 && column >= 0 &&
        !uuid_eq(pg_get_uuid(rows, 0, column), call->makes))
        call->is_trial = false;
}

/* A trial of what is refused already went well: the refusal stands. */
static bool is_still_refused(const struct call *call)
{
    return call->is_trial && call->problem.count > 0;
}

/* Link: <path?filters&cursor=...>; rel="next", when the page is full. */
static void add_next_link(struct call *call, const struct pg_rows *rows)
{
    const struct page *page = call->query;
    const char *name = call->action->cursor ? call->action->cursor : "cursor";
    int count = pg_row_count(rows), column = pg_column(rows, "cursor");
    if (count == 0 || column < 0 || count < page->limit || pg_is_null(rows, count - 1, column))
        return;
    struct buf link = {0};
    struct str rest = call->request->query, part;
    while (str_cut(&rest, '&', &part)) {
        struct str value = part, key;
        if (part.len > 0 && !(str_cut(&value, '=', &key) && str_eq_c(key, name)))
            buf_printf(&link, STR_FMT "&", STR_ARG(part));
    }
    struct str cursor = pg_get_text(rows, count - 1, column), target = call->request->target, path;
    if (!str_cut(&target, '?', &path))
        path = call->request->target;
    http_reply_header(call->request, "Link",
                      "<" STR_FMT "?" STR_FMT "%s=" STR_FMT ">; rel=\"next\"", STR_ARG(path),
                      STR_ARG(buf_view(&link)), name, STR_ARG(cursor));
    buf_fini(&link);
}

static void answer_list(struct call *call, const struct pg_rows *rows)
{
    struct buf json = {0};
    struct jsonw w = jsonw(&json);
    jw_object(&w, NULL);
    if (call->action->preface)
        call->action->preface(call, &w);
    jw_array(&w, "items");
    for (int row = 0; row < pg_row_count(rows); row++) {
        if (!(call->action->flags & ACTION_CHILDREN && pg_is_null(rows, row, 0)))
            encode_row(call->action->reply, rows, row, 0, call->extra, false, call->arena, &w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    add_next_link(call, rows);
    char etag[ETAG_MAX];
    etag_of(buf_view(&json), etag);
    if (call->action->remember)
        call->action->remember(call, buf_view(&json), etag);
    call_finish_json(call, buf_view(&json), etag);
    buf_fini(&json);
}

static void add_location(struct call *call, const struct pg_rows *rows)
{
    char id[UUID_TEXT_MAX];
    int column = pg_column(rows, "id");
    if (!call->action->location || column < 0)
        return;
    uuid_format(pg_get_uuid(rows, 0, column), id);
    http_reply_header(call->request, "Location", "%s%s", call->action->location, id);
}

static void answer_object(struct call *call, const struct pg_rows *rows)
{
    const struct action *action = call->action;
    int first = action->flags & ACTION_OUTCOME ? OUTCOME_COLUMNS : 0;
    struct buf json = {0};
    struct jsonw w = jsonw(&json);
    encode_row(action->reply, rows, 0, first, call->extra, call->is_trial, call->arena, &w);

    char etag[ETAG_MAX];
    int version = pg_column(rows, "version");
    if (version >= 0)
        snprintf(etag, sizeof(etag), "\"v%lld\"", (long long)pg_get_int(rows, 0, version));
    else
        etag_of(buf_view(&json), etag);
    int status = action->flags & ACTION_CREATES ? 201 : action->flags & ACTION_ACCEPTS ? 202 : 200;
    if (call->is_trial)
        status = 200;
    else
        add_location(call, rows);
    call_end(call);
    if (action->flags & ACTION_RENEWS)
        call_hold_json(call, status, buf_view(&json), etag);
    else
        call_reply_json(call, status, buf_view(&json), etag);
    buf_fini(&json);
}

static void answer_rendered(struct call *call, const struct pg_rows *rows)
{
    struct buf bytes = {0};
    char etag[ETAG_MAX];
    call->action->render(call, rows, &bytes);
    etag_of(buf_view(&bytes), etag);
    call_end(call);
    call_reply_bytes(call, 200, call->action->content_type, buf_view(&bytes), etag);
    buf_fini(&bytes);
}

/* Statement and reply table must agree: rows that do not would be read as something else. */
static bool has_expected_columns(struct call *call, const struct pg_rows *rows)
{
    struct buf fault = {0};
    int first = call->action->flags & ACTION_OUTCOME ? OUTCOME_COLUMNS : 0;
    bool is_right = encode_check(call->action->reply, rows, first, &fault);
    if (!is_right)
        log_error("reply_mismatch", LS("action", call->action->id), LS("fault", fault.data));
    buf_fini(&fault);
    return is_right;
}

static enum answer answer_done(struct call *call, const struct pg_rows *rows)
{
    enum answer answer = call->action->flags & ACTION_RENEWS ? ANSWER_HELD : ANSWER_GIVEN;
    if (call->action->committed)
        call->action->committed(call, rows);
    if (call->action->flags & ACTION_LIST)
        answer_list(call, rows);
    else if (call->action->render)
        answer_rendered(call, rows);
    else
        answer_object(call, rows);
    return answer; /* the call may be gone */
}

static enum answer answer_rows(struct call *call, const struct pg_rows *rows)
{
    const struct action *action = call->action;
    bool has_outcome = action->flags & ACTION_OUTCOME && pg_row_count(rows) > 0;
    struct str outcome = has_outcome ? pg_get_text(rows, 0, OUTCOME) : STR("ok");
    bool may_be_empty = action->flags & ACTION_LIST && !(action->flags & ACTION_CHILDREN);
    if (str_eq(outcome, STR("ok")))
        look_for_earlier(call, rows);
    if (!may_be_empty && pg_row_count(rows) == 0)
        call_finish_code(call, CODE_not_found);
    else if (str_eq(outcome, STR("stale_catalogue")))
        return ANSWER_STALE;
    else if (str_eq(outcome, STR("busy")) && !call->is_alone)
        return ANSWER_BUSY;
    else if (str_eq(outcome, STR("busy")))
        call_finish_code(call, CODE_overloaded);
    else if (!str_eq(outcome, STR("ok")))
        refuse_by_rows(call, rows);
    else if (is_still_refused(call))
        suggest_and_finish(call);
    else if (!has_expected_columns(call, rows))
        call_finish_code(call, CODE_internal);
    else if (action->is_finished && !action->is_finished(call, rows))
        return ANSWER_UNFINISHED;
    else
        return answer_done(call, rows);
    return ANSWER_GIVEN;
}

void call_answer_failure(struct call *call, const struct pg_reply *reply, bool is_read)
{
    enum code code = CODE_overloaded;
    if (reply->outcome == PG_FAILED) {
        log_error("statement_failed", LS("action", call->action->id),
                  LS("sqlstate", reply->sqlstate), LS("message", reply->message));
        code = code_of_failure(reply->sqlstate);
    } else if (reply->outcome != PG_BUSY && !is_read) {
        code = CODE_outcome_unknown;
    }
    problem_init(&call->problem, call->arena);
    call_finish_code(call, code);
}

enum answer call_answer(struct call *call, const struct pg_reply *reply)
{
    if (call->is_refused && reply->outcome == PG_DONE && pg_row_count(reply->rows) == 0) {
        suggest_and_finish(call); /* as prepare has filled it */
        return ANSWER_GIVEN;
    }
    if (call->is_refused)
        problem_init(&call->problem, call->arena);
    if (reply->outcome == PG_DONE)
        return answer_rows(call, reply->rows);
    /* What stores nothing has no outcome that could be unknown. */
    call_answer_failure(call, reply, call_is_read(call) || call->is_trial || call->is_refused);
    return ANSWER_GIVEN;
}
