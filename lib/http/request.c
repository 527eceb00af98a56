#include "http/head.h"
#include "http/http.h"

struct str http_header(const struct http_request *request, const char *name)
{
    struct str wanted = str_of(name);
    for (size_t i = 0; i < request->header_count; i++)
        if (str_eq_nocase(request->header[i].name, wanted))
            return request->header[i].value;
    return (struct str){NULL, 0};
}

/* "0.85" in thousandths (RFC 9110, 12.4.2), or -1. */
static int parse_weight(struct str text)
{
    if (text.len == 0 || text.len > 5 || (text.ptr[0] != '0' && text.ptr[0] != '1'))
        return -1;
    if (text.len > 1 && text.ptr[1] != '.')
        return -1;
    int weight = (text.ptr[0] - '0') * 1000;
    int unit = 100;
    for (size_t i = 2; i < text.len; i++, unit /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        weight += (text.ptr[i] - '0') * unit;
    }
    return weight <= 1000 ? weight : -1;
}

/* The weight of "ko-KR;q=0.8", with *ret_tag = "ko"; -1 when it is malformed. */
static int read_range(struct str item, struct str *ret_tag)
{
    struct str parameter = item;
    struct str range;
    if (!str_cut(&parameter, ';', &range))
        return -1;
    range = head_trim(range);
    parameter = head_trim(parameter);
    struct str subtags = range;
    if (!str_cut(&subtags, '-', ret_tag))
        return -1;
    if (parameter.len == 0)
        return 1000;
    if (parameter.len < 2 || (parameter.ptr[0] != 'q' && parameter.ptr[0] != 'Q') ||
        parameter.ptr[1] != '=')
        return -1;
    return parse_weight((struct str){parameter.ptr + 2, parameter.len - 2});
}

enum language http_accept_language(struct str value)
{
    int weight[2] = {-1, -1}; /* of LANG_EN, LANG_KO; -1: not named */
    int any = -1;
    enum language first = LANG_EN; /* of equals, the one named first */
    struct str item;
    while (str_cut(&value, ',', &item)) {
        struct str tag;
        int q = read_range(item, &tag);
        if (q < 0)
            continue;
        if (str_eq_c(tag, "*")) {
            any = q;
        } else if (str_eq_nocase(tag, STR("en")) || str_eq_nocase(tag, STR("ko"))) {
            enum language language = str_eq_nocase(tag, STR("ko")) ? LANG_KO : LANG_EN;
            if (weight[LANG_EN] < 0 && weight[LANG_KO] < 0)
                first = language;
            if (q > weight[language])
                weight[language] = q;
        }
    }
    for (size_t i = 0; i < LEN(weight); i++)
        if (weight[i] < 0)
            weight[i] = any;
    if (weight[LANG_EN] == weight[LANG_KO])
        return weight[LANG_EN] > 0 ? first : LANG_EN;
    return weight[LANG_KO] > weight[LANG_EN] && weight[LANG_KO] > 0 ? LANG_KO : LANG_EN;
}
