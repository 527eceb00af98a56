#include "base/conf.h"

#include <string.h>

#include "base/conf_value.h"

struct args {
    const struct conf_option *rows;
    int count;
    char **args;
    int at; /* the one being looked at */
    void *ret;
    struct buf *faults;
};

static void end_fault(struct args *a)
{
    buf_puts(a->faults, " (command line)\n");
}

static void store(struct args *a, const struct conf_option *row, const char *value)
{
    if (value == NULL)
        buf_printf(a->faults, "%s: a value is needed", row->name);
    if (value == NULL || !conf_value_store(row, value, a->ret, a->faults))
        end_fault(a);
}

static const char *next_arg(struct args *a)
{
    return a->at + 1 < a->count ? a->args[++a->at] : NULL;
}

/* "--name", "--name=value", "--name value" */
static void take_long(struct args *a, const char *text)
{
    size_t name_len = strcspn(text, "=");
    const struct conf_option *row = a->rows;
    while (row->type != CT_END && !str_eq_c((struct str){text, name_len}, row->name))
        row++;
    if (row->type == CT_END) {
        buf_printf(a->faults, "--%.*s: there is no such option", (int)name_len, text);
        end_fault(a);
    } else if (text[name_len] == '=') {
        store(a, row, text + name_len + 1);
    } else {
        store(a, row, row->type == CT_BOOL ? "yes" : next_arg(a));
    }
}

/* "-x value", "-xvalue", and several letters in one when all but the last are yes or no. */
static void take_letters(struct args *a, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        const struct conf_option *row = a->rows;
        while (row->type != CT_END && row->letter != *letters)
            row++;
        if (row->type == CT_END) {
            buf_printf(a->faults, "-%c: there is no such option", *letters);
            end_fault(a);
            return;
        }
        if (row->type != CT_BOOL) {
            store(a, row, letters[1] != '\0' ? letters + 1 : next_arg(a));
            return;
        }
        store(a, row, "yes");
    }
}

int conf_args(const struct conf_option *rows, int argc, char **argv, void *ret, int *ret_rest,
              struct buf *faults)
{
    struct args a = {.rows = rows, .count = argc, .args = argv, .ret = ret, .faults = faults};
    size_t before = faults->len;
    bool has_ended = false; /* "--" was seen */
    int rest = 0;
    for (; a.at < argc; a.at++) {
        char *arg = argv[a.at];
        if (has_ended || arg[0] != '-' || arg[1] == '\0') {
            argv[rest++] = arg;
        } else if (strcmp(arg, "--") == 0) {
            has_ended = true;
        } else if (arg[1] == '-') {
            take_long(&a, arg + 2);
        } else {
            take_letters(&a, arg + 1);
        }
    }
    for (int i = 0; i < rest && ret_rest == NULL; i++) {
        buf_printf(faults, "\"%s\": not expected here", argv[i]);
        end_fault(&a);
    }
    if (ret_rest != NULL)
        *ret_rest = rest;
    return faults->len > before ? 1 : 0;
}
