#include "link.h"

#include <string.h>

static void skip_blanks(struct str *rest)
{
    while (rest->len > 0 && (*rest->ptr == ' ' || *rest->ptr == '\t')) {
        rest->ptr++;
        rest->len--;
    }
}

static bool take_char(struct str *rest, char c)
{
    skip_blanks(rest);
    if (rest->len == 0 || *rest->ptr != c)
        return false;
    rest->ptr++;
    rest->len--;
    return true;
}

/* Up to the first of `ends`, which stays. */
static struct str take_until(struct str *rest, const char *ends)
{
    struct str part = {rest->ptr, 0};
    while (part.len < rest->len && !strchr(ends, rest->ptr[part.len]))
        part.len++;
    rest->ptr += part.len;
    rest->len -= part.len;
    return part;
}

static bool take_value(struct str *rest, struct str *ret)
{
    if (!take_char(rest, '"')) {
        *ret = take_until(rest, ";, \t");
        return true;
    }
    *ret = take_until(rest, "\"");
    return take_char(rest, '"');
}

/* A relation may be several words: rel="next last". */
static bool has_next(struct str relations)
{
    struct str word;
    while (str_cut(&relations, ' ', &word)) {
        if (str_eq_nocase(word, STR("next")))
            return true;
    }
    return false;
}

/* The parameters of one link, up to its end. False: malformed. */
static bool take_parameters(struct str *rest, bool *ret_is_next)
{
    *ret_is_next = false;
    while (take_char(rest, ';')) {
        skip_blanks(rest);
        struct str name = take_until(rest, "=;, \t"), value = {NULL, 0};
        if (take_char(rest, '=')) {
            skip_blanks(rest);
            if (!take_value(rest, &value))
                return false;
        }
        if (str_eq_nocase(name, STR("rel")))
            *ret_is_next = *ret_is_next || has_next(value);
    }
    return true;
}

bool link_next(struct str value, struct str *ret_target)
{
    do {
        if (!take_char(&value, '<'))
            return false;
        struct str target = take_until(&value, ">");
        bool is_next;
        if (!take_char(&value, '>') || !take_parameters(&value, &is_next))
            return false;
        if (is_next) {
            *ret_target = target;
            return true;
        }
    } while (take_char(&value, ','));
    return false;
}

bool link_is_path(struct str target)
{
    if (target.len == 0 || target.ptr[0] != '/' || (target.len > 1 && target.ptr[1] == '/'))
        return false;
    for (size_t i = 0; i < target.len; i++) {
        if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7f || strchr("#\\<>\"", target.ptr[i]))
            return false;
    }
    return true;
}
