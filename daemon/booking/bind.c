/* The wish for a statement: one row a member of SQL's type fn.wish, in its order. */

#include <string.h>

#include "booking/wish.h"

#define MEMBER(name, kind, member)                                                                 \
    {                                                                                              \
        name, kind, offsetof(struct wish, member)                                                  \
    }

static const struct wish_column {
    const char *name;
    enum pg_kind kind;
    size_t offset;
} columns[] = {
    MEMBER("id", PG_UUID, id),
    MEMBER("firm", PG_UUID, firm),
    MEMBER("resource", PG_UUID, resource),
    MEMBER("person", PG_UUID, person),
    MEMBER("mode", PG_TEXT, mode),
    MEMBER("status", PG_TEXT, status),
    MEMBER("starts", PG_INSTANT, starts_us),
    MEMBER("ends", PG_INSTANT, ends_us),
    MEMBER("also", PG_UUID_ARRAY, also),
    MEMBER("claims", PG_UUID_ARRAY, claims),
    MEMBER("claim_from", PG_INSTANT_ARRAY, claim_from),
    MEMBER("claim_to", PG_INSTANT_ARRAY, claim_to),
    MEMBER("claim_pointers", PG_TEXT_ARRAY, claim_pointers),
    MEMBER("waives_pads", PG_BOOL, waives_pads),
    MEMBER("purpose", PG_TEXT, purpose),
    MEMBER("configuration", PG_TEXT, configuration),
    MEMBER("override_reason", PG_TEXT, override_reason),
    MEMBER("is_staff", PG_BOOL, is_staff),
    MEMBER("price", PG_INT, price),
    MEMBER("explain", PG_JSONB, explain),
    MEMBER("budgets", PG_UUID_ARRAY, budgets),
    MEMBER("wanted", PG_INT_ARRAY, wanted),
    MEMBER("quotas", PG_UUID_ARRAY, quotas),
    MEMBER("gap_s", PG_INT, gap_s),
    MEMBER("unused_limit_s", PG_INT, unused_limit_s),
    MEMBER("never_used_limit_s", PG_INT, never_used_limit_s),
    MEMBER("locked_from", PG_INSTANT, locked_from_us),
    MEMBER("free_until", PG_INSTANT, free_until_us),
    MEMBER("late_fee", PG_INT, late_fee),
    MEMBER("credits_resale", PG_BOOL, credits_resale),
    MEMBER("check_in_from", PG_INSTANT, check_in_from_us),
    MEMBER("no_show_at", PG_INSTANT, no_show_at_us),
    MEMBER("no_show_fee", PG_INT, no_show_fee),
    MEMBER("finishes_itself", PG_BOOL, finishes_itself),
    MEMBER("approvals", PG_TEXT_ARRAY, approvals),
    MEMBER("expires_at", PG_INSTANT, expires_us),
    MEMBER("quote", PG_UUID, quote),
    MEMBER("series", PG_UUID, series),
};
_Static_assert(LEN(columns) == WISH_PARAMS, "every member is bound");

static struct pg_param int_or_null(int64_t value)
{
    return value == INT64_MIN ? pg_null() : pg_int(value);
}

static struct pg_param param_of(const struct wish_column *column, const struct wish *wish)
{
    const void *at = (const char *)wish + column->offset;
    const struct wish_list *list = at;
    switch ((int)column->kind) {
    case PG_UUID:
        return pg_uuid(*(const struct uuid *)at);
    case PG_TEXT:
        return pg_text(*(const struct str *)at);
    case PG_JSONB:
        return pg_jsonb(*(const struct str *)at);
    case PG_INSTANT:
        return pg_instant(*(const int64_t *)at);
    case PG_INT:
        return int_or_null(*(const int64_t *)at);
    case PG_BOOL:
        return pg_bool(*(const bool *)at);
    case PG_UUID_ARRAY:
        return pg_uuids(list->items, list->count);
    case PG_INSTANT_ARRAY:
        return pg_instants(list->items, list->count);
    case PG_TEXT_ARRAY:
        return pg_texts(list->items, list->count);
    default:
        return pg_ints(list->items, list->count);
    }
}

size_t wish_params(const struct wish *wish, struct pg_param ret[WISH_PARAMS])
{
    for (size_t i = 0; i < LEN(columns); i++)
        ret[i] = param_of(&columns[i], wish);
    return LEN(columns);
}

/* ---------------------------------------------------------------- as JSON */

static void put_uuid(struct jsonw *w, const char *name, struct uuid id)
{
    char text[UUID_TEXT_MAX];
    uuid_format(id, text);
    if (uuid_is_nil(id))
        jw_null(w, name);
    else
        jw_cstr(w, name, text);
}

static void put_text(struct jsonw *w, const char *name, struct str text)
{
    if (text.ptr)
        jw_text(w, name, text);
    else
        jw_null(w, name);
}

static void put_list(struct jsonw *w, const char *name, enum pg_kind kind, struct wish_list list)
{
    jw_array(w, name);
    for (size_t i = 0; i < list.count; i++) {
        if (kind == PG_UUID_ARRAY)
            put_uuid(w, NULL, ((const struct uuid *)list.items)[i]);
        else if (kind == PG_TEXT_ARRAY)
            put_text(w, NULL, ((const struct str *)list.items)[i]);
        else if (kind == PG_INSTANT_ARRAY)
            jw_instant(w, NULL, ((const int64_t *)list.items)[i]);
        else
            jw_int(w, NULL, ((const int64_t *)list.items)[i]);
    }
    jw_end_array(w);
}

static void put_int(struct jsonw *w, const char *name, int64_t value)
{
    if (value == INT64_MIN)
        jw_null(w, name);
    else
        jw_int(w, name, value);
}

static void put(struct jsonw *w, const struct wish_column *column, const struct wish *wish)
{
    const void *at = (const char *)wish + column->offset;
    switch ((int)column->kind) {
    case PG_UUID:
        put_uuid(w, column->name, *(const struct uuid *)at);
        break;
    case PG_TEXT:
        put_text(w, column->name, *(const struct str *)at);
        break;
    case PG_JSONB:
        jw_raw(w, column->name, *(const struct str *)at);
        break;
    case PG_INSTANT:
        jw_instant(w, column->name, *(const int64_t *)at);
        break;
    case PG_INT:
        put_int(w, column->name, *(const int64_t *)at);
        break;
    case PG_BOOL:
        jw_bool(w, column->name, *(const bool *)at);
        break;
    default:
        put_list(w, column->name, column->kind, *(const struct wish_list *)at);
    }
}

void wish_json(const struct wish *wish, struct jsonw *w)
{
    jw_object(w, NULL);
    for (size_t i = 0; i < LEN(columns); i++)
        put(w, &columns[i], wish);
    jw_end_object(w);
}
