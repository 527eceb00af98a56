#include "dev/dev_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "dev/dev_database.h"
#include "dev/pg_program.h"
#include "file.h"
#include "options.h"
#include "pg/sync.h"
#include "process/spawn.h"

#define START_TIMEOUT_S 60
#define STOP_TIMEOUT_S  60
#define SOCKET_PATH_MAX 107 /* of sockaddr_un, without the NUL */

struct dev_cluster {
    struct buf data;   /* DATA_DIR/cluster */
    struct buf log;    /* DATA_DIR/postgresql.log */
    struct buf record; /* DATA_DIR/socket-directory */
    struct buf socket; /* the directory itself; empty: none yet */
    struct buf database;
    int lock_fd;
    int log_fd;
    pid_t server;
    bool drops_user;
    uid_t uid;
    gid_t gid;
};

static int failed(struct buf *fault, const char *what, const char *path, int error)
{
    buf_printf(fault, "%s %s: %s", what, path, strerror(error));
    return 1;
}

/* The lock of a data directory: a descriptor, or -errno; -EWOULDBLOCK when another labtabd has it.
 */
static int take_lock(const char *data_dir)
{
    struct buf path = {0};
    int fd;
    int error = 0;

    buf_printf(&path, "%s/labtabd.lock", data_dir);
    fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        error = errno;
    if (error && fd >= 0)
        close(fd);
    buf_fini(&path);
    return error ? -error : fd;
}

static int open_directory(struct dev_cluster *cluster, const struct options *options,
                          struct buf *fault)
{
    const char *data_dir = options->data_dir;
    int error = file_make_directories(data_dir);

    if (error)
        return failed(fault, "cannot make the data directory", data_dir, -error);
    cluster->lock_fd = take_lock(data_dir);
    if (cluster->lock_fd == -EWOULDBLOCK) {
        buf_printf(fault, "data-dir: %s is in use by another labtabd", data_dir);
        return 1;
    }
    if (cluster->lock_fd < 0)
        return failed(fault, "cannot lock the data directory", data_dir, -cluster->lock_fd);
    buf_printf(&cluster->data, "%s/cluster", data_dir);
    buf_printf(&cluster->log, "%s/postgresql.log", data_dir);
    buf_printf(&cluster->record, "%s/socket-directory", data_dir);
    cluster->log_fd = open(cluster->log.data, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (cluster->log_fd < 0)
        return failed(fault, "cannot write", cluster->log.data, errno);
    return 0;
}

/* Who runs the server: whoever we are, or in root's place the cluster's owner or `postgres`. */
static int choose_user(struct dev_cluster *cluster, struct buf *fault)
{
    const struct passwd *user;
    struct stat st;

    if (geteuid() != 0)
        return 0;
    cluster->drops_user = true;
    if (stat(cluster->data.data, &st) == 0 && st.st_uid != 0) {
        cluster->uid = st.st_uid;
        cluster->gid = st.st_gid;
        return 0;
    }
    user = getpwnam("postgres");
    if (!user) {
        buf_puts(fault, "PostgreSQL does not run as root, and there is no user postgres to run it");
        return 1;
    }
    cluster->uid = user->pw_uid;
    cluster->gid = user->pw_gid;
    return 0;
}

/* Starts a program as the server's user; its pid or -errno. */
static int start_program(const struct dev_cluster *cluster, const char *const *argv)
{
    const struct spawn what = {
        .argv = argv,
        .forget = pg_program_variables,
        .death_signal = SIGINT, /* "fast shutdown" to the server */
        .keep_fd = -1,
        .output_fd = cluster->log_fd,
        .drops_user = cluster->drops_user,
        .uid = cluster->uid,
        .gid = cluster->gid,
    };

    return spawn(&what);
}

/* Runs a program to its end; its exit code or -errno. */
static int run_program(const struct dev_cluster *cluster, const char *const *argv)
{
    int pid = start_program(cluster, argv);

    return pid < 0 ? pid : spawn_wait(pid, START_TIMEOUT_S);
}

static int give_to_user(const struct dev_cluster *cluster, const char *path, struct buf *fault)
{
    if (cluster->drops_user && chown(path, cluster->uid, cluster->gid) < 0)
        return failed(fault, "cannot give away", path, errno);
    return 0;
}

/* initdb works aside, so that a cluster is there whole or not at all. */
static int make_cluster(const struct dev_cluster *cluster, struct buf *fault)
{
    struct buf aside = {0};
    char *initdb = pg_program("initdb", fault);
    int code = 1;

    buf_printf(&aside, "%s.new", cluster->data.data);
    file_remove_tree(aside.data);
    if (!initdb)
        goto out;
    if (mkdir(aside.data, 0700) < 0) {
        failed(fault, "cannot make", aside.data, errno);
        goto out;
    }
    if (give_to_user(cluster, aside.data, fault))
        goto out;
    code =
        run_program(cluster, (const char *const[]){initdb, "-D", aside.data, "-U", DEV_SUPERUSER,
                                                   "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust",
                                                   "--no-sync", "--no-instructions", NULL});
    if (code != 0)
        buf_printf(fault, "initdb ended with %d; %s says why", code, cluster->log.data);
    else if (rename(aside.data, cluster->data.data) < 0)
        code = failed(fault, "cannot make", cluster->data.data, errno);
out:
    free(initdb);
    buf_fini(&aside);
    return code != 0;
}

/* A user that can't walk to the directory would fail later, with less to say. */
static int check_reach(const struct dev_cluster *cluster, const char *data_dir, struct buf *fault)
{
    if (!cluster->drops_user ||
        run_program(cluster, (const char *const[]){"/usr/bin/test", "-x", data_dir, NULL}) == 0)
        return 0;
    buf_printf(fault, "data-dir: the user who runs PostgreSQL (uid %u) can't reach %s",
               (unsigned)cluster->uid, data_dir);
    return 1;
}

/* Whether process `pid` is this cluster's server: those work in their data directory. The number
 * may belong to somebody else by now, when machine or container went down with the server. */
static bool is_server(const struct dev_cluster *cluster, int64_t pid)
{
    char path[64];
    struct stat theirs, ours;

    snprintf(path, sizeof(path), "/proc/%lld/cwd", (long long)pid);
    return stat(path, &theirs) == 0 && stat(cluster->data.data, &ours) == 0 &&
           theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/* A server whose labtabd was killed is shutting down: it has to be gone first. */
static int wait_for_predecessor(const struct dev_cluster *cluster, struct buf *fault)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    struct buf path = {0};
    struct buf text = {0};
    int64_t pid = 0;
    int outcome = 1;

    buf_printf(&path, "%s/postmaster.pid", cluster->data.data);
    for (int left = STOP_TIMEOUT_S * 20; outcome && left > 0; left--) {
        struct str rest;
        struct str line;

        buf_reset(&text);
        if (file_read(path.data, 4096, &text) < 0)
            outcome = 0;
        rest = buf_view(&text);
        if (outcome && str_cut(&rest, '\n', &line) && !str_to_int(line, 1, INT32_MAX, &pid) &&
            !is_server(cluster, pid))
            outcome = 0;
        if (outcome)
            nanosleep(&pause, NULL);
    }
    if (outcome)
        buf_printf(fault, "a PostgreSQL server (pid %lld) still runs on %s", (long long)pid,
                   cluster->data.data);
    buf_fini(&path);
    buf_fini(&text);
    return outcome;
}

/* Takes away what a killed predecessor left, and makes a directory with a short name. */
static int make_socket_directory(struct dev_cluster *cluster, struct buf *fault)
{
    const char *runtime = cluster->drops_user ? NULL : getenv("XDG_RUNTIME_DIR");
    const char *parent = runtime && access(runtime, W_OK) == 0 ? runtime : "/tmp";
    struct buf stale = {0};

    if (file_read(cluster->record.data, SOCKET_PATH_MAX, &stale) == 0 &&
        strstr(stale.data, "/labtabd-"))
        file_remove_tree(stale.data);
    buf_fini(&stale);
    if (strlen(parent) + sizeof("/labtabd-XXXXXX/.s.PGSQL.5432") > SOCKET_PATH_MAX)
        parent = "/tmp";
    buf_printf(&cluster->socket, "%s/labtabd-XXXXXX", parent);
    if (!mkdtemp(cluster->socket.data)) {
        failed(fault, "cannot make a directory in", parent, errno);
        buf_reset(&cluster->socket);
        return 1;
    }
    if (give_to_user(cluster, cluster->socket.data, fault))
        return 1;
    if (file_write(cluster->record.data, buf_view(&cluster->socket)) < 0)
        return failed(fault, "cannot write", cluster->record.data, errno);
    dev_database_conninfo(cluster->socket.data, &cluster->database);
    return 0;
}

static int start_server(struct dev_cluster *cluster, struct buf *fault)
{
    char *postgres = pg_program("postgres", fault);
    int pid;

    if (!postgres)
        return 1;
    pid = start_program(cluster,
                        (const char *const[]){postgres, "-D", cluster->data.data, "-k",
                                              cluster->socket.data, "-p", DEV_PORT, "-h", "", "-c",
                                              "timezone=UTC", "-c", "max_connections=200", NULL});
    free(postgres);
    if (pid < 0)
        return failed(fault, "cannot start", "postgres", -pid);
    cluster->server = pid;
    return 0;
}

static int wait_until_ready(struct dev_cluster *cluster, struct pgsync **ret, struct buf *fault)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};

    for (int left = START_TIMEOUT_S * 20; left > 0; left--) {
        if (waitpid(cluster->server, NULL, WNOHANG) == cluster->server) {
            cluster->server = 0;
            break;
        }
        buf_reset(fault);
        if (dev_database_connect(cluster->socket.data, ret, fault) == 0)
            return 0;
        nanosleep(&pause, NULL);
    }
    buf_reset(fault);
    buf_printf(fault, "the PostgreSQL server did not start; %s says why", cluster->log.data);
    return 1;
}

static int prepare(struct dev_cluster *cluster, const struct options *options, struct buf *fault)
{
    struct buf version = {0};
    int outcome = 0;

    if (open_directory(cluster, options, fault) || choose_user(cluster, fault) ||
        check_reach(cluster, options->data_dir, fault) || wait_for_predecessor(cluster, fault))
        return 1;
    if (options->dev_fresh)
        file_remove_tree(cluster->data.data);
    buf_printf(&version, "%s/PG_VERSION", cluster->data.data);
    if (access(version.data, F_OK) < 0) {
        log_info("making_cluster", LS("directory", cluster->data.data));
        outcome = make_cluster(cluster, fault);
    }
    buf_fini(&version);
    return outcome;
}

static int bring_up(struct dev_cluster *cluster, const struct options *options, struct buf *fault)
{
    struct pgsync *db = NULL;
    int outcome;

    if (prepare(cluster, options, fault) || make_socket_directory(cluster, fault) ||
        start_server(cluster, fault) || wait_until_ready(cluster, &db, fault))
        return 1;
    outcome = dev_database_make(db, fault);
    pgsync_close(db);
    return outcome;
}

int dev_cluster_start(const struct options *options, struct dev_cluster **ret, struct buf *fault)
{
    struct dev_cluster *cluster = mem_zalloc(1, sizeof(*cluster));

    cluster->lock_fd = -1;
    cluster->log_fd = -1;
    if (bring_up(cluster, options, fault)) {
        dev_cluster_stop(cluster);
        return 1;
    }
    log_info("cluster_started", LI("pid", cluster->server), LS("socket", cluster->socket.data));
    *ret = cluster;
    return 0;
}

void dev_cluster_stop(struct dev_cluster *cluster)
{
    if (!cluster)
        return;
    if (cluster->server > 0) {
        kill(cluster->server, SIGINT);
        log_info("cluster_stopped", LI("code", spawn_wait(cluster->server, STOP_TIMEOUT_S)));
    }
    if (cluster->socket.len > 0) {
        file_remove_tree(cluster->socket.data);
        unlink(cluster->record.data);
    }
    if (cluster->log_fd >= 0)
        close(cluster->log_fd);
    if (cluster->lock_fd >= 0)
        close(cluster->lock_fd);
    buf_fini(&cluster->data);
    buf_fini(&cluster->log);
    buf_fini(&cluster->record);
    buf_fini(&cluster->socket);
    buf_fini(&cluster->database);
    free(cluster);
}

const char *dev_cluster_database(const struct dev_cluster *cluster)
{
    return cluster->database.data;
}

bool dev_cluster_died(struct dev_cluster *cluster, pid_t pid)
{
    if (pid != cluster->server)
        return false;
    cluster->server = 0;
    return true;
}

char *dev_cluster_find(const struct options *options)
{
    int lock_fd = take_lock(options->data_dir);
    struct buf record = {0};
    struct buf socket = {0};
    struct buf database = {0};

    if (lock_fd >= 0)
        close(lock_fd);
    buf_printf(&record, "%s/socket-directory", options->data_dir);
    if (lock_fd == -EWOULDBLOCK && file_read(record.data, SOCKET_PATH_MAX, &socket) == 0)
        dev_database_conninfo(socket.data, &database);
    buf_fini(&record);
    buf_fini(&socket);
    return database.data;
}
