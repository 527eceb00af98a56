#include "remote.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "link.h"

#define AGENT      "labtab/" LABTAB_VERSION
#define HEADER_MAX ((size_t)4096) /* of a reply's field that is used */

struct remote {
    CURL *curl;
    struct str base; /* the address without a slash at its end */
    const char *token;
    const char *language;
    int64_t timeout_s;
    char error[CURL_ERROR_SIZE];
};

/* One reply's body on its way. */
struct incoming {
    struct buf *body;
    bool is_too_long;
};

/* ---------------------------------------------------------------- address */

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool is_there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return is_there;
}

void remote_check_url(const char *url, struct buf *faults)
{
    CURLU *parts = curl_url();
    if (!parts)
        mem_fail(sizeof(url));
    char *scheme = NULL;
    bool is_url = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                  curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
    if (!is_url)
        buf_puts(faults, "url: not an address\n");
    else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        buf_printf(faults, "url: %s is neither http nor https\n", scheme);
    if (is_url && (has_part(parts, CURLUPART_USER) || has_part(parts, CURLUPART_PASSWORD)))
        buf_puts(faults, "url: no user and password here: use a token\n");
    if (is_url && (has_part(parts, CURLUPART_QUERY) || has_part(parts, CURLUPART_FRAGMENT)))
        buf_puts(faults, "url: no query and no fragment here\n");
    curl_free(scheme);
    curl_url_cleanup(parts);
}

struct remote *remote_new(const char *url, const char *token, const char *language,
                          int64_t timeout_s)
{
    struct remote *remote = mem_zalloc(1, sizeof(*remote));
    remote->base = str_of(url);
    while (remote->base.len > 0 && remote->base.ptr[remote->base.len - 1] == '/')
        remote->base.len--;
    remote->token = token;
    remote->language = language;
    remote->timeout_s = timeout_s;
    remote->curl = curl_easy_init();
    if (!remote->curl)
        mem_fail(sizeof(*remote));
    return remote;
}

void remote_free(struct remote *remote)
{
    if (!remote)
        return;
    curl_easy_cleanup(remote->curl);
    free(remote);
}

/* ---------------------------------------------------------------- request */

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct incoming *incoming = arg;
    size_t len = size * count;
    if (len > REMOTE_BODY_MAX - incoming->body->len) {
        incoming->is_too_long = true;
        return 0;
    }
    buf_add(incoming->body, bytes, len);
    return len;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    struct buf line = {0};
    buf_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(list, line.data);
    if (!longer)
        mem_fail(line.len);
    buf_fini(&line);
    return longer;
}

static struct curl_slist *make_headers(const struct remote *remote,
                                       const struct remote_request *request)
{
    struct curl_slist *list = NULL;
    list = add_header(list, "Accept", "application/json");
    list = add_header(list, "Accept-Language", remote->language);
    /* Without a value it keeps libcurl from naming a type of its own. */
    list = add_header(list, "Content-Type", request->body.ptr ? "application/json" : "");
    if (request->key)
        list = add_header(list, "Idempotency-Key", request->key);
    if (request->if_match)
        list = add_header(list, "If-Match", request->if_match);
    if (remote->token) {
        struct buf value = {0};
        buf_printf(&value, "Bearer %s", remote->token);
        list = add_header(list, "Authorization", value.data);
        buf_fini(&value);
    }
    return list;
}

/* Everything that must hold for any request: if libcurl does not take it, nothing is sent. */
static bool set_rules(struct remote *remote)
{
    CURL *curl = remote->curl;
    long timeout_ms = (long)remote->timeout_s * 1000;
    curl_easy_reset(curl); /* keeps the connection */
    return curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, remote->error) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, AGENT) == CURLE_OK;
}

static bool set_request(struct remote *remote, const struct remote_request *request,
                        const char *url, struct curl_slist *headers, struct incoming *incoming)
{
    CURL *curl = remote->curl;
    bool is_get = !strcmp(request->method, "GET");
    bool is_set = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_WRITEDATA, incoming) == CURLE_OK;
    if (is_get || !is_set)
        return is_set;
    curl_off_t len = (curl_off_t)request->body.len;
    const char *body = request->body.ptr ? request->body.ptr : "";
    return curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, len) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
}

/* ---------------------------------------------------------------- reply */

static int meaning_of(CURLcode code)
{
    static const CURLcode troubles[] = {
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,   CURLE_OPERATION_TIMEDOUT,
        CURLE_SEND_ERROR,           CURLE_RECV_ERROR,        CURLE_GOT_NOTHING,
        CURLE_PARTIAL_FILE,         CURLE_SSL_CONNECT_ERROR,
    };
    for (size_t i = 0; i < LEN(troubles); i++) {
        if (code == troubles[i])
            return REMOTE_E_TROUBLE;
    }
    return REMOTE_E_STRANGE;
}

/* The value of the reply's field; `index` counts those of the same name. */
static const char *header_of(CURL *curl, const char *name, size_t index, struct arena *arena)
{
    struct curl_header *header;
    if (curl_easy_header(curl, name, index, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    size_t len = strlen(header->value);
    return len <= HEADER_MAX ? arena_strndup(arena, header->value, len) : NULL;
}

static int find_next(CURL *curl, struct arena *arena, const char **ret, struct buf *fault)
{
    const char *value;
    struct str target;
    for (size_t i = 0; (value = header_of(curl, "Link", i, arena)) != NULL; i++) {
        if (!link_next(str_of(value), &target))
            continue;
        if (!link_is_path(target)) {
            buf_puts(fault, "the next page is not on this host");
            return REMOTE_E_STRANGE;
        }
        *ret = arena_strndup(arena, target.ptr, target.len);
        return 0;
    }
    return 0;
}

static int read_reply(struct remote *remote, struct arena *arena, struct remote_reply *ret,
                      struct buf *fault)
{
    long status = 0;
    curl_easy_getinfo(remote->curl, CURLINFO_RESPONSE_CODE, &status);
    ret->status = (int)status;
    ret->etag = header_of(remote->curl, "ETag", 0, arena);
    ret->retry_after = header_of(remote->curl, "Retry-After", 0, arena);
    return find_next(remote->curl, arena, &ret->next, fault);
}

static void free_body(void *object)
{
    buf_fini(object);
}

static int perform(struct remote *remote, const struct incoming *incoming, struct arena *arena,
                   struct remote_reply *ret, struct buf *fault)
{
    remote->error[0] = '\0';
    CURLcode code = curl_easy_perform(remote->curl);
    if (code == CURLE_OUT_OF_MEMORY)
        mem_fail(0);
    if (incoming->is_too_long) {
        buf_printf(fault, "the reply is longer than %zu bytes", REMOTE_BODY_MAX);
        return REMOTE_E_STRANGE;
    }
    if (code != CURLE_OK) {
        buf_puts(fault, remote->error[0] ? remote->error : curl_easy_strerror(code));
        return meaning_of(code);
    }
    ret->body = buf_view(incoming->body);
    return read_reply(remote, arena, ret, fault);
}

int remote_call(struct remote *remote, const struct remote_request *request, struct arena *arena,
                struct remote_reply *ret, struct buf *fault)
{
    struct incoming incoming = {.body = arena_alloc(arena, sizeof(*incoming.body))};
    arena_defer(arena, free_body, incoming.body);
    *ret = (struct remote_reply){0};
    const char *url = arena_printf(arena, STR_FMT "%s", STR_ARG(remote->base), request->path);
    struct curl_slist *headers = make_headers(remote, request);
    int result = REMOTE_E_STRANGE;
    if (set_rules(remote) && set_request(remote, request, url, headers, &incoming))
        result = perform(remote, &incoming, arena, ret, fault);
    else
        buf_puts(fault, "libcurl does not take the request");
    curl_slist_free_all(headers);
    return result;
}
