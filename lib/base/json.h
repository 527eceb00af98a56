#pragma once
/* The only door to cJSON. Reading is strict: length cap, UTF-8, no \u0000, no duplicate keys, depth
 * at most 16, nothing after the value, integers exact within 2^53. Writing goes straight into a
 * buffer; integers are printed as integers. */

#include "base/arena.h"
#include "base/str.h"

struct json; /* one parsed value; lives in its arena */

enum json_type { JSON_NULL, JSON_BOOL, JSON_INT, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

#define JSON_DEPTH_MAX 16
#define JSON_LEN_MAX   ((size_t)16 * 1024 * 1024) /* of a text to parse, in bytes */
#define JSON_EXACT_MAX INT64_C(9007199254740992)  /* 2^53 */

/* Parses `text`. 0, or 1 with *ret_fault = a sentence in the arena (what, and the byte where). */
must_check int json_parse(struct str text, struct arena *arena, const struct json **ret,
                          const char **ret_fault);

enum json_type json_type(const struct json *value);
bool json_bool(const struct json *value);
int64_t json_int(const struct json *value); /* JSON_INT only */
struct str json_text(const struct json *value);
/* The number as it stood, for JSON_NUMBER (not an exact integer): shown, never computed with. */
double json_number(const struct json *value);

/* Children of an array or object, in order: first, next; NULL at the end. json_key of a member. */
const struct json *json_first(const struct json *parent);
const struct json *json_next(const struct json *child);
struct str json_key(const struct json *member);
const struct json *json_get(const struct json *object, const char *key);
size_t json_count(const struct json *parent);

/* Writer. Keys are given as they stand (ASCII, no escaping needed); commas are kept by the writer.
 * A NULL key writes an array element or the top value. */
struct jsonw {
    struct buf *out;
    bool comma;
};

struct jsonw jsonw(struct buf *out);
void jw_object(struct jsonw *w, const char *key);
void jw_array(struct jsonw *w, const char *key);
void jw_end_object(struct jsonw *w);
void jw_end_array(struct jsonw *w);
void jw_text(struct jsonw *w, const char *key, struct str value);
void jw_cstr(struct jsonw *w, const char *key, const char *value);
void jw_int(struct jsonw *w, const char *key, int64_t value);
void jw_bool(struct jsonw *w, const char *key, bool value);
void jw_null(struct jsonw *w, const char *key);
void jw_instant(struct jsonw *w, const char *key, int64_t at_us); /* null for INSTANT_NONE */
/* `json` is written as it stands: it is JSON already. */
void jw_raw(struct jsonw *w, const char *key, struct str json);
