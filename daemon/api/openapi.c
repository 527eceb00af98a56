#include "api/openapi.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "api/actions.h"
#include "api/openapi_example.h"
#include "version.h"

/* Codes that any request can meet, whatever its route. */
static const enum code common_refusals[] = {
    CODE_bad_request,       CODE_request_timeout, CODE_head_too_large, CODE_target_too_long,
    CODE_too_many_requests, CODE_internal,        CODE_overloaded,
};

/* Codes that a body or a query can meet. */
static const enum code field_refusals[] = {
    CODE_missing_field, CODE_wrong_type, CODE_too_small, CODE_too_large,     CODE_too_long,
    CODE_too_short,     CODE_bad_format, CODE_no_offset, CODE_unknown_value, CODE_duplicate,
};

/* ---------------------------------------------------------------- schemas of replies */

static const struct {
    enum reply_type type;
    const char *json; /* the schema without description */
} reply_types[] = {
    {RT_TEXT, "\"type\":%s"},
    {RT_EXTRA, "\"type\":%s"},
    {RT_INT, "\"type\":%s"},
    {RT_BOOL, "\"type\":%s"},
    {RT_TRIAL, "\"type\":%s"},
    {RT_UUID, "\"type\":%s,\"format\":\"uuid\""},
    {RT_INSTANT, "\"type\":%s,\"format\":\"date-time\""},
    {RT_DATE, "\"type\":%s,\"format\":\"date\""},
    {RT_MONTH, "\"type\":%s,\"pattern\":\"^[0-9]{4}-[0-9]{2}$\""},
    {RT_TEXTS, "\"type\":%s,\"items\":{\"type\":\"string\"}"},
};

static const char *json_type_of(enum reply_type type)
{
    return type == RT_INT                        ? "integer"
           : type == RT_BOOL || type == RT_TRIAL ? "boolean"
           : type == RT_TEXTS                    ? "array"
                                                 : "string";
}

static void put_reply_field(struct jsonw *w, const struct reply_field *field)
{
    struct buf schema = {0}, text = {0};
    struct jsonw quoted = jsonw(&text);
    jw_cstr(&quoted, NULL, field->help);
    buf_putc(&schema, '{');
    for (size_t i = 0; i < LEN(reply_types); i++) {
        if (reply_types[i].type != field->type)
            continue;
        const char *type = json_type_of(field->type);
        char name[48];
        snprintf(name, sizeof(name), field->is_nullable ? "[\"%s\",\"null\"]" : "\"%s\"", type);
        const char *rest = strchr(reply_types[i].json, '%') + 2;
        buf_printf(&schema, "\"type\":%s%s,", name, rest);
    }
    buf_printf(&schema, "\"description\":" STR_FMT "}", STR_ARG(buf_view(&text)));
    jw_raw(w, field->name, buf_view(&schema));
    buf_fini(&schema);
    buf_fini(&text);
}

static void put_reply_schema(struct jsonw *w, const struct action *action)
{
    jw_object(w, action->reply_name);
    jw_cstr(w, "type", "object");
    jw_object(w, "properties");
    for (const struct reply_field *field = action->reply; field->type != RT_END; field++) {
        if (field->type != RT_HIDDEN)
            put_reply_field(w, field);
    }
    jw_end_object(w);
    jw_array(w, "required");
    for (const struct reply_field *field = action->reply; field->type != RT_END; field++) {
        if (field->type != RT_HIDDEN)
            jw_cstr(w, NULL, field->name);
    }
    jw_end_array(w);
    jw_end_object(w);
}

static bool is_first_of_its_name(size_t index)
{
    const char *name = api_routes[index].action->reply_name;
    for (size_t i = 0; i < index; i++) {
        const char *earlier = api_routes[i].action->reply_name;
        if (earlier && !strcmp(earlier, name))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- problem document */

static const char problem_schema[] =
    "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"violations\"],"
    "\"properties\":{"
    "\"type\":{\"type\":\"string\",\"description\":\"urn:labtab:problem:<code>\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":"
    "\"string\"},"
    "\"instance\":{\"type\":\"string\"},\"violations\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"object\","
    "\"required\":[\"code\",\"message\"],\"properties\":{\"code\":{\"$ref\":\"#/components/schemas/"
    "ProblemCode\"},"
    "\"pointer\":{\"type\":\"string\"},\"limit\":{\"type\":[\"integer\",\"string\"]},"
    "\"actual\":{\"type\":[\"integer\",\"string\"]},\"message\":{\"type\":\"string\"}}}},"
    "\"next\":{\"type\":\"array\",\"maxItems\":5,\"description\":\"Of a refused booking whose time "
    "is "
    "what is wrong: the next times that would do.\",\"items\":{\"type\":\"object\",\"required\":["
    "\"start\",\"end\"],\"properties\":{\"start\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"end\":{\"type\":\"string\",\"format\":\"date-time\"}}}}}}";

static void put_code_schema(struct jsonw *w)
{
    jw_object(w, "ProblemCode");
    jw_cstr(w, "type", "string");
    jw_array(w, "enum");
    for (int code = 1; code < CODE_COUNT; code++)
        jw_cstr(w, NULL, code_name((enum code)code));
    jw_end_array(w);
    jw_end_object(w);
}

static void put_components(struct jsonw *w, bool is_dev)
{
    jw_object(w, "components");
    jw_object(w, "securitySchemes");
    jw_raw(w, "bearer", STR("{\"type\":\"http\",\"scheme\":\"bearer\"}"));
    jw_end_object(w);
    jw_object(w, "schemas");
    jw_raw(w, "Problem", STR(problem_schema));
    put_code_schema(w);
    for (size_t i = 0; i < api_route_count; i++) {
        const struct action *action = api_routes[i].action;
        if (action->reply_name && is_first_of_its_name(i) &&
            (is_dev || !(action->flags & ACTION_DEV)))
            put_reply_schema(w, action);
    }
    jw_end_object(w);
    jw_end_object(w);
}

/* ---------------------------------------------------------------- one operation */

static void put_parameter(struct jsonw *w, const char *name, const char *in, bool is_needed,
                          const char *help, const char *schema)
{
    jw_object(w, NULL);
    jw_cstr(w, "name", name);
    jw_cstr(w, "in", in);
    jw_bool(w, "required", is_needed);
    jw_cstr(w, "description", help);
    jw_raw(w, "schema", str_of(schema));
    jw_end_object(w);
}

static void put_path_parameters(struct jsonw *w, const char *path)
{
    for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{')) {
        char name[32];
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(p + 1, "}"), p + 1);
        bool is_number = !strcmp(name, "n");
        put_parameter(w, name, "path", true,
                      is_number ? "Line number." : "Id, or the readable code where there is one.",
                      is_number ? "{\"type\":\"integer\",\"minimum\":1}" : "{\"type\":\"string\"}");
    }
}

static void put_query_parameters(struct jsonw *w, const struct field *rows)
{
    for (const struct field *row = rows; row && row->type != FT_END; row++) {
        jw_object(w, NULL);
        jw_cstr(w, "name", row->name);
        jw_cstr(w, "in", "query");
        jw_bool(w, "required", row->flags & FIELD_NEEDED);
        field_schema_text(row, w, "schema");
        if (strcmp(row->name, "cursor") != 0)
            example_parameter(row, w, "example");
        jw_end_object(w);
    }
}

static void put_parameters(struct jsonw *w, const struct route *route)
{
    const struct action *action = route->action;
    jw_array(w, "parameters");
    put_path_parameters(w, route->path);
    put_query_parameters(w, action->query);
    if (action->flags & ACTION_KEYED)
        put_parameter(w, "Idempotency-Key", "header", false,
                      "The same key with the same request is answered the same and done once.",
                      "{\"type\":\"string\",\"minLength\":1,\"maxLength\":128}");
    if (route->method == HTTP_GET && !(action->flags & ACTION_TEXT))
        put_parameter(w, "If-None-Match", "header", false,
                      "ETags that the reader has: 304 when nothing has changed.",
                      "{\"type\":\"string\"}");
    if (action->flags & ACTION_MATCH)
        put_parameter(w, "If-Match", "header", true, "The ETag of the object as you know it.",
                      "{\"type\":\"string\"}");
    jw_end_array(w);
}

static void put_reply_ref(struct jsonw *w, const struct action *action)
{
    char ref[96];
    snprintf(ref, sizeof(ref), "#/components/schemas/%s", action->reply_name);
    jw_cstr(w, "$ref", ref);
}

/* {"items": [...]}, and what the action puts before it. */
static void put_list_schema(struct jsonw *w, const struct action *action)
{
    static const struct reply_field nothing[] = {REPLY_END};
    const struct reply_field *preface = action->preface_reply ? action->preface_reply : nothing;
    jw_cstr(w, "type", "object");
    jw_array(w, "required");
    for (const struct reply_field *field = preface; field->type != RT_END; field++)
        jw_cstr(w, NULL, field->name);
    jw_cstr(w, NULL, "items");
    jw_end_array(w);
    jw_object(w, "properties");
    for (const struct reply_field *field = preface; field->type != RT_END; field++)
        put_reply_field(w, field);
    jw_object(w, "items");
    jw_cstr(w, "type", "array");
    jw_object(w, "items");
    put_reply_ref(w, action);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
}

static void put_header(struct jsonw *w, const char *name, const char *help)
{
    jw_object(w, name);
    jw_cstr(w, "description", help);
    jw_raw(w, "schema", STR("{\"type\":\"string\"}"));
    jw_end_object(w);
}

static void put_success_headers(struct jsonw *w, const struct action *action)
{
    jw_object(w, "headers");
    if (!(action->flags & ACTION_TEXT))
        put_header(w, "ETag", "For If-None-Match, and for If-Match where a change needs it.");
    if (action->location)
        put_header(w, "Location", "Where the new object is.");
    if (action->flags & ACTION_LIST && action->query)
        put_header(w, "Link", "rel=\"next\": the next page, when there may be one.");
    jw_end_object(w);
}

static void put_not_modified(struct jsonw *w)
{
    jw_object(w, "304");
    jw_cstr(w, "description", "The reader has it already: If-None-Match names its ETag.");
    jw_end_object(w);
}

/* As the schema: an object, or {"items": [...]} with what comes before. */
static void put_success_example(struct jsonw *w, const struct action *action)
{
    if (!action->reply_name)
        return;
    if (!(action->flags & ACTION_LIST)) {
        example_reply(action->reply, w, "example");
        return;
    }
    jw_object(w, "example");
    if (action->preface_reply)
        example_members(action->preface_reply, w);
    jw_array(w, "items");
    example_reply(action->reply, w, NULL);
    jw_end_array(w);
    jw_end_object(w);
}

static void put_reply(struct jsonw *w, const struct action *action, const char *status,
                      const char *description)
{
    jw_object(w, status);
    jw_cstr(w, "description", description);
    put_success_headers(w, action);
    jw_object(w, "content");
    bool is_text = action->flags & ACTION_TEXT || action->content_type;
    jw_object(w, action->content_type ? action->content_type
                 : is_text            ? "text/plain"
                                      : "application/json");
    jw_object(w, "schema");
    if (!action->reply_name)
        jw_cstr(w, "type", is_text ? "string" : "object");
    else if (action->flags & ACTION_LIST)
        put_list_schema(w, action);
    else
        put_reply_ref(w, action);
    jw_end_object(w);
    put_success_example(w, action);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
}

static bool can_be_tried(const struct action *action)
{
    for (const struct field *row = action->query; row && row->type != FT_END; row++) {
        if (strcmp(row->name, "dry_run") == 0)
            return true;
    }
    return false;
}

static void put_success(struct jsonw *w, const struct action *action)
{
    const char *status = action->flags & ACTION_CREATES   ? "201"
                         : action->flags & ACTION_ACCEPTS ? "202"
                                                          : "200";
    put_reply(w, action, status, "Done.");
    if (can_be_tried(action) && strcmp(status, "200") != 0)
        put_reply(w, action, "200", "What a dry run would have done.");
}

/* Which refusals this route can give: as bits over codes. */
static void collect_refusals(const struct route *route, bool is_possible[CODE_COUNT])
{
    const struct action *action = route->action;
    for (size_t i = 0; i < LEN(common_refusals); i++)
        is_possible[common_refusals[i]] = true;
    for (size_t i = 0; i < ACTION_REFUSALS_MAX && action->refusals[i]; i++)
        is_possible[action->refusals[i]] = true;
    if (!route->is_public)
        is_possible[CODE_unauthenticated] = is_possible[CODE_forbidden] = true;
    if (strchr(route->path, '{'))
        is_possible[CODE_not_found] = true;
    is_possible[CODE_unknown_field] = true;
    for (size_t i = 0; (action->body || action->query) && i < LEN(field_refusals); i++)
        is_possible[field_refusals[i]] = true;
    if (action->body)
        is_possible[CODE_bad_json] = is_possible[CODE_media_type] =
            is_possible[CODE_length_required] = is_possible[CODE_body_too_large] = true;
    if (action->flags & ACTION_KEYED)
        is_possible[CODE_key_reused] = true;
    if (action->flags & ACTION_MATCH)
        is_possible[CODE_version_required] = is_possible[CODE_stale_version] = true;
    if (action->flags & ACTION_OUTCOME)
        is_possible[CODE_outcome_unknown] = true;
}

static void put_refusals(struct jsonw *w, const struct route *route)
{
    bool is_possible[CODE_COUNT] = {false};
    collect_refusals(route, is_possible);
    for (int status = 400; status < 600; status++) {
        struct buf codes = {0};
        for (int code = 1; code < CODE_COUNT; code++) {
            if (is_possible[code] && code_status((enum code)code) == status)
                buf_printf(&codes, "%s`%s`", codes.len ? ", " : "", code_name((enum code)code));
        }
        if (codes.len) {
            char key[8];
            snprintf(key, sizeof(key), "%d", status);
            jw_object(w, key);
            jw_text(w, "description", buf_view(&codes));
            jw_raw(w, "content",
                   STR("{\"application/problem+json\":{\"schema\":"
                       "{\"$ref\":\"#/components/schemas/Problem\"}}}"));
            jw_end_object(w);
        }
        buf_fini(&codes);
    }
}

static void put_operation(struct jsonw *w, const struct route *route)
{
    const struct action *action = route->action;
    char method[16];
    snprintf(method, sizeof(method), "%s", http_method_name(route->method));
    for (char *p = method; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    jw_object(w, method);
    jw_cstr(w, "operationId", action->id);
    jw_array(w, "tags");
    jw_cstr(w, NULL, action->tag);
    jw_end_array(w);
    jw_cstr(w, "summary", action->summary);
    jw_raw(w, "security", route->is_public ? STR("[]") : STR("[{\"bearer\":[]}]"));
    jw_object(w, "x-reach");
    static const char *const reaches[] = {"none", "own", "all"};
    for (size_t role = 0; role < CAT_ROLE_COUNT; role++)
        jw_cstr(w, cat_role_names[role], reaches[route->reach[role]]);
    jw_end_object(w);
    put_parameters(w, route);
    if (action->body) {
        jw_object(w, "requestBody");
        jw_bool(w, "required", true);
        jw_object(w, "content");
        jw_object(w, "application/json");
        field_schema(action->body, true, w, "schema");
        example_body(action, w, "example");
        jw_end_object(w);
        jw_end_object(w);
        jw_end_object(w);
    }
    jw_object(w, "responses");
    put_success(w, action);
    if (route->method == HTTP_GET && !(action->flags & ACTION_TEXT))
        put_not_modified(w);
    put_refusals(w, route);
    jw_end_object(w);
    jw_end_object(w);
}

/* ---------------------------------------------------------------- the document */

static bool is_shown(const struct route *route, bool is_dev)
{
    return is_dev || !(route->action->flags & ACTION_DEV);
}

/* Routes of one path stand together in the table or not: each path is written once, with all its
 * methods. */
static bool is_first_of_its_path(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (!strcmp(api_routes[i].path, api_routes[index].path))
            return false;
    }
    return true;
}

void openapi_write(struct buf *out, bool is_dev)
{
    struct jsonw w = jsonw(out);
    jw_object(&w, NULL);
    jw_cstr(&w, "openapi", "3.1.0");
    jw_object(&w, "info");
    jw_cstr(&w, "title", "Labtab");
    jw_cstr(&w, "version", LABTAB_VERSION);
    jw_cstr(&w, "description", "Booking calendar, usage meter and bill of a shared-equipment lab.");
    jw_end_object(&w);
    jw_object(&w, "paths");
    for (size_t i = 0; i < api_route_count; i++) {
        if (!is_shown(&api_routes[i], is_dev) || !is_first_of_its_path(i))
            continue;
        jw_object(&w, api_routes[i].path);
        for (size_t k = i; k < api_route_count; k++) {
            if (!strcmp(api_routes[k].path, api_routes[i].path))
                put_operation(&w, &api_routes[k]);
        }
        jw_end_object(&w);
    }
    jw_end_object(&w);
    put_components(&w, is_dev);
    jw_end_object(&w);
}
