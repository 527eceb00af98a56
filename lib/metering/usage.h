#pragma once
/* Reconciliation: what was reserved, what was logged and what the meter saw become the quantity
 * that is billed. Pure. The three times stay side by side; the charge basis picks. */

#include "metering/run_state.h"

enum usage_basis {
    USAGE_RESERVED, /* the booking's length */
    USAGE_USED,     /* run time within the session; the session where there is no meter */
    USAGE_OVERAGE,  /* the booking, and use outside of it */
    USAGE_GREATER,  /* the greater of reserved and used */
    USAGE_UNION,    /* from the earliest start to the latest end of booking and use */
    USAGE_LOGGED,   /* the session's length */
    USAGE_PER_UNIT, /* pieces, entered by people: no time is billed */
};

enum usage_reason { /* why a person must look first; the gravest one */
                    USAGE_NOT_HELD,
                    USAGE_HELD_FORGOTTEN,  /* nobody closed the session when it ended */
                    USAGE_HELD_SUSPECT,    /* evidence is marked suspect or ambiguous */
                    USAGE_HELD_UNOBSERVED, /* there is a meter, and it saw nothing of the session */
                    USAGE_HELD_ESTIMATED,  /* more of the energy is estimated than the limit allows
                                            */
                    USAGE_HELD_DIFFERENCE, /* logged and metered differ by more than the tolerance
                                            */
};

/* NULL-terminated, by the enums; usage_reason_names[0] is "". */
extern const char *const usage_basis_names[];
extern const char *const usage_reason_names[];

struct usage_rule {
    enum usage_basis basis;
    int64_t tolerance_s;
    bool bills_unobserved; /* unobserved time counts as use, but never beyond the booked time */
    bool has_meter;
    int32_t estimated_percent; /* more than this of the energy estimated: held; 5 */
};

struct usage_interval {
    int64_t from_us; /* [from, to); INSTANT_NONE: there is none */
    int64_t to_us;
};

struct usage_input {
    struct usage_interval reserved; /* none: a session without a booking; the basis is then `used`
                                       where it names the booking */
    struct usage_interval logged;   /* the session */
    const struct run_span *spans;   /* of the resource, in order; the open one with end_us = how far
                                       it   was observed */
    size_t span_count;
    bool was_forgotten; /* it was closed long after its time: its end is not to be believed */
};

/* A part of a span that lies in the session: energy of the part is shared by time, sums are kept.
 */
struct usage_evidence {
    size_t span; /* index into input.spans */
    int64_t from_us;
    int64_t to_us;
    int64_t energy_mwh;
};

struct usage_result {
    int64_t reserved_s; /* the three times, whole seconds, and 0 where there is none */
    int64_t logged_s;
    int64_t metered_s;
    int64_t metered_from_us; /* first and last moment of run in the session, or INSTANT_NONE */
    int64_t metered_to_us;
    int64_t unobserved_s; /* of the session; 0 without a meter */
    int64_t energy_mwh;
    int64_t billable_s;
    uint32_t quality;
    enum usage_reason held; /* USAGE_NOT_HELD: ready */
    size_t evidence_count;
};

enum {
    USAGE_E_INTERVAL = 1, /* a session that is absent, or an end before its start */
};

/* `ret_evidence`: room for input->span_count entries, from the caller. Seconds are whole ones,
 * parts dropped. 0 or USAGE_E_INTERVAL. */
must_check int usage_reconcile(const struct usage_input *input, const struct usage_rule *rule,
                               struct usage_result *ret, struct usage_evidence *ret_evidence);

/* Run time of a span that no booking and no session claims, microseconds; `claimed` ordered by
 * start, may overlap. 0 for a span that is no run: an unclaimed run is shown to a technician, never
 * billed. */
int64_t usage_unclaimed_us(const struct run_span *span, const struct usage_interval *claimed,
                           size_t count);
