#pragma once
/* What an instrument did: from samples to spans of off, idle, run and unknown, one machine a
 * resource. Pure: the same samples in the same order give the same spans, also when the state was
 * stored and restored in between. Spans follow each other without a hole and their energies add up
 * to the counter's booked difference: sum of spans + run_state_unattributed = what the counters
 * booked (plus, where there is no counter, the power integral, marked `estimated`). */

#include "base/arena.h"
#include "base/instant.h"
#include "base/problem.h"
#include "metering/counter.h"
#include "metering/sample.h"

#define RUN_SOURCES_MAX   4  /* meters of one resource */
#define RUN_PIECES_MAX    12 /* undecided stretches kept at once */
#define RUN_CLOSED_MAX    (RUN_PIECES_MAX + 2)
#define RUN_STATE_VERSION 1

enum run_status { RUN_OFF, RUN_IDLE, RUN_RUN, RUN_UNKNOWN };
enum run_basis { RUN_BY_CONTACT, RUN_BY_POWER, RUN_BY_BOTH };

/* NULL-terminated, by the enums: the words of the database. */
extern const char *const run_status_names[];
extern const char *const run_basis_names[];

/* Mirrors table run_rule; confirm_count is in `counter`. */
struct run_rule {
    enum run_basis basis;
    int32_t on_w;                /* run from here */
    int32_t off_w;               /* no run below; <= on_w */
    int32_t standby_w;           /* off below */
    int32_t contact_on_ms;       /* how long the contact must stay closed / open to be believed, */
    int32_t contact_off_ms;      /* back-dated; the latter also for changes between off and idle */
    int32_t hold_ms;             /* a pause shorter than this belongs to the run */
    int32_t gap_ms;              /* longer without a deciding sample: unknown */
    struct counter_rule counter; /* of the resource's energy meter */
};

/* The defaults of table run_rule, by contact and power, no counter limits. */
#define RUN_RULE_DEFAULT                                                                           \
    ((struct run_rule){RUN_BY_BOTH, 400, 200, 15, 2000, 5000, 60000, 30000, {0, 1, 0, 3, 0}})

struct run_span {
    int64_t ordinal; /* counted by the machine from 1 */
    int64_t run_no;  /* RUN_RUN: the run's number, the same on both sides of a gap; else 0 */
    enum run_status state;
    int64_t start_us; /* [start, end), wall clock */
    int64_t end_us;
    int64_t energy_mwh;
    uint32_t quality;
};

/* A stretch of one state, still open or undecided. */
struct run_piece {
    enum run_status state;
    int64_t start_us;
    int64_t energy_mwh;
    int64_t weight_uj; /* power integral since energy was last shared out */
    int64_t wait_us;   /* time since then */
    int64_t quality;   /* enum quality */
};

struct run_source {
    struct uuid meter;
    int64_t seq;          /* last one taken */
    int64_t heard_age_us; /* since then */
    bool has_power;
    bool has_contact;
    bool contact;
    int64_t power_mw;
    int64_t power_age_us; /* since it was read */
    int64_t contact_age_us;
    int64_t read_age_us; /* the counter's */
    int64_t still_us;    /* since the counter moved */
    int64_t still_uj;    /* power integral of that time */
    struct counter_state counter;
};

/* Plain and without pointers; its members are the machine's own business. */
struct run_state {
    int64_t ordinal; /* of piece[0] */
    int64_t run_no;
    bool is_after_run; /* the last span that was not unknown was a run */
    bool has_time;     /* a sample was taken */
    bool is_power_on;  /* between the two thresholds: where it came from */
    int64_t at_us;     /* last sample: wall, monotonic */
    int64_t mono_us;
    int64_t now_us;     /* the machine's own time line: wall clock, advanced by monotonic time */
    int64_t decided_us; /* last moment whose state was observed */
    bool is_differing;  /* contact and power contradict each other, */
    int64_t differ_us;  /* since then */
    int64_t pool_mwh;   /* booked by counters, not yet in a piece (negative: estimates are ahead) */
    struct run_piece since; /* from decided_us to now_us */
    size_t source_count;
    struct run_source source[RUN_SOURCES_MAX];
    size_t piece_count; /* >= 1; [0] is the open span, the rest undecided */
    struct run_piece piece[RUN_PIECES_MAX];
};

/* What one step did. */
struct run_edges {
    size_t closed_count;
    struct run_span closed[RUN_CLOSED_MAX]; /* final, in order */
    struct run_span open;                   /* see run_state_open */
    bool has_counter_step;                  /* the sample had energy: */
    struct counter_step counter;
    int64_t
        clock_step_us; /* the wall clock moved by this against the monotonic one; 0: it didn't */
};

enum {
    RUN_E_DUPLICATE = 1, /* this meter's seq was taken already */
    RUN_E_LATE = 2,      /* older than a sample that was taken */
    RUN_E_SOURCES = 3,   /* too many meters live on one resource */
};

/* Starts with an open `unknown` span at `wall_us`, ordinal 1. */
void run_state_init(struct run_state *state, int64_t wall_us);

/* Takes one sample; samples come in the order of their own time. Time that passes without samples
 * shows at the next one. A value beyond SAMPLE_VALUE_MAX counts as absent. 0 = taken; positive =
 * ignored, the state is unchanged and `out` holds only the open span. */
must_check int run_state_step(struct run_state *state, const struct run_rule *rule,
                              const struct meter_sample *sample, struct run_edges *out);

/* The open span. end_us is how far its state is certain: store it as observed_until. A pause within
 * the hold time is not certain yet, nor is anything after the last deciding sample. Its energy
 * includes what the counter hasn't shown yet. */
struct run_span run_state_open(const struct run_state *state, const struct run_rule *rule);

/* Energy booked by the counters and not in any span, mWh: of undecided stretches, and
 * (negative) estimates that are ahead of a coarse counter. */
int64_t run_state_unattributed(const struct run_state *state);

/* The state as JSON with its version, and back, exactly: step(decode(encode(s)), x) = step(s, x).
 * 0, or 1 when `doc` is no state of a known version (*ret is not to be used then); `problem` says
 * why. */
void run_state_encode(const struct run_state *state, struct buf *out);
must_check int run_state_decode(const struct json *doc, struct arena *arena, struct run_state *ret,
                                struct problem *problem);
