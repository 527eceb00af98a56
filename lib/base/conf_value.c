#include "base/conf_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

/* Texts of options live until the process ends; read on one thread, before work begins. */
static char *keep_text(const char *text)
{
    static struct arena *texts;
    if (texts == NULL)
        texts = arena_new();
    return arena_strdup(texts, text);
}

static void *member(const struct conf_option *row, void *values)
{
    return (unsigned char *)values + row->offset;
}

static const void *member_const(const struct conf_option *row, const void *values)
{
    return (const unsigned char *)values + row->offset;
}

void conf_value_bad_table(const char *fault)
{
    fprintf(stderr, "option table: %s\n", fault);
    abort();
}

void conf_value_unset(const struct conf_option *row, void *ret)
{
    switch (row->type) {
    case CT_TEXT:
        *(const char **)member(row, ret) = NULL;
        break;
    case CT_INT:
    case CT_DURATION:
        *(int64_t *)member(row, ret) = 0;
        break;
    case CT_BOOL:
        *(bool *)member(row, ret) = false;
        break;
    case CT_ENUM:
        *(int *)member(row, ret) = -1;
        break;
    case CT_END:
        break;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* True when inih gives `text` back as it is: it strips blanks at both ends and takes a semicolon
 * after a blank for a comment. */
static bool survives_file(const struct conf_option *row, const char *text)
{
    size_t len = strlen(text);
    if (strlen(row->name) + strlen(" = ") + len > CONF_LINE_MAX)
        return false;
    if (len > 0 && (is_blank(text[0]) || is_blank(text[len - 1]) || text[0] == ';'))
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\t') || c == 0x7f || (is_blank(text[i]) && text[i + 1] == ';'))
            return false;
    }
    return utf8_is_valid(str_of(text));
}

static bool store_text(const struct conf_option *row, const char *text, const char **ret,
                       struct buf *faults)
{
    if (row->section != NULL && !survives_file(row, text)) {
        buf_printf(faults,
                   "%s: the text is too long or has characters that an INI file cannot hold",
                   row->name);
        return false;
    }
    *ret = keep_text(text);
    return true;
}

static int64_t seconds_of(char unit)
{
    switch (unit) {
    case 'd':
        return 86400;
    case 'h':
        return 3600;
    case 'm':
        return 60;
    case 's':
        return 1;
    default:
        return 0;
    }
}

/* "1h30m". 0, or 1 when it is none. */
static int parse_duration(const char *text, int64_t *ret_s)
{
    int64_t sum_s = 0, number, part_s;
    size_t digits;
    for (const char *rest = text; *rest || rest == text; rest += digits + 1) {
        digits = strspn(rest, "0123456789");
        int64_t unit_s = seconds_of(rest[digits]);
        if (unit_s == 0 || str_to_int((struct str){rest, digits}, 0, INT64_MAX, &number) != 0 ||
            __builtin_mul_overflow(number, unit_s, &part_s) ||
            __builtin_add_overflow(sum_s, part_s, &sum_s))
            return 1;
    }
    *ret_s = sum_s;
    return 0;
}

static bool parse_number(const struct conf_option *row, const char *text, int64_t *ret,
                         struct buf *faults)
{
    if (str_to_int(str_of(text), INT64_MIN, INT64_MAX, ret) == 0)
        return true;
    if (row->type == CT_DURATION && parse_duration(text, ret) == 0)
        return true;
    buf_printf(faults, "%s: \"%s\" is %s", row->name, text,
               row->type == CT_DURATION ? "no duration, as 2h, 90m or 5400 are" : "not an integer");
    return false;
}

static bool store_number(const struct conf_option *row, const char *text, int64_t *ret,
                         struct buf *faults)
{
    int64_t value = 0;
    if (!parse_number(row, text, &value, faults))
        return false;
    if (value < row->min)
        buf_printf(faults, "%s: %s is below %lld", row->name, text, (long long)row->min);
    else if (value > row->max)
        buf_printf(faults, "%s: %s is above %lld", row->name, text, (long long)row->max);
    else {
        *ret = value;
        return true;
    }
    return false;
}

static bool store_bool(const struct conf_option *row, const char *text, bool *ret,
                       struct buf *faults)
{
    bool is_yes = strcmp(text, "yes") == 0;
    if (!is_yes && strcmp(text, "no") != 0) {
        buf_printf(faults, "%s: \"%s\" is neither yes nor no", row->name, text);
        return false;
    }
    *ret = is_yes;
    return true;
}

static bool store_enum(const struct conf_option *row, const char *text, int *ret,
                       struct buf *faults)
{
    for (int i = 0; row->names[i] != NULL; i++) {
        if (strcmp(row->names[i], text) == 0) {
            *ret = i;
            return true;
        }
    }
    buf_printf(faults, "%s: \"%s\" is none of", row->name, text);
    for (size_t i = 0; row->names[i] != NULL; i++)
        buf_printf(faults, "%s %s", i > 0 ? "," : "", row->names[i]);
    return false;
}

bool conf_value_store(const struct conf_option *row, const char *text, void *ret,
                      struct buf *faults)
{
    switch (row->type) {
    case CT_TEXT:
        return store_text(row, text, member(row, ret), faults);
    case CT_INT:
    case CT_DURATION:
        return store_number(row, text, member(row, ret), faults);
    case CT_BOOL:
        return store_bool(row, text, member(row, ret), faults);
    case CT_ENUM:
        return store_enum(row, text, member(row, ret), faults);
    case CT_END:
        break;
    }
    return false;
}

bool conf_value_format(const struct conf_option *row, const void *values, struct buf *out)
{
    const void *value = member_const(row, values);
    switch (row->type) {
    case CT_TEXT:
        if (*(const char *const *)value == NULL)
            return false;
        buf_puts(out, *(const char *const *)value);
        return true;
    case CT_INT:
    case CT_DURATION:
        /* An unset integer is 0; when 0 is out of range it must not be read back. */
        if (row->fallback == NULL && *(const int64_t *)value == 0)
            return false;
        buf_int(out, *(const int64_t *)value);
        return true;
    case CT_BOOL:
        buf_puts(out, *(const bool *)value ? "yes" : "no");
        return true;
    case CT_ENUM:
        if (*(const int *)value < 0)
            return false;
        buf_puts(out, row->names[*(const int *)value]);
        return true;
    case CT_END:
        break;
    }
    return false;
}
