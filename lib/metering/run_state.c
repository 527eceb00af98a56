#include "metering/run_state.h"

#include <string.h>

#include "metering/run_parts.h"

const char *const run_status_names[] = {"off", "idle", "run", "unknown", NULL};
const char *const run_basis_names[] = {"contact", "power", "both", NULL};

#define CLOCK_STEP_US (1 * US_PER_S) /* less is the clocks' own noise */
#define FROZEN_US                                                                                  \
    (10 * US_PER_MIN) /* a counter that stands still under load for so long is suspect */

void run_state_init(struct run_state *state, int64_t wall_us)
{
    memset(state, 0, sizeof(*state));
    state->ordinal = 1;
    state->now_us = wall_us;
    state->decided_us = wall_us;
    state->piece_count = 1;
    state->piece[0] =
        (struct run_piece){.state = RUN_UNKNOWN, .start_us = wall_us, .quality = QUALITY_GAP};
}

/* ---------------------------------------------------------------- sources */

static struct run_source *find_source(struct run_state *state, struct uuid meter)
{
    for (size_t i = 0; i < state->source_count; i++)
        if (uuid_eq(state->source[i].meter, meter))
            return &state->source[i];
    return NULL;
}

/* A place for a new meter, if need be of one that is silent beyond the gap limit. */
static struct run_source *add_source(struct run_state *state, const struct run_rule *rule,
                                     struct uuid meter)
{
    struct run_source *place = NULL;
    int64_t longest = (int64_t)rule->gap_ms * US_PER_MS;

    for (size_t i = 0; i < state->source_count; i++)
        if (state->source[i].heard_age_us > longest) {
            place = &state->source[i];
            longest = place->heard_age_us;
        }
    if (state->source_count < RUN_SOURCES_MAX)
        place = &state->source[state->source_count++];
    if (place)
        *place = (struct run_source){.meter = meter};
    return place;
}

static bool is_fresh(const struct run_rule *rule, bool has, int64_t age_us)
{
    return has && age_us <= (int64_t)rule->gap_ms * US_PER_MS;
}

/* What all meters together say now. */
struct signals {
    bool has_power;
    bool has_contact;
    bool contact;
    int64_t power_mw;
};

static struct signals signals_of(const struct run_state *state, const struct run_rule *rule)
{
    struct signals signals = {0};

    for (size_t i = 0; i < state->source_count; i++) {
        const struct run_source *source = &state->source[i];
        if (is_fresh(rule, source->has_power, source->power_age_us)) {
            signals.has_power = true;
            signals.power_mw += source->power_mw;
        }
        if (is_fresh(rule, source->has_contact, source->contact_age_us)) {
            signals.has_contact = true;
            signals.contact |= source->contact;
        }
    }
    return signals;
}

/* ---------------------------------------------------------------- time */

/* Real time since the last sample, and how far the wall clock says the time line should go. */
struct passage {
    int64_t elapsed_us;
    int64_t wall_us;
    int64_t step_us; /* the wall clock's own movement */
};

static struct passage by_wall(const struct run_state *state, int64_t at_us)
{
    int64_t wall = at_us - state->now_us;
    return (struct passage){.elapsed_us = wall > 0 ? wall : 0, .wall_us = wall};
}

/* 0 or RUN_E_LATE. */
static int passage_of(const struct run_state *state, const struct meter_sample *sample,
                      struct passage *ret)
{
    if (!state->has_time) {
        *ret = by_wall(state, sample->at_us);
        return 0;
    }
    int64_t elapsed = sample->mono_us - state->mono_us;
    int64_t wall = sample->at_us - state->at_us;
    if (sample->quality & QUALITY_RESTART || (elapsed < 0 && wall > 0)) {
        *ret = by_wall(state, sample->at_us);
        return 0;
    }
    if (elapsed < 0)
        return RUN_E_LATE;
    int64_t step = wall - elapsed;
    bool is_step = step > CLOCK_STEP_US || step < -CLOCK_STEP_US;
    *ret = (struct passage){elapsed, sample->at_us - state->now_us, is_step ? step : 0};
    return 0;
}

/* Run time is measured by the monotonic clock alone. At rest the time line follows the wall clock
 * again: forward, or by standing still. */
static void pass_time(struct run_state *state, const struct run_rule *rule,
                      const struct passage *passage)
{
    int64_t advance = passage->wall_us > 0 ? passage->wall_us : 0;
    int64_t off = passage->wall_us - passage->elapsed_us;

    for (size_t k = 0; k < state->piece_count; k++)
        if (state->piece[k].state == RUN_RUN)
            advance = passage->elapsed_us;
    if (off > CLOCK_STEP_US || off < -CLOCK_STEP_US)
        state->since.quality |= QUALITY_CLOCK;
    state->now_us += advance;
    run_energy_pass(state, rule, passage->elapsed_us);
}

/* ---------------------------------------------------------------- values */

static void take_power(struct run_state *state, const struct run_rule *rule,
                       struct run_source *source, int64_t power_mw)
{
    int64_t rated = rule->counter.rated_mw;

    run_energy_power(state, rule, source, power_mw);
    /* A wrong unit or a reversed transformer, not a load. */
    if (rated > 0 && power_mw / 3 > rated / 2)
        state->since.quality |= QUALITY_SUSPECT;
    if (power_mw < -(int64_t)rule->standby_w * 1000)
        state->since.quality |= QUALITY_SUSPECT;
}

static uint32_t marks_of(const struct counter_step *step)
{
    uint32_t marks = step->is_ambiguous ? QUALITY_AMBIGUOUS : QUALITY_GOOD;

    switch (step->class) {
    case COUNTER_RESET:
    case COUNTER_REGRESSION:
    case COUNTER_STEP:
        return marks | QUALITY_SUSPECT;
    case COUNTER_BASELINE:
    case COUNTER_NORMAL:
    case COUNTER_DIP:
    case COUNTER_PENDING:
    case COUNTER_GLITCH:
    case COUNTER_SPIKE:
    case COUNTER_ROLLOVER:
    case COUNTER_REPLACED:
        break;
    }
    return marks;
}

/* A counter that doesn't move although the power says it must: a frozen source. */
static bool is_frozen(const struct run_rule *rule, const struct run_source *source)
{
    int64_t step = counter_resolution_mwh(&rule->counter, source->counter.base_mwh);
    return source->still_us >= FROZEN_US && source->still_uj / UJ_PER_MWH / 2 > step;
}

static void take_energy(struct run_state *state, const struct run_rule *rule,
                        struct run_source *source, int64_t energy_mwh, struct run_edges *out)
{
    bool is_recovered =
        source->counter.has_base && source->read_age_us > (int64_t)rule->gap_ms * US_PER_MS;
    struct counter_step step =
        counter_step(&source->counter, &rule->counter, energy_mwh, source->read_age_us);

    source->read_age_us = 0;
    if (step.booked_mwh > 0 || step.shift_mwh != 0 || step.class == COUNTER_BASELINE) {
        source->still_us = 0;
        source->still_uj = 0;
    }
    if (is_frozen(rule, source))
        state->since.quality |= QUALITY_SUSPECT;
    state->since.quality |= marks_of(&step);
    if (step.booked_mwh > 0)
        run_energy_book(state, rule, step.booked_mwh,
                        is_recovered ? QUALITY_RECOVERED : QUALITY_GOOD);
    out->has_counter_step = true;
    out->counter = step;
}

static bool is_value(int64_t value)
{
    return value >= -SAMPLE_VALUE_MAX && value <= SAMPLE_VALUE_MAX;
}

static void take_values(struct run_state *state, const struct run_rule *rule,
                        struct run_source *source, const struct meter_sample *sample,
                        struct run_edges *out)
{
    if (sample->has & SAMPLE_CONTACT) {
        source->has_contact = true;
        source->contact = sample->contact;
        source->contact_age_us = 0;
    }
    if (sample->has & SAMPLE_POWER && is_value(sample->power_mw))
        take_power(state, rule, source, sample->power_mw);
    if (sample->has & SAMPLE_ENERGY && is_value(sample->energy_mwh))
        take_energy(state, rule, source, sample->energy_mwh, out);
}

/* ---------------------------------------------------------------- deciding */

/* True when the sample carries what the state follows from, and the rest of it is known. */
static bool decides(const struct run_rule *rule, const struct meter_sample *sample,
                    const struct signals *signals)
{
    switch (rule->basis) {
    case RUN_BY_CONTACT:
        return sample->has & SAMPLE_CONTACT;
    case RUN_BY_POWER:
        return sample->has & SAMPLE_POWER && signals->has_power;
    case RUN_BY_BOTH:
        break;
    }
    return sample->has & (SAMPLE_CONTACT | SAMPLE_POWER) && signals->has_contact &&
           signals->has_power;
}

static bool is_off(const struct run_rule *rule, const struct signals *signals)
{
    return signals->has_power && signals->power_mw < (int64_t)rule->standby_w * 1000;
}

static enum run_status status_of(struct run_state *state, const struct run_rule *rule,
                                 const struct signals *signals)
{
    bool is_run = signals->contact;

    if (signals->has_power && signals->power_mw >= (int64_t)rule->on_w * 1000)
        state->is_power_on = true;
    else if (signals->has_power && signals->power_mw < (int64_t)rule->off_w * 1000)
        state->is_power_on = false;
    /* A closed contact on an instrument without power is a welded relay, no run. */
    if (rule->basis == RUN_BY_CONTACT)
        is_run = is_run && !is_off(rule, signals);
    else if (rule->basis == RUN_BY_POWER)
        is_run = state->is_power_on;
    else
        is_run = is_run && state->is_power_on;
    if (is_run)
        return RUN_RUN;
    /* Without a power reading nothing says that it draws any. */
    return is_off(rule, signals) || !signals->has_power ? RUN_OFF : RUN_IDLE;
}

/* Contact and power contradict each other for longer than a pause: marked. */
static void note_difference(struct run_state *state, const struct run_rule *rule,
                            const struct signals *signals)
{
    bool is_stuck = signals->contact && is_off(rule, signals);
    bool is_open = rule->basis == RUN_BY_BOTH && !signals->contact &&
                   signals->power_mw >= (int64_t)rule->on_w * 1000;

    if (rule->basis == RUN_BY_POWER || (!is_stuck && !is_open)) {
        state->is_differing = false;
        state->differ_us = 0;
        return;
    }
    if (!state->is_differing) {
        state->is_differing = true;
        state->differ_us = state->now_us;
    }
    if (state->now_us - state->differ_us >= (int64_t)rule->hold_ms * US_PER_MS)
        state->piece[state->piece_count - 1].quality |= QUALITY_SUSPECT;
}

/* What lies since the last decision belongs to the state that held there, or to a gap. */
static void decide(struct run_state *state, const struct run_rule *rule,
                   const struct signals *signals, struct run_edges *out)
{
    if (state->now_us - state->decided_us > (int64_t)rule->gap_ms * US_PER_MS)
        run_push(state, RUN_UNKNOWN, state->decided_us);
    struct run_piece *last = &state->piece[state->piece_count - 1];
    run_piece_merge(last, &state->since);
    if (!run_has_counter(state)) {
        struct run_piece rest = {.start_us = state->now_us};
        run_energy_close(state, rule, last, &rest);
        last->weight_uj = rest.weight_uj;
    }
    state->decided_us = state->now_us;
    state->since = (struct run_piece){.state = RUN_UNKNOWN, .start_us = state->now_us};
    run_settle(state, rule, out);
    run_push(state, status_of(state, rule, signals), state->now_us);
    run_settle(state, rule, out);
    note_difference(state, rule, signals);
}

/* ---------------------------------------------------------------- the machine */

struct run_span run_state_open(const struct run_state *state, const struct run_rule *rule)
{
    const struct run_piece *piece = &state->piece[0];

    return (struct run_span){
        .ordinal = state->ordinal,
        .run_no = piece->state == RUN_RUN ? state->run_no : 0,
        .state = piece->state,
        .start_us = piece->start_us,
        .end_us = state->piece_count > 1 ? state->piece[1].start_us : state->decided_us,
        .energy_mwh = piece->energy_mwh + run_energy_estimate(state, rule, piece),
        .quality = (uint32_t)piece->quality,
    };
}

int64_t run_state_unattributed(const struct run_state *state)
{
    int64_t sum = state->pool_mwh + state->since.energy_mwh;
    for (size_t k = 0; k < state->piece_count; k++)
        sum += state->piece[k].energy_mwh;
    return sum;
}

int run_state_step(struct run_state *state, const struct run_rule *rule,
                   const struct meter_sample *sample, struct run_edges *out)
{
    struct passage passage;

    memset(out, 0, sizeof(*out));
    struct run_source *source = find_source(state, sample->meter);
    int64_t taken = source ? source->seq : 0;
    int r = sample->seq <= taken ? RUN_E_DUPLICATE : passage_of(state, sample, &passage);
    if (r == 0 && !source) {
        source = add_source(state, rule, sample->meter);
        r = source ? 0 : RUN_E_SOURCES;
    }
    if (r == 0) {
        pass_time(state, rule, &passage);
        source->seq = sample->seq;
        source->heard_age_us = 0;
        state->has_time = true;
        state->at_us = sample->at_us;
        state->mono_us = sample->mono_us;
        state->since.quality |= sample->quality & ~(uint32_t)QUALITY_RESTART;
        take_values(state, rule, source, sample, out);
        struct signals signals = signals_of(state, rule);
        if (decides(rule, sample, &signals))
            decide(state, rule, &signals, out);
        out->clock_step_us = passage.step_us;
    }
    out->open = run_state_open(state, rule);
    return r;
}
