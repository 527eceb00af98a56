#include "http/target.h"

#include <string.h>

#include "base/utf8.h"
#include "http/http.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

const char *percent_decode(struct str text, unsigned flags, struct arena *arena, struct str *ret)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return "a percent sign is not followed by two hexadecimal digits";
            c = (char)(high * 16 + low);
            i += 2;
            /* Decoded, it could no longer be told from a separator. */
            if (c == '/' && (flags & PERCENT_NO_SLASH))
                return "a path segment has an encoded slash";
        } else if (c == '+' && (flags & PERCENT_PLUS)) {
            c = ' ';
        }
        if ((unsigned char)c < ' ' || c == 0x7f)
            return "the text has a control byte";
        out[len++] = c;
    }
    *ret = (struct str){out, len};
    return utf8_is_valid(*ret) ? NULL : "the text is not UTF-8";
}

static bool has_dot_segment(struct str path)
{
    struct str segment;
    while (str_cut(&path, '/', &segment))
        if (str_eq_c(segment, ".") || str_eq_c(segment, ".."))
            return true;
    return false;
}

/* Cuts "http://host" off the absolute form (RFC 9112, 3.2.2), which leaves the origin form. */
static const char *cut_authority(struct str *target)
{
    size_t scheme = 0;
    if (target->len > 7 && str_eq_nocase((struct str){target->ptr, 7}, STR("http://")))
        scheme = 7;
    else if (target->len > 8 && str_eq_nocase((struct str){target->ptr, 8}, STR("https://")))
        scheme = 8;
    else
        return "the target does not begin with a slash";
    struct str rest = {target->ptr + scheme, target->len - scheme};
    size_t host = 0;
    while (host < rest.len && rest.ptr[host] != '/' && rest.ptr[host] != '?')
        host++;
    if (host == 0 || memchr(rest.ptr, '@', host) != NULL)
        return "the target names no host";
    if (host == rest.len || rest.ptr[host] != '/')
        return "the target has no path";
    *target = (struct str){rest.ptr + host, rest.len - host};
    return NULL;
}

const char *target_read(struct str target, struct arena *arena, struct str *ret_path,
                        struct str *ret_query)
{
    if (target.len == 0 || target.ptr[0] != '/') {
        const char *fault = cut_authority(&target);
        if (fault != NULL)
            return fault;
    }
    const char *mark = memchr(target.ptr, '?', target.len);
    struct str path = target;
    *ret_query = (struct str){target.ptr + target.len, 0};
    if (mark != NULL) {
        path.len = (size_t)(mark - target.ptr);
        *ret_query = (struct str){mark + 1, target.len - path.len - 1};
    }
    const char *fault = percent_decode(path, PERCENT_NO_SLASH, arena, ret_path);
    if (fault == NULL && has_dot_segment(*ret_path))
        fault = "the path has a dot segment";
    return fault;
}

bool http_query_next(struct str *rest, struct arena *arena, struct str *ret_name,
                     struct str *ret_value, bool *ret_fault)
{
    struct str pair;
    do {
        if (!str_cut(rest, '&', &pair))
            return false;
    } while (pair.len == 0);
    struct str value = pair;
    struct str name = {NULL, 0};
    str_cut(&value, '=', &name); /* without '=' all of it is the name and the value empty */
    *ret_name = name;
    *ret_value = value;
    *ret_fault = percent_decode(name, PERCENT_PLUS, arena, ret_name) != NULL ||
                 percent_decode(value, PERCENT_PLUS, arena, ret_value) != NULL;
    return true;
}
