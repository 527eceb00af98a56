#include "pg/inside.h"

#include <arpa/inet.h>
#include <string.h>

/* Set for every connection, whatever the string says: the code relies on them. */
static const struct {
    const char *keyword;
    const char *value;
} overrides[] = {
    {"client_encoding", "UTF8"}, {"gssencmode", "disable"}, /* a look-up for Kerberos may block */
};

void conninfo_fault(struct buf *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    while (len > 0 && text[len - 1] == '\n')
        len--;
    for (size_t i = 0; i < len; i++)
        buf_putc(out, text[i] == '\n' ? ' ' : text[i]);
}

static void add(struct conninfo *info, size_t *count, const char *keyword, const char *value)
{
    if (*count >= CONNINFO_MAX)
        return;
    info->keyword[*count] = keyword;
    info->value[*count] = value;
    *count += 1;
}

int conninfo_init(struct conninfo *info, const char *text, struct buf *fault)
{
    char *error = NULL;

    memset(info, 0, sizeof(*info));
    info->options = PQconninfoParse(text, &error);
    if (!info->options) {
        buf_puts(fault, "the connection string is not understood: ");
        conninfo_fault(fault, error ? error : "out of memory");
        PQfreemem(error);
        return 1;
    }
    size_t count = 0;
    for (const PQconninfoOption *o = info->options; o->keyword; o++) {
        if (o->val && *o->val)
            add(info, &count, o->keyword, o->val);
    }
    for (size_t i = 0; i < LEN(overrides); i++)
        add(info, &count, overrides[i].keyword, overrides[i].value);
    return 0;
}

void conninfo_fini(struct conninfo *info)
{
    PQconninfoFree(info->options);
    info->options = NULL;
}

static const char *option(const PQconninfoOption *options, const char *keyword)
{
    for (const PQconninfoOption *o = options; o && o->keyword; o++) {
        if (strcmp(o->keyword, keyword) == 0 && o->val && *o->val)
            return o->val;
    }
    return NULL;
}

/* Whether libpq can use the host without asking anybody: a socket directory or an address. */
static bool is_literal(struct str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (host.len == 0 || host.ptr[0] == '/' || host.ptr[0] == '@')
        return true;
    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

static int check_hosts(const char *hosts, struct buf *fault)
{
    struct str rest = str_of(hosts);
    struct str host;

    while (str_cut(&rest, ',', &host)) {
        if (is_literal(host))
            continue;
        buf_printf(fault,
                   "host \"" STR_FMT "\" would have to be looked up, which blocks: name a socket "
                   "directory or an IP address (hostaddr)",
                   STR_ARG(host));
        return 1;
    }
    return 0;
}

/* The connection string's own word counts, then the environment's, as libpq has it. */
static int check_options(const PQconninfoOption *own, const PQconninfoOption *defaults,
                         struct buf *fault)
{
    if (option(own, "service") || option(defaults, "service")) {
        buf_puts(fault, "a connection service cannot be checked for host names: write out what it "
                        "says in the connection string");
        return 1;
    }
    if (option(own, "hostaddr"))
        return 0;
    const char *hosts = option(own, "host");
    if (!hosts && option(defaults, "hostaddr"))
        return 0;
    if (!hosts)
        hosts = option(defaults, "host");
    return hosts ? check_hosts(hosts, fault) : 0;
}

int pg_conninfo_check(const char *text, struct buf *fault)
{
    struct conninfo info;
    int r = conninfo_init(&info, text, fault);

    if (r == 0) {
        PQconninfoOption *defaults = PQconndefaults();
        r = check_options(info.options, defaults, fault);
        PQconninfoFree(defaults);
    }
    conninfo_fini(&info);
    return r;
}
