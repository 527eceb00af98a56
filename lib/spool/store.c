#include "spool/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 1280590419 /* "LTBS" */
#define VERSION        1
#define REMOVE_MAX     5000 /* records of one transaction, so that no writer waits long */
#define CORRUPT_MAX    999

/* Before the first access: no shared memory file, and a second process is refused. */
static const char lock_sql[] = "pragma locking_mode = exclusive";

/* The size limit gives a grown WAL back to the disk after its checkpoint. */
static const char durable_sql[] = "pragma journal_mode = wal;"
                                  "pragma synchronous = full;"
                                  "pragma journal_size_limit = 16777216;";

#define STRING(x) #x
#define NUMBER(x) STRING(x)

static const char create_sql[] =
    "begin immediate;"
    "create table record (id integer primary key, data blob not null) strict;"
    "create table state (one integer primary key check (one = 1), last_id integer not null) strict;"
    "insert into state values (1, 0);"
    "pragma application_id = " NUMBER(APPLICATION_ID) ";"
                                                      "pragma user_version = " NUMBER(
                                                          VERSION) ";"
                                                                   "commit;";

static bool is_damage(int code)
{
    return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
}

static int fail(struct store *store, const char *doing)
{
    snprintf(store->error, sizeof(store->error), "cannot %s: %s", doing, sqlite3_errmsg(store->db));
    return -EIO;
}

/* The first column of a one-row statement. An SQLite code. */
static int query_int(struct store *store, const char *sql, int64_t *ret)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) {
        *ret = sqlite3_column_int64(stmt, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    return code;
}

/* SQLITE_OK, or SQLITE_CORRUPT with the first finding as the error. Reads the whole file. */
static int quick_check(struct store *store)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(store->db, "pragma quick_check(1)", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) {
        const char *finding = (const char *)sqlite3_column_text(stmt, 0);
        code = finding && !strcmp(finding, "ok") ? SQLITE_OK : SQLITE_CORRUPT;
        if (code)
            snprintf(store->error, sizeof(store->error), "%s", finding ? finding : "damaged");
    }
    sqlite3_finalize(stmt);
    return code;
}

/* A new file's directory entry must be on disk too. */
static int sync_directory(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof(copy), "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return r;
}

/* SQLITE_OK, an SQLite code, or -1 for a file that is somebody else's; that one is only read. */
static int open_schema(struct store *store, const char *path)
{
    int64_t id = 0, version = 0, objects = 0;
    int code = sqlite3_exec(store->db, lock_sql, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = query_int(store, "select count(*) from sqlite_schema", &objects);
    if (code == SQLITE_OK)
        code = query_int(store, "pragma application_id", &id);
    if (code == SQLITE_OK)
        code = query_int(store, "pragma user_version", &version);
    if (code == SQLITE_OK && objects > 0 && (id != APPLICATION_ID || version != VERSION))
        return -1;
    if (code == SQLITE_OK)
        code = sqlite3_exec(store->db, durable_sql, NULL, NULL, NULL);
    if (code != SQLITE_OK || objects > 0)
        return code != SQLITE_OK ? code : quick_check(store);
    code = sqlite3_exec(store->db, create_sql, NULL, NULL, NULL);
    return code == SQLITE_OK && sync_directory(path) < 0 ? SQLITE_IOERR : code;
}

static int prepare(struct store *store)
{
    const struct {
        sqlite3_stmt **ret;
        const char *sql;
    } rows[] = {
        /* Or ignore: a commit that failed may have reached the disk nevertheless. */
        {&store->insert, "insert or ignore into record (id, data) values (?1, ?2)"},
        {&store->select, "select id, data from record where id >= ?1 order by id"},
        {&store->remove, "delete from record where id in (select id from record where id <= ?1"
                         " order by id limit " NUMBER(REMOVE_MAX) ") returning length(data)"},
        {&store->oldest, "select min(id) from record"},
        {&store->set_last, "update state set last_id = ?1 where last_id < ?1"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        int code = sqlite3_prepare_v3(store->db, rows[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      rows[i].ret, NULL);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

static int load(struct store *store)
{
    int64_t size = 0;
    int code = query_int(store, "select last_id from state", &store->last_id);
    if (code == SQLITE_OK)
        code = query_int(store, "select count(*) from record", &store->depth);
    if (code == SQLITE_OK)
        code = query_int(store, "select sum(length(data)) from record", &size);
    if (code == SQLITE_OK)
        code = query_int(store, "select min(id) from record", &store->oldest_id);
    store->bytes = size + store->depth * SPOOL_OVERHEAD;
    return code;
}

/* Renames the file and its WAL to the first free <path>.corrupt-<n>. */
static int quarantine(const char *path, char *ret_name, size_t size)
{
    for (int n = 1; n <= CORRUPT_MAX; n++) {
        char from[PATH_MAX], to[PATH_MAX + 8];
        snprintf(ret_name, size, "%s.corrupt-%d", path, n);
        if (renameat2(AT_FDCWD, path, AT_FDCWD, ret_name, RENAME_NOREPLACE) == 0) {
            snprintf(from, sizeof(from), "%s-wal", path);
            snprintf(to, sizeof(to), "%s-wal", ret_name);
            if (rename(from, to) < 0 && errno != ENOENT)
                return -errno;
            return 0;
        }
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

static int refuse_damaged(struct store *store, const char *path)
{
    char why[SPOOL_FAULT_MAX], name[PATH_MAX];
    snprintf(why, sizeof(why), "%s", store->error[0] ? store->error : sqlite3_errmsg(store->db));
    store_fini(store);
    int r = quarantine(path, name, sizeof(name));
    if (r < 0) {
        snprintf(store->error, sizeof(store->error),
                 "the spool is damaged (%.200s) and renaming it failed: %s", why, strerror(-r));
        return r;
    }
    snprintf(store->error, sizeof(store->error), "the spool was damaged (%.200s) and is now %.240s",
             why, name);
    return SPOOL_E_CORRUPT;
}

int store_init(struct store *store, const char *path)
{
    *store = (struct store){0};
    if (strlen(path) > PATH_MAX - 32)
        return -ENAMETOOLONG;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    int code = sqlite3_open_v2(path, &store->db, flags, NULL);
    if (code == SQLITE_OK)
        code = open_schema(store, path);
    if (code == SQLITE_OK)
        code = prepare(store);
    if (code == SQLITE_OK)
        code = load(store);
    if (code == SQLITE_OK)
        return 0;

    if (is_damage(code))
        return refuse_damaged(store, path);
    int r = fail(store, "open the spool");
    if (code == -1) {
        snprintf(store->error, sizeof(store->error), "%.400s is not a spool of this version", path);
        r = SPOOL_E_FOREIGN;
    } else if (code == SQLITE_BUSY) {
        snprintf(store->error, sizeof(store->error), "%.400s is in use by another process", path);
        r = SPOOL_E_LOCKED;
    }
    store_fini(store);
    return r;
}

void store_fini(struct store *store)
{
    sqlite3_finalize(store->insert);
    sqlite3_finalize(store->select);
    sqlite3_finalize(store->remove);
    sqlite3_finalize(store->oldest);
    sqlite3_finalize(store->set_last);
    sqlite3_close(store->db);
    store->insert = store->select = store->remove = store->oldest = store->set_last = NULL;
    store->db = NULL;
}

/* Runs a statement that gives no rows. True when done. */
static bool run(sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return code == SQLITE_DONE;
}

static bool exec(struct store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Some errors roll back by themselves; a second rollback would hide the error. */
static int undo(struct store *store, const char *doing)
{
    int r = fail(store, doing);
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
    return r;
}

static bool insert_all(struct store *store, struct str batch, int64_t *ret_first, int64_t *ret_last,
                       struct store *ret_added)
{
    for (size_t at = 0; at < batch.len;) {
        struct store_head head;
        memcpy(&head, batch.ptr + at, sizeof(head));
        at += sizeof(head);
        sqlite3_bind_int64(store->insert, 1, head.id);
        sqlite3_bind_blob(store->insert, 2, batch.ptr + at, (int)head.len, SQLITE_STATIC);
        if (!run(store->insert))
            return false;
        at += head.len;
        if (sqlite3_changes(store->db) > 0) {
            ret_added->depth++;
            ret_added->bytes += head.len + SPOOL_OVERHEAD;
        }
        if (*ret_first == 0)
            *ret_first = head.id;
        *ret_last = head.id;
    }
    sqlite3_bind_int64(store->set_last, 1, *ret_last);
    return run(store->set_last);
}

int store_append(struct store *store, struct str batch)
{
    int64_t first = 0, last = 0;
    struct store added = {0};
    if (!exec(store, "begin immediate") || !insert_all(store, batch, &first, &last, &added) ||
        !exec(store, "commit"))
        return undo(store, "write to the spool");
    store->depth += added.depth;
    store->bytes += added.bytes;
    store->last_id = last;
    if (store->oldest_id == 0)
        store->oldest_id = first;
    return 0;
}

int store_read(struct store *store, int64_t from_id, size_t count, size_t bytes_max,
               struct buf *out, size_t *ret_count)
{
    int code = SQLITE_DONE;
    sqlite3_bind_int64(store->select, 1, from_id);
    for (*ret_count = 0; *ret_count < count; ++*ret_count) {
        code = sqlite3_step(store->select);
        if (code != SQLITE_ROW)
            break;
        struct store_head head = {
            .id = sqlite3_column_int64(store->select, 0),
            .len = (uint32_t)sqlite3_column_bytes(store->select, 1),
        };
        if (*ret_count > 0 && out->len + sizeof(head) + head.len > bytes_max)
            break;
        buf_add(out, &head, sizeof(head));
        buf_add(out, sqlite3_column_blob(store->select, 1), head.len);
    }
    bool is_done = code == SQLITE_DONE || code == SQLITE_ROW;
    int r = is_done ? 0 : fail(store, "read from the spool");
    sqlite3_reset(store->select);
    return r;
}

int store_remove(struct store *store, int64_t id, bool *ret_more)
{
    int64_t removed = 0, bytes = 0, oldest = 0;
    int code = SQLITE_ERROR;
    if (exec(store, "begin immediate")) {
        sqlite3_bind_int64(store->remove, 1, id);
        while ((code = sqlite3_step(store->remove)) == SQLITE_ROW) {
            removed++;
            bytes += sqlite3_column_int64(store->remove, 0) + SPOOL_OVERHEAD;
        }
        sqlite3_reset(store->remove);
    }
    if (code == SQLITE_DONE && sqlite3_step(store->oldest) == SQLITE_ROW)
        oldest = sqlite3_column_int64(store->oldest, 0);
    sqlite3_reset(store->oldest);
    if (code != SQLITE_DONE || !exec(store, "commit"))
        return undo(store, "delete from the spool");
    store->depth -= removed;
    store->bytes -= bytes;
    store->oldest_id = oldest;
    *ret_more = removed == REMOVE_MAX;
    return 0;
}
