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

int keyed_send(struct cli *cli, const char *path, struct str body, const char *if_match,
               struct remote_reply *ret)
{
    const char *key = ((const struct keyed_options *)cli->options)->key;
    const struct remote_request request = {
        .method = "POST",
        .path = path,
        .body = body,
        .key = key ? key : random_key(cli->arena),
        .if_match = if_match,
    };
    int result = call_send(cli, cli->arena, &request, ret);
    if (result == EXIT_TROUBLE || result == EXIT_STRANGE)
        call_say("it may have been done or not; repeat it with --key=%s", request.key);
    return result;
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
