#include "db/conninfo.h"

#include <ctype.h>
#include <string.h>

#include "pg/pg.h"

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

static void check_pair(const struct pair *pair, struct buf *faults)
{
    struct str keyword = buf_view(&pair->keyword);

    if (str_eq_c(keyword, "user"))
        buf_puts(faults, "database: must not name a user; each role connects as its own\n");
    if (str_eq_c(keyword, "password"))
        buf_puts(faults, "database: must not hold a password; name a passfile\n");
}

/* What libpq would say of it, and lib/pg of its hosts. */
static void check_for_libpq(const char *conninfo, struct buf *faults)
{
    struct buf fault = {0};

    if (pg_conninfo_check(conninfo, &fault))
        buf_printf(faults, "database: %s\n", fault.data);
    buf_fini(&fault);
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
    check_for_libpq(conninfo, faults);
    while (at && *at && (at = read_pair(at, &pair))) {
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
