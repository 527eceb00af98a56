/* What actions and the dispatcher do with a call: bind, look up, refuse, end. */

#include "api/call.h"

#include <stdio.h>

#include "base/secret.h"

bool call_is_read(const struct call *call)
{
    return call->request->method == HTTP_GET || call->request->method == HTTP_HEAD;
}

void call_bind(struct call *call, struct pg_param param)
{
    if (call->bound_count < CALL_PARAMS_MAX)
        call->bound[call->bound_count] = param;
    call->bound_count++;
}

void call_bind_key(struct call *call)
{
    call_bind(call, pg_uuid(call->person->id));
    call_bind(call, pg_text(call->key));
    call_bind(call, pg_bytes(call->body_hash, sizeof(call->body_hash)));
}

bool call_refuse(struct call *call, enum code code, const char *pointer)
{
    problem_add(&call->problem, code, pointer, NO_FACT, NO_FACT);
    return false;
}

const struct cat_firm *call_firm(struct call *call, struct str ref, const char *pointer)
{
    const struct cat_firm *own = call->person->firm;
    if (!ref.ptr) {
        if (!own)
            call_refuse(call, CODE_missing_field, pointer);
        return own;
    }
    const struct cat_firm *firm = catalogue_firm(call->catalogue, ref);
    if (call->reach != REACH_ALL && firm != own) {
        call_refuse(call, CODE_forbidden, pointer);
        return NULL;
    }
    if (!firm)
        problem_add(&call->problem, CODE_unknown_reference, pointer, NO_FACT, fact_text(ref));
    return firm;
}

bool call_is_staff(const struct call *call)
{
    return !call->person->firm;
}

const struct cat_person *call_person(struct call *call, struct str ref, const char *pointer,
                                     const struct cat_firm *firm)
{
    const struct cat_person *person = ref.ptr ? catalogue_person(call->catalogue, ref) : NULL;
    if (!ref.ptr || person == call->person)
        return call->person;
    if (!call_is_staff(call))
        call_refuse(call, CODE_forbidden, pointer);
    else if (!person)
        problem_add(&call->problem, CODE_unknown_reference, pointer, NO_FACT, fact_text(ref));
    else if (person->firm && person->firm != firm)
        problem_add(&call->problem, CODE_unknown_value, pointer, NO_FACT, fact_text(ref));
    else
        return person;
    return NULL;
}

const struct cat_resource *call_resource(struct call *call, struct str ref, const char *pointer)
{
    const struct cat_resource *resource = catalogue_resource(call->catalogue, ref);
    if (!resource)
        problem_add(&call->problem, CODE_unknown_reference, pointer, NO_FACT, fact_text(ref));
    return resource;
}

bool call_path_id(struct call *call, size_t index, struct uuid *ret)
{
    if (!uuid_parse(call->param[index], ret))
        return true;
    return call_refuse(call, CODE_not_found, "");
}

bool call_bind_path_id(struct call *call)
{
    struct uuid id;
    if (!call_path_id(call, 0, &id))
        return false;
    call_bind(call, pg_uuid(id));
    return true;
}

const struct field page_only[] = {
    PAGE_FIELDS(struct page_query),
    FIELD_END,
};

bool call_bind_page(struct call *call)
{
    const struct page *page = call->query;
    call_bind(call, pg_int(page->limit));
    call_bind(call, pg_text(page->cursor));
    return true;
}

bool call_filter_resource(struct call *call, struct str ref, struct uuid *ret)
{
    *ret = UUID_NIL;
    const struct cat_resource *resource = ref.ptr ? call_resource(call, ref, "?resource") : NULL;
    if (resource)
        *ret = resource->id;
    return !ref.ptr || resource;
}

/* Row security hides other firms anyway; a firm's own people always give the filter, for the index.
 */
bool call_filter_firm(struct call *call, struct str ref, struct uuid *ret)
{
    bool is_asked = ref.ptr || call->reach == REACH_OWN;
    const struct cat_firm *firm = is_asked ? call_firm(call, ref, "?firm") : NULL;
    *ret = firm ? firm->id : UUID_NIL;
    return !is_asked || firm;
}

void etag_of(struct str bytes, char etag[ETAG_MAX])
{
    uint8_t hash[SECRET_HASH_LEN];
    char hex[2 * SECRET_HASH_LEN + 1];
    secret_hash(bytes, hash);
    secret_hex(hash, 8, hex);
    snprintf(etag, ETAG_MAX, "\"%.16s\"", hex);
}

/* The call's memory is the request's arena, which dies with the reply: let go of the rest first. */
void call_end(struct call *call)
{
    catalogue_unref(call->catalogue);
    call->catalogue = NULL;
}

void call_finish_problem(struct call *call)
{
    call_end(call);
    http_reply_problem(call->request, &call->problem);
}

void call_finish_code(struct call *call, enum code code)
{
    call_refuse(call, code, "");
    call_finish_problem(call);
}

static bool has_tag(const struct http_request *request, const char *etag)
{
    struct str list = http_header(request, "If-None-Match"), tag;
    while (list.ptr && str_cut(&list, ',', &tag)) {
        while (tag.len > 0 && *tag.ptr == ' ')
            tag = (struct str){tag.ptr + 1, tag.len - 1};
        if (str_eq_c(tag, etag) || str_eq_c(tag, "*"))
            return true;
    }
    return false;
}

void call_reply_bytes(struct call *call, int status, const char *content_type, struct str bytes,
                      const char *etag)
{
    bool is_shared =
        call->route->is_public && !call->person && !(call->action->flags & ACTION_SECRET);
    http_reply_header(call->request, "ETag", "%s", etag);
    http_reply_header(call->request, "Cache-Control", is_shared ? "no-cache" : "private, no-cache");
    if (call_is_read(call) && has_tag(call->request, etag))
        http_reply(call->request, 304, NULL, (struct str){0});
    else
        http_reply(call->request, status, content_type, bytes);
}

void call_reply_json(struct call *call, int status, struct str json, const char *etag)
{
    call_reply_bytes(call, status, "application/json", json, etag);
}

void call_hold_json(struct call *call, int status, struct str json, const char *etag)
{
    call->held.status = status;
    call->held.json = (struct str){arena_strndup(call->arena, json.ptr, json.len), json.len};
    call->held.etag = arena_strdup(call->arena, etag);
}

void call_release(struct call *call)
{
    call_reply_json(call, call->held.status, call->held.json, call->held.etag);
}

void call_finish_json(struct call *call, struct str json, const char *etag)
{
    call_end(call);
    call_reply_json(call, 200, json, etag);
}

void call_finish_bytes(struct call *call, const char *content_type, struct str bytes)
{
    call_end(call);
    http_reply(call->request, 200, content_type, bytes);
}
