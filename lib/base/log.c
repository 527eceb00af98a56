#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/utf8.h"

/* A line up to PIPE_BUF (4,096 on Linux) reaches a pipe in one piece, also when several processes
 * share the pipe. A value or line that would be longer is cut, and says so. */
#define LINE_MAX_LEN  4096
#define VALUE_MAX_LEN 1024
#define TAIL_LEN      32 /* " cut=<number>\n" */

static const char *log_role = "-";
static enum log_level log_least = LOG_INFO;

void log_init(const char *role, enum log_level least)
{
    log_role = role;
    log_least = least;
}

static bool needs_quotes(struct str value)
{
    if (value.len == 0 || !utf8_is_valid(value))
        return true;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return true;
    }
    return false;
}

/* Bytes of the code point that starts at `at`; 1 for a byte that starts none. */
static size_t code_point_length(struct str s, size_t at)
{
    for (size_t len = 2; len <= 4 && at + len <= s.len; len++) {
        struct str part = {s.ptr + at, len};
        if ((unsigned char)s.ptr[at] >= 0x80 && utf8_is_valid(part))
            return len;
    }
    return 1;
}

static void add_escaped(struct buf *line, struct str part)
{
    unsigned char c = (unsigned char)part.ptr[0];
    if (c == '"' || c == '\\')
        buf_printf(line, "\\%c", c);
    else if (c == '\n')
        buf_puts(line, "\\n");
    else if (c < ' ' || c == 0x7f || (c >= 0x80 && part.len == 1))
        buf_printf(line, "\\x%02x", c);
    else
        buf_str(line, part);
}

static void add_text(struct buf *line, struct str value)
{
    bool is_quoted = needs_quotes(value);
    size_t start = line->len;
    if (is_quoted)
        buf_putc(line, '"');
    for (size_t i = 0; i < value.len;) {
        size_t len = code_point_length(value, i);
        if (line->len - start > VALUE_MAX_LEN) {
            buf_puts(line, "...");
            break;
        }
        add_escaped(line, (struct str){value.ptr + i, len});
        i += len;
    }
    if (is_quoted)
        buf_putc(line, '"');
}

static void add_field(struct buf *line, const struct log_field *field)
{
    buf_printf(line, " %s=", field->key);
    if (field->kind == LOGF_INT)
        buf_int(line, field->number);
    else
        add_text(line, str_of(field->text));
}

/* A log that cannot be written must not stop the work, so an error ends the attempt silently. */
static void write_line(struct str line)
{
    while (line.len > 0) {
        ssize_t written = write(STDERR_FILENO, line.ptr, line.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        line = (struct str){line.ptr + written, line.len - (size_t)written};
    }
}

static int64_t wall_clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count)
{
    static const char *const level_names[] = {"debug", "info", "warn", "error"};
    if (level < log_least)
        return;
    int saved_errno = errno;
    char time_text[INSTANT_TEXT_MAX];
    instant_format(wall_clock_us(), time_text);
    struct buf line = {0};
    buf_printf(&line, "time=%s level=%s role=%s event=%s", time_text, level_names[level], log_role,
               event);
    for (size_t i = 0; i < count; i++) {
        size_t before = line.len;
        add_field(&line, &fields[i]);
        if (line.len > LINE_MAX_LEN - TAIL_LEN) {
            line.len = before;
            buf_printf(&line, " cut=%zu", count - i);
            break;
        }
    }
    buf_putc(&line, '\n');
    write_line(buf_view(&line));
    buf_fini(&line);
    errno = saved_errno;
}
