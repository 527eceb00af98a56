#pragma once
/* The parts of the run-state machine, of no use to others. */

#include "metering/run_state.h"

#define US_PER_MS  1000
#define UJ_PER_MWH INT64_C(3600000)

/* ---- run_energy.c: what the counters booked, shared among the pieces */

/* True when a counter stands behind the energy. */
bool run_has_counter(const struct run_state *state);

/* Lets `elapsed_us` of the last known power pass, in `since`. */
void run_energy_pass(struct run_state *state, const struct run_rule *rule, int64_t elapsed_us);

/* A new power reading of a source: the trapezoid replaces the rectangle of its last interval. */
void run_energy_power(struct run_state *state, const struct run_rule *rule,
                      struct run_source *source, int64_t power_mw);

/* A counter booked `booked_mwh`: shares it among pieces and `since`, marking those that get some.
 */
void run_energy_book(struct run_state *state, const struct run_rule *rule, int64_t booked_mwh,
                     uint32_t quality);

/* Energy of the piece by its power integral that no booking has covered yet. */
int64_t run_energy_estimate(const struct run_state *state, const struct run_rule *rule,
                            const struct run_piece *piece);

/* The piece, which ends where `next` starts, gets its estimate for good; what is less than 1 mWh
 * goes on to `next`. */
void run_energy_close(struct run_state *state, const struct run_rule *rule, struct run_piece *piece,
                      struct run_piece *next);

/* ---- run_settle.c: which pieces become spans */

/* Adds the energy, weights and marks of `from` to `to`. */
void run_piece_merge(struct run_piece *to, const struct run_piece *from);

/* The state is `status` from `start_us` on. */
void run_push(struct run_state *state, enum run_status status, int64_t start_us);

/* Merges what is too short and closes what is certain. */
void run_settle(struct run_state *state, const struct run_rule *rule, struct run_edges *out);
