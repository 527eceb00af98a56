#include "conninfo.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

/* One pair, its value without quotes and backslashes. */
struct pair {
    struct buf keyword;
    struct buf value;
};

static bool is_space(char c)
{
    return isspace((unsigned char)c) != 0;
}

static const char *skip_space(const char *at)
{
    while (is_space(*at))
        at++;
    return at;
}

/* Reads a value, quoted or bare; where it ends, or NULL when its quote is never closed. */
static const char *read_value(const char *at, struct buf *ret)
{
    bool is_quoted = *at == '\'';

    if (is_quoted)
        at++;
    while (*at && (is_quoted ? *at != '\'' : !is_space(*at))) {
        if (*at == '\\' && at[1])
            at++;
        buf_putc(ret, *at++);
    }
    if (!is_quoted)
        return at;
    return *at == '\'' ? at + 1 : NULL;
}

/* Reads the pair at `at`; where the next one starts, or NULL when there is no pair. */
static const char *read_pair(const char *at, struct pair *ret)
{
    buf_reset(&ret->keyword);
    buf_reset(&ret->value);
    while (*at && *at != '=' && !is_space(*at))
        buf_putc(&ret->keyword, *at++);
    at = skip_space(at);
    if (*at != '=' || ret->keyword.len == 0)
        return NULL;
    at = read_value(skip_space(at + 1), &ret->value);
    return at ? skip_space(at) : NULL;
}

/* libpq takes several hosts, separated by commas. */
static bool is_every_host_literal(struct str hosts)
{
    struct str host;

    while (str_cut(&hosts, ',', &host)) {
        char text[128];
        unsigned char address[16];

        if (host.len == 0 || host.ptr[0] == '/' || host.ptr[0] == '@')
            continue;
        if (host.len >= sizeof(text))
            return false;
        memcpy(text, host.ptr, host.len);
        text[host.len] = '\0';
        if (inet_pton(AF_INET, text, address) != 1 && inet_pton(AF_INET6, text, address) != 1)
            return false;
    }
    return true;
}

static void check_pair(const struct pair *pair, struct buf *faults)
{
    struct str keyword = buf_view(&pair->keyword);

    if (str_eq_c(keyword, "user"))
        buf_puts(faults, "database: must not name a user; each role connects as its own\n");
    if (str_eq_c(keyword, "password"))
        buf_puts(faults, "database: must not hold a password; name a passfile\n");
    if (str_eq_c(keyword, "service"))
        buf_puts(faults, "database: must not name a service; write its settings out\n");
    if ((str_eq_c(keyword, "host") || str_eq_c(keyword, "hostaddr")) &&
        !is_every_host_literal(buf_view(&pair->value)))
        buf_printf(faults,
                   "database: %s %s is neither an address nor a socket directory; a name's look-up "
                   "could block\n",
                   pair->keyword.data, pair->value.data);
}

void conninfo_check(const char *conninfo, struct buf *faults)
{
    struct pair pair = {0};
    bool has_dbname = false;
    const char *at = skip_space(conninfo);

    if (strstr(conninfo, "://")) {
        buf_puts(faults, "database: a URI is not taken; write keyword = value pairs\n");
        return;
    }
    while (at && *at) {
        at = read_pair(at, &pair);
        if (!at) {
            buf_puts(faults, "database: is not a list of keyword = value pairs\n");
            break;
        }
        has_dbname |= str_eq_c(buf_view(&pair.keyword), "dbname") && pair.value.len > 0;
        check_pair(&pair, faults);
    }
    if (at && !has_dbname)
        buf_puts(faults, "database: dbname is missing\n");
    buf_fini(&pair.keyword);
    buf_fini(&pair.value);
}

char *conninfo_with_user(const char *conninfo, const char *user)
{
    struct buf text = {0};

    buf_printf(&text, "%s user=%s", conninfo, user);
    return text.data;
}
