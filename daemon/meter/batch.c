#include "meter/batch.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "schema/queries.h"

/* Columns of the statement, as the arrays that it wants. */
struct columns {
    struct uuid *meters;
    int64_t *seqs, *ats, *monos, *halves, *powers, *energies, *contacts, *qualities;
    struct uuid *span_resources;
    int64_t *span_ordinals, *span_starts, *span_ends, *span_energies, *span_qualities;
    struct str *span_states;
    struct uuid *memory_resources;
    struct str *memories;
    int64_t *memory_versions, *memory_observed;
};

#define PARAMS    20
#define SHOWN_MAX 256 /* bytes of a record that can't be decoded: all of any likely version */

struct batch {
    struct arena *arena;
    struct batch_counts counts;
    struct meter_sample *samples;
    struct buf spans;    /* of struct machine_span */
    struct buf memories; /* of struct machine_memory */
    struct buf json;
    struct pg_param params[PARAMS];
    struct pg_query query;
};

/* ---------------------------------------------------------------- from records to samples */

static void log_undecodable(const struct spool_record *record)
{
    char hex[2 * SHOWN_MAX + 1];
    struct str data = record->data;
    size_t shown = data.len < SHOWN_MAX ? data.len : SHOWN_MAX;

    secret_hex((const uint8_t *)data.ptr, shown, hex);
    log_error("record_undecodable", LI("id", record->id), LI("length", data.len), LS("hex", hex));
}

static void take_record(struct batch *batch, struct machines *machines,
                        const struct spool_record *record)
{
    struct meter_sample *sample = &batch->samples[batch->counts.samples];

    batch->counts.last_id = record->id;
    if (sample_decode((const uint8_t *)record->data.ptr, record->data.len, sample)) {
        batch->counts.undecodable++;
        log_undecodable(record);
        return;
    }
    batch->counts.samples++;
    enum machine_taken taken = machines_step(machines, sample, &batch->spans);
    batch->counts.late += taken == MACHINE_LATE;
    batch->counts.unknown += taken == MACHINE_UNKNOWN;
}

/* ---------------------------------------------------------------- from samples to parameters */

static int64_t *ints(struct batch *batch, size_t count)
{
    return arena_array(batch->arena, count + 1, sizeof(int64_t));
}

static struct pg_param *fill_samples(struct batch *batch, struct columns *c, struct pg_param *param)
{
    size_t count = batch->counts.samples;
    int64_t **const numbers[] = {&c->seqs,   &c->ats,      &c->monos,    &c->halves,
                                 &c->powers, &c->energies, &c->contacts, &c->qualities};

    c->meters = arena_array(batch->arena, count + 1, sizeof(*c->meters));
    for (size_t i = 0; i < LEN(numbers); i++)
        *numbers[i] = ints(batch, count);
    for (size_t i = 0; i < count; i++) {
        const struct meter_sample *sample = &batch->samples[i];
        c->meters[i] = sample->meter;
        c->seqs[i] = sample->seq;
        c->ats[i] = sample->at_us;
        c->monos[i] = sample->mono_us;
        c->halves[i] = sample->half_us;
        c->powers[i] = sample->has & SAMPLE_POWER ? sample->power_mw : INT64_MIN;
        c->energies[i] = sample->has & SAMPLE_ENERGY ? sample->energy_mwh : INT64_MIN;
        c->contacts[i] = sample->has & SAMPLE_CONTACT ? sample->contact : INT64_MIN;
        c->qualities[i] = sample->quality;
    }
    *param++ = pg_uuids(c->meters, count);
    *param++ = pg_ints(c->seqs, count);
    *param++ = pg_instants(c->ats, count);
    *param++ = pg_ints(c->monos, count);
    *param++ = pg_ints(c->halves, count);
    *param++ = pg_ints(c->powers, count);
    *param++ = pg_ints(c->energies, count);
    *param++ = pg_ints(c->contacts, count);
    *param++ = pg_ints(c->qualities, count);
    return param;
}

static struct pg_param *fill_spans(struct batch *batch, struct columns *c, struct pg_param *param)
{
    const struct machine_span *spans = (const void *)batch->spans.data;
    size_t count = batch->spans.len / sizeof(*spans);
    int64_t **const numbers[] = {&c->span_ordinals, &c->span_starts, &c->span_ends,
                                 &c->span_energies, &c->span_qualities};

    c->span_resources = arena_array(batch->arena, count + 1, sizeof(*c->span_resources));
    c->span_states = arena_array(batch->arena, count + 1, sizeof(*c->span_states));
    for (size_t i = 0; i < LEN(numbers); i++)
        *numbers[i] = ints(batch, count);
    for (size_t i = 0; i < count; i++) {
        const struct run_span *span = &spans[i].span;
        c->span_resources[i] = spans[i].resource;
        c->span_ordinals[i] = span->ordinal;
        c->span_states[i] = str_of(run_status_names[span->state]);
        c->span_starts[i] = span->start_us;
        c->span_ends[i] = spans[i].is_open ? INSTANT_NONE : span->end_us;
        c->span_energies[i] = span->energy_mwh;
        c->span_qualities[i] = span->quality;
    }
    *param++ = pg_uuids(c->span_resources, count);
    *param++ = pg_ints(c->span_ordinals, count);
    *param++ = pg_texts(c->span_states, count);
    *param++ = pg_instants(c->span_starts, count);
    *param++ = pg_instants(c->span_ends, count);
    *param++ = pg_ints(c->span_energies, count);
    *param++ = pg_ints(c->span_qualities, count);
    return param;
}

static struct pg_param *fill_memories(struct batch *batch, struct columns *c,
                                      struct pg_param *param)
{
    const struct machine_memory *memories = (const void *)batch->memories.data;
    size_t count = batch->memories.len / sizeof(*memories);

    c->memory_resources = arena_array(batch->arena, count + 1, sizeof(*c->memory_resources));
    c->memories = arena_array(batch->arena, count + 1, sizeof(*c->memories));
    c->memory_versions = ints(batch, count);
    c->memory_observed = ints(batch, count);
    for (size_t i = 0; i < count; i++) {
        c->memory_resources[i] = memories[i].resource;
        c->memories[i] = (struct str){batch->json.data + memories[i].json_at, memories[i].json_len};
        c->memory_versions[i] = RUN_STATE_VERSION;
        c->memory_observed[i] = memories[i].observed_us;
    }
    *param++ = pg_uuids(c->memory_resources, count);
    *param++ = pg_texts(c->memories, count);
    *param++ = pg_ints(c->memory_versions, count);
    *param++ = pg_instants(c->memory_observed, count);
    return param;
}

/* ---------------------------------------------------------------- the batch */

struct batch *batch_new(struct machines *machines, const struct spool_record *records, size_t count)
{
    struct arena *arena = arena_new();
    struct batch *batch = arena_alloc(arena, sizeof(*batch));
    struct columns *columns = arena_alloc(arena, sizeof(*columns));

    batch->arena = arena;
    batch->counts.records = count;
    batch->samples = arena_array(arena, count + 1, sizeof(*batch->samples));
    machines_begin(machines);
    for (size_t i = 0; i < count; i++)
        take_record(batch, machines, &records[i]);
    machines_finish(machines, &batch->spans, &batch->memories, &batch->json);
    struct pg_param *end = fill_samples(batch, columns, batch->params);
    end = fill_spans(batch, columns, end);
    fill_memories(batch, columns, end);
    batch->query = (struct pg_query){&q_ingest_samples, batch->params};
    return batch;
}

void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    buf_fini(&batch->spans);
    buf_fini(&batch->memories);
    buf_fini(&batch->json);
    arena_free(batch->arena);
}

const struct pg_query *batch_query(const struct batch *batch)
{
    return &batch->query;
}

struct arena *batch_arena(const struct batch *batch)
{
    return batch->arena;
}

struct batch_counts batch_counts(const struct batch *batch)
{
    return batch->counts;
}

void batch_log_sample(const struct batch *batch, const char *reason)
{
    const struct meter_sample *sample = &batch->samples[0];
    char meter[UUID_TEXT_MAX], at[INSTANT_TEXT_MAX];

    if (batch->counts.samples != 1)
        return;
    uuid_format(sample->meter, meter);
    instant_format(sample->at_us, at);
    log_error("sample_refused", LS("meter", meter), LI("seq", sample->seq), LS("at", at),
              LI("mono_us", sample->mono_us), LI("half_us", sample->half_us),
              LI("has", sample->has), LI("power_mw", sample->power_mw),
              LI("energy_mwh", sample->energy_mwh), LI("contact", sample->contact),
              LI("quality", sample->quality), LS("reason", reason));
}
