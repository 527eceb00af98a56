#include "base/conf.h"

#include <string.h>

#include "base/conf_value.h"

void conf_defaults(const struct conf_option *rows, void *ret)
{
    struct buf faults = {0};
    for (const struct conf_option *row = rows; row->type != CT_END; row++) {
        conf_value_unset(row, ret);
        if (row->fallback != NULL && !conf_value_store(row, row->fallback, ret, &faults))
            conf_value_bad_table(faults.data);
    }
    buf_fini(&faults);
}

/* How the help shows an option's value. */
static const char *value_name(const struct conf_option *row)
{
    switch (row->type) {
    case CT_TEXT:
        return "=TEXT";
    case CT_INT:
        return "=N";
    case CT_DURATION:
        return "=DURATION";
    case CT_ENUM:
        return "=NAME";
    case CT_BOOL:
        return "[=yes|no]";
    case CT_END:
        break;
    }
    return "";
}

/* "1 to 65535 s, default 8080"; "as 2h, 1h30m or 90m; 1 to 3600 s" */
static void add_remarks(const struct conf_option *row, struct buf *out)
{
    size_t start = out->len;
    if (row->type == CT_DURATION)
        buf_puts(out, "as 2h, 1h30m or 90m; ");
    if (row->type == CT_INT || row->type == CT_DURATION)
        buf_printf(out, "%lld to %lld", (long long)row->min, (long long)row->max);
    for (size_t i = 0; row->type == CT_ENUM && row->names[i] != NULL; i++)
        buf_printf(out, "%s%s", i > 0 ? "|" : "", row->names[i]);
    if (row->unit != NULL)
        buf_printf(out, "%s%s", out->len > start ? " " : "", row->unit);
    if (row->fallback != NULL)
        buf_printf(out, "%sdefault %s", out->len > start ? ", " : "", row->fallback);
}

static void add_help_text(const struct conf_option *row, struct buf *out)
{
    struct buf remarks = {0};
    add_remarks(row, &remarks);
    buf_puts(out, row->help);
    if (remarks.len > 0)
        buf_printf(out, " (%s)", remarks.data);
    buf_putc(out, '\n');
    buf_fini(&remarks);
}

void conf_help(const struct conf_option *rows, struct buf *out)
{
    for (const struct conf_option *row = rows; row->type != CT_END; row++) {
        if (row->letter != '\0')
            buf_printf(out, "  -%c, ", row->letter);
        else
            buf_puts(out, "      ");
        buf_printf(out, "--%s%s\n          ", row->name, value_name(row));
        add_help_text(row, out);
    }
}

static void print_value(const struct conf_option *row, const void *values, struct buf *out)
{
    struct buf text = {0};
    buf_puts(out, "# ");
    add_help_text(row, out);
    if (conf_value_format(row, values, &text))
        buf_printf(out, "%s = " STR_FMT "\n", row->name, STR_ARG(buf_view(&text)));
    else
        buf_printf(out, "# %s =\n", row->name);
    buf_fini(&text);
}

/* True when an earlier row has `row`'s section. */
static bool is_section_done(const struct conf_option *rows, const struct conf_option *row)
{
    for (const struct conf_option *earlier = rows; earlier != row; earlier++) {
        if (earlier->section != NULL && strcmp(earlier->section, row->section) == 0)
            return true;
    }
    return false;
}

/* The rows of one section may be apart in the table; in the file they stand together. */
void conf_print(const struct conf_option *rows, const void *values, struct buf *out)
{
    for (const struct conf_option *first = rows; first->type != CT_END; first++) {
        if (first->section == NULL || is_section_done(rows, first))
            continue;
        buf_printf(out, "%s[%s]\n", out->len > 0 ? "\n" : "", first->section);
        for (const struct conf_option *row = first; row->type != CT_END; row++) {
            if (row->section != NULL && strcmp(row->section, first->section) == 0)
                print_value(row, values, out);
        }
    }
}
