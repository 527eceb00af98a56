#include "call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "trouble.h"

void call_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("labtab: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int call_print(struct str text)
{
    errno = 0;
    if (fwrite(text.ptr ? text.ptr : "", 1, text.len, stdout) == text.len && fflush(stdout) == 0)
        return EXIT_DONE;
    call_say("cannot write: %s", strerror(errno));
    return EXIT_STRANGE;
}

int call_print_raw(const struct remote_reply *reply)
{
    bool has_end = reply->body.len > 0 && reply->body.ptr[reply->body.len - 1] == '\n';
    int result = call_print(reply->body);
    return result || has_end ? result : call_print(STR("\n"));
}

/* A reply that is not 2xx. */
static int refuse(struct cli *cli, struct arena *arena, const struct remote_reply *reply)
{
    int result = reply->status >= 400 && reply->status < 500    ? EXIT_REFUSED
                 : reply->status >= 500 && reply->status <= 599 ? EXIT_TROUBLE
                                                                : EXIT_STRANGE;
    struct buf text = {0};
    trouble_describe(reply, arena, &text);
    fputs(text.data, stderr);
    buf_fini(&text);
    if (cli->common->json && result != EXIT_STRANGE && call_print_raw(reply))
        return EXIT_STRANGE;
    return result;
}

int call_send(struct cli *cli, struct arena *arena, const struct remote_request *request,
              struct remote_reply *ret)
{
    struct buf fault = {0};
    int result = remote_call(cli->remote, request, arena, ret, &fault);
    if (result)
        call_say("%s", fault.data);
    buf_fini(&fault);
    if (result)
        return result == REMOTE_E_TROUBLE ? EXIT_TROUBLE : EXIT_STRANGE;
    if (ret->status < 200 || ret->status > 299)
        return refuse(cli, arena, ret);
    return EXIT_DONE;
}

int call_get(struct cli *cli, struct arena *arena, const char *path, struct remote_reply *ret)
{
    const struct remote_request request = {.method = "GET", .path = path};
    return call_send(cli, arena, &request, ret);
}

int call_parse(const struct remote_reply *reply, struct arena *arena, const struct json **ret)
{
    const char *fault = NULL;
    if (!json_parse(reply->body, arena, ret, &fault) && json_type(*ret) == JSON_OBJECT)
        return EXIT_DONE;
    call_say("the reply is no JSON object%s%s", fault ? ": " : "", fault ? fault : "");
    return EXIT_STRANGE;
}

int call_show(struct cli *cli, const struct remote_reply *reply, const struct column *columns)
{
    if (cli->common->json)
        return call_print_raw(reply);
    const struct json *object;
    int result = call_parse(reply, cli->arena, &object);
    if (result)
        return result;
    struct buf out = {0};
    view_object(columns, object, cli->arena, &out);
    result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

int call_get_show(struct cli *cli, const char *path, const struct column *columns)
{
    struct remote_reply reply;
    int result = call_get(cli, cli->arena, path, &reply);
    return result ? result : call_show(cli, &reply, columns);
}

const char *call_path(struct cli *cli, const char *prefix, const char *suffix)
{
    struct buf path = {0};
    buf_puts(&path, prefix);
    option_encode(cli->argv[0], &path);
    buf_puts(&path, suffix);
    const char *copy = arena_strdup(cli->arena, path.data);
    buf_fini(&path);
    return copy;
}

static void free_buf(void *object)
{
    buf_fini(object);
}

struct str call_body(struct cli *cli, const char *name, const char *value)
{
    struct buf *body = arena_alloc(cli->arena, sizeof(*body));
    struct jsonw w = jsonw(body);
    arena_defer(cli->arena, free_buf, body);
    jw_object(&w, NULL);
    if (name)
        jw_cstr(&w, name, value);
    option_body(cli->command->options, cli->options, &w);
    jw_end_object(&w);
    return buf_view(body);
}
