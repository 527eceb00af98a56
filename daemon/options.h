#pragma once
/* What labtabd can be told. One table (options.c) holds a row an option: it reads the command line
 * and the INI file, checks, and prints --help, --print-config and the manual page's list. */

#include "base/conf.h"

enum role_id { ROLE_API, ROLE_METER, ROLE_JOBS, ROLE_COUNT, ROLE_ALL = ROLE_COUNT };

struct options {
    /* command line only */
    const char *config;
    int role; /* enum role_id */
    bool check;
    bool print_config;
    bool help;
    bool version;
    bool migrate;
    const char *admin_token; /* name of the person, or NULL */

    /* [labtabd] */
    bool dev;
    bool dev_fresh;
    const char *data_dir;
    int log_level; /* enum log_level */
    int64_t drain_timeout_s;
    int64_t ping_timeout_s;

    /* [database] */
    const char *database; /* conninfo without a user, see options_conninfo(); NULL: --dev's own */
    int64_t db_connections;
    int64_t db_read_connections;
    int64_t db_depth;
    int64_t db_queue;
    int64_t db_timeout_ms;
    int64_t db_reconnect_max_ms;

    /* [http] */
    const char *listen_address;
    int64_t listen_port; /* 0: any free one */
    const char *port_file;
    bool reuse_port;
    bool allow_remote;
    bool behind_proxy;
    int64_t head_max;
    int64_t body_max;
    int64_t connections_max;
    int64_t connections_max_per_address;
    int64_t request_timeout_ms;
    int64_t idle_timeout_ms;
    int64_t write_timeout_ms;

    /* [meter] */
    const char *spool; /* file; NULL: "spool.db" in the data directory */
    int64_t spool_max_samples;
};

extern const struct conf_option options_table[];

/* Reads the INI file that --config names, then the command line (without the program's name), which
 * wins, and checks what no single row can. All faults, one sentence a line, are added to `faults`.
 * 0, or 1 when there are any. */
must_check int options_read(int argc, char **argv, struct options *ret, struct buf *faults);

/* The conninfo of `user` ("labtab_api"); the caller frees it. NULL without a database. */
char *options_conninfo(const struct options *options, const char *user);

/* The file where samples wait for the database; the caller frees it. */
char *options_spool(const struct options *options);

/* "api", "meter", "jobs", "all". */
const char *role_name(int role);
