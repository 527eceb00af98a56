#include "option.h"

#include <ctype.h>
#include <string.h>

static size_t count_conf(const struct conf_option *rows)
{
    size_t count = 0;
    while (rows[count].type != CT_END)
        count++;
    return count;
}

static size_t count_options(const struct option *options)
{
    size_t count = 0;
    while (options && options[count].conf.type != CT_END)
        count++;
    return count;
}

static bool is_named(const struct option *options, const char *name)
{
    for (const struct option *o = options; o && o->conf.type != CT_END; o++) {
        if (!strcmp(o->conf.name, name))
            return true;
    }
    return false;
}

struct conf_option *option_others(const struct conf_option *common, const struct option *options,
                                  struct arena *arena)
{
    struct conf_option *rows = arena_array(arena, count_conf(common) + 1, sizeof(*rows));
    size_t count = 0;
    for (const struct conf_option *row = common; row->type != CT_END; row++) {
        if (!is_named(options, row->name))
            rows[count++] = *row;
    }
    rows[count].type = CT_END;
    return rows;
}

struct conf_option *option_rows(const struct option *options, struct arena *arena)
{
    size_t count = count_options(options);
    struct conf_option *rows = arena_array(arena, count + 1, sizeof(*rows));
    for (size_t i = 0; i < count; i++)
        rows[i] = options[i].conf;
    rows[count].type = CT_END;
    return rows;
}

struct conf_option *option_join(const struct conf_option *common, const struct option *options,
                                size_t shift, struct arena *arena)
{
    const struct conf_option *others = option_others(common, options, arena);
    const struct conf_option *own = option_rows(options, arena);
    size_t before = count_conf(others), more = count_conf(own);
    struct conf_option *rows = arena_array(arena, before + more + 1, sizeof(*rows));
    memcpy(rows, others, before * sizeof(*rows));
    for (size_t i = 0; i < more; i++) {
        rows[before + i] = own[i];
        rows[before + i].offset += shift;
    }
    rows[before + more].type = CT_END;
    return rows;
}

static const void *value_of(const struct option *option, const void *values)
{
    return (const unsigned char *)values + option->conf.offset;
}

static bool is_number(const struct option *option)
{
    return option->conf.type == CT_INT || option->conf.type == CT_DURATION;
}

void option_unset(const struct option *options, void *values)
{
    for (const struct option *o = options; o && o->conf.type != CT_END; o++) {
        if (is_number(o) && !o->conf.fallback)
            *(int64_t *)(void *)((unsigned char *)values + o->conf.offset) = OPTION_NO_INT;
    }
}

void option_missing(const struct option *options, const void *values, struct buf *faults)
{
    for (const struct option *o = options; o && o->conf.type != CT_END; o++) {
        if (o->need == OPTION_NEEDED && !*(const char *const *)value_of(o, values))
            buf_printf(faults, "%s: this option is needed\n", o->conf.name);
    }
}

void option_encode(const char *text, struct buf *out)
{
    for (const char *c = text; *c; c++) {
        if (isalnum((unsigned char)*c) || strchr("-._~", *c))
            buf_putc(out, *c);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*c);
    }
}

/* A value as it is given, or NULL. `number` has room for an integer's digits. */
static const char *text_of(const struct option *option, const void *values, struct buf *number)
{
    const void *value = value_of(option, values);
    switch (option->conf.type) {
    case CT_TEXT:
        return *(const char *const *)value;
    case CT_ENUM:
        return *(const int *)value < 0 ? NULL : option->conf.names[*(const int *)value];
    case CT_BOOL:
        return *(const bool *)value ? "true" : NULL;
    case CT_INT:
    case CT_DURATION:
        if (*(const int64_t *)value == OPTION_NO_INT)
            return NULL;
        buf_reset(number);
        buf_int(number, *(const int64_t *)value);
        return number->data;
    case CT_END:
        break;
    }
    return NULL;
}

void option_query(const struct option *options, const void *values, struct buf *path)
{
    struct buf number = {0};
    bool is_first = !path->data || !strchr(path->data, '?');
    for (const struct option *o = options; o && o->conf.type != CT_END; o++) {
        const char *text = o->use == OPTION_QUERY ? text_of(o, values, &number) : NULL;
        if (!text)
            continue;
        buf_printf(path, "%c%s=", is_first ? '?' : '&', o->field);
        option_encode(text, path);
        is_first = false;
    }
    buf_fini(&number);
}

static void put_list(struct jsonw *w, const char *field, const char *text)
{
    struct str rest = str_of(text), part;
    jw_array(w, field);
    while (*text && str_cut(&rest, ',', &part))
        jw_text(w, NULL, part);
    jw_end_array(w);
}

static bool is_of_body(const struct option *option)
{
    return option->use == OPTION_BODY || option->use == OPTION_BODY_LIST;
}

void option_body(const struct option *options, const void *values, struct jsonw *w)
{
    struct buf number = {0};
    for (const struct option *o = options; o && o->conf.type != CT_END; o++) {
        const char *text = is_of_body(o) ? text_of(o, values, &number) : NULL;
        if (!text)
            continue;
        if (o->use == OPTION_BODY_LIST)
            put_list(w, o->field, text);
        else if (o->conf.type == CT_TEXT || o->conf.type == CT_ENUM)
            jw_cstr(w, o->field, text);
        else
            jw_raw(w, o->field, str_of(text));
    }
    buf_fini(&number);
}
