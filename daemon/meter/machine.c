#include "meter/machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <uthash.h>

#include "base/mem.h"

struct machine {
    struct uuid resource;
    struct run_rule rule;
    bool has_state; /* false until its first sample */
    bool is_bad;
    struct run_state state;
    bool is_touched; /* by the batch: `next` is the copy it runs on */
    struct run_state next;
    STAILQ_ENTRY(machine) entry;
    UT_hash_handle hh;
};

struct machine_meter {
    struct uuid id;
    char code[64];
    struct machine *machine;
    UT_hash_handle hh;
};

/* Something worth a line in the log, told when its batch is stored. */
struct note {
    const struct machine_meter *meter;
    int64_t at_us;
    int64_t clock_step_us;
    bool has_counter;
    struct counter_step counter;
};

#define NOTES_MAX 64 /* of one batch */

struct machines {
    struct report *report;
    struct machine *all;
    struct machine_meter *meters;
    STAILQ_HEAD(, machine) touched;
    size_t note_count;
    struct note notes[NOTES_MAX];
};

struct machines *machines_new(struct report *report)
{
    struct machines *machines = mem_zalloc(1, sizeof(*machines));
    machines->report = report;
    STAILQ_INIT(&machines->touched);
    return machines;
}

void machines_free(struct machines *machines)
{
    struct machine *machine, *next_machine;
    struct machine_meter *meter, *next_meter;

    if (!machines)
        return;
    HASH_ITER(hh, machines->meters, meter, next_meter)
    {
        HASH_DEL(machines->meters, meter);
        free(meter);
    }
    HASH_ITER(hh, machines->all, machine, next_machine)
    {
        HASH_DEL(machines->all, machine);
        free(machine);
    }
    free(machines);
}

/* ---------------------------------------------------------------- settings */

static struct machine *machine_of(const struct machines *machines, struct uuid resource)
{
    struct machine *machine;
    HASH_FIND(hh, machines->all, &resource, sizeof(resource), machine);
    return machine;
}

static struct machine_meter *meter_of(const struct machines *machines, struct uuid id)
{
    struct machine_meter *meter;
    HASH_FIND(hh, machines->meters, &id, sizeof(id), meter);
    return meter;
}

static void apply_resource(struct machines *machines, const struct resource_settings *resource)
{
    struct machine *machine = machine_of(machines, resource->id);

    if (!machine) {
        machine = mem_zalloc(1, sizeof(*machine));
        machine->resource = resource->id;
        machine->has_state = resource->has_state;
        machine->is_bad = resource->is_state_bad;
        machine->state = resource->state;
        HASH_ADD(hh, machines->all, resource, sizeof(machine->resource), machine);
    }
    machine->rule = resource->rule;
}

static void apply_meter(struct machines *machines, const struct meter_settings *settings)
{
    struct machine_meter *meter = meter_of(machines, settings->id);

    if (!meter) {
        meter = mem_zalloc(1, sizeof(*meter));
        meter->id = settings->id;
        HASH_ADD(hh, machines->meters, id, sizeof(meter->id), meter);
    }
    memcpy(meter->code, settings->code, sizeof(meter->code));
    meter->machine = machine_of(machines, settings->resource);
}

void machines_apply(struct machines *machines, const struct settings *settings)
{
    char text[UUID_TEXT_MAX];

    for (size_t i = 0; i < settings->resource_count; i++) {
        const struct resource_settings *resource = &settings->resources[i];
        apply_resource(machines, resource);
        uuid_format(resource->id, text);
        if (resource->is_state_bad)
            log_error("run_state_unreadable", LS("resource", text),
                      LS("effect", "samples are kept, spans are not derived"));
    }
    for (size_t i = 0; i < settings->meter_count; i++)
        apply_meter(machines, &settings->meters[i]);
}

/* ---------------------------------------------------------------- batches */

void machines_begin(struct machines *machines)
{
    struct machine *machine;

    STAILQ_FOREACH(machine, &machines->touched, entry)
    machine->is_touched = false;
    STAILQ_INIT(&machines->touched);
    machines->note_count = 0;
}

static void touch(struct machines *machines, struct machine *machine, int64_t at_us)
{
    if (machine->is_touched)
        return;
    machine->is_touched = true;
    if (machine->has_state)
        machine->next = machine->state;
    else
        run_state_init(&machine->next, at_us);
    STAILQ_INSERT_TAIL(&machines->touched, machine, entry);
}

static void add_span(struct buf *spans, const struct machine *machine, const struct run_span *span,
                     bool is_open)
{
    const struct machine_span item = {machine->resource, *span, is_open};
    buf_add(spans, &item, sizeof(item));
}

static bool is_notable(const struct run_edges *edges)
{
    return edges->clock_step_us != 0 ||
           (edges->has_counter_step && edges->counter.class >= COUNTER_GLITCH);
}

static void take_note(struct machines *machines, const struct machine_meter *meter,
                      const struct meter_sample *sample, const struct run_edges *edges)
{
    if (!is_notable(edges) || machines->note_count == NOTES_MAX)
        return;
    machines->notes[machines->note_count++] = (struct note){
        .meter = meter,
        .at_us = sample->at_us,
        .clock_step_us = edges->clock_step_us,
        .has_counter = edges->has_counter_step && edges->counter.class >= COUNTER_GLITCH,
        .counter = edges->counter,
    };
}

enum machine_taken machines_step(struct machines *machines, const struct meter_sample *sample,
                                 struct buf *spans)
{
    const struct machine_meter *meter = meter_of(machines, sample->meter);
    struct machine *machine = meter ? meter->machine : NULL;
    struct run_edges edges;

    if (!machine || machine->is_bad)
        return MACHINE_UNKNOWN;
    touch(machines, machine, sample->at_us);
    int r = run_state_step(&machine->next, &machine->rule, sample, &edges);
    if (r == RUN_E_DUPLICATE)
        return MACHINE_TAKEN;
    if (r)
        return MACHINE_LATE;
    for (size_t i = 0; i < edges.closed_count; i++)
        add_span(spans, machine, &edges.closed[i], false);
    take_note(machines, meter, sample, &edges);
    return MACHINE_TAKEN;
}

void machines_finish(struct machines *machines, struct buf *spans, struct buf *memories,
                     struct buf *json)
{
    struct machine *machine;

    STAILQ_FOREACH(machine, &machines->touched, entry)
    {
        struct run_span open = run_state_open(&machine->next, &machine->rule);
        struct machine_memory memory = {machine->resource, open.end_us, json->len, 0};
        add_span(spans, machine, &open, true);
        run_state_encode(&machine->next, json);
        memory.json_len = json->len - memory.json_at;
        buf_add(memories, &memory, sizeof(memory));
    }
}

static void tell(struct report *report, const struct note *note)
{
    char at[INSTANT_TEXT_MAX];

    instant_format(note->at_us, at);
    if (note->clock_step_us != 0)
        report_event(report, LOG_WARN, "clock_step", LS("meter", note->meter->code), LS("at", at),
                     LI("step_us", note->clock_step_us));
    if (note->has_counter)
        report_event(report, LOG_WARN, "counter_event", LS("meter", note->meter->code),
                     LS("at", at), LS("class", counter_class_names[note->counter.class]),
                     LI("booked_mwh", note->counter.booked_mwh),
                     LI("shift_mwh", note->counter.shift_mwh));
}

void machines_commit(struct machines *machines)
{
    struct machine *machine;

    STAILQ_FOREACH(machine, &machines->touched, entry)
    {
        machine->state = machine->next;
        machine->has_state = true;
    }
    for (size_t i = 0; i < machines->note_count; i++)
        tell(machines->report, &machines->notes[i]);
    machines_begin(machines);
}
