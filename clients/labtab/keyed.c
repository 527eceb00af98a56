#include "keyed.h"

#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/secret.h"

#define KEY_MAX 128

void keyed_check(const struct cli *cli, struct buf *faults)
{
    const char *key = ((const struct keyed_options *)cli->options)->key;
    if (!key)
        return;
    size_t len = strlen(key);
    bool is_key = len > 0 && len <= KEY_MAX;
    for (size_t i = 0; i < len; i++)
        is_key = is_key && key[i] > ' ' && key[i] < 0x7f;
    if (!is_key)
        buf_printf(faults, "key: 1 to %d printable characters are needed\n", KEY_MAX);
}

static const char *random_key(struct arena *arena)
{
    struct timespec now;
    char *text = arena_alloc(arena, UUID_TEXT_MAX);
    secret_init();
    clock_gettime(CLOCK_REALTIME, &now);
    uuid_format(uuid_v7(now.tv_sec * US_PER_S + now.tv_nsec / 1000), text);
    return text;
}

static int send_with_key(struct cli *cli, struct remote_request request, struct remote_reply *ret)
{
    const char *key = ((const struct keyed_options *)cli->options)->key;
    request.key = key ? key : random_key(cli->arena);
    int result = call_send(cli, cli->arena, &request, ret);
    if (result == EXIT_TROUBLE || result == EXIT_STRANGE)
        call_say("it may have been done or not; repeat it with --key=%s", request.key);
    return result;
}

/* "/v1/bookings?dry_run=true" */
static const char *with_query(struct cli *cli, const char *path)
{
    struct buf text = {0};
    buf_puts(&text, path);
    option_query(cli->command->options, cli->options, &text);
    const char *all = arena_strdup(cli->arena, text.data);
    buf_fini(&text);
    return all;
}

int keyed_send(struct cli *cli, const char *path, struct str body, const char *if_match,
               struct remote_reply *ret)
{
    return send_with_key(
        cli,
        (struct remote_request){
            .method = "POST", .path = with_query(cli, path), .body = body, .if_match = if_match},
        ret);
}

int keyed_tag(struct cli *cli, const char *path, int64_t version, const char **ret)
{
    if (version != OPTION_NO_INT) {
        *ret = arena_printf(cli->arena, "\"v%lld\"", (long long)version);
        return EXIT_DONE;
    }
    struct remote_reply reply;
    int result = call_get(cli, cli->arena, path, &reply);
    if (result)
        return result;
    *ret = reply.etag;
    if (*ret)
        return EXIT_DONE;
    call_say("the object came without an ETag");
    return EXIT_STRANGE;
}

static int write_version(struct cli *cli, struct remote_request request, const char *object,
                         int64_t version, const struct column *columns)
{
    struct remote_reply reply;
    int result = keyed_tag(cli, object, version, &request.if_match);
    if (result == EXIT_DONE)
        result = send_with_key(cli, request, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

int keyed_act(struct cli *cli, const char *collection, const char *action, int64_t version,
              const struct column *columns)
{
    struct remote_request request = {
        .method = "POST",
        .path = call_path(cli, collection, action),
        .body = call_body(cli, NULL, NULL),
    };
    return write_version(cli, request, call_path(cli, collection, ""), version, columns);
}

int keyed_change(struct cli *cli, const char *collection, int64_t version,
                 const struct column *columns)
{
    const char *path = call_path(cli, collection, "");
    struct remote_request request = {
        .method = "PATCH",
        .path = with_query(cli, path),
        .body = call_body(cli, NULL, NULL),
    };
    return write_version(cli, request, path, version, columns);
}
