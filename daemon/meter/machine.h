#pragma once
/* The run-state machines, one a resource. A batch of samples is run on copies: they take the place
 * of the machines once the database has stored what came out (machines_commit), or are forgotten
 * (machines_begin), so that a failed batch changes nothing. */

#include "base/arena.h"
#include "meter/report.h"
#include "meter/settings.h"

struct machines;

struct machines *machines_new(struct report *report);
void machines_free(struct machines *machines); /* NULL is accepted */

/* Takes over rules and meters. A machine that is there goes on from where it is, since it knows
 * more than what `settings` read; a new one begins with the stored state. Machines and meters are
 * never taken away: samples of a meter that is not polled any more may still wait in the spool. */
void machines_apply(struct machines *machines, const struct settings *settings);

/* Begins a batch. */
void machines_begin(struct machines *machines);

/* A span that a batch closed or left open. */
struct machine_span {
    struct uuid resource;
    struct run_span span;
    bool is_open;
};

/* The memory of a machine after a batch. */
struct machine_memory {
    struct uuid resource;
    int64_t observed_us;
    size_t json_at; /* in the text given to machines_finish() */
    size_t json_len;
};

enum machine_taken {
    MACHINE_TAKEN,   /* by its machine, also when it had taken this sample before */
    MACHINE_LATE,    /* older than what its machine has seen: evidence only */
    MACHINE_UNKNOWN, /* no machine knows this meter, or its state can't be read: evidence only */
};

/* Takes the batch's next sample; spans that it closes are appended to `spans` (struct
 * machine_span). */
enum machine_taken machines_step(struct machines *machines, const struct meter_sample *sample,
                                 struct buf *spans);

/* Ends the batch's samples: appends the open span and the memory (struct machine_memory) of every
 * machine that took some, its JSON to `json`. */
void machines_finish(struct machines *machines, struct buf *spans, struct buf *memories,
                     struct buf *json);

/* The batch is stored: the copies are the machines now. What a person may want to know of it (a
 * counter that was reset, a clock that was set) goes to the log. */
void machines_commit(struct machines *machines);
