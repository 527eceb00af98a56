#include "instrument.h"

#include "base/instant.h"

#define MW_US_PER_MWH (3600 * US_PER_S)
#define SLICE_MAX_US  US_PER_H /* of time at one power: their product fits into 64 bits */

const char *const sim_fault_names[] = {"none",     "dead",      "late", "wrong_unit",
                                       "wrong_id", "exception", NULL};

bool sim_exception_is_valid(int64_t code)
{
    return code >= 1 && code <= 11;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* splitmix64: the ripple of a second is a function of seed and second, so that a run can be
 * repeated whatever the steps in which time passes. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

int64_t instrument_power_mw(const struct instrument *instrument)
{
    int64_t most = instrument->base_mw * instrument->spec->ripple_permille / 1000;
    if (most == 0)
        return instrument->base_mw;
    uint64_t second = (uint64_t)(instrument->now_us / US_PER_S);
    uint64_t draw = mix(instrument->seed ^ mix(second)) % (uint64_t)(2 * most + 1);
    return instrument->base_mw - most + (int64_t)draw;
}

static void energy_add(struct sim_energy *energy, int64_t power_mw, int64_t span_us)
{
    energy->mw_us += power_mw * span_us;
    energy->mwh += energy->mw_us / MW_US_PER_MWH;
    energy->mw_us %= MW_US_PER_MWH;
}

static int64_t energy_since(const struct sim_energy *now, const struct sim_energy *then)
{
    return now->mwh - then->mwh - (now->mw_us < then->mw_us);
}

static void set(struct instrument *instrument, int64_t power_w, bool contact)
{
    bool opens = instrument->contact && !contact, closes = !instrument->contact && contact;
    instrument->base_mw = power_w * 1000;
    instrument->contact = contact;
    if (opens && instrument->runs_dropped == 0) {
        struct sim_run *run = &instrument->runs[instrument->run_count - 1];
        run->energy_mwh = energy_since(&instrument->total, &instrument->run_start);
        run->to_us = instrument->now_us;
    }
    if (closes && instrument->run_count == SIM_RUNS_MAX) {
        instrument->runs_dropped++;
    } else if (closes) {
        instrument->runs[instrument->run_count++] = (struct sim_run){instrument->now_us, -1, 0};
        instrument->run_start = instrument->total;
    }
}

void instrument_init(struct instrument *instrument, const struct sim_spec *spec, uint64_t seed,
                     struct arena *arena)
{
    *instrument = (struct instrument){
        .spec = spec,
        .seed = mix(seed ^ mix((uint64_t)spec->serial)),
        .base_mw = spec->standby_w * 1000,
        .fault = (enum sim_fault)spec->fault,
        .fault_value = spec->fault_value,
        .until_us = -1,
        .runs = arena_array(arena, SIM_RUNS_MAX, sizeof(struct sim_run)),
    };
}

static const struct sim_step *step_at(const struct sim_spec *spec, size_t index)
{
    return (const struct sim_step *)spec->script.items + index;
}

/* When the script's next step is due; INT64_MAX when there is none. */
static int64_t next_step_us(const struct instrument *instrument)
{
    const struct sim_spec *spec = instrument->spec;
    if (instrument->next_step < spec->script.count)
        return instrument->cycle_us + step_at(spec, instrument->next_step)->at_s * US_PER_S;
    if (spec->cycle_s > 0 && spec->script.count > 0)
        return instrument->cycle_us + spec->cycle_s * US_PER_S;
    return INT64_MAX;
}

static void take_step(struct instrument *instrument)
{
    const struct sim_spec *spec = instrument->spec;
    if (instrument->next_step == spec->script.count) { /* the cycle is over */
        instrument->cycle_us += spec->cycle_s * US_PER_S;
        instrument->next_step = 0;
        return;
    }
    const struct sim_step *step = step_at(spec, instrument->next_step++);
    set(instrument, step->power_w, step->contact);
}

static int64_t next_change_us(const struct instrument *instrument)
{
    int64_t second_us = (instrument->now_us / US_PER_S + 1) * US_PER_S;
    int64_t due_us = instrument->until_us >= 0 ? instrument->until_us : INT64_MAX;
    if (instrument->mode == MODE_SCRIPT)
        due_us = next_step_us(instrument);
    return instrument->spec->ripple_permille > 0 ? least(second_us, due_us) : due_us;
}

void instrument_advance(struct instrument *instrument, int64_t now_us)
{
    while (instrument->now_us <= now_us) {
        if (instrument->mode == MODE_SCRIPT && next_step_us(instrument) <= instrument->now_us) {
            take_step(instrument);
            continue;
        }
        if (instrument->mode == MODE_MANUAL && instrument->until_us == instrument->now_us)
            instrument_idle(instrument);
        if (instrument->now_us == now_us)
            return;
        int64_t to_us = least(next_change_us(instrument), now_us);
        to_us = least(to_us, instrument->now_us + SLICE_MAX_US);
        energy_add(&instrument->total, instrument_power_mw(instrument), to_us - instrument->now_us);
        instrument->now_us = to_us;
    }
}

void instrument_run(struct instrument *instrument, int64_t seconds, int64_t power_w)
{
    instrument->mode = MODE_MANUAL;
    instrument->until_us = instrument->now_us + seconds * US_PER_S;
    set(instrument, power_w, true);
}

void instrument_idle(struct instrument *instrument)
{
    instrument->mode = MODE_MANUAL;
    instrument->until_us = -1;
    set(instrument, instrument->spec->standby_w, false);
}

void instrument_off(struct instrument *instrument)
{
    instrument->mode = MODE_MANUAL;
    instrument->until_us = -1;
    set(instrument, 0, false);
}

void instrument_script(struct instrument *instrument)
{
    instrument->mode = MODE_SCRIPT;
    instrument->until_us = -1;
    instrument->next_step = 0;
    instrument->cycle_us = instrument->now_us;
    set(instrument, instrument->spec->standby_w, false);
}

int64_t instrument_counter_mwh(const struct instrument *instrument)
{
    return instrument->spec->counter_wh * 1000 + instrument->total.mwh;
}

int64_t instrument_run_mwh(const struct instrument *instrument, size_t index)
{
    const struct sim_run *run = &instrument->runs[index];
    return run->to_us >= 0 ? run->energy_mwh
                           : energy_since(&instrument->total, &instrument->run_start);
}
