#include "base/instant.h"
#include "base/json.h"

struct jsonw jsonw(struct buf *out)
{
    return (struct jsonw){out, false};
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static void add_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 0x0f]};
    size_t len = sizeof(escape);
    if (c >= 0x20 || letters[c] != '\0') {
        escape[1] = c >= 0x20 ? (char)c : letters[c];
        len = 2;
    }
    buf_add(out, escape, len);
}

/* Runs of plain bytes go out in one piece. */
static void add_string(struct buf *out, struct str value)
{
    size_t start = 0;
    buf_putc(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (is_plain(c))
            continue;
        buf_add(out, value.ptr + start, i - start);
        add_escape(out, c);
        start = i + 1;
    }
    if (value.len > start)
        buf_add(out, value.ptr + start, value.len - start);
    buf_putc(out, '"');
}

/* The comma and key in front of a value. */
static void begin(struct jsonw *w, const char *key)
{
    if (w->comma)
        buf_putc(w->out, ',');
    w->comma = true;
    if (key == NULL)
        return;
    buf_putc(w->out, '"');
    buf_puts(w->out, key);
    buf_add(w->out, "\":", 2);
}

static void open_parent(struct jsonw *w, const char *key, char bracket)
{
    begin(w, key);
    buf_putc(w->out, bracket);
    w->comma = false;
}

static void close_parent(struct jsonw *w, char bracket)
{
    buf_putc(w->out, bracket);
    w->comma = true;
}

void jw_object(struct jsonw *w, const char *key)
{
    open_parent(w, key, '{');
}

void jw_array(struct jsonw *w, const char *key)
{
    open_parent(w, key, '[');
}

void jw_end_object(struct jsonw *w)
{
    close_parent(w, '}');
}

void jw_end_array(struct jsonw *w)
{
    close_parent(w, ']');
}

void jw_text(struct jsonw *w, const char *key, struct str value)
{
    begin(w, key);
    add_string(w->out, value);
}

void jw_cstr(struct jsonw *w, const char *key, const char *value)
{
    if (value == NULL)
        jw_null(w, key);
    else
        jw_text(w, key, str_of(value));
}

void jw_int(struct jsonw *w, const char *key, int64_t value)
{
    begin(w, key);
    buf_int(w->out, value);
}

void jw_bool(struct jsonw *w, const char *key, bool value)
{
    begin(w, key);
    buf_puts(w->out, value ? "true" : "false");
}

void jw_null(struct jsonw *w, const char *key)
{
    begin(w, key);
    buf_puts(w->out, "null");
}

void jw_instant(struct jsonw *w, const char *key, int64_t at_us)
{
    char text[INSTANT_TEXT_MAX];
    if (at_us == INSTANT_NONE) {
        jw_null(w, key);
        return;
    }
    size_t len = instant_format(at_us, text);
    jw_text(w, key, (struct str){text, len});
}

void jw_raw(struct jsonw *w, const char *key, struct str json)
{
    begin(w, key);
    buf_str(w->out, json);
}
