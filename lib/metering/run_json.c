#include <string.h>

#include "base/field.h"
#include "metering/run_parts.h"

/* One table for both directions: rows of the state's own members. */

#define ANY_INT(st, member)                                                                        \
    FIELD_INT(st, member, FIELD_NEEDED, -SAMPLE_VALUE_MAX, SAMPLE_VALUE_MAX, 0, "")
#define COUNT(st, member) FIELD_INT(st, member, FIELD_NEEDED, 0, SAMPLE_VALUE_MAX, 0, "")
#define FLAG(st, member)  FIELD_BOOL(st, member, false, "")

static const struct field counter_fields[] = {FLAG(struct counter_state, has_base),
                                              ANY_INT(struct counter_state, base_mwh),
                                              ANY_INT(struct counter_state, carry_mwh),
                                              COUNT(struct counter_state, waited_us),
                                              COUNT(struct counter_state, pending_count),
                                              ANY_INT(struct counter_state, first_mwh),
                                              ANY_INT(struct counter_state, last_mwh),
                                              COUNT(struct counter_state, pending_us),
                                              FIELD_END};

static const struct field source_fields[] = {
    FIELD_UUID(struct run_source, meter, "meter", FIELD_NEEDED, ""),
    COUNT(struct run_source, seq),
    COUNT(struct run_source, heard_age_us),
    FLAG(struct run_source, has_power),
    FLAG(struct run_source, has_contact),
    FLAG(struct run_source, contact),
    ANY_INT(struct run_source, power_mw),
    COUNT(struct run_source, power_age_us),
    COUNT(struct run_source, contact_age_us),
    COUNT(struct run_source, read_age_us),
    COUNT(struct run_source, still_us),
    COUNT(struct run_source, still_uj),
    FIELD_OBJECT(struct run_source, counter, FIELD_NEEDED, counter_fields, ""),
    FIELD_END};

static const struct field piece_fields[] = {
    FIELD_ENUM(struct run_piece, state, FIELD_NEEDED, run_status_names, 0, ""),
    ANY_INT(struct run_piece, start_us),
    ANY_INT(struct run_piece, energy_mwh),
    COUNT(struct run_piece, weight_uj),
    COUNT(struct run_piece, wait_us),
    COUNT(struct run_piece, quality),
    FIELD_END};

struct state_doc {
    int64_t version;
    struct run_state state;
    struct field_list sources;
    struct field_list pieces;
};

#define STATE(type, member)                                                                        \
    {                                                                                              \
#member, type, FIELD_NEEDED, -SAMPLE_VALUE_MAX, SAMPLE_VALUE_MAX, 0,                       \
            offsetof(struct state_doc, state.member), 0, NULL, NULL, ""                            \
    }

static const struct field state_fields[] = {
    FIELD_INT(struct state_doc, version, FIELD_NEEDED, RUN_STATE_VERSION, RUN_STATE_VERSION, 0, ""),
    STATE(FT_INT, ordinal),
    STATE(FT_INT, run_no),
    STATE(FT_BOOL, is_after_run),
    STATE(FT_BOOL, has_time),
    STATE(FT_BOOL, is_power_on),
    STATE(FT_INT, at_us),
    STATE(FT_INT, mono_us),
    STATE(FT_INT, now_us),
    STATE(FT_INT, decided_us),
    STATE(FT_BOOL, is_differing),
    STATE(FT_INT, differ_us),
    STATE(FT_INT, pool_mwh),
    {"since", FT_OBJECT, FIELD_NEEDED, 0, 0, 0, offsetof(struct state_doc, state.since), 0, NULL,
     piece_fields, ""},
    FIELD_OBJECTS(struct state_doc, sources, FIELD_NEEDED, RUN_SOURCES_MAX, struct run_source,
                  source_fields, ""),
    FIELD_OBJECTS(struct state_doc, pieces, FIELD_NEEDED, RUN_PIECES_MAX, struct run_piece,
                  piece_fields, ""),
    FIELD_END};

static void write_rows(struct jsonw *w, const struct field *rows, const void *from);

static void write_list(struct jsonw *w, const struct field *row, const struct field_list *list)
{
    jw_array(w, row->name);
    for (size_t i = 0; i < list->count; i++) {
        jw_object(w, NULL);
        write_rows(w, row->rows, (const char *)list->items + i * row->size);
        jw_end_object(w);
    }
    jw_end_array(w);
}

/* Only the types that the tables above use. */
static void write_row(struct jsonw *w, const struct field *row, const void *at)
{
    char text[UUID_TEXT_MAX];

    if (row->type == FT_INT) {
        jw_int(w, row->name, *(const int64_t *)at);
    } else if (row->type == FT_BOOL) {
        jw_bool(w, row->name, *(const bool *)at);
    } else if (row->type == FT_ENUM) {
        jw_cstr(w, row->name, row->names[*(const int *)at]);
    } else if (row->type == FT_UUID) {
        uuid_format(*(const struct uuid *)at, text);
        jw_cstr(w, row->name, text);
    } else if (row->type == FT_OBJECTS) {
        write_list(w, row, at);
    } else {
        jw_object(w, row->name);
        write_rows(w, row->rows, at);
        jw_end_object(w);
    }
}

static void write_rows(struct jsonw *w, const struct field *rows, const void *from)
{
    for (const struct field *row = rows; row->type != FT_END; row++)
        write_row(w, row, (const char *)from + row->offset);
}

void run_state_encode(const struct run_state *state, struct buf *out)
{
    struct state_doc doc = {.version = RUN_STATE_VERSION, .state = *state};
    struct jsonw w = jsonw(out);

    doc.sources = (struct field_list){doc.state.source, state->source_count};
    doc.pieces = (struct field_list){doc.state.piece, state->piece_count};
    jw_object(&w, NULL);
    write_rows(&w, state_fields, &doc);
    jw_end_object(&w);
}

/* The order in time that the machine relies on. */
static bool is_in_order(const struct run_state *state)
{
    for (size_t i = 1; i < state->piece_count; i++)
        if (state->piece[i].start_us < state->piece[i - 1].start_us ||
            state->piece[i].state == state->piece[i - 1].state)
            return false;
    return state->piece[state->piece_count - 1].start_us <= state->decided_us &&
           state->decided_us <= state->now_us && state->ordinal > 0;
}

int run_state_decode(const struct json *doc, struct arena *arena, struct run_state *ret,
                     struct problem *problem)
{
    struct state_doc *in = arena_alloc(arena, sizeof(*in));

    if (!field_decode(state_fields, doc, arena, in, problem))
        return 1;
    if (in->pieces.count == 0) {
        problem_add(problem, CODE_too_short, "/pieces", fact_int(1), fact_int(0));
        return 1;
    }
    *ret = in->state;
    ret->source_count = in->sources.count;
    for (size_t i = 0; i < in->sources.count; i++)
        ret->source[i] = ((const struct run_source *)in->sources.items)[i];
    ret->piece_count = in->pieces.count;
    memcpy(ret->piece, in->pieces.items, in->pieces.count * sizeof(ret->piece[0]));
    if (!is_in_order(ret)) {
        problem_add(problem, CODE_bad_format, "/pieces", NO_FACT, NO_FACT);
        return 1;
    }
    return 0;
}
