#pragma once
/* One ingest request: the samples of some spooled records, what the machines made of them, and all
 * of it as the parameters of one statement. */

#include "meter/machine.h"
#include "pg/pg.h"
#include "spool/spool.h"

struct batch;

/* Decodes `count` records and runs the machines over them. A record that is no sample (a bit error
 * that SQLite did not notice, a newer version's) can never be stored: its bytes go to the log, it
 * is counted and left out, and the others go on. Never NULL. */
struct batch *batch_new(struct machines *machines, const struct spool_record *records,
                        size_t count);
void batch_free(struct batch *batch); /* NULL is accepted */

/* The statement with its parameters; lives as long as the batch. */
const struct pg_query *batch_query(const struct batch *batch);
struct arena *batch_arena(const struct batch *batch);

struct batch_counts {
    size_t records;
    size_t samples;
    size_t undecodable;
    size_t late; /* see enum machine_taken */
    size_t unknown;
    int64_t last_id; /* of the records */
};
struct batch_counts batch_counts(const struct batch *batch);

/* Writes the batch's only sample to the log, all of it: the last copy before it is given up. */
void batch_log_sample(const struct batch *batch, const char *reason);
