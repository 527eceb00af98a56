#pragma once
/* Field tables: one row a field of a JSON object. The same rows decode a request (or a site file,
 * or a meter profile) into a C struct, and print the JSON schema of the OpenAPI document.
 *
 *   static const struct field booking_in[] = {
 *       FIELD_TEXT(struct booking_in, resource, FIELD_NEEDED, 1, 64, "Code or id."),
 *       FIELD_INSTANT(struct booking_in, start_us, "start", FIELD_NEEDED, "First instant."),
 *       FIELD_END
 *   };
 */

#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/ratio.h"

enum field_type {
    FT_END,
    FT_TEXT,    /* struct str; min/max in code points */
    FT_CODE,    /* struct str; ^[a-z0-9][a-z0-9_-]{0,62}$ */
    FT_INT,     /* int64_t; min/max */
    FT_BOOL,    /* bool */
    FT_INSTANT, /* int64_t us; absent = INSTANT_NONE */
    FT_DATE,    /* int32_t day; absent = FIELD_NO_DATE */
    FT_MONTH,   /* int32_t: the month's first day */
    FT_UUID,    /* struct uuid; absent = nil */
    FT_ENUM,    /* int: index into `names`; absent = -1 */
    FT_DECIMAL, /* struct ratio, written as a JSON string "118.4" or an integer; absent = 0/0 */
    FT_OBJECT,  /* nested struct described by `rows`; absent = zeroed with defaults */
    FT_OBJECTS, /* struct field_list of structs of `size`, described by `rows`; max elements */
    FT_TEXTS,   /* struct field_list of struct str; min/max code points each; max elements = size */
    FT_RAW,     /* const struct json *: any JSON, kept as it is */
};

enum field_flags {
    FIELD_NEEDED = 1 << 0,  /* absent or null is a missing_field violation */
    FIELD_DEFAULT = 1 << 1, /* absent: `fallback` is stored (FT_INT, FT_BOOL, FT_ENUM) */
};

#define FIELD_NO_DATE INT32_MIN
#define FIELD_NO_INT  INT64_MIN /* an absent FT_INT without FIELD_DEFAULT */

struct field_list {
    void *items;
    size_t count;
};

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    int64_t min;
    int64_t max;
    int64_t fallback;
    size_t offset;
    size_t size;              /* FT_OBJECTS: of one item; FT_TEXTS: most elements */
    const char *const *names; /* FT_ENUM: NULL-terminated */
    const struct field *rows; /* FT_OBJECT, FT_OBJECTS */
    const char *help;         /* one sentence for the OpenAPI document */
};

/* clang-format off */
#define FIELD_END {NULL, FT_END, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL}
#define FIELD_TEXT(st, member, flags, min, max, help) \
    {#member, FT_TEXT, flags, min, max, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_CODE(st, member, flags, help) \
    {#member, FT_CODE, flags, 1, 63, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_INT(st, member, flags, min, max, fallback, help) \
    {#member, FT_INT, flags, min, max, fallback, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_BOOL(st, member, fallback, help) \
    {#member, FT_BOOL, FIELD_DEFAULT, 0, 0, fallback, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_INSTANT(st, member, name, flags, help) \
    {name, FT_INSTANT, flags, 0, 0, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_DATE(st, member, name, flags, help) \
    {name, FT_DATE, flags, 0, 0, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_MONTH(st, member, name, flags, help) \
    {name, FT_MONTH, flags, 0, 0, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_UUID(st, member, name, flags, help) \
    {name, FT_UUID, flags, 0, 0, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_ENUM(st, member, flags, names, fallback, help) \
    {#member, FT_ENUM, flags, 0, 0, fallback, offsetof(st, member), 0, names, NULL, help}
#define FIELD_DECIMAL(st, member, flags, help) \
    {#member, FT_DECIMAL, flags, 0, 0, 0, offsetof(st, member), 0, NULL, NULL, help}
#define FIELD_OBJECT(st, member, flags, rows, help) \
    {#member, FT_OBJECT, flags, 0, 0, 0, offsetof(st, member), 0, NULL, rows, help}
#define FIELD_OBJECTS(st, member, flags, most, item, rows, help) \
    {#member, FT_OBJECTS, flags, 0, most, 0, offsetof(st, member), sizeof(item), NULL, rows, help}
#define FIELD_TEXTS(st, member, flags, min, max, most, help) \
    {#member, FT_TEXTS, flags, min, max, 0, offsetof(st, member), most, NULL, NULL, help}
#define FIELD_RAW(st, member, flags, help) \
    {#member, FT_RAW, flags, 0, 0, 0, offsetof(st, member), 0, NULL, NULL, help}
/* clang-format on */

/* Fills the struct at `ret` from the JSON object `value`. Every fault becomes a violation with a
 * JSON pointer; unknown members are faults too. Strings are views into the arena's JSON tree. True
 * when `problem` gained none. `value` that is no object is one wrong_type violation. Members that
 * are null count as absent. `ret` need not be initialised. */
bool field_decode(const struct field *rows, const struct json *value, struct arena *arena,
                  void *ret, struct problem *problem);

/* The same for text that is not JSON (query parameters): one value for one row of a scalar type. */
bool field_decode_text(const struct field *row, struct str text, void *ret,
                       struct problem *problem);

/* Stores the defaults of absent fields. */
void field_defaults(const struct field *rows, void *ret);

/* Writes the JSON schema of one object described by `rows` (OpenAPI 3.1). `is_closed`: unknown
 * members are refused (requests), so additionalProperties is false. A field that is not needed may
 * also be null. */
void field_schema(const struct field *rows, bool is_closed, struct jsonw *w, const char *key);

/* Writes the JSON schema of one row whose value is given as text (a query parameter): never null.
 */
void field_schema_text(const struct field *row, struct jsonw *w, const char *key);
