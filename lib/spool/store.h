#pragma once
/* The spool's file: SQLite, used by one thread at a time. Internal to lib/spool. */

#include "base/str.h"
#include "spool/spool.h"

struct sqlite3;
struct sqlite3_stmt;

/* Records on their way: each is a `struct store_head` and its bytes, unaligned. */
struct store_head {
    int64_t id;
    uint32_t len;
};

struct store {
    struct sqlite3 *db;
    struct sqlite3_stmt *insert;
    struct sqlite3_stmt *select;
    struct sqlite3_stmt *remove;
    struct sqlite3_stmt *oldest;
    struct sqlite3_stmt *set_last;
    int64_t depth;
    int64_t bytes;
    int64_t oldest_id;
    int64_t last_id; /* the greatest id ever stored */
    char error[SPOOL_FAULT_MAX];
};

/* As spool_open(); store->error is the sentence. On success store_fini() is the caller's duty. */
must_check int store_init(struct store *store, const char *path);
void store_fini(struct store *store);

/* Writes all records of `batch` in one transaction. 0, or -EIO with store->error and nothing
 * changed. Repeating a batch whose outcome is unknown is harmless. */
must_check int store_append(struct store *store, struct str batch);

/* Appends up to `count` records from `from_id` on to `out`, stopping before `bytes_max` is passed.
 * 0, or -EIO. */
must_check int store_read(struct store *store, int64_t from_id, size_t count, size_t bytes_max,
                          struct buf *out, size_t *ret_count);

/* Deletes a limited number of records up to `id`; *ret_more when some are left. 0, or -EIO. */
must_check int store_remove(struct store *store, int64_t id, bool *ret_more);
