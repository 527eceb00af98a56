#include "metering/usage.h"

#include <string.h>

#include "base/instant.h"
#include "metering/wide.h"

const char *const usage_basis_names[] = {"reserved", "used",   "overage",  "greater",
                                         "union",    "logged", "per_unit", NULL};
const char *const usage_reason_names[] = {"",          "forgotten",  "suspect", "unobserved",
                                          "estimated", "difference", NULL};

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool is_given(struct usage_interval interval)
{
    return interval.from_us != INSTANT_NONE && interval.to_us != INSTANT_NONE;
}

static int64_t length_us(struct usage_interval interval)
{
    return is_given(interval) ? interval.to_us - interval.from_us : 0;
}

/* The common part; empty (from = to) when there is none. */
static struct usage_interval clip(struct usage_interval a, struct usage_interval b)
{
    int64_t from = max64(a.from_us, b.from_us);
    int64_t to = min64(a.to_us, b.to_us);
    return (struct usage_interval){from, to > from ? to : from};
}

/* Energy of the span's first part up to `at_us`: floors of one running sum, so that the parts of a
 * span always add up to it. */
static int64_t energy_until(const struct run_span *span, int64_t at_us)
{
    int64_t whole = span->end_us - span->start_us;
    if (whole <= 0 || at_us >= span->end_us)
        return span->energy_mwh;
    return (int64_t)((int128)span->energy_mwh * (at_us - span->start_us) / whole);
}

/* What the meter saw of the session, in microseconds. */
struct seen {
    int64_t run_us;
    int64_t run_outside_us; /* part of run_us outside of the booking */
    int64_t observed_us;
    int64_t estimated_mwh;
};

static void see_part(const struct usage_input *input, const struct run_span *span,
                     struct usage_interval part, struct usage_result *ret, struct seen *seen)
{
    int64_t lasts = length_us(part);

    ret->quality |= span->quality;
    if (span->state == RUN_UNKNOWN)
        return;
    seen->observed_us += lasts;
    if (span->state != RUN_RUN)
        return;
    seen->run_us += lasts;
    seen->run_outside_us += lasts;
    if (is_given(input->reserved))
        seen->run_outside_us -= length_us(clip(part, input->reserved));
    if (ret->metered_from_us == INSTANT_NONE)
        ret->metered_from_us = part.from_us;
    ret->metered_to_us = part.to_us;
}

static void see(const struct usage_input *input, struct usage_result *ret,
                struct usage_evidence *evidence, struct seen *seen)
{
    for (size_t i = 0; i < input->span_count; i++) {
        const struct run_span *span = &input->spans[i];
        struct usage_interval whole = {span->start_us, span->end_us};
        struct usage_interval part = clip(whole, input->logged);
        if (length_us(part) == 0)
            continue;
        int64_t energy = energy_until(span, part.to_us) - energy_until(span, part.from_us);
        see_part(input, span, part, ret, seen);
        ret->energy_mwh += energy;
        if (span->quality & QUALITY_ESTIMATED)
            seen->estimated_mwh += energy;
        evidence[ret->evidence_count++] =
            (struct usage_evidence){i, part.from_us, part.to_us, energy};
    }
}

/* The use as the meter (or, without one, the session) has it. */
struct use {
    int64_t used_us;
    int64_t outside_us;         /* part of it outside of the booking */
    struct usage_interval ends; /* first and last moment, or none */
};

static struct use use_of(const struct usage_input *input, const struct usage_rule *rule,
                         const struct usage_result *seen_ends, const struct seen *seen)
{
    int64_t reserved = length_us(input->reserved);

    if (!rule->has_meter) {
        int64_t logged = length_us(input->logged);
        int64_t inside =
            is_given(input->reserved) ? length_us(clip(input->logged, input->reserved)) : 0;
        return (struct use){logged, logged - inside, input->logged};
    }
    struct use use = {
        seen->run_us, seen->run_outside_us, {seen_ends->metered_from_us, seen_ends->metered_to_us}};
    if (rule->bills_unobserved) {
        int64_t unobserved = length_us(input->logged) - seen->observed_us;
        use.used_us = max64(use.used_us, min64(use.used_us + unobserved, reserved));
    }
    return use;
}

static int64_t union_us(struct usage_interval reserved, struct usage_interval used)
{
    if (!is_given(used))
        return length_us(reserved);
    return max64(reserved.to_us, used.to_us) - min64(reserved.from_us, used.from_us);
}

static int64_t billable_us(const struct usage_input *input, enum usage_basis basis,
                           const struct use *use)
{
    int64_t reserved = length_us(input->reserved);
    bool is_booked = is_given(input->reserved);

    switch (basis) {
    case USAGE_LOGGED:
        return length_us(input->logged);
    case USAGE_PER_UNIT:
        return 0;
    case USAGE_USED:
        break;
    case USAGE_RESERVED:
        return is_booked ? reserved : use->used_us;
    case USAGE_OVERAGE:
        return is_booked ? reserved + use->outside_us : use->used_us;
    case USAGE_GREATER:
        return max64(reserved, use->used_us);
    case USAGE_UNION:
        return is_booked ? union_us(input->reserved, use->ends) : use->used_us;
    }
    return use->used_us;
}

/* The gravest reason why a person must decide. Unobserved time may have been run or not: only what
 * neither explains is a difference. */
static enum usage_reason reason_of(const struct usage_input *input, const struct usage_rule *rule,
                                   const struct usage_result *result, const struct seen *seen)
{
    int64_t logged = length_us(input->logged);

    if (input->was_forgotten)
        return USAGE_HELD_FORGOTTEN;
    if (result->quality & (QUALITY_SUSPECT | QUALITY_AMBIGUOUS))
        return USAGE_HELD_SUSPECT;
    if (rule->has_meter && seen->observed_us == 0 && logged > 0)
        return USAGE_HELD_UNOBSERVED;
    if ((int128)seen->estimated_mwh * 100 > (int128)result->energy_mwh * rule->estimated_percent)
        return USAGE_HELD_ESTIMATED;
    int64_t unobserved = logged - seen->observed_us;
    if (rule->has_meter && logged - seen->run_us - unobserved > rule->tolerance_s * US_PER_S)
        return USAGE_HELD_DIFFERENCE;
    return USAGE_NOT_HELD;
}

static bool is_sound(const struct usage_input *input)
{
    if (!is_given(input->logged) || length_us(input->logged) < 0)
        return false;
    bool is_booked =
        input->reserved.from_us != INSTANT_NONE || input->reserved.to_us != INSTANT_NONE;
    return !is_booked || (is_given(input->reserved) && length_us(input->reserved) >= 0);
}

int usage_reconcile(const struct usage_input *input, const struct usage_rule *rule,
                    struct usage_result *ret, struct usage_evidence *ret_evidence)
{
    struct seen seen = {0};

    if (!is_sound(input))
        return USAGE_E_INTERVAL;
    memset(ret, 0, sizeof(*ret));
    ret->metered_from_us = ret->metered_to_us = INSTANT_NONE;
    ret->reserved_s = length_us(input->reserved) / US_PER_S;
    ret->logged_s = length_us(input->logged) / US_PER_S;
    if (rule->has_meter) {
        see(input, ret, ret_evidence, &seen);
        ret->metered_s = seen.run_us / US_PER_S;
        int64_t unobserved = length_us(input->logged) - seen.observed_us;
        ret->unobserved_s = unobserved / US_PER_S;
        if (unobserved > 0)
            ret->quality |= QUALITY_GAP;
    }
    struct use use = use_of(input, rule, ret, &seen);
    ret->billable_s = billable_us(input, rule->basis, &use) / US_PER_S;
    ret->held = reason_of(input, rule, ret, &seen);
    return 0;
}

int64_t usage_unclaimed_us(const struct run_span *span, const struct usage_interval *claimed,
                           size_t count)
{
    int64_t free_us = 0;
    int64_t at = span->start_us;

    if (span->state != RUN_RUN)
        return 0;
    for (size_t i = 0; i < count && at < span->end_us; i++) {
        if (claimed[i].from_us > at)
            free_us += min64(claimed[i].from_us, span->end_us) - at;
        at = max64(at, claimed[i].to_us);
    }
    if (at < span->end_us)
        free_us += span->end_us - at;
    return free_us;
}
