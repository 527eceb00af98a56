#pragma once
/* Statements, parameters and rows: what the asynchronous pool (pg/pool.h), the blocking client
 * (pg/sync.h) and their callers share. libpq-fe.h is seen by lib/pg's own files only. */

#include "base/arena.h"
#include "base/id.h"
#include "base/str.h"

/* One named statement, embedded at build time from schema/queries/<name>.sql. Values travel in
 * binary, so that its types must be the kinds below: cast parameters ($1::bigint, never an inferred
 * integer), and cast columns of other types (numeric, interval) to text. */
struct pg_stmt {
    const char *name;
    const char *sql;
    int param_count;
};

/* A parameter, sent in binary. The bytes it points at belong to the caller and must live until the
 * request is done. Instants are us since 1970 (INSTANT_NONE = NULL), dates are days since 1970
 * (INT32_MIN = NULL). */
struct pg_param {
    enum pg_kind {
        PG_NULL,
        PG_BOOL,
        PG_INT, /* bigint */
        PG_TEXT,
        PG_JSONB, /* text of a JSON value */
        PG_UUID,
        PG_INSTANT, /* timestamptz */
        PG_DATE,
        PG_BYTES,
        PG_INT_ARRAY,
        PG_TEXT_ARRAY,
        PG_UUID_ARRAY,
        PG_INSTANT_ARRAY,
        PG_BOOL_ARRAY,
    } kind;
    int64_t number;
    struct str text; /* PG_TEXT, PG_JSONB, PG_BYTES */
    struct uuid uuid;
    const void *items; /* arrays: int64_t[], struct str[], struct uuid[], int64_t[] us, bool[];
                        * an INT64_MIN, NULL ptr or nil uuid item is a NULL element */
    size_t count;
};

struct pg_param pg_null(void);
struct pg_param pg_bool(bool value);
struct pg_param pg_int(int64_t value);
struct pg_param pg_text(struct str text);  /* ptr NULL = NULL */
struct pg_param pg_cstr(const char *text); /* NULL = NULL */
struct pg_param pg_jsonb(struct str text); /* ptr NULL = NULL */
struct pg_param pg_uuid(struct uuid id);   /* nil = NULL */
struct pg_param pg_instant(int64_t at_us);
struct pg_param pg_date(int32_t day);
struct pg_param pg_bytes(const void *bytes, size_t len);
struct pg_param pg_ints(const int64_t *items, size_t count);
struct pg_param pg_texts(const struct str *items, size_t count);
struct pg_param pg_uuids(const struct uuid *items, size_t count);
struct pg_param pg_instants(const int64_t *items_us, size_t count);
struct pg_param pg_bools(const bool *items, size_t count);

/* A statement with its parameters. */
struct pg_query {
    const struct pg_stmt *stmt;
    const struct pg_param *params; /* stmt->param_count of them */
};

/* Rows of a result, in binary. Columns are found by name once (pg_column) and read by number. */
struct pg_rows;

int pg_row_count(const struct pg_rows *rows); /* 0 for NULL */
int pg_column_count(const struct pg_rows *rows);
const char *pg_column_name(const struct pg_rows *rows, int column);
int pg_column(const struct pg_rows *rows, const char *name); /* -1 when there is none */
/* How a column is to be read, by its type: PG_INT for smallint, integer and bigint; PG_JSONB for
 * json and jsonb; arrays as their kinds; PG_TEXT for text, enums, everything else. */
enum pg_kind pg_column_kind(const struct pg_rows *rows, int column);

bool pg_is_null(const struct pg_rows *rows, int row, int column);
/* Readers: a NULL gives 0, false, empty text, nil, INSTANT_NONE, INT32_MIN. Texts are views into
 * rows. */
int64_t pg_get_int(const struct pg_rows *rows, int row, int column);
bool pg_get_bool(const struct pg_rows *rows, int row, int column);
struct str pg_get_text(const struct pg_rows *rows, int row, int column);
struct str pg_get_json(const struct pg_rows *rows, int row, int column);
struct str pg_get_bytes(const struct pg_rows *rows, int row, int column);
struct uuid pg_get_uuid(const struct pg_rows *rows, int row, int column);
int64_t pg_get_instant(const struct pg_rows *rows, int row, int column);
int32_t pg_get_date(const struct pg_rows *rows, int row, int column);
/* A one-dimensional array: items in the arena as the parameter arrays have them; *ret_count set. */
const void *pg_get_array(const struct pg_rows *rows, int row, int column, struct arena *arena,
                         size_t *ret_count);

/* How a request ended. */
enum pg_outcome {
    PG_DONE,    /* committed; rows of the last query */
    PG_FAILED,  /* PostgreSQL refused: sqlstate, message, constraint; rolled back */
    PG_BUSY,    /* not done: the queue is full, or no connection within the deadline */
    PG_TIMEOUT, /* sent, no answer within the deadline; of unknown outcome */
    PG_LOST,    /* sent, then the connection died; of unknown outcome */
};

struct pg_reply {
    enum pg_outcome outcome;
    const struct pg_rows *rows; /* PG_DONE: of the last query; valid until the callback returns, or
                                 * until the arena given at submit is freed */
    char sqlstate[6];
    const char *message;    /* primary message, for the log */
    const char *constraint; /* name, or NULL */
};

/* Whether the pool and the listener can use a connection string: well-formed, and every host a
 * socket directory or an address, since looking up a name would block the loop. Ask when options
 * are read: a pool with a refused string never connects. 0, or 1 with a sentence in `fault`. */
must_check int pg_conninfo_check(const char *conninfo, struct buf *fault);
