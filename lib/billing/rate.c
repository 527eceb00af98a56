#include "billing/rate.h"

#include <stdio.h>

#include "base/instant.h"

const char *const bill_line_kind_names[] = {"use", "setup", "minimum", "fee", NULL};

/* What of a usage falls under one version. */
struct portion {
    const struct bill_tariff *tariff;
    int64_t used_us;
    int64_t minutes; /* whole ones, seconds dropped at both ends of each span */
    int64_t billed_us;
    int64_t waived_us;
};

static int64_t minute_of(int64_t at_us)
{
    return at_us / US_PER_MIN - (at_us % US_PER_MIN < 0);
}

/* Index of the version that holds at `at_us`, `count` when none does. Versions are few. */
static size_t version_at(const struct bill_tariff *tariffs, size_t count, int64_t at_us)
{
    size_t i = 0;
    while (i < count && !(tariffs[i].valid.from_us <= at_us && at_us < tariffs[i].valid.to_us))
        i++;
    return i;
}

static int collect_span(const struct bill_tariff *tariffs, size_t count, struct bill_span span,
                        struct portion *portions)
{
    while (span.from_us < span.to_us) {
        size_t i = version_at(tariffs, count, span.from_us);
        if (i == count)
            return BILL_E_UNPRICED;
        int64_t cut_us = tariffs[i].valid.to_us < span.to_us ? tariffs[i].valid.to_us : span.to_us;
        int64_t length_us;
        if (__builtin_sub_overflow(cut_us, span.from_us, &length_us) ||
            __builtin_add_overflow(portions[i].used_us, length_us, &portions[i].used_us))
            return BILL_E_RANGE;
        portions[i].minutes += minute_of(cut_us) - minute_of(span.from_us);
        span.from_us = cut_us;
    }
    return 0;
}

static int collect_spans(const struct bill_tariff *tariffs, size_t count,
                         const struct bill_usage *usage, struct portion *portions)
{
    int64_t last_us = INT64_MIN;
    for (size_t i = 0; i < usage->span_count; i++) {
        struct bill_span span = usage->spans[i];
        if (span.to_us < span.from_us || span.from_us < last_us)
            return BILL_E_BAD_SPAN;
        int outcome = collect_span(tariffs, count, span, portions);
        if (outcome != 0)
            return outcome;
        last_us = span.to_us;
    }
    return 0;
}

static int collect_duration(const struct bill_usage *usage, struct portion *portion)
{
    if (usage->billable_s < 0)
        return BILL_E_BAD_SPAN;
    if (__builtin_mul_overflow(usage->billable_s, US_PER_S, &portion->used_us) ||
        __builtin_mul_overflow(usage->waived_s, US_PER_S, &portion->waived_us))
        return BILL_E_RANGE;
    portion->minutes = usage->billable_s / 60;
    return 0;
}

/* Parts of a second are never billed: the usage counts whole ones. Floors of one running sum, so
 * that the portions add up to it. */
static int drop_fractions(struct portion *portions, size_t count)
{
    int64_t sum_us = 0;
    int64_t whole_s = 0;
    for (size_t i = 0; i < count; i++) {
        if (__builtin_add_overflow(sum_us, portions[i].used_us, &sum_us))
            return BILL_E_RANGE;
        portions[i].used_us = (sum_us / US_PER_S - whole_s) * US_PER_S;
        whole_s = sum_us / US_PER_S;
    }
    return 0;
}

/* A block is paid where it starts: what of it reaches into the next version is free there. Blocks
 * of the next version begin where the paid time ends. `paid_us` is that overhang. */
static int round_to_blocks(struct portion *portion, int64_t *paid_us)
{
    int64_t block_us;
    if (__builtin_mul_overflow(portion->tariff->block_s, US_PER_S, &block_us) || block_us <= 0)
        return BILL_E_RANGE;
    int64_t due_us = portion->used_us - *paid_us;
    if (due_us <= 0) {
        *paid_us = -due_us;
        return 0;
    }
    int64_t blocks = due_us / block_us + (due_us % block_us > 0);
    if (__builtin_mul_overflow(blocks, block_us, &portion->billed_us))
        return BILL_E_RANGE;
    *paid_us = portion->billed_us - due_us;
    return 0;
}

static int round_portions(struct portion *portions, size_t count)
{
    int64_t paid_us = 0;
    int64_t minutes = 0;
    struct portion *first_in_minutes = NULL;
    for (size_t i = 0; i < count; i++) {
        struct portion *portion = &portions[i];
        if (portion->used_us == 0)
            continue;
        switch (portion->tariff->rounding) {
        case BILL_EXACT:
            portion->billed_us = portion->used_us;
            break;
        case BILL_MINUTE:
            if (__builtin_mul_overflow(portion->minutes, US_PER_MIN, &portion->billed_us))
                return BILL_E_RANGE;
            minutes += portion->minutes;
            if (first_in_minutes == NULL)
                first_in_minutes = portion;
            break;
        case BILL_BLOCK: {
            int outcome = round_to_blocks(portion, &paid_us);
            if (outcome != 0)
                return outcome;
            break;
        }
        }
        if (portion->tariff->rounding != BILL_BLOCK)
            paid_us = 0;
    }
    if (first_in_minutes != NULL && minutes == 0)
        first_in_minutes->billed_us = US_PER_MIN;
    return 0;
}

static void name_unit(int64_t unit_s, char text[BILL_UNIT_MAX])
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "d"}};
    for (size_t i = 0; i < LEN(units); i++) {
        if (units[i].seconds == unit_s) {
            snprintf(text, BILL_UNIT_MAX, "%s", units[i].name);
            return;
        }
    }
    snprintf(text, BILL_UNIT_MAX, "%lld s", (long long)unit_s);
}

/* Closes a line: its fee is the one place where it is rounded. */
static int add_line(struct bill_fee *fee, struct bill_line line)
{
    struct ratio exact;
    if (ratio_mul(line.quantity, line.price, &exact) != 0)
        return BILL_E_RANGE;
    line.fee = ratio_round(exact, ROUND_HALF_AWAY);
    if (line.fee < 0 || line.fee > BILL_AMOUNT_MAX - fee->total)
        return BILL_E_RANGE;
    line.own_share = line.fee;
    fee->lines[fee->count++] = line;
    fee->total += line.fee;
    return 0;
}

static int add_use(struct bill_fee *fee, const struct portion *portion)
{
    struct bill_line line = {
        .kind = BILL_LINE_USE,
        .tariff = portion->tariff,
        .price = portion->tariff->price,
        .used_us = portion->used_us,
        .billed_us = portion->billed_us,
        .waived_us = portion->waived_us,
    };
    int64_t unit_us;
    if (__builtin_mul_overflow(portion->tariff->time_unit_s, US_PER_S, &unit_us) || unit_us <= 0 ||
        ratio_make(portion->billed_us, unit_us, &line.quantity) != 0)
        return BILL_E_RANGE;
    name_unit(portion->tariff->time_unit_s, line.unit);
    return add_line(fee, line);
}

static int add_fixed(struct bill_fee *fee, enum bill_line_kind kind,
                     const struct bill_tariff *tariff, int64_t amount,
                     const struct bill_absence *absence)
{
    if (amount <= 0)
        return 0;
    struct bill_line line = {
        .kind = kind,
        .tariff = tariff,
        .absence = absence,
        .quantity = RATIO_ONE,
        .unit = "each",
        .price = {amount, 1},
    };
    return add_line(fee, line);
}

static int rate_use(const struct bill_tariff *tariffs, size_t tariff_count, size_t base,
                    const struct bill_usage *usage, struct arena *arena, struct bill_fee *ret)
{
    struct portion *portions = arena_array(arena, tariff_count, sizeof(*portions));
    for (size_t i = 0; i < tariff_count; i++)
        portions[i].tariff = &tariffs[i];
    int outcome = usage->span_count > 0 ? collect_spans(tariffs, tariff_count, usage, portions)
                                        : collect_duration(usage, &portions[base]);
    if (outcome == 0)
        outcome = drop_fractions(portions, tariff_count);
    if (outcome == 0)
        outcome = round_portions(portions, tariff_count);
    if (outcome != 0)
        return outcome;

    bool is_used = false;
    for (size_t i = 0; i < tariff_count && outcome == 0; i++) {
        is_used = is_used || portions[i].used_us > 0;
        if (portions[i].billed_us > 0)
            outcome = add_use(ret, &portions[i]);
    }
    if (outcome != 0 || (!is_used && !tariffs[base].charges_unused))
        return outcome;
    outcome = add_fixed(ret, BILL_LINE_SETUP, &tariffs[base], tariffs[base].setup_fee, NULL);
    if (outcome == 0)
        outcome = add_fixed(ret, BILL_LINE_MINIMUM, &tariffs[base],
                            tariffs[base].minimum_fee - ret->total, NULL);
    return outcome;
}

int bill_rate(const struct bill_tariff *tariffs, size_t tariff_count,
              const struct bill_usage *usage, struct arena *arena, struct bill_fee *ret)
{
    size_t base = version_at(tariffs, tariff_count, usage->service_us);
    if (base == tariff_count)
        return BILL_E_UNPRICED;
    *ret = (struct bill_fee){
        .lines = arena_array(arena, tariff_count + 2, sizeof(struct bill_line)),
    };
    if (usage->absence)
        return add_fixed(ret, BILL_LINE_FEE, &tariffs[base], usage->absence->fee, usage->absence);
    return rate_use(tariffs, tariff_count, base, usage, arena, ret);
}
