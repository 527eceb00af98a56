#include "base/field_value.h"

#include <string.h>

#include "base/utf8.h"

/* What is shown of a wrong text; the rest of a long one helps nobody. */
#define ACTUAL_LEN_MAX 120

static struct str cut_text(struct str text, struct arena *arena)
{
    if (text.len <= ACTUAL_LEN_MAX)
        return text;
    size_t len = ACTUAL_LEN_MAX;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return str_of(arena_printf(arena, STR_FMT "...", (int)len, text.ptr));
}

static bool refuse(struct field_fault *ret_fault, enum code code, struct fact limit,
                   struct fact actual)
{
    *ret_fault = (struct field_fault){code, limit, actual};
    return false;
}

/* Refuses a text that does not have the form `expected`. */
static bool refuse_form(struct field_fault *ret_fault, const char *expected, struct str text)
{
    return refuse(ret_fault, CODE_bad_format, fact_text(str_of(expected)), fact_text(text));
}

static bool parse_text(const struct field *row, struct str text, struct str *ret,
                       struct field_fault *ret_fault)
{
    int64_t length = (int64_t)utf8_length(text);
    if (length < row->min)
        return refuse(ret_fault, CODE_too_short, fact_int(row->min), fact_int(length));
    if (length > row->max)
        return refuse(ret_fault, CODE_too_long, fact_int(row->max), fact_int(length));
    *ret = text;
    return true;
}

static bool is_code(struct str text)
{
    if (text.len == 0 || text.len > 63)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_alnum && (i == 0 || (c != '_' && c != '-')))
            return false;
    }
    return true;
}

static bool parse_int(const struct field *row, struct str text, int64_t *ret,
                      struct field_fault *ret_fault)
{
    int64_t value = 0;
    if (str_to_int(text, INT64_MIN, INT64_MAX, &value) != 0)
        return refuse_form(ret_fault, "integer", text);
    if (value < row->min)
        return refuse(ret_fault, CODE_too_small, fact_int(row->min), fact_int(value));
    if (value > row->max)
        return refuse(ret_fault, CODE_too_large, fact_int(row->max), fact_int(value));
    *ret = value;
    return true;
}

static bool parse_bool(struct str text, bool *ret, struct field_fault *ret_fault)
{
    *ret = str_eq_c(text, "true");
    return *ret || str_eq_c(text, "false") || refuse_form(ret_fault, "true or false", text);
}

/* An instant without an offset is the commonest mistake, so it has a code of its own: it is one if
 * a Z behind it makes it right. */
static bool parse_instant(struct str text, int64_t *ret, struct field_fault *ret_fault)
{
    char with_z[INSTANT_TEXT_MAX];
    int64_t ignored = 0;
    if (instant_parse(text, ret) == 0)
        return true;
    if (text.len > 0 && text.len < sizeof(with_z)) {
        memcpy(with_z, text.ptr, text.len);
        with_z[text.len] = 'Z';
        if (instant_parse((struct str){with_z, text.len + 1}, &ignored) == 0)
            return refuse(ret_fault, CODE_no_offset, NO_FACT, fact_text(text));
    }
    return refuse_form(ret_fault, "RFC 3339 date-time, years 1970 to 2199", text);
}

static struct str known_names(const char *const *names, struct arena *arena)
{
    struct buf list = {0};
    for (size_t i = 0; names[i] != NULL; i++)
        buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
    struct str copy = {arena_strndup(arena, list.data, list.len), list.len};
    buf_fini(&list);
    return copy;
}

static bool parse_enum(const struct field *row, struct str text, struct arena *arena, int *ret,
                       struct field_fault *ret_fault)
{
    for (int i = 0; row->names[i] != NULL; i++) {
        if (str_eq_c(text, row->names[i])) {
            *ret = i;
            return true;
        }
    }
    return refuse(ret_fault, CODE_unknown_value, fact_text(known_names(row->names, arena)),
                  fact_text(text));
}

static bool parse_typed(const struct field *row, struct str text, struct arena *arena, void *ret,
                        struct field_fault *ret_fault)
{
    switch (row->type) {
    case FT_TEXT:
    case FT_TEXTS:
        return parse_text(row, text, ret, ret_fault);
    case FT_CODE:
        *(struct str *)ret = text;
        return is_code(text) || refuse_form(ret_fault, FIELD_CODE_PATTERN, text);
    case FT_INT:
        return parse_int(row, text, ret, ret_fault);
    case FT_BOOL:
        return parse_bool(text, ret, ret_fault);
    case FT_INSTANT:
        return parse_instant(text, ret, ret_fault);
    case FT_DATE:
        return date_parse(text, ret) == 0 ||
               refuse_form(ret_fault, "date YYYY-MM-DD, years 1970 to 2199", text);
    case FT_MONTH:
        return month_parse(text, ret) == 0 ||
               refuse_form(ret_fault, "month YYYY-MM, years 1970 to 2199", text);
    case FT_UUID:
        return uuid_parse(text, ret) == 0 || refuse_form(ret_fault, "UUID", text);
    case FT_ENUM:
        return parse_enum(row, text, arena, ret, ret_fault);
    case FT_DECIMAL:
        return ratio_parse(text, ret) == 0 ||
               refuse_form(ret_fault, "decimal with at most 9 digits after the point", text);
    case FT_END:
    case FT_OBJECT:
    case FT_OBJECTS:
    case FT_RAW:
        break;
    }
    return refuse(ret_fault, CODE_wrong_type, NO_FACT, fact_text(STR("string")));
}

bool field_value_parse(const struct field *row, struct str text, struct arena *arena, void *ret,
                       struct field_fault *ret_fault)
{
    /* JSON text has been checked already; a query parameter may hold anything after %-decoding. */
    if (!utf8_is_valid(text) || (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL))
        return refuse(ret_fault, CODE_bad_format, fact_text(STR("UTF-8 without NUL")), NO_FACT);
    if (parse_typed(row, text, arena, ret, ret_fault))
        return true;
    if (ret_fault->actual.kind == FACT_TEXT)
        ret_fault->actual.text = cut_text(ret_fault->actual.text, arena);
    return false;
}
