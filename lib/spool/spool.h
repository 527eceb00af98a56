#pragma once
/* A durable queue of opaque records in one SQLite file: what was reported durable survives kill -9
 * and power loss.
 *
 * A thread of its own owns the file, so that no call below waits for a disk, except spool_open()
 * and spool_close(). All calls belong to one thread, the caller's. News (records became durable, a
 * peek is ready, the disk fails or works again) make spool_fd() readable.
 *
 * Ids are given by spool_put() and only ever go up: the next one is the last one + 1 or the
 * caller's wall clock in us, whichever is greater. So they go up over restarts, and also when the
 * file was lost. */

#include "base/str.h"

struct spool;

#define SPOOL_RECORD_MAX 65536 /* bytes of one record */
#define SPOOL_FAULT_MAX  512

struct spool_config {
    const char *path;      /* the file is created; its directory must exist */
    int64_t bytes_max;     /* on disk: records and their overhead (SPOOL_OVERHEAD each) */
    size_t memory_max;     /* bytes of records that wait for the disk */
    uint32_t commit_ms;    /* records gathered for that long share one fsync */
    uint32_t retry_ms;     /* between attempts while the disk fails */
    size_t peek_bytes_max; /* of one peek, but one record always fits */
};

/* 1 GiB, 8 MiB, 50 ms, 1 s, 1 MiB. */
struct spool_config spool_config_default(const char *path);

#define SPOOL_OVERHEAD 16

enum {
    SPOOL_E_CORRUPT = 1, /* the file was damaged and has been renamed to <path>.corrupt-<n>; opening
                          * again starts with an empty one */
    SPOOL_E_FOREIGN = 2, /* a SQLite file of something else; left as it is */
    SPOOL_E_LOCKED = 3,  /* another process has it open */
};

/* Opens or creates the file, checks it whole, and starts the thread. 0; an outcome above, or
 * -errno; both with a sentence in `fault`. The caller owns *ret. */
must_check int spool_open(const struct spool_config *config, struct spool **ret,
                          char fault[SPOOL_FAULT_MAX]);

/* Makes one last attempt to store what waits, ends the thread, frees. Returns the number of records
 * that could not be stored and are lost. NULL is accepted. */
size_t spool_close(struct spool *spool);

enum {
    SPOOL_E_FULL =
        1, /* memory_max or bytes_max is reached: nothing was taken, and it was counted */
    SPOOL_E_RECORD = 2, /* a record is longer than SPOOL_RECORD_MAX, or there is none */
    SPOOL_E_BUSY = 3,   /* the last peek has not been collected yet */
};

/* Takes `count` records, all or none; their bytes are copied. They get consecutive ids from
 * *ret_first_id on, which are durable when the news say so. `now_us`: the wall clock. */
must_check int spool_put(struct spool *spool, int64_t now_us, const struct str *records,
                         size_t count, int64_t *ret_first_id);

/* Asks for at most `count` durable records with ids from `from_id` on, in order; they come with the
 * news. 0 or SPOOL_E_BUSY. */
must_check int spool_peek(struct spool *spool, int64_t from_id, size_t count);

/* Deletes the records up to and including `id`, as far as they are durable by now. Deleting is
 * durable some time later: after a crash some may be there again, so their consumer must know their
 * ids. */
void spool_drop(struct spool *spool, int64_t id);

struct spool_record {
    int64_t id;
    struct str data;
};

struct spool_news {
    int64_t durable_id; /* all records up to here are on disk; 0 = there never was one */
    bool is_failing;    /* see spool_stats().error; records are kept in memory and tried again */
    bool has_peeked;    /* a peek is done: `records`, perhaps none */
    const struct spool_record *records; /* good until the next spool_peek() */
    size_t record_count;
};

/* Readable when there are news; for the caller's loop only, not to be read from or closed. */
int spool_fd(const struct spool *spool);

/* The news since the last call; spool_fd() is not readable any more. Never waits. */
struct spool_news spool_collect(struct spool *spool);

struct spool_stats {
    int64_t depth;     /* records on disk */
    int64_t bytes;     /* of them, overhead included */
    int64_t oldest_id; /* 0 = none */
    int64_t durable_id;
    int64_t last_id; /* given out */
    size_t memory;   /* bytes that wait for the disk */
    uint64_t commits;
    uint64_t faults;
    uint64_t refused; /* records turned away with SPOOL_E_FULL */
    bool is_failing;
    char error[SPOOL_FAULT_MAX]; /* of the last fault; stays when the disk works again */
};

void spool_stats(struct spool *spool, struct spool_stats *ret);
