#pragma once
/* One energy counter: from readings to energy that may be booked. Pure; all energy in mWh.
 *
 * The rule: a reading that physics allows (rated power x 1.2 x time, and one step of the register)
 * is booked. A reading below or above that is a candidate: nothing is booked until either a reading
 * fits the old base again (the candidate was a glitch or a spike; the base never moved), or
 * `confirm_count` readings in a row fit each other; then the base moves there, and what was counted
 * since the candidate's first reading is booked. A fall that is a physically possible wrap of the
 * declared modulus is a rollover and booked at once. */

#include "base/attr.h"

struct counter_rule {
    int64_t modulus_mwh;    /* the register wraps to 0 here; 0: none declared */
    int64_t resolution_mwh; /* one step of the register, at least 1 */
    int32_t
        significant_bits;  /* of a floating register (24 for float32): its step grows; 0: fixed */
    int32_t confirm_count; /* readings that make a change believed, at least 1 */
    int64_t rated_mw;      /* most the instrument can draw; 0: unknown, no upper limit */
};

enum counter_class {
    COUNTER_BASELINE, /* first reading: a base, nothing booked */
    COUNTER_NORMAL,   /* booked (also 0) */
    COUNTER_DIP,      /* below the base within one step: noise, base kept */
    COUNTER_PENDING,  /* does not fit: waiting for confirmation, base kept */
    COUNTER_GLITCH,   /* lower readings were wrong: the counter is back; booked from the old base */
    COUNTER_SPIKE,    /* higher readings were wrong: likewise */
    COUNTER_ROLLOVER, /* wrapped: booked across the modulus */
    COUNTER_RESET,    /* stays low: two pieces, `shift_mwh` lies between them */
    COUNTER_REGRESSION, /* fell by less than half and stays: a person decides; pieces like a reset
                         */
    COUNTER_STEP,       /* stays impossibly high: the step is rejected, a person decides */
    COUNTER_REPLACED,   /* another meter: counted on from its first reading */
};

/* By enum counter_class, NULL-terminated: "baseline", ... */
extern const char *const counter_class_names[];

/* Zero-initialised: no base yet. Opaque to callers, but plain, so that it can be stored. */
struct counter_state {
    bool has_base;
    int64_t base_mwh;      /* last reading that was believed */
    int64_t carry_mwh;     /* part of a step that is still allowed on top of the next limit */
    int64_t waited_us;     /* since the base was read */
    int64_t pending_count; /* readings of the candidate; 0: no candidate */
    int64_t first_mwh;     /* the candidate's first and last reading */
    int64_t last_mwh;
    int64_t pending_us; /* since the candidate's first reading */
};

struct counter_step {
    enum counter_class class;
    bool is_ambiguous;
    int64_t booked_mwh; /* >= 0 */
    int64_t shift_mwh;  /* how far the base moved without being booked. Over a counter's life:
                           sum of booked + sum of shift = last base - first base */
};

/* Takes one valid reading, `elapsed_us` (monotonic) after the previous call. Invalid readings (a
 * sentinel, NaN) are not passed in: the base stays. */
struct counter_step counter_step(struct counter_state *state, const struct counter_rule *rule,
                                 int64_t reading_mwh, int64_t elapsed_us);

/* The meter was exchanged, with a record: counts to the old one's final reading (when physics
 * allows it after `elapsed_us` since the last reading, else nothing) and on from the new one's
 * initial reading. */
struct counter_step counter_exchange(struct counter_state *state, const struct counter_rule *rule,
                                     int64_t final_mwh, int64_t initial_mwh, int64_t elapsed_us);

/* The same without a record (the serial number differs): the next reading is a base line. */
struct counter_step counter_replace(struct counter_state *state);

/* Most that may be booked in `elapsed_us`: rated power x 1.2; INT64_MAX when the power is unknown.
 */
int64_t counter_limit_mwh(const struct counter_rule *rule, int64_t elapsed_us);

/* One step of the register at this reading. */
int64_t counter_resolution_mwh(const struct counter_rule *rule, int64_t reading_mwh);
