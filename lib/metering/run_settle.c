#include <assert.h>
#include <string.h>

#include "metering/run_parts.h"

/* Pieces are stretches of what the samples said; piece[0] is the open span. A later piece becomes a
 * span once nothing that may still come can make it part of the one before: contacts bounce, runs
 * pause. Changes are thereby dated back to their first sample. */

static bool is_rest(enum run_status status)
{
    return status == RUN_OFF || status == RUN_IDLE;
}

/* How long a run / a rest after a run must last to be believed. */
static int64_t on_delay_us(const struct run_rule *rule)
{
    return rule->basis == RUN_BY_POWER ? 0 : (int64_t)rule->contact_on_ms * US_PER_MS;
}

static int64_t off_delay_us(const struct run_rule *rule)
{
    int32_t ms = rule->hold_ms;
    if (rule->basis != RUN_BY_POWER && rule->contact_off_ms > ms)
        ms = rule->contact_off_ms;
    return (int64_t)ms * US_PER_MS;
}

static int64_t lasts_us(const struct run_state *state, size_t k)
{
    int64_t end = k + 1 < state->piece_count ? state->piece[k + 1].start_us : state->decided_us;
    return end - state->piece[k].start_us;
}

static bool is_believed_run(const struct run_state *state, const struct run_rule *rule, size_t k)
{
    return state->piece[k].state == RUN_RUN && lasts_us(state, k) >= on_delay_us(rule);
}

void run_piece_merge(struct run_piece *to, const struct run_piece *from)
{
    to->energy_mwh += from->energy_mwh;
    to->weight_uj += from->weight_uj;
    to->wait_us += from->wait_us;
    to->quality |= from->quality;
}

static void remove_piece(struct run_state *state, size_t k)
{
    memmove(&state->piece[k], &state->piece[k + 1],
            (state->piece_count - k - 1) * sizeof(state->piece[0]));
    state->piece_count--;
}

/* Piece k becomes part of the one before / the one after it; equal neighbours then join. */
static void join_previous(struct run_state *state, size_t k)
{
    run_piece_merge(&state->piece[k - 1], &state->piece[k]);
    remove_piece(state, k);
    if (k < state->piece_count && state->piece[k].state == state->piece[k - 1].state)
        join_previous(state, k);
}

static void join_next(struct run_state *state, size_t k)
{
    run_piece_merge(&state->piece[k + 1], &state->piece[k]);
    state->piece[k + 1].start_us = state->piece[k].start_us;
    remove_piece(state, k);
    if (k > 0 && state->piece[k].state == state->piece[k - 1].state)
        join_previous(state, k);
}

void run_push(struct run_state *state, enum run_status status, int64_t start_us)
{
    size_t last = state->piece_count - 1;

    if (state->piece[last].state == status)
        return;
    if (state->piece_count == RUN_PIECES_MAX) {
        /* Only a run or a gap takes the last place, and only a run that never was believed keeps
         * it. */
        join_previous(state, last);
        last = state->piece_count - 1;
        if (state->piece[last].state == status)
            return;
    }
    if (last > 0 && state->piece[last].start_us == start_us) {
        state->piece[last].state = status;
        if (state->piece[last - 1].state == status)
            join_previous(state, last);
        return;
    }
    if (state->piece_count == RUN_PIECES_MAX - 1 && is_rest(status))
        return; /* too many changes between off and idle in one pause: the last one goes on */
    state->piece[state->piece_count++] =
        (struct run_piece){.state = status,
                           .start_us = start_us,
                           .quality = status == RUN_UNKNOWN ? QUALITY_GAP : QUALITY_GOOD};
}

/* Removes one stretch that ended before it was believed. */
static bool drop_flicker(struct run_state *state, const struct run_rule *rule)
{
    for (size_t k = 1; k + 1 < state->piece_count; k++) {
        if (state->piece[k].state != RUN_RUN || is_believed_run(state, rule, k))
            continue;
        if (is_rest(state->piece[k - 1].state))
            join_previous(state, k);
        else
            join_next(state, k);
        return true;
    }
    if (state->piece_count > 2 && is_rest(state->piece[0].state) &&
        is_rest(state->piece[1].state) &&
        lasts_us(state, 1) < (int64_t)rule->contact_off_ms * US_PER_MS) {
        join_previous(state, 1);
        return true;
    }
    return false;
}

/* A pause in a run that was short enough belongs to the run. */
static bool bridge_pause(struct run_state *state, const struct run_rule *rule)
{
    if (state->piece[0].state != RUN_RUN)
        return false;
    for (size_t k = 1; k < state->piece_count; k++) {
        if (is_rest(state->piece[k].state))
            continue;
        if (!is_believed_run(state, rule, k) ||
            state->piece[k].start_us - state->piece[1].start_us >= off_delay_us(rule))
            return false;
        size_t after = state->piece_count - k;
        while (state->piece_count > after)
            join_previous(state, 1);
        return true;
    }
    return false;
}

/* A gap stays open until every counter was read after it (they know its energy), but not for long.
 */
static bool is_gap_energy_known(const struct run_state *state, const struct run_rule *rule)
{
    int64_t ago = state->now_us - state->piece[1].start_us;

    if (ago > (int64_t)rule->gap_ms * US_PER_MS || state->piece_count > RUN_PIECES_MAX / 2)
        return true;
    for (size_t i = 0; i < state->source_count; i++)
        if (state->source[i].counter.has_base && state->source[i].read_age_us > ago)
            return false;
    return true;
}

/* True when the pause after a run is no pause any more. */
static bool is_run_over(const struct run_state *state, const struct run_rule *rule)
{
    int64_t end = state->piece[1].start_us;
    size_t last = state->piece_count - 1;

    for (size_t k = 1; k <= last; k++)
        if (state->piece[k].state == RUN_UNKNOWN)
            return true;
    if (state->piece[last].state == RUN_RUN && !is_believed_run(state, rule, last) &&
        state->piece[last].start_us - end < off_delay_us(rule))
        return false; /* it may yet turn out to go on */
    return state->decided_us - end >= off_delay_us(rule);
}

static bool may_close(const struct run_state *state, const struct run_rule *rule)
{
    /* A change that hasn't lasted may be taken back at the same moment, or vanish in a gap. */
    if (state->piece_count < 2 || lasts_us(state, 1) == 0)
        return false;
    enum run_status next = state->piece[1].state;
    enum run_status open = state->piece[0].state;

    if (open == RUN_UNKNOWN && !is_gap_energy_known(state, rule))
        return false;
    if (next == RUN_UNKNOWN)
        return true;
    if (next == RUN_RUN)
        return is_believed_run(state, rule, 1);
    if (open == RUN_RUN)
        return is_run_over(state, rule);
    return open == RUN_UNKNOWN || lasts_us(state, 1) >= (int64_t)rule->contact_off_ms * US_PER_MS;
}

/* Counts runs: a gap between two stretches of run doesn't begin another. */
static void enter(struct run_state *state, enum run_status status)
{
    if (status == RUN_RUN && !state->is_after_run)
        state->run_no++;
    if (status != RUN_UNKNOWN)
        state->is_after_run = status == RUN_RUN;
}

static void close_first(struct run_state *state, const struct run_rule *rule, struct run_edges *out)
{
    struct run_piece *piece = &state->piece[0];
    struct run_piece *next = &state->piece[1];

    if (piece->start_us == next->start_us) { /* nothing lay between: no span */
        if (piece->state == RUN_UNKNOWN)
            piece->quality &= ~(int64_t)QUALITY_GAP;
        run_piece_merge(next, piece);
    } else {
        run_energy_close(state, rule, piece, next);
        assert(out->closed_count < RUN_CLOSED_MAX);
        out->closed[out->closed_count++] = (struct run_span){
            .ordinal = state->ordinal++,
            .run_no = piece->state == RUN_RUN ? state->run_no : 0,
            .state = piece->state,
            .start_us = piece->start_us,
            .end_us = next->start_us,
            .energy_mwh = piece->energy_mwh,
            .quality = (uint32_t)piece->quality,
        };
    }
    remove_piece(state, 0);
    enter(state, state->piece[0].state);
}

void run_settle(struct run_state *state, const struct run_rule *rule, struct run_edges *out)
{
    for (;;) {
        if (drop_flicker(state, rule) || bridge_pause(state, rule))
            continue;
        if (!may_close(state, rule))
            return;
        close_first(state, rule, out);
    }
}
