#pragma once
/* From samples to stored evidence: every sample goes to the spool first; what is durable there is
 * brought into the database in bounded batches, one after the other, each in one transaction with
 * the spans and memories that follow from it.
 *
 * Nothing but a stored batch moves the machines on and empties the spool. Whatever else happens to
 * a batch (refused, no connection, an unknown outcome) it is made again from the spool, which is
 * harmless: samples are known by (meter, seq), spans by their ordinal. A batch that the database
 * refuses is tried again at half the size, so that one bad record ends up alone; if it is refused
 * for what it holds (SQLSTATE class 22 or 23: a meter that was deleted, a value out of range), it
 * is written to the log in full, counted and given up, since otherwise nothing would ever follow.
 */

#include "meter/machine.h"

struct event_base;
struct ingest;
struct pgpool;
struct spool;

struct ingest_conf {
    struct spool *spool;
    struct pgpool *pool;
    struct machines *machines;
    int64_t timeout_us;   /* of one batch */
    int64_t retry_max_us; /* between two attempts */
};

struct ingest *ingest_new(struct event_base *base, const struct ingest_conf *conf);
/* After the pool is gone. NULL is accepted. */
void ingest_free(struct ingest *ingest);

/* Spools one sample. A full spool takes none: it is counted and told as an alarm. */
void ingest_take(struct ingest *ingest, const struct meter_sample *sample);

/* The machines know the catalogue: batches may begin. */
void ingest_start(struct ingest *ingest);

/* No more samples will come: brings in what is there, as long as the database takes it and for
 * `longest_us` at most. `done` is called once, possibly from within. */
void ingest_finish(struct ingest *ingest, int64_t longest_us, void (*done)(void *arg), void *arg);

struct ingest_stats {
    uint64_t spooled;
    uint64_t refused; /* the spool was full: lost */
    uint64_t stored;  /* in the database */
    uint64_t batches;
    uint64_t undecodable; /* given up */
    uint64_t given_up;
    uint64_t late; /* see enum machine_taken */
    uint64_t unknown;
};
struct ingest_stats ingest_stats(const struct ingest *ingest);
