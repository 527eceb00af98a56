#include <endian.h>
#include <string.h>

#include "base/instant.h"
#include "pg/inside.h"

static const struct {
    enum pg_type type;
    enum pg_kind kind;
} kinds[] = {
    {TYPE_BOOL, PG_BOOL},
    {TYPE_BYTEA, PG_BYTES},
    {TYPE_INT8, PG_INT},
    {TYPE_INT2, PG_INT},
    {TYPE_INT4, PG_INT},
    {TYPE_JSON, PG_JSONB},
    {TYPE_JSONB, PG_JSONB},
    {TYPE_DATE, PG_DATE},
    {TYPE_TIMESTAMP, PG_INSTANT},
    {TYPE_TIMESTAMPTZ, PG_INSTANT},
    {TYPE_UUID, PG_UUID},
    {TYPE_BOOL_ARRAY, PG_BOOL_ARRAY},
    {TYPE_INT2_ARRAY, PG_INT_ARRAY},
    {TYPE_INT4_ARRAY, PG_INT_ARRAY},
    {TYPE_INT8_ARRAY, PG_INT_ARRAY},
    {TYPE_TEXT_ARRAY, PG_TEXT_ARRAY},
    {TYPE_VARCHAR_ARRAY, PG_TEXT_ARRAY},
    {TYPE_TIMESTAMP_ARRAY, PG_INSTANT_ARRAY},
    {TYPE_TIMESTAMPTZ_ARRAY, PG_INSTANT_ARRAY},
    {TYPE_UUID_ARRAY, PG_UUID_ARRAY},
};

const struct pg_rows *rows_of(const PGresult *result)
{
    return (const struct pg_rows *)result;
}

static const PGresult *result_of(const struct pg_rows *rows)
{
    return (const PGresult *)rows;
}

int pg_row_count(const struct pg_rows *rows)
{
    return rows ? PQntuples(result_of(rows)) : 0;
}

int pg_column_count(const struct pg_rows *rows)
{
    return rows ? PQnfields(result_of(rows)) : 0;
}

const char *pg_column_name(const struct pg_rows *rows, int column)
{
    return column >= 0 && column < pg_column_count(rows) ? PQfname(result_of(rows), column) : NULL;
}

int pg_column(const struct pg_rows *rows, const char *name)
{
    int count = pg_column_count(rows);
    for (int column = 0; column < count; column++) {
        if (strcmp(PQfname(result_of(rows), column), name) == 0)
            return column;
    }
    return -1;
}

static enum pg_kind kind_of(Oid type)
{
    for (size_t i = 0; i < LEN(kinds); i++) {
        if ((Oid)kinds[i].type == type)
            return kinds[i].kind;
    }
    return PG_TEXT;
}

enum pg_kind pg_column_kind(const struct pg_rows *rows, int column)
{
    if (column < 0 || column >= pg_column_count(rows))
        return PG_NULL;
    return kind_of(PQftype(result_of(rows), column));
}

/* The field's bytes; ptr is NULL for a NULL, and for a row or column that does not exist. */
static struct str field(const struct pg_rows *rows, int row, int column)
{
    if (row < 0 || row >= pg_row_count(rows) || column < 0 || column >= pg_column_count(rows))
        return (struct str){NULL, 0};
    if (PQgetisnull(result_of(rows), row, column))
        return (struct str){NULL, 0};
    return (struct str){PQgetvalue(result_of(rows), row, column),
                        (size_t)PQgetlength(result_of(rows), row, column)};
}

static uint32_t read_u32(const char *bytes)
{
    uint32_t wire;
    memcpy(&wire, bytes, sizeof(wire));
    return be32toh(wire);
}

/* A signed integer of 1, 2, 4 or 8 bytes; 0 for any other length. */
static int64_t read_int(struct str bytes)
{
    uint16_t two;
    uint64_t eight;

    switch (bytes.len) {
    case 1:
        return bytes.ptr[0];
    case 2:
        memcpy(&two, bytes.ptr, sizeof(two));
        return (int16_t)be16toh(two);
    case 4:
        return (int32_t)read_u32(bytes.ptr);
    case 8:
        memcpy(&eight, bytes.ptr, sizeof(eight));
        return (int64_t)be64toh(eight);
    default:
        return 0;
    }
}

/* infinity is INT64_MAX; -infinity is INSTANT_NONE, an open start. */
static int64_t read_instant(struct str bytes)
{
    if (bytes.len != 8)
        return INSTANT_NONE;
    int64_t since_2000 = read_int(bytes);
    if (since_2000 == INT64_MIN)
        return INSTANT_NONE;
    return since_2000 > INT64_MAX - PG_EPOCH_US ? INT64_MAX : since_2000 + PG_EPOCH_US;
}

static struct uuid read_uuid(struct str bytes)
{
    struct uuid id = UUID_NIL;
    if (bytes.len == sizeof(id.byte))
        memcpy(id.byte, bytes.ptr, sizeof(id.byte));
    return id;
}

bool pg_is_null(const struct pg_rows *rows, int row, int column)
{
    return !field(rows, row, column).ptr;
}

int64_t pg_get_int(const struct pg_rows *rows, int row, int column)
{
    return read_int(field(rows, row, column));
}

bool pg_get_bool(const struct pg_rows *rows, int row, int column)
{
    struct str bytes = field(rows, row, column);
    return bytes.len == 1 && bytes.ptr[0] != 0;
}

struct str pg_get_text(const struct pg_rows *rows, int row, int column)
{
    struct str bytes = field(rows, row, column);
    if (bytes.len > 0 && PQftype(result_of(rows), column) == TYPE_JSONB)
        return (struct str){bytes.ptr + 1, bytes.len - 1}; /* after the version byte */
    return bytes;
}

struct str pg_get_json(const struct pg_rows *rows, int row, int column)
{
    return pg_get_text(rows, row, column);
}

struct str pg_get_bytes(const struct pg_rows *rows, int row, int column)
{
    return field(rows, row, column);
}

struct uuid pg_get_uuid(const struct pg_rows *rows, int row, int column)
{
    return read_uuid(field(rows, row, column));
}

int64_t pg_get_instant(const struct pg_rows *rows, int row, int column)
{
    return read_instant(field(rows, row, column));
}

int32_t pg_get_date(const struct pg_rows *rows, int row, int column)
{
    struct str bytes = field(rows, row, column);
    if (bytes.len != 4)
        return INT32_MIN;
    int32_t since_2000 = (int32_t)read_u32(bytes.ptr);
    if (since_2000 == INT32_MIN)
        return INT32_MIN;
    return since_2000 > INT32_MAX - PG_EPOCH_DAY ? INT32_MAX : since_2000 + PG_EPOCH_DAY;
}

/* An array's element type, and its elements as they stand on the wire. */
struct array {
    Oid type;
    size_t count;
    struct str rest;
};

#define ARRAY_EMPTY_LEN 12
#define ARRAY_HEAD_LEN  20

/* False for a NULL, several dimensions, and bytes that are no array. */
static bool open_array(struct str bytes, struct array *ret)
{
    if (bytes.len < ARRAY_EMPTY_LEN)
        return false;
    uint32_t dimensions = read_u32(bytes.ptr);
    *ret = (struct array){.type = read_u32(bytes.ptr + 8)};
    if (dimensions == 0)
        return true;
    if (dimensions != 1 || bytes.len < ARRAY_HEAD_LEN)
        return false;
    ret->count = read_u32(bytes.ptr + 12);
    ret->rest = (struct str){bytes.ptr + ARRAY_HEAD_LEN, bytes.len - ARRAY_HEAD_LEN};
    return ret->count <= ret->rest.len / 4; /* each element has a length of 4 bytes */
}

/* Cuts the next element off; ptr NULL for a NULL element, and when the bytes end early. */
static struct str next_element(struct str *rest)
{
    if (rest->len < 4)
        return (struct str){NULL, 0};
    uint32_t len = read_u32(rest->ptr);
    rest->ptr += 4;
    rest->len -= 4;
    if (len > rest->len)
        return (struct str){NULL, 0};
    struct str element = {rest->ptr, len};
    rest->ptr += len;
    rest->len -= len;
    return element;
}

static size_t item_size(enum pg_kind kind)
{
    switch (kind) {
    case PG_INT:
    case PG_INSTANT:
        return sizeof(int64_t);
    case PG_BOOL:
        return sizeof(bool);
    case PG_UUID:
        return sizeof(struct uuid);
    case PG_NULL:
    case PG_TEXT:
    case PG_JSONB:
    case PG_DATE:
    case PG_BYTES:
    case PG_INT_ARRAY:
    case PG_TEXT_ARRAY:
    case PG_UUID_ARRAY:
    case PG_INSTANT_ARRAY:
    case PG_BOOL_ARRAY:
        break;
    }
    return sizeof(struct str);
}

static void store_item(enum pg_kind kind, void *items, size_t i, struct str element)
{
    if (kind == PG_INT)
        ((int64_t *)items)[i] = element.ptr ? read_int(element) : INT64_MIN;
    else if (kind == PG_INSTANT)
        ((int64_t *)items)[i] = read_instant(element);
    else if (kind == PG_BOOL)
        ((bool *)items)[i] = element.len == 1 && element.ptr[0] != 0;
    else if (kind == PG_UUID)
        ((struct uuid *)items)[i] = read_uuid(element);
    else
        ((struct str *)items)[i] = element;
}

const void *pg_get_array(const struct pg_rows *rows, int row, int column, struct arena *arena,
                         size_t *ret_count)
{
    struct array array;

    *ret_count = 0;
    if (!open_array(field(rows, row, column), &array))
        return NULL;
    enum pg_kind kind = kind_of(array.type);
    void *items = arena_array(arena, array.count > 0 ? array.count : 1, item_size(kind));
    for (size_t i = 0; i < array.count; i++)
        store_item(kind, items, i, next_element(&array.rest));
    *ret_count = array.count;
    return items;
}

void reply_of(struct pg_reply *ret, enum pg_outcome outcome, const PGresult *result)
{
    *ret = (struct pg_reply){.outcome = outcome};
    if (outcome == PG_DONE) {
        ret->rows = rows_of(result);
        return;
    }
    if (outcome != PG_FAILED)
        return;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state)
        strncpy(ret->sqlstate, state, sizeof(ret->sqlstate) - 1);
    ret->message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!ret->message)
        ret->message = PQresultErrorMessage(result);
    ret->constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

static void clear_result(void *result)
{
    PQclear(result);
}

void result_defer(struct arena *arena, PGresult *result)
{
    if (result)
        arena_defer(arena, clear_result, result);
}
