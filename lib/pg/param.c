#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "pg/inside.h"

/* An array of one dimension adds its size and its lower bound. */
#define ARRAY_HEAD_LEN 20

#define JSONB_VERSION 1

/* One large parameter must not keep its memory for ever. */
#define FRAME_KEPT_MAX ((size_t)1 << 20)

struct pg_param pg_null(void)
{
    return (struct pg_param){.kind = PG_NULL};
}

struct pg_param pg_bool(bool value)
{
    return (struct pg_param){.kind = PG_BOOL, .number = value};
}

struct pg_param pg_int(int64_t value)
{
    return (struct pg_param){.kind = PG_INT, .number = value};
}

struct pg_param pg_text(struct str text)
{
    return text.ptr ? (struct pg_param){.kind = PG_TEXT, .text = text} : pg_null();
}

struct pg_param pg_cstr(const char *text)
{
    return text ? pg_text((struct str){text, strlen(text)}) : pg_null();
}

struct pg_param pg_jsonb(struct str text)
{
    return text.ptr ? (struct pg_param){.kind = PG_JSONB, .text = text} : pg_null();
}

struct pg_param pg_uuid(struct uuid id)
{
    return uuid_is_nil(id) ? pg_null() : (struct pg_param){.kind = PG_UUID, .uuid = id};
}

struct pg_param pg_instant(int64_t at_us)
{
    return at_us == INSTANT_NONE ? pg_null()
                                 : (struct pg_param){.kind = PG_INSTANT, .number = at_us};
}

struct pg_param pg_date(int32_t day)
{
    return day == INT32_MIN ? pg_null() : (struct pg_param){.kind = PG_DATE, .number = day};
}

struct pg_param pg_bytes(const void *bytes, size_t len)
{
    return bytes ? (struct pg_param){.kind = PG_BYTES, .text = {bytes, len}} : pg_null();
}

static struct pg_param array_of(enum pg_kind kind, const void *items, size_t count)
{
    return (struct pg_param){.kind = kind, .items = items, .count = count};
}

struct pg_param pg_ints(const int64_t *items, size_t count)
{
    return array_of(PG_INT_ARRAY, items, count);
}

struct pg_param pg_texts(const struct str *items, size_t count)
{
    return array_of(PG_TEXT_ARRAY, items, count);
}

struct pg_param pg_uuids(const struct uuid *items, size_t count)
{
    return array_of(PG_UUID_ARRAY, items, count);
}

struct pg_param pg_instants(const int64_t *items_us, size_t count)
{
    return array_of(PG_INSTANT_ARRAY, items_us, count);
}

struct pg_param pg_bools(const bool *items, size_t count)
{
    return array_of(PG_BOOL_ARRAY, items, count);
}

/* us since 2000. What lies outside PostgreSQL's range becomes its -infinity or infinity. */
static int64_t instant_out(int64_t at_us)
{
    if (at_us == INT64_MAX)
        return INT64_MAX;
    return at_us < INT64_MIN + PG_EPOCH_US ? INT64_MIN : at_us - PG_EPOCH_US;
}

static int32_t date_out(int32_t day)
{
    if (day == INT32_MAX)
        return INT32_MAX;
    return day < INT32_MIN + PG_EPOCH_DAY ? INT32_MIN : day - PG_EPOCH_DAY;
}

static void put_u32(struct buf *out, uint32_t value)
{
    uint32_t wire = htobe32(value);
    buf_add(out, &wire, sizeof(wire));
}

static void put_i64(struct buf *out, int64_t value)
{
    uint64_t wire = htobe64((uint64_t)value);
    buf_add(out, &wire, sizeof(wire));
}

/* One element of an array: its type, the length of its bytes, and whether it is NULL. */
struct element {
    uint32_t type;
    size_t len;
    bool is_null;
    struct str text;
    int64_t number;
};

static struct element element_of(const struct pg_param *param, size_t i)
{
    switch (param->kind) {
    case PG_TEXT_ARRAY: {
        struct str text = ((const struct str *)param->items)[i];
        return (struct element){TYPE_TEXT, text.len, !text.ptr, text, 0};
    }
    case PG_UUID_ARRAY: {
        const struct uuid *id = (const struct uuid *)param->items + i;
        struct str bytes = {(const char *)id->byte, sizeof(id->byte)};
        return (struct element){TYPE_UUID, bytes.len, uuid_is_nil(*id), bytes, 0};
    }
    case PG_BOOL_ARRAY: {
        bool value = ((const bool *)param->items)[i];
        return (struct element){TYPE_BOOL, 1, false, STR(""), value};
    }
    case PG_INT_ARRAY: {
        int64_t value = ((const int64_t *)param->items)[i];
        return (struct element){TYPE_INT8, 8, value == INT64_MIN, STR(""), value};
    }
    case PG_INSTANT_ARRAY: {
        int64_t at_us = ((const int64_t *)param->items)[i];
        return (struct element){TYPE_TIMESTAMPTZ, 8, at_us == INSTANT_NONE, STR(""),
                                instant_out(at_us)};
    }
    case PG_NULL:
    case PG_BOOL:
    case PG_INT:
    case PG_TEXT:
    case PG_JSONB:
    case PG_UUID:
    case PG_INSTANT:
    case PG_DATE:
    case PG_BYTES:
        break;
    }
    abort(); /* only arrays have elements */
}

static uint32_t element_type(enum pg_kind kind)
{
    static const uint32_t types[] = {
        [PG_INT_ARRAY] = TYPE_INT8,  [PG_TEXT_ARRAY] = TYPE_TEXT,
        [PG_UUID_ARRAY] = TYPE_UUID, [PG_INSTANT_ARRAY] = TYPE_TIMESTAMPTZ,
        [PG_BOOL_ARRAY] = TYPE_BOOL,
    };
    return types[kind];
}

/* Bytes an array takes, counted no further than the limit. */
static size_t array_size(const struct pg_param *param)
{
    size_t size = ARRAY_HEAD_LEN;
    for (size_t i = 0; i < param->count && size <= PARAM_BYTES_MAX; i++) {
        struct element element = element_of(param, i);
        if (element.len > PARAM_BYTES_MAX)
            return PARAM_BYTES_MAX + 1;
        size += 4 + (element.is_null ? 0 : element.len);
    }
    return size;
}

static void put_array(struct buf *out, const struct pg_param *param)
{
    bool has_null = false;
    for (size_t i = 0; i < param->count; i++)
        has_null |= element_of(param, i).is_null;

    put_u32(out, param->count > 0); /* dimensions */
    put_u32(out, has_null);
    put_u32(out, element_type(param->kind));
    if (param->count == 0)
        return;
    put_u32(out, (uint32_t)param->count);
    put_u32(out, 1); /* lower bound */
    for (size_t i = 0; i < param->count; i++) {
        struct element element = element_of(param, i);
        put_u32(out, element.is_null ? UINT32_MAX : (uint32_t)element.len);
        if (element.is_null)
            continue;
        if (element.text.len > 0)
            buf_add(out, element.text.ptr, element.text.len);
        else if (element.len == 8)
            put_i64(out, element.number);
        else if (element.len == 1)
            buf_putc(out, (char)element.number);
    }
}

static bool is_array(enum pg_kind kind)
{
    return kind >= PG_INT_ARRAY;
}

/* Whether the caller's bytes are what goes over the wire: then they are not copied. */
static bool is_sent_as_is(enum pg_kind kind)
{
    return kind == PG_TEXT || kind == PG_BYTES || kind == PG_UUID;
}

static struct str bytes_as_is(const struct pg_param *param)
{
    if (param->kind == PG_UUID)
        return (struct str){(const char *)param->uuid.byte, sizeof(param->uuid.byte)};
    return param->text.len > 0 ? param->text : STR("");
}

static size_t encoded_size(const struct pg_param *param)
{
    if (param->kind == PG_NULL)
        return 0;
    if (is_array(param->kind))
        return array_size(param);
    if (param->kind == PG_JSONB)
        return param->text.len < PARAM_BYTES_MAX ? param->text.len + 1 : PARAM_BYTES_MAX + 1;
    return is_sent_as_is(param->kind) ? bytes_as_is(param).len : 8;
}

static void put_scalar(struct buf *out, const struct pg_param *param)
{
    switch (param->kind) {
    case PG_BOOL:
        buf_putc(out, param->number != 0);
        break;
    case PG_INT:
        put_i64(out, param->number);
        break;
    case PG_INSTANT:
        put_i64(out, instant_out(param->number));
        break;
    case PG_DATE:
        put_u32(out, (uint32_t)date_out((int32_t)param->number));
        break;
    case PG_JSONB:
        buf_putc(out, JSONB_VERSION);
        buf_add(out, param->text.ptr, param->text.len);
        break;
    case PG_INT_ARRAY:
    case PG_TEXT_ARRAY:
    case PG_UUID_ARRAY:
    case PG_INSTANT_ARRAY:
    case PG_BOOL_ARRAY:
        put_array(out, param);
        break;
    case PG_NULL:
    case PG_TEXT:
    case PG_UUID:
    case PG_BYTES:
        break;
    }
}

static void encode_one(struct param_frame *frame, const struct pg_param *param, size_t i)
{
    frame->format[i] = 1;
    if (param->kind == PG_NULL) {
        frame->value[i] = NULL;
        frame->length[i] = 0;
        return;
    }
    if (is_sent_as_is(param->kind)) {
        struct str bytes = bytes_as_is(param);
        frame->value[i] = bytes.ptr;
        frame->length[i] = (int)bytes.len;
        return;
    }
    size_t start = frame->bytes.len;
    put_scalar(&frame->bytes, param);
    frame->value[i] = frame->bytes.data + start;
    frame->length[i] = (int)(frame->bytes.len - start);
}

/* The sum of the values' sizes, or a fault. */
static int measure(const struct pg_param *params, size_t count, size_t *ret_total)
{
    *ret_total = 0;
    if (count > PARAM_COUNT_MAX)
        return -E2BIG;
    for (size_t i = 0; i < count; i++) {
        size_t size = encoded_size(&params[i]);
        if (size > PARAM_BYTES_MAX - *ret_total)
            return -EMSGSIZE;
        *ret_total += size;
    }
    return 0;
}

int param_check(const struct pg_param *params, size_t count)
{
    size_t total;
    return measure(params, count, &total);
}

int param_encode(struct param_frame *frame, const struct pg_param *params, size_t count)
{
    size_t total;
    int r = measure(params, count, &total);

    if (r < 0)
        return r;
    if (frame->bytes.cap > FRAME_KEPT_MAX)
        buf_fini(&frame->bytes);
    buf_reset(&frame->bytes);
    buf_reserve(&frame->bytes, total + 1); /* values point into it: it must not move below */
    for (size_t i = 0; i < count; i++)
        encode_one(frame, &params[i], i);
    return 0;
}

void param_fini(struct param_frame *frame)
{
    buf_fini(&frame->bytes);
}
