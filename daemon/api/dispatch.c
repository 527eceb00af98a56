/* From a whole request to its one statement: the steps that every route shares. */

#include "api/dispatch.h"

#include <string.h>

#include "api/answer.h"
#include "api/parking.h"
#include "api/state.h"
#include "api/suggest.h"
#include "base/secret.h"
#include "clock.h"
#include "http/router.h"
#include "options.h"
#include "schema/queries.h"

/* The farthest reach that one of the person's roles has on the route. */
static enum reach reach_of(const struct route *route, const struct cat_person *person)
{
    enum reach best = REACH_NONE;
    for (size_t role = 0; role < CAT_ROLE_COUNT; role++) {
        if (person->roles & (1u << role) && route->reach[role] > best)
            best = (enum reach)route->reach[role];
    }
    return best;
}

/* Who has the request's token; NULL: nobody. Only the token's hash is compared, so that the time it
 * takes tells nothing of the tokens there are. */
static const struct cat_person *person_of(const struct catalogue *catalogue,
                                          const struct http_request *request, int64_t now_us)
{
    struct str header = http_header(request, "Authorization");
    struct str scheme;
    if (!header.ptr || !str_cut(&header, ' ', &scheme) || !str_eq_nocase(scheme, STR("Bearer")))
        return NULL;
    uint8_t hash[SECRET_HASH_LEN];
    secret_hash(header, hash);
    return catalogue_token(catalogue, hash, now_us);
}

static struct pg_param scope_of_firm(const struct cat_firm *firm, struct arena *arena)
{
    char *id = arena_alloc(arena, UUID_TEXT_MAX);
    uuid_format(firm->id, id);
    return pg_cstr(id);
}

/* Who is it, and may they? On success the row security's scope is set. A public route is for
 * everybody; whose token comes along sees what is their own there. */
static bool authorize(struct call *call)
{
    call->scope = pg_cstr("");
    if (call->catalogue)
        call->person = person_of(call->catalogue, call->request, call->now_us);
    if (call->route->is_public) {
        if (call->person && call->person->firm)
            call->scope = scope_of_firm(call->person->firm, call->arena);
        return true;
    }
    if (!call->person)
        return call_refuse(call, CODE_unauthenticated, "");
    call->reach = reach_of(call->route, call->person);
    if (call->reach == REACH_NONE || (call->reach == REACH_OWN && !call->person->firm))
        return call_refuse(call, CODE_forbidden, "");
    call->scope =
        call->reach == REACH_ALL ? pg_cstr("*") : scope_of_firm(call->person->firm, call->arena);
    return true;
}

static const struct field *query_row(const struct action *action, struct str name)
{
    for (const struct field *row = action->query; row && row->type != FT_END; row++) {
        if (str_eq_c(name, row->name))
            return row;
    }
    return NULL;
}

static bool decode_query(struct call *call)
{
    const struct action *action = call->action;
    char *out = arena_alloc(call->arena, action->query_size + 1);
    bool seen[32] = {false};
    if (action->query)
        field_defaults(action->query, out);
    struct str rest = call->request->query, name, value;
    bool is_faulty = false;
    while (http_query_next(&rest, call->arena, &name, &value, &is_faulty)) {
        const char *pointer = arena_printf(call->arena, "?" STR_FMT, STR_ARG(name));
        const struct field *row = is_faulty ? NULL : query_row(action, name);
        if (!row) {
            call_refuse(call, is_faulty ? CODE_bad_format : CODE_unknown_field, pointer);
            continue;
        }
        bool *was_seen = &seen[(row - action->query) % (ptrdiff_t)LEN(seen)];
        if (*was_seen)
            call_refuse(call, CODE_duplicate, pointer);
        *was_seen = true;
        size_t before = call->problem.count;
        field_decode_text(row, value, out, &call->problem);
        for (size_t i = before; i < call->problem.count; i++)
            call->problem.violation[i].pointer = str_of(pointer);
    }
    for (const struct field *row = action->query; row && row->type != FT_END; row++) {
        if (row->flags & FIELD_NEEDED && !seen[(row - action->query) % (ptrdiff_t)LEN(seen)])
            call_refuse(call, CODE_missing_field, arena_printf(call->arena, "?%s", row->name));
    }
    call->query = out;
    return call->problem.count == 0;
}

static bool is_json_type(struct str type)
{
    struct str main_type;
    if (!str_cut(&type, ';', &main_type))
        return false;
    while (main_type.len > 0 && main_type.ptr[main_type.len - 1] == ' ')
        main_type.len--;
    return str_eq_nocase(main_type, STR("application/json"));
}

static bool decode_body(struct call *call)
{
    const struct action *action = call->action;
    if (!action->body)
        return true;
    if (!is_json_type(http_header(call->request, "Content-Type")))
        return call_refuse(call, CODE_media_type, "");
    const char *fault = NULL;
    if (json_parse(call->request->body, call->arena, &call->body_json, &fault)) {
        problem_add(&call->problem, CODE_bad_json, "", NO_FACT, fact_text(str_of(fault)));
        return false;
    }
    void *out = arena_alloc(call->arena, action->body_size);
    call->body = out;
    return field_decode(action->body, call->body_json, call->arena, out, &call->problem);
}

#define KEY_MAX 128

/* Idempotency-Key: printable ASCII, 1 to 128. The hash ties it to this method, path and body. */
static bool read_key(struct call *call)
{
    struct str key = http_header(call->request, "Idempotency-Key");
    if (!(call->action->flags & ACTION_KEYED) || !key.ptr)
        return true;
    if (key.len < 1 || key.len > KEY_MAX) {
        problem_add(&call->problem, key.len ? CODE_too_long : CODE_too_short, "Idempotency-Key",
                    fact_int(key.len ? KEY_MAX : 1), fact_int((int64_t)key.len));
        return false;
    }
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] < ' ' || key.ptr[i] > '~')
            return call_refuse(call, CODE_bad_format, "Idempotency-Key");
    }
    call->key = key;
    struct buf text = {0};
    buf_puts(&text, http_method_name(call->request->method));
    buf_putc(&text, ' ');
    buf_str(&text, call->request->path);
    buf_putc(&text, '\n');
    buf_str(&text, call->request->body);
    secret_hash(buf_view(&text), call->body_hash);
    buf_fini(&text);
    return true;
}

/* If-Match: "v3". */
static bool read_match(struct call *call)
{
    if (!(call->action->flags & ACTION_MATCH))
        return true;
    struct str tag = http_header(call->request, "If-Match");
    if (!tag.ptr)
        return call_refuse(call, CODE_version_required, "If-Match");
    struct str number = {tag.ptr + 2, tag.len > 3 ? tag.len - 3 : 0};
    bool is_tag = tag.len > 3 && !memcmp(tag.ptr, "\"v", 2) && tag.ptr[tag.len - 1] == '"';
    if (!is_tag || str_to_int(number, 1, INT32_MAX, &call->match_version))
        return call_refuse(call, CODE_stale_version, "If-Match");
    return true;
}

/* Every part is looked at, so that all faults are told at once. */
static bool decode(struct call *call)
{
    bool is_query_fine = decode_query(call);
    bool is_head_fine = read_key(call) && read_match(call);
    bool is_body_fine = decode_body(call);
    return is_query_fine && is_head_fine && is_body_fine;
}

static void send_to_database(struct call *call, const struct pg_stmt *stmt);

static void on_reply(void *arg, const struct pg_reply *reply)
{
    struct call *call = arg;
    struct api *api = call->api;
    if (!call_is_read(call))
        calendar_cache_next(api->calendar_cache);
    switch (call_answer(call, reply)) {
    case ANSWER_GIVEN:
        break;
    case ANSWER_STALE:
        parking_stale(api->parking, call, api_catalogue_renew(api));
        break;
    case ANSWER_BUSY:
        call->is_alone = true;
        send_to_database(call, call->queries[1].stmt);
        break;
    case ANSWER_UNFINISHED:
        parking_moment(api->parking, call);
        break;
    case ANSWER_HELD:
        parking_hold(api->parking, call, api_catalogue_renew(api));
        break;
    }
}

static void send_to_database(struct call *call, const struct pg_stmt *stmt)
{
    call->queries[0] = (struct pg_query){&q_scope_set, &call->scope};
    call->queries[1] = (struct pg_query){stmt, call->bound};
    bool is_read = call_is_read(call);
    bool may_share = call->action->flags & ACTION_SHARED && !call->is_refused && !call->is_alone &&
                     !call->is_trial;
    pgpool_submit(is_read ? call->api->reads : call->api->writes,
                  &(struct pgpool_ask){.queries = call->queries,
                                       .count = LEN(call->queries),
                                       .timeout_us = call->api->options->db_timeout_ms * 1000,
                                       .is_shared = may_share && !is_read,
                                       .arena = call->arena,
                                       .done = on_reply,
                                       .arg = call});
}

/* Prepare has refused: that is the answer, unless the key stands for something done before. */
static void refuse(struct call *call)
{
    if (!call->key.ptr || !call->action->known) {
        suggest_and_finish(call);
        return;
    }
    call->is_refused = true;
    call->bound_count = 0;
    call_bind_key(call);
    send_to_database(call, call->action->known);
}

/* Domain rules, binding, and off to PostgreSQL. */
static void prepare_and_send(struct call *call)
{
    call->bound_count = 0;
    bool is_prepared = !call->action->prepare || call->action->prepare(call);
    if (!is_prepared || (call->problem.count > 0 && !call->is_trial)) {
        refuse(call);
        return;
    }
    if (call->action->serve && call->action->serve(call))
        return;
    if (call->bound_count != (size_t)call->action->stmt->param_count) {
        call_refuse(call, CODE_internal, "");
        call_finish_problem(call);
        return;
    }
    send_to_database(call, call->action->stmt);
}

static void on_asked(void *arg, const struct pg_reply *reply)
{
    struct call *call = arg;
    call->taker(call, reply);
}

void call_ask(struct call *call, const struct pg_stmt *stmt, const struct pg_param *params,
              call_taker *taker)
{
    call->bound_count = (size_t)stmt->param_count;
    memmove(call->bound, params, call->bound_count * sizeof(*params));
    call->taker = taker;
    call->queries[0] = (struct pg_query){&q_scope_set, &call->scope};
    call->queries[1] = (struct pg_query){stmt, call->bound};
    pgpool_submit(call->api->reads,
                  &(struct pgpool_ask){.queries = call->queries,
                                       .count = LEN(call->queries),
                                       .timeout_us = call->api->options->db_timeout_ms * 1000,
                                       .arena = call->arena,
                                       .done = on_asked,
                                       .arg = call});
}

static void on_look(struct call *call, const struct pg_reply *reply)
{
    if (reply->outcome != PG_DONE) {
        call_answer_failure(call, reply, true);
    } else if (pg_row_count(reply->rows) == 0) {
        call_refuse(call, CODE_not_found, "");
        refuse(call);
    } else {
        call->looked = reply->rows;
        prepare_and_send(call);
    }
}

static void submit(struct call *call)
{
    call->bound_count = 0;
    bool has_to_look = call->action->look && call->action->look_at(call);
    if (call->problem.count > 0)
        refuse(call);
    else if (has_to_look)
        call_ask(call, call->action->look, call->bound, on_look);
    else
        prepare_and_send(call);
}

/* Everything that points into the old catalogue is found anew, the person's rights too. */
void api_retry(struct call *call)
{
    catalogue_unref(call->catalogue);
    call->catalogue = catalogue_ref(call->api->catalogue);
    call->is_trial = false;
    suggest_for(call, NULL);
    problem_init(&call->problem, call->arena);
    if (authorize(call))
        submit(call);
    else
        call_finish_problem(call);
}

static void refuse_method(struct http_request *request, unsigned allowed)
{
    char *list = arena_strdup(request->arena, "");
    for (int m = 0; m < HTTP_METHOD_COUNT; m++) {
        if (allowed & (1u << m))
            list = arena_printf(request->arena, "%s%s%s", list, *list ? ", " : "",
                                http_method_name((enum http_method)m));
    }
    http_reply_header(request, "Allow", "%s", list);
    http_reply_code(request, CODE_method_not_allowed);
}

static struct call *call_new(struct api *api, struct http_request *request,
                             const struct route_match *match)
{
    struct call *call = arena_alloc(request->arena, sizeof(*call));
    call->api = api;
    call->request = request;
    call->arena = request->arena;
    call->route = match->row;
    call->action = call->route->action;
    call->now_us = clock_now_us();
    memcpy(call->param, match->param, sizeof(call->param));
    problem_init(&call->problem, call->arena);
    return call;
}

size_t api_body_limit(void *arg, const struct http_request *request)
{
    struct api *api = arg;
    struct route_match match;
    if (!http_router_match(api->router, request->method, request->path, &match) || !api->catalogue)
        return API_BODY_MAX;
    const struct route *route = match.row;
    const struct cat_person *person = person_of(api->catalogue, request, clock_now_us());
    bool is_theirs = person && reach_of(route, person) != REACH_NONE;
    return is_theirs && route->action->body_max ? route->action->body_max : API_BODY_MAX;
}

void api_dispatch(void *arg, struct http_request *request)
{
    struct api *api = arg;
    struct route_match match;
    if (!http_router_match(api->router, request->method, request->path, &match)) {
        if (match.allowed)
            refuse_method(request, match.allowed);
        else
            http_reply_code(request, CODE_not_found);
        return;
    }
    struct call *call = call_new(api, request, &match);
    bool needs_catalogue = !(call->action->flags & ACTION_BARE);
    if (needs_catalogue && !api->catalogue) {
        http_reply_code(request, CODE_overloaded);
        return;
    }
    if (api->catalogue)
        call->catalogue = catalogue_ref(api->catalogue);
    if (authorize(call) && decode(call))
        submit(call);
    else
        call_finish_problem(call);
}
