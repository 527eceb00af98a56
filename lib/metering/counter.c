#include "metering/counter.h"

#include "metering/wide.h"

const char *const counter_class_names[] = {"baseline",   "normal", "dip",      "pending",
                                           "glitch",     "spike",  "rollover", "reset",
                                           "regression", "step",   "replaced", NULL};

/* A fall that a wrap explains is taken for one when a reset would have to hit this small a part of
 * the register's range by chance. With more slack (a long gap, a small register) it is ambiguous.
 */
#define WRAP_PART 16

#define WAIT_MAX_US ((INT64_C(1) << 53) - 1)

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Sums of limits, where INT64_MAX stands for "no limit". */
static int64_t add_limit(int64_t limit, int64_t more)
{
    return limit > INT64_MAX - more ? INT64_MAX : limit + more;
}

int64_t counter_limit_mwh(const struct counter_rule *rule, int64_t elapsed_us)
{
    if (rule->rated_mw <= 0)
        return INT64_MAX;
    /* mW x us x 1.2 / 3.6e9 */
    int128 limit = (int128)rule->rated_mw * elapsed_us / 3000000000LL;
    return limit > INT64_MAX ? INT64_MAX : (int64_t)limit;
}

int64_t counter_resolution_mwh(const struct counter_rule *rule, int64_t reading_mwh)
{
    int64_t fixed = rule->resolution_mwh > 0 ? rule->resolution_mwh : 1;
    if (rule->significant_bits <= 0 || rule->significant_bits > 62)
        return fixed;
    int64_t size = reading_mwh < 0 ? -reading_mwh : reading_mwh;
    int64_t floating = (size >> (rule->significant_bits - 1)) + 1;
    return floating > fixed ? floating : fixed;
}

/* The base moves to `reading`; `slack` is what the limit had left. One step of the register may
 * be carried on: a coarse register shows late what was used before. */
static void rebase(struct counter_state *state, const struct counter_rule *rule, int64_t reading,
                   int64_t slack)
{
    state->has_base = true;
    state->base_mwh = reading;
    state->carry_mwh = min64(counter_resolution_mwh(rule, reading), slack);
    state->waited_us = 0;
    state->pending_count = 0;
}

/* What a reading that fits the base says about the candidate that was waiting: one that is not
 * above it was right, only early. */
static enum counter_class dismiss(const struct counter_state *state, int64_t reading,
                                  enum counter_class otherwise)
{
    if (state->pending_count == 0)
        return otherwise;
    if (state->first_mwh < state->base_mwh)
        return COUNTER_GLITCH;
    return state->first_mwh > reading ? COUNTER_SPIKE : otherwise;
}

/* The energy of a wrap to `reading`, or -1 when that can't be. */
static int64_t wrapped(const struct counter_state *state, const struct counter_rule *rule,
                       int64_t reading, int64_t allowed)
{
    int64_t modulus = rule->modulus_mwh;
    if (modulus <= 0 || reading < 0 || reading >= state->base_mwh || state->base_mwh >= modulus)
        return -1;
    int64_t energy = reading - state->base_mwh + modulus;
    int64_t most = rule->rated_mw > 0 ? allowed : modulus / WRAP_PART;
    return energy <= most ? energy : -1;
}

static bool is_wrap_certain(const struct counter_state *state, const struct counter_rule *rule)
{
    return rule->rated_mw <= 0 ||
           counter_limit_mwh(rule, state->waited_us) <= rule->modulus_mwh / WRAP_PART;
}

/* True when `reading` continues the candidate: not below its last one, and physically after its
 * first. */
static bool continues(const struct counter_state *state, const struct counter_rule *rule,
                      int64_t reading)
{
    int64_t step = counter_resolution_mwh(rule, reading);
    int64_t most = add_limit(counter_limit_mwh(rule, state->pending_us), step);
    return state->pending_count > 0 && reading >= state->last_mwh - step &&
           reading - state->first_mwh <= most;
}

static struct counter_step confirm(struct counter_state *state, const struct counter_rule *rule,
                                   int64_t allowed)
{
    struct counter_step step = {
        .class = COUNTER_STEP,
        .booked_mwh = state->last_mwh - state->first_mwh,
        .shift_mwh = state->first_mwh - state->base_mwh,
    };
    int64_t limit = add_limit(counter_limit_mwh(rule, state->pending_us),
                              counter_resolution_mwh(rule, state->last_mwh));

    if (step.shift_mwh < 0) {
        bool is_little = state->first_mwh > state->base_mwh - state->first_mwh;
        step.class = is_little ? COUNTER_REGRESSION : COUNTER_RESET;
        step.is_ambiguous = wrapped(state, rule, state->first_mwh, allowed) >= 0;
    }
    rebase(state, rule, state->last_mwh, limit - step.booked_mwh);
    return step;
}

static struct counter_step await(struct counter_state *state, const struct counter_rule *rule,
                                 int64_t reading, int64_t allowed)
{
    if (continues(state, rule, reading)) {
        state->pending_count++;
        if (reading > state->last_mwh)
            state->last_mwh = reading;
    } else {
        state->pending_count = 1;
        state->pending_us = 0;
        state->first_mwh = state->last_mwh = reading;
    }
    if (state->pending_count >= rule->confirm_count)
        return confirm(state, rule, allowed);
    return (struct counter_step){.class = COUNTER_PENDING};
}

/* Waiting times stop growing where JSON would no longer keep them exactly: after 285 years. */
static void pass(struct counter_state *state, int64_t elapsed_us)
{
    int64_t elapsed = elapsed_us > 0 ? elapsed_us : 0;
    state->waited_us = min64(add_limit(state->waited_us, elapsed), WAIT_MAX_US);
    state->pending_us = min64(add_limit(state->pending_us, elapsed), WAIT_MAX_US);
}

struct counter_step counter_step(struct counter_state *state, const struct counter_rule *rule,
                                 int64_t reading_mwh, int64_t elapsed_us)
{
    if (!state->has_base) {
        rebase(state, rule, reading_mwh, INT64_MAX);
        return (struct counter_step){.class = COUNTER_BASELINE};
    }
    pass(state, elapsed_us);

    int64_t rise = reading_mwh - state->base_mwh;
    int64_t allowed = add_limit(counter_limit_mwh(rule, state->waited_us), state->carry_mwh);

    if (rise >= 0 && rise <= allowed) {
        struct counter_step step = {.class = dismiss(state, reading_mwh, COUNTER_NORMAL),
                                    .booked_mwh = rise};
        step.is_ambiguous =
            rule->modulus_mwh > 0 && rule->rated_mw > 0 && rise <= allowed - rule->modulus_mwh;
        rebase(state, rule, reading_mwh, allowed - rise);
        return step;
    }
    if (rise < 0 && -rise <= counter_resolution_mwh(rule, state->base_mwh)) {
        struct counter_step step = {.class = dismiss(state, reading_mwh, COUNTER_DIP)};
        state->pending_count = 0;
        return step;
    }
    int64_t wrap = wrapped(state, rule, reading_mwh, allowed);
    if (wrap >= 0 && is_wrap_certain(state, rule)) {
        rebase(state, rule, reading_mwh, allowed - wrap);
        return (struct counter_step){
            .class = COUNTER_ROLLOVER, .booked_mwh = wrap, .shift_mwh = -rule->modulus_mwh};
    }
    return await(state, rule, reading_mwh, allowed);
}

struct counter_step counter_exchange(struct counter_state *state, const struct counter_rule *rule,
                                     int64_t final_mwh, int64_t initial_mwh, int64_t elapsed_us)
{
    struct counter_step step = {.class = COUNTER_REPLACED};

    if (state->has_base) {
        pass(state, elapsed_us);
        int64_t rise = final_mwh - state->base_mwh;
        int64_t allowed = add_limit(counter_limit_mwh(rule, state->waited_us), state->carry_mwh);
        if (rise >= 0 && rise <= allowed)
            step.booked_mwh = rise;
        step.shift_mwh = initial_mwh - state->base_mwh - step.booked_mwh;
    }
    rebase(state, rule, initial_mwh, INT64_MAX);
    return step;
}

struct counter_step counter_replace(struct counter_state *state)
{
    *state = (struct counter_state){0};
    return (struct counter_step){.class = COUNTER_REPLACED};
}
