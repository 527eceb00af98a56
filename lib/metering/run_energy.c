#include "base/money.h"
#include "metering/run_parts.h"
#include "metering/wide.h"

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Integrals and ages stop growing where JSON would no longer keep them exactly. */
static int64_t add_capped(int64_t a, int128 b)
{
    int128 sum = a + b;
    if (sum > SAMPLE_VALUE_MAX)
        return SAMPLE_VALUE_MAX;
    return sum < 0 ? 0 : (int64_t)sum;
}

bool run_has_counter(const struct run_state *state)
{
    for (size_t i = 0; i < state->source_count; i++)
        if (state->source[i].counter.has_base)
            return true;
    return false;
}

/* ---------------------------------------------------------------- the power integral */

/* Power that may count as energy: no export, and no more than the instrument can draw. */
static int64_t drawn(const struct run_rule *rule, int64_t power_mw)
{
    int64_t most = counter_limit_mwh(&rule->counter, 3600 * US_PER_S);
    if (power_mw < 0)
        return 0;
    return min64(power_mw, most);
}

void run_energy_pass(struct run_state *state, const struct run_rule *rule, int64_t elapsed_us)
{
    int64_t gap_us = (int64_t)rule->gap_ms * US_PER_MS;

    for (size_t i = 0; i < state->source_count; i++) {
        struct run_source *source = &state->source[i];
        source->heard_age_us = add_capped(source->heard_age_us, elapsed_us);
        source->power_age_us = add_capped(source->power_age_us, elapsed_us);
        source->contact_age_us = add_capped(source->contact_age_us, elapsed_us);
        source->read_age_us = add_capped(source->read_age_us, elapsed_us);
        source->still_us = add_capped(source->still_us, elapsed_us);
        if (!source->has_power || source->power_age_us > gap_us)
            continue;
        int128 uj = (int128)drawn(rule, source->power_mw) * elapsed_us / 1000;
        state->since.weight_uj = add_capped(state->since.weight_uj, uj);
        source->still_uj = add_capped(source->still_uj, uj);
    }
    state->since.wait_us = add_capped(state->since.wait_us, elapsed_us);
}

void run_energy_power(struct run_state *state, const struct run_rule *rule,
                      struct run_source *source, int64_t power_mw)
{
    if (source->has_power && source->power_age_us <= (int64_t)rule->gap_ms * US_PER_MS) {
        int128 rise = drawn(rule, power_mw) - drawn(rule, source->power_mw);
        int128 uj = rise * source->power_age_us / 2000;
        state->since.weight_uj = add_capped(state->since.weight_uj, uj);
        source->still_uj = add_capped(source->still_uj, uj);
    }
    source->has_power = true;
    source->power_mw = power_mw;
    source->power_age_us = 0;
}

/* ---------------------------------------------------------------- sharing */

/* How far estimates may run ahead of the counters: one step of the register, and what physics
 * allows since it was read. */
static int64_t ahead_limit(const struct run_state *state, const struct run_rule *rule)
{
    int128 limit = 0;
    for (size_t i = 0; i < state->source_count; i++) {
        const struct counter_state *counter = &state->source[i].counter;
        if (!counter->has_base)
            continue;
        int64_t waited = add_capped(counter->waited_us, state->source[i].read_age_us);
        limit += counter_resolution_mwh(&rule->counter, counter->base_mwh);
        limit += counter_limit_mwh(&rule->counter, waited);
    }
    return limit > SAMPLE_VALUE_MAX ? SAMPLE_VALUE_MAX : (int64_t)limit;
}

int64_t run_energy_estimate(const struct run_state *state, const struct run_rule *rule,
                            const struct run_piece *piece)
{
    int64_t whole = piece->weight_uj / UJ_PER_MWH;

    if (!run_has_counter(state))
        return whole;
    int64_t room = state->pool_mwh + ahead_limit(state, rule);
    return room < 0 ? 0 : min64(whole, room);
}

/* The register's step at the largest counter. */
static int64_t step_mwh(const struct run_state *state, const struct run_rule *rule)
{
    int64_t step = counter_resolution_mwh(&rule->counter, 0);
    for (size_t i = 0; i < state->source_count; i++) {
        const struct counter_state *counter = &state->source[i].counter;
        int64_t other = counter_resolution_mwh(&rule->counter, counter->base_mwh);
        step = other > step ? other : step;
    }
    return step;
}

/* True when this estimate is more than the sharing of what a live counter will show: none has been
 * heard within the gap limit, and it is more than one step and a twentieth of the piece. */
static bool is_mere_estimate(const struct run_state *state, const struct run_rule *rule,
                             const struct run_piece *piece, int64_t estimate)
{
    bool has_counter = run_has_counter(state);
    for (size_t i = 0; i < state->source_count; i++) {
        const struct run_source *source = &state->source[i];
        if (source->counter.has_base && source->read_age_us <= (int64_t)rule->gap_ms * US_PER_MS)
            return false;
    }
    return estimate > (has_counter ? step_mwh(state, rule) : 0) &&
           estimate > piece->energy_mwh / 19;
}

/* Most energy of a piece that lasts so long: what the instrument can draw, and one step of the
 * register. */
static int64_t most_in(const struct run_state *state, const struct run_rule *rule, int64_t lasts_us)
{
    int64_t limit = counter_limit_mwh(&rule->counter, lasts_us);
    return limit < SAMPLE_VALUE_MAX ? limit + step_mwh(state, rule) : INT64_MAX;
}

void run_energy_close(struct run_state *state, const struct run_rule *rule, struct run_piece *piece,
                      struct run_piece *next)
{
    int64_t estimate = run_energy_estimate(state, rule, piece);

    if (is_mere_estimate(state, rule, piece, estimate))
        piece->quality |= QUALITY_ESTIMATED;
    piece->energy_mwh += estimate;
    if (run_has_counter(state)) {
        /* Pieces that were merged had one step each. */
        int64_t excess = piece->energy_mwh - most_in(state, rule, next->start_us - piece->start_us);
        if (excess > 0)
            piece->energy_mwh -= excess;
        state->pool_mwh += (excess > 0 ? excess : 0) - estimate;
    }
    if (estimate == piece->weight_uj / UJ_PER_MWH)
        next->weight_uj = add_capped(next->weight_uj, piece->weight_uj % UJ_PER_MWH);
    piece->weight_uj = 0;
    piece->wait_us = 0;
}

/* One party of a booking. */
struct party {
    struct run_piece *piece;
    int64_t lasts_us;
    bool is_unknown;
};

static size_t parties(struct run_state *state, const struct run_rule *rule,
                      struct party party[RUN_PIECES_MAX + 1])
{
    size_t count = state->piece_count;

    for (size_t i = 0; i < count; i++) {
        int64_t end = i + 1 < count ? state->piece[i + 1].start_us : state->decided_us;
        struct run_piece *piece = &state->piece[i];
        party[i] = (struct party){piece, end - piece->start_us, piece->state == RUN_UNKNOWN};
    }
    int64_t since = state->now_us - state->decided_us;
    party[count] = (struct party){&state->since, since, since > (int64_t)rule->gap_ms * US_PER_MS};
    return count + 1;
}

/* What a piece can't hold stays in the pool for the next booking. */
static void give(struct run_state *state, const struct run_rule *rule, const struct party *party,
                 int64_t share, uint32_t quality)
{
    int64_t room = most_in(state, rule, party->lasts_us) - party->piece->energy_mwh;

    share = min64(share, room);
    if (share <= 0)
        return;
    party->piece->energy_mwh += share;
    party->piece->quality |= quality;
    state->pool_mwh -= share;
}

/* Largest remainder of `amount` by weights of any size; false when all are zero. */
static bool share_out(int64_t amount, int64_t *weights, size_t count, int64_t *ret_shares)
{
    int64_t largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = weights[i] > largest ? weights[i] : largest;
    for (; largest > INT32_MAX; largest /= 2)
        for (size_t i = 0; i < count; i++)
            weights[i] /= 2;
    return largest > 0 && money_split(amount, weights, count, ret_shares) == 0;
}

void run_energy_book(struct run_state *state, const struct run_rule *rule, int64_t booked_mwh,
                     uint32_t quality)
{
    struct party party[RUN_PIECES_MAX + 1];
    int64_t weights[RUN_PIECES_MAX + 1] = {0};
    int64_t waits[RUN_PIECES_MAX + 1] = {0};
    int64_t shares[RUN_PIECES_MAX + 1] = {0};
    size_t count = parties(state, rule, party);
    bool has_unknown = false;

    state->pool_mwh += booked_mwh;
    if (booked_mwh <= 0 || state->pool_mwh <= 0)
        return;
    for (size_t i = 0; i < count; i++)
        has_unknown |= party[i].is_unknown && party[i].piece->wait_us > 0;
    /* Where nothing was seen takes what the seen parts don't explain. */
    for (size_t i = 0; has_unknown && i < count; i++)
        if (!party[i].is_unknown)
            give(state, rule, &party[i],
                 min64(state->pool_mwh, party[i].piece->weight_uj / UJ_PER_MWH), quality);
    for (size_t i = 0; i < count; i++) {
        bool takes = !has_unknown || party[i].is_unknown;
        weights[i] = takes && !has_unknown ? party[i].piece->weight_uj : 0;
        waits[i] = takes ? party[i].piece->wait_us : 0;
    }
    if (!share_out(state->pool_mwh, weights, count, shares) &&
        !share_out(state->pool_mwh, waits, count, shares))
        shares[count - 1] = state->pool_mwh;
    for (size_t i = 0; i < count; i++) {
        give(state, rule, &party[i], shares[i], quality);
        party[i].piece->weight_uj = 0;
        party[i].piece->wait_us = 0;
    }
}
