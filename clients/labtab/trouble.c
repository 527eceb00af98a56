#include "trouble.h"

#include "base/utf8.h"
#include "text.h"
#include "view.h"

#define SHOWN_MAX ((size_t)300) /* bytes of a body that is no problem document */

static void put_fact(const char *name, const char *key, const struct json *violation,
                     struct buf *out)
{
    const struct column column = {name, key, SHAPE_PLAIN};
    struct buf value = {0};
    if (!json_get(violation, key))
        return;
    view_value(&column, violation, (struct str){NULL, 0}, &value);
    buf_printf(out, "; %s ", name);
    text_put(out, buf_view(&value));
    buf_fini(&value);
}

static void put_violation(const struct json *violation, struct buf *out)
{
    struct str pointer = view_text(violation, "pointer");
    if (json_type(violation) != JSON_OBJECT)
        return;
    buf_puts(out, "  ");
    text_put(out, view_text(violation, "code"));
    if (pointer.len > 0) {
        buf_puts(out, " at ");
        text_put(out, pointer);
    }
    buf_puts(out, ": ");
    text_put(out, view_text(violation, "message"));
    put_fact("limit", "limit", violation, out);
    put_fact("actual", "actual", violation, out);
    buf_putc(out, '\n');
}

/* Other times that would do. */
static void put_next(const struct json *next, struct buf *out)
{
    for (const struct json *slot = json_first(next); slot; slot = json_next(slot)) {
        if (json_type(slot) != JSON_OBJECT)
            continue;
        buf_puts(out, "  possible: ");
        text_put(out, view_text(slot, "start"));
        buf_puts(out, " to ");
        text_put(out, view_text(slot, "end"));
        buf_putc(out, '\n');
    }
}

static void put_problem(const struct json *problem, struct buf *out)
{
    const struct json *violations = json_get(problem, "violations");
    text_put(out, view_text(problem, "title"));
    buf_putc(out, '\n');
    if (violations && json_type(violations) == JSON_ARRAY) {
        for (const struct json *v = json_first(violations); v; v = json_next(v))
            put_violation(v, out);
    }
    int64_t dropped = view_int(problem, "violations_dropped");
    if (dropped > 0)
        buf_printf(out, "  and %lld more\n", (long long)dropped);
    const struct json *next = json_get(problem, "next");
    if (next && json_type(next) == JSON_ARRAY)
        put_next(next, out);
}

static void put_beginning(struct str body, struct buf *out)
{
    if (body.len > SHOWN_MAX)
        body.len = SHOWN_MAX;
    while (body.len > 0 && !utf8_is_valid(body))
        body.len--;
    if (body.len > 0)
        text_put(out, body);
    else
        buf_puts(out, "without a body that can be shown");
    buf_putc(out, '\n');
}

void trouble_describe(const struct remote_reply *reply, struct arena *arena, struct buf *out)
{
    const struct json *problem = NULL;
    const char *fault;
    buf_printf(out, "labtab: the server answered %d: ", reply->status);
    if (!json_parse(reply->body, arena, &problem, &fault) && json_type(problem) == JSON_OBJECT)
        put_problem(problem, out);
    else
        put_beginning(reply->body, out);
    if (reply->retry_after) {
        buf_puts(out, "  try again after ");
        text_put(out, str_of(reply->retry_after));
        buf_puts(out, " s\n");
    }
}
