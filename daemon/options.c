#include "options.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/conninfo.h"

static const char *const role_names[] = {"api", "meter", "jobs", "all", NULL};
static const char *const level_names[] = {"debug", "info", "warn", "error", NULL};

#define SWITCH(name, letter, member, help)                                                         \
    {                                                                                              \
        NULL, name, letter, CT_BOOL, 0, 0, "no", NULL, offsetof(struct options, member), NULL,     \
            help                                                                                   \
    }
#define BOOL(section, name, member, fallback, help)                                                \
    {                                                                                              \
        section, name, 0, CT_BOOL, 0, 0, fallback, NULL, offsetof(struct options, member), NULL,   \
            help                                                                                   \
    }
#define TEXT(section, name, letter, member, fallback, help)                                        \
    {                                                                                              \
        section, name, letter, CT_TEXT, 0, 0, fallback, NULL, offsetof(struct options, member),    \
            NULL, help                                                                             \
    }
#define INT(section, name, member, min, max, fallback, unit, help)                                 \
    {                                                                                              \
        section, name, 0, CT_INT, min, max, fallback, NULL, offsetof(struct options, member),      \
            unit, help                                                                             \
    }
#define ENUM(section, name, member, fallback, names, help)                                         \
    {                                                                                              \
        section, name, 0, CT_ENUM, 0, 0, fallback, names, offsetof(struct options, member), NULL,  \
            help                                                                                   \
    }

/* clang-format off */
const struct conf_option options_table[] = {
    TEXT(NULL, "config", 'c', config, NULL, "INI file to read first; the command line wins."),
    ENUM(NULL, "role", role, "all", role_names,
         "Which part to run in this process; all supervises one process of each."),
    SWITCH("check", 'n', check, "Check the configuration, report every fault, and exit."),
    SWITCH("print-config", 0, print_config, "Print the configuration in force as an INI file and exit."),
    SWITCH("help", 'h', help, "Print this list and exit."),
    SWITCH("version", 'V', version, "Print the version and exit."),
    SWITCH("migrate", 0, migrate, "Bring the schema up to date as labtab_owner and exit."),
    TEXT(NULL, "admin-token", 0, admin_token, NULL,
         "Create the administrator of this code if missing, print a fresh token for it once, and exit."),

    BOOL("labtabd", "dev", dev, "no",
         "Development: settable clock, automatic migration, and without a database a private cluster."),
    BOOL("labtabd", "dev-fresh", dev_fresh, "no", "Begin with an empty private cluster."),
    TEXT("labtabd", "data-dir", 0, data_dir, "/var/lib/labtab",
         "Directory of the spool and of the private cluster."),
    ENUM("labtabd", "log-level", log_level, "info", level_names, "Least level that is logged."),
    INT("labtabd", "drain-timeout", drain_timeout_s, 1, 600, "10", "s",
        "How long roles may finish what is under way before they are killed."),
    INT("labtabd", "ping-timeout", ping_timeout_s, 1, 600, "30", "s",
        "A role silent for this long counts as hung: the watchdog is not fed."),

    TEXT("database", "database", 0, database, NULL,
         "Where PostgreSQL is, as libpq's keyword = value pairs without user and password."),
    INT("database", "db-connections", db_connections, 1, 256, "16", NULL,
        "Connections that an api process keeps open for writes: commits want connections."),
    INT("database", "db-read-connections", db_read_connections, 1, 256, "4", NULL,
        "Connections that it keeps open for reads: these want depth instead."),
    INT("database", "db-depth", db_depth, 1, 256, "16", NULL,
        "Most requests under way on one connection."),
    INT("database", "db-queue", db_queue, 1, 100000, "1024", NULL,
        "Most requests that wait for a connection; more are refused at once."),
    INT("database", "db-timeout", db_timeout_ms, 100, 600000, "5000", "ms",
        "Deadline of a statement, waiting in the queue included."),
    INT("database", "db-reconnect-max", db_reconnect_max_ms, 50, 600000, "5000", "ms",
        "Longest pause between two attempts to connect."),

    TEXT("http", "listen-address", 0, listen_address, "127.0.0.1", "IPv4 or IPv6 address to listen on."),
    INT("http", "listen-port", listen_port, 0, 65535, "8080", NULL, "Port; 0 takes any free one."),
    TEXT("http", "port-file", 0, port_file, NULL, "File that receives the port once it is open."),
    BOOL("http", "reuse-port", reuse_port, "no", "Let several api processes share the port."),
    BOOL("http", "allow-remote", allow_remote, "no",
         "Allow an address that is not loopback; needs behind-proxy."),
    BOOL("http", "behind-proxy", behind_proxy, "no",
         "A proxy in front ends TLS and holds slow clients off."),
    INT("http", "head-max", head_max, 1024, 65536, "16384", "bytes",
        "Longest request line and header fields together."),
    INT("http", "body-max", body_max, 1024, 67108864, "8388608", "bytes", "Longest request body."),
    INT("http", "connections-max", connections_max, 1, 65536, "2048", NULL, "Most open connections."),
    INT("http", "connections-max-per-address", connections_max_per_address, 1, 65536, "1024", NULL,
        "Most open connections of one client address."),
    INT("http", "request-timeout", request_timeout_ms, 100, 600000, "10000", "ms",
        "Deadline of a request from its first byte to its last."),
    INT("http", "idle-timeout", idle_timeout_ms, 100, 3600000, "60000", "ms",
        "How long a connection may rest between two requests."),
    INT("http", "write-timeout", write_timeout_ms, 100, 600000, "10000", "ms",
        "Deadline of a reply that the client does not take."),

    TEXT("meter", "spool", 0, spool, NULL,
         "File where samples wait for the database; spool.db in the data directory when not given."),
    INT("meter", "spool-max", spool_max_samples, 1000, INT64_C(10000000000), "100000000", "samples",
        "Most samples that wait; beyond, polling stops and says so."),
    CONF_END,
};
/* clang-format on */

const char *role_name(int role)
{
    return role_names[role];
}

/* Is `text` an address literal? *ret_loopback: does it stay on this machine? */
static bool address_parse(const char *text, bool *ret_loopback)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, text, &v4) == 1) {
        *ret_loopback = ntohl(v4.s_addr) >> 24 == 127;
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6) == 1) {
        *ret_loopback = IN6_IS_ADDR_LOOPBACK(&v6);
        return true;
    }
    return false;
}

static void check_address(const struct options *options, struct buf *faults)
{
    bool is_loopback;

    if (!address_parse(options->listen_address, &is_loopback)) {
        buf_printf(faults, "listen-address: %s is no IPv4 or IPv6 address\n",
                   options->listen_address);
        return;
    }
    if (is_loopback)
        return;
    if (!options->allow_remote)
        buf_printf(faults,
                   "listen-address: %s can be reached from other machines; that needs allow-remote "
                   "= yes\n",
                   options->listen_address);
    if (!options->behind_proxy)
        buf_printf(faults,
                   "listen-address: %s speaks plain HTTP to other machines; that needs a proxy for "
                   "TLS and behind-proxy = yes\n",
                   options->listen_address);
}

static void check_database(const struct options *options, struct buf *faults)
{
    if (options->database)
        conninfo_check(options->database, faults);
    else if (!options->dev)
        buf_puts(faults, "database: missing; only --dev brings a database of its own\n");
    else if (options->role != ROLE_ALL)
        buf_printf(faults,
                   "database: missing; --dev brings one only with --role all, not with --role %s\n",
                   role_name(options->role));
    if (options->dev_fresh && (!options->dev || options->database))
        buf_puts(faults,
                 "dev-fresh: empties the private cluster, which needs --dev and no database\n");
}

/* A person's code, as the domain `code` of the schema has it. */
static bool is_code(const char *text)
{
    size_t len = strlen(text);

    return len >= 1 && len <= 63 && text[0] != '_' && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

static void check_rest(const struct options *options, struct buf *faults)
{
    if (options->data_dir[0] != '/')
        buf_printf(faults, "data-dir: %s is not an absolute path\n", options->data_dir);
    if (options->spool && options->spool[0] != '/')
        buf_printf(faults, "spool: %s is not an absolute path\n", options->spool);
    if (options->admin_token && !is_code(options->admin_token))
        buf_printf(faults,
                   "admin-token: %s is no code (1 to 63 of a-z, 0-9, _ and -, a letter or digit "
                   "first)\n",
                   options->admin_token);
    if (options->admin_token && options->migrate)
        buf_puts(faults, "admin-token: not together with --migrate\n");
    if (options->connections_max_per_address > options->connections_max)
        buf_printf(
            faults, "connections-max-per-address: %lld is above connections-max, which is %lld\n",
            (long long)options->connections_max_per_address, (long long)options->connections_max);
}

/* Which file --config names, before anything else is looked at. Its faults are found again by the
 * pass that counts; conf_args() may reorder what it is given, so this one has a copy. */
static const char *config_path(int argc, char **argv)
{
    struct options scratch = {0};
    struct buf ignored = {0};
    char **copy = mem_zalloc((size_t)argc + 1, sizeof(*copy));

    memcpy(copy, argv, (size_t)argc * sizeof(*copy));
    conf_defaults(options_table, &scratch);
    if (conf_args(options_table, argc, copy, &scratch, NULL, &ignored))
        buf_fini(&ignored);
    free(copy);
    return scratch.config;
}

int options_read(int argc, char **argv, struct options *ret, struct buf *faults)
{
    const char *path = config_path(argc, argv);
    size_t before = faults->len;
    int outcome = 0;

    conf_defaults(options_table, ret);
    if (path)
        outcome |= conf_file(options_table, path, ret, faults);
    outcome |= conf_args(options_table, argc, argv, ret, NULL, faults);
    if (ret->help || ret->version) {
        faults->len = before;
        return 0;
    }
    check_address(ret, faults);
    check_database(ret, faults);
    check_rest(ret, faults);
    return outcome || faults->len > before;
}

char *options_conninfo(const struct options *options, const char *user)
{
    return options->database ? conninfo_with_user(options->database, user) : NULL;
}

char *options_spool(const struct options *options)
{
    struct buf path = {0};

    if (options->spool)
        buf_puts(&path, options->spool);
    else
        buf_printf(&path, "%s/spool.db", options->data_dir);
    return path.data;
}
