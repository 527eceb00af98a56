#include "api/openapi_example.h"

#include <string.h>

#define ID "\"0193810f-5a00-7000-8000-000000000001\""

/* Bodies whose needed fields alone say nothing, by the action's id. */
static const struct {
    const char *action, *json;
} bodies[] = {
    {"startSession", "{\"booking\":" ID "}"},
    {"finishSession", "{\"sample_count\":3,\"outcome\":\"done\"}"},
    {"changeBooking", "{\"end\":\"2026-12-01T13:00:00+09:00\"}"},
    {"declineBooking", "{\"reason\":\"the room is needed for a course\"}"},
    {"createSeries", "{\"resource\":\"cmm\",\"start\":\"2026-12-01T10:00:00+09:00\","
                     "\"end\":\"2026-12-01T12:00:00+09:00\",\"rrule\":\"FREQ=WEEKLY;COUNT=4\"}"},
    {"createFeed", "{\"kind\":\"resource\",\"object\":\"cmm\",\"label\":\"phone\"}"},
    {"noteAttendance", "{\"n\":1,\"present\":[\"kim\"]}"},
    {"setClock", "{\"now\":\"2026-12-01T10:00:00+09:00\",\"rate\":0}"},
};

/* What a name stands for, by the kind of its value. Texts and instants are quoted already. */
enum kind { KIND_TEXT, KIND_INSTANT, KIND_INT, KIND_JSON };

static const struct {
    const char *name;
    enum kind kind;
    const char *json;
} names[] = {
    {"resource", KIND_TEXT, "\"cmm\""},
    {"with", KIND_TEXT, "\"vision\""},
    {"also", KIND_TEXT, "\"vision\""},
    {"room", KIND_TEXT, "\"multimedia_room\""},
    {"course", KIND_TEXT, "\"step1_cmm\""},
    {"firm", KIND_TEXT, "\"hanbit\""},
    {"person", KIND_TEXT, "\"kim\""},
    {"present", KIND_TEXT, "\"kim\""},
    {"technician", KIND_TEXT, "\"technician\""},
    {"site", KIND_TEXT, "\"siheung\""},
    {"zone", KIND_TEXT, "\"Asia/Seoul\""},
    {"code", KIND_TEXT, "\"cmm\""},
    {"name", KIND_TEXT, "\"Coordinate measuring machine\""},
    {"charge_basis", KIND_TEXT, "\"used\""},
    {"currency", KIND_TEXT, "\"KRW\""},
    {"purpose", KIND_TEXT, "\"first article\""},
    {"reason", KIND_TEXT, "\"the spindle is being repaired\""},
    {"title", KIND_TEXT, "\"Yearly inspection\""},
    {"label", KIND_TEXT, "\"laptop\""},
    {"rrule", KIND_TEXT, "\"FREQ=WEEKLY;COUNT=4\""},
    {"start", KIND_INSTANT, "\"2026-12-01T01:00:00Z\""},
    {"end", KIND_INSTANT, "\"2026-12-01T03:00:00Z\""},
    {"from", KIND_INSTANT, "\"2026-12-01T00:00:00Z\""},
    {"to", KIND_INSTANT, "\"2026-12-08T00:00:00Z\""},
    {"earliest", KIND_INSTANT, "\"2026-12-01T00:00:00Z\""},
    {"latest", KIND_INSTANT, "\"2026-12-04T09:00:00Z\""},
    {"valid_to", KIND_INSTANT, "\"2027-12-01T00:00:00Z\""},
    {"lapses_at", KIND_INSTANT, "\"2027-12-01T00:00:00Z\""},
    {"price", KIND_INT, "160000"},
    {"support", KIND_INT, "112000"},
    {"own_share", KIND_INT, "48000"},
    {"limit", KIND_INT, "50"},
    {"fee", KIND_INT, "160000"},
    {"tax", KIND_INT, "4800"},
    {"total", KIND_INT, "52800"},
    {"duration_s", KIND_INT, "7200"},
    {"fiscal_year", KIND_INT, "2026"},
    {"is_blocked", KIND_JSON, "false"},
    {"attendance", KIND_JSON, "{\"num\":4,\"den\":5}"},
    {"grants", KIND_JSON, "[{\"resource\":\"cmm\",\"validity_s\":31536000}]"},
    {"meetings", KIND_JSON,
     "[{\"n\":1,\"start\":\"2026-12-01T01:00:00Z\",\"end\":\"2026-12-01T03:00:00Z\"}]"},
    {"enrolments", KIND_JSON,
     "[{\"person\":\"kim\",\"firm\":\"hanbit\",\"status\":\"enrolled\","
     "\"enrolled_at\":\"2026-11-24T01:00:00Z\",\"present\":[]}]"},
};

static const char *by_name(const char *name, enum kind kind)
{
    for (size_t i = 0; i < LEN(names); i++) {
        if (names[i].kind == kind && !strcmp(names[i].name, name))
            return names[i].json;
    }
    return NULL;
}

static void put(struct jsonw *w, const char *key, const char *json, const char *otherwise)
{
    jw_raw(w, key, str_of(json ? json : otherwise));
}

static void put_int(const struct field *row, struct jsonw *w, const char *key)
{
    int64_t value = row->flags & FIELD_DEFAULT ? row->fallback : 1;
    const char *known = by_name(row->name, KIND_INT);
    if (known)
        jw_raw(w, key, str_of(known));
    else
        jw_int(w, key, value < row->min ? row->min : value > row->max ? row->max : value);
}

static void put_field(const struct field *row, struct jsonw *w, const char *key);

static void put_object(const struct field *rows, struct jsonw *w, const char *key)
{
    jw_object(w, key);
    for (const struct field *row = rows; row->type != FT_END; row++) {
        if (row->flags & FIELD_NEEDED)
            put_field(row, w, row->name);
    }
    jw_end_object(w);
}

static void put_list(const struct field *row, struct jsonw *w, const char *key)
{
    jw_array(w, key);
    if (row->type == FT_OBJECTS)
        put_object(row->rows, w, NULL);
    else
        put(w, NULL, by_name(row->name, KIND_TEXT), "\"example\"");
    jw_end_array(w);
}

static void put_field(const struct field *row, struct jsonw *w, const char *key)
{
    switch (row->type) {
    case FT_END:
        break;
    case FT_TEXT:
    case FT_CODE:
        put(w, key, by_name(row->name, KIND_TEXT), "\"example\"");
        break;
    case FT_INT:
        put_int(row, w, key);
        break;
    case FT_BOOL:
        jw_bool(w, key, row->fallback != 0);
        break;
    case FT_INSTANT:
        put(w, key, by_name(row->name, KIND_INSTANT), "\"2026-12-01T01:00:00Z\"");
        break;
    case FT_DATE:
        jw_cstr(w, key, "2026-12-01");
        break;
    case FT_MONTH:
        jw_cstr(w, key, "2026-12");
        break;
    case FT_UUID:
        jw_raw(w, key, STR(ID));
        break;
    case FT_ENUM:
        jw_cstr(w, key, row->names[row->flags & FIELD_DEFAULT ? row->fallback : 0]);
        break;
    case FT_DECIMAL:
        jw_cstr(w, key, "1.5");
        break;
    case FT_OBJECT:
        put_object(row->rows, w, key);
        break;
    case FT_OBJECTS:
    case FT_TEXTS:
        put_list(row, w, key);
        break;
    case FT_RAW:
        jw_raw(w, key, STR("{}"));
        break;
    }
}

void example_body(const struct action *action, struct jsonw *w, const char *key)
{
    for (size_t i = 0; i < LEN(bodies); i++) {
        if (!strcmp(bodies[i].action, action->id)) {
            jw_raw(w, key, str_of(bodies[i].json));
            return;
        }
    }
    put_object(action->body, w, key);
}

void example_parameter(const struct field *row, struct jsonw *w, const char *key)
{
    put_field(row, w, key);
}

/* A text of a few known ones has them in its help: `confirmed`, `started`, ... */
static void put_word(const struct reply_field *field, struct jsonw *w)
{
    const char *known = by_name(field->name, KIND_TEXT), *tick = strchr(field->help, '`');
    size_t len = tick ? strcspn(tick + 1, "`") : 0;
    if (len > 0)
        jw_text(w, field->name, (struct str){tick + 1, len});
    else
        put(w, field->name, known, "\"example\"");
}

static void put_reply(const struct reply_field *field, struct jsonw *w)
{
    static const struct {
        enum reply_type type;
        enum kind kind;
        const char *json;
    } values[] = {
        {RT_INT, KIND_INT, "1"},
        {RT_BOOL, KIND_JSON, "true"},
        {RT_TRIAL, KIND_JSON, "false"},
        {RT_UUID, KIND_JSON, ID},
        {RT_INSTANT, KIND_INSTANT, "\"2026-12-01T01:00:00Z\""},
        {RT_DATE, KIND_JSON, "\"2026-12-01\""},
        {RT_MONTH, KIND_JSON, "\"2026-12\""},
        {RT_TEXTS, KIND_JSON, "[]"},
        {RT_JSON, KIND_JSON, "{}"},
    };
    for (size_t i = 0; i < LEN(values); i++) {
        if (values[i].type != field->type)
            continue;
        const char *known = by_name(field->name, values[i].kind);
        put(w, field->name, field->is_nullable && !known ? "null" : known, values[i].json);
    }
    if (field->type != RT_TEXT && field->type != RT_EXTRA)
        return;
    if (field->is_nullable && !by_name(field->name, KIND_TEXT))
        jw_null(w, field->name);
    else
        put_word(field, w);
}

void example_members(const struct reply_field *reply, struct jsonw *w)
{
    for (const struct reply_field *field = reply; field->type != RT_END; field++) {
        if (field->type != RT_HIDDEN)
            put_reply(field, w);
    }
}

void example_reply(const struct reply_field *reply, struct jsonw *w, const char *key)
{
    jw_object(w, key);
    example_members(reply, w);
    jw_end_object(w);
}
