#pragma once
/* What lib/pg's own files share. Nobody outside the folder includes this. */

#include <libpq-fe.h>

#include "pg/pg.h"

/* PostgreSQL's instants and dates count from 2000-01-01. */
#define PG_EPOCH_US  INT64_C(946684800000000)
#define PG_EPOCH_DAY 10957

/* Type numbers are part of the protocol and never change. */
enum pg_type {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_JSON = 114,
    TYPE_BOOL_ARRAY = 1000,
    TYPE_INT2_ARRAY = 1005,
    TYPE_INT4_ARRAY = 1007,
    TYPE_TEXT_ARRAY = 1009,
    TYPE_VARCHAR_ARRAY = 1015,
    TYPE_INT8_ARRAY = 1016,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMP_ARRAY = 1115,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_TIMESTAMPTZ_ARRAY = 1185,
    TYPE_UUID = 2950,
    TYPE_UUID_ARRAY = 2951,
    TYPE_JSONB = 3802,
};

/* Microseconds of the monotonic clock, and that time after a wait (saturated, never negative
 * waits). */
int64_t mono_us(void);
int64_t mono_after(int64_t wait_us);

/* Parameters of one query as libpq takes them. Reusable: param_encode forgets what was there. */
#define PARAM_COUNT_MAX 128
#define PARAM_BYTES_MAX ((size_t)256 << 20)

struct param_frame {
    const char *value[PARAM_COUNT_MAX];
    int length[PARAM_COUNT_MAX];
    int format[PARAM_COUNT_MAX];
    struct buf bytes; /* of the values that are not sent as they stand */
};

/* Encodes `count` parameters. The frame's values are views into it and into the parameters.
 * 0, or -E2BIG for too many parameters, -EMSGSIZE for more than PARAM_BYTES_MAX bytes; param_check
 * tells the same beforehand. */
must_check int param_check(const struct pg_param *params, size_t count);
must_check int param_encode(struct param_frame *frame, const struct pg_param *params, size_t count);
void param_fini(struct param_frame *frame);

/* A result is the rows: the opaque type hides libpq. */
const struct pg_rows *rows_of(const PGresult *result);

/* Fills a reply from the result that ended a request; texts are views into the result. */
void reply_of(struct pg_reply *ret, enum pg_outcome outcome, const PGresult *result);
/* Gives the result to the arena: it is cleared when the arena is freed. */
void result_defer(struct arena *arena, PGresult *result);

/* A connection string, taken apart for PQconnectStartParams. */
#define CONNINFO_MAX 96

struct conninfo {
    PQconninfoOption *options;
    const char *keyword[CONNINFO_MAX + 1];
    const char *value[CONNINFO_MAX + 1];
};

/* 0, or 1 with a sentence in `fault`. conninfo_fini in both cases. */
must_check int conninfo_init(struct conninfo *info, const char *text, struct buf *fault);
void conninfo_fini(struct conninfo *info);

/* Adds libpq's error text to `out` as one line. */
void conninfo_fault(struct buf *out, const char *text);
