#include "metering/profile.h"

#include <assert.h>

#include "metering/profile_rows.h"
#include "metering/wide.h"

const char *const profile_role_names[] = {"power", "energy_import", "energy_export", "contact",
                                          NULL};
const char *const profile_type_names[] = {"float32", "int16",  "int32", "uint32",
                                          "int64",   "uint64", "bit",   NULL};
const char *const profile_order_names[] = {"high_first", "low_first", NULL};
const char *const profile_unit_names[] = {"W", "kW", "Wh", "kWh", "MWh", "none", NULL};

const struct profile_role_row profile_role_rows[] = {
    [PROFILE_POWER] = {MEASURE_POWER, SAMPLE_POWER},
    [PROFILE_ENERGY_IMPORT] = {MEASURE_ENERGY, SAMPLE_ENERGY},
    [PROFILE_ENERGY_EXPORT] = {MEASURE_ENERGY, 0},
    [PROFILE_CONTACT] = {MEASURE_STATE, SAMPLE_CONTACT},
};

const struct profile_type_row profile_type_rows[] = {
    [PROFILE_FLOAT32] = {2, true, true}, [PROFILE_INT16] = {1, true, false},
    [PROFILE_INT32] = {2, true, false},  [PROFILE_UINT32] = {2, false, false},
    [PROFILE_INT64] = {4, true, false},  [PROFILE_UINT64] = {4, false, false},
    [PROFILE_BIT] = {1, false, false},
};

const struct profile_unit_row profile_unit_rows[] = {
    [PROFILE_W] = {MEASURE_POWER, 1000},
    [PROFILE_KW] = {MEASURE_POWER, 1000000},
    [PROFILE_WH] = {MEASURE_ENERGY, 1000},
    [PROFILE_KWH] = {MEASURE_ENERGY, 1000000},
    [PROFILE_MEGA_WH] = {MEASURE_ENERGY, 1000000000},
    [PROFILE_NO_UNIT] = {MEASURE_STATE, 1},
};

#define SCALE_EXPONENT_MAX 10 /* SunSpec: -10 ... 10 */

/* ---------------------------------------------------------------- values */

struct profile_span profile_span(const struct profile_channel *channel)
{
    uint32_t first = channel->address;
    uint32_t last = first + profile_type_rows[channel->type].words - 1;

    if (channel->scale_address >= 0) {
        uint32_t scale = (uint32_t)channel->scale_address;
        first = scale < first ? scale : first;
        last = scale > last ? scale : last;
    }
    uint32_t count = last - first + 1;
    if (count > UINT16_MAX) /* more than any device answers: refused by profile_check */
        count = UINT16_MAX;
    return (struct profile_span){channel->function, (uint16_t)first, (uint16_t)count};
}

/* The value's words as one number, the most significant word first. */
static uint64_t raw_bits(const struct profile_channel *channel, const uint16_t *words)
{
    size_t count = profile_type_rows[channel->type].words;
    uint64_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        size_t from = channel->order == PROFILE_HIGH_FIRST ? i : count - 1 - i;
        bits = bits << 16 | words[from];
    }
    return bits;
}

static bool is_sentinel(const struct profile_channel *channel, uint64_t bits)
{
    for (size_t i = 0; i < channel->sentinel_count; i++)
        if ((bits & channel->sentinel[i].mask) == channel->sentinel[i].bits)
            return true;
    return false;
}

/* size x 2^exponent / den, rounded half away from zero. 0, or 1 when beyond SAMPLE_VALUE_MAX. */
static int scaled(uint128 size, int exponent, uint64_t den, bool is_negative, int64_t *ret)
{
    /* Only floats have an exponent, and no scale register: size < 2^84 and den < 2^30 then. */
    uint128 divisor = den;

    if (exponent > 0) {
        if (exponent > 40 || size >> (127 - exponent) != 0)
            return 1;
        size <<= exponent;
    } else if (exponent < 0) {
        if (exponent < -92)
            size = 0;
        else
            divisor <<= -exponent;
    }
    uint128 value = size / divisor;
    uint128 rest = size % divisor;
    value += rest >= divisor - rest;
    if (value > (uint128)SAMPLE_VALUE_MAX)
        return 1;
    *ret = is_negative ? -(int64_t)value : (int64_t)value;
    return 0;
}

/* IEEE 754 binary32 taken apart: mantissa x 2^exponent. 0, or 1 for NaN and infinities. */
static int float_parts(uint32_t bits, uint64_t *ret_size, int *ret_exponent, bool *ret_negative)
{
    uint32_t biased = bits >> 23 & 0xff;
    uint32_t fraction = bits & 0x7fffff;

    if (biased == 0xff)
        return 1;
    *ret_negative = bits >> 31;
    *ret_size = biased == 0 ? fraction : (fraction | 0x800000);
    *ret_exponent = (biased == 0 ? 1 : (int)biased) - 150;
    return 0;
}

static void int_parts(const struct profile_type_row *type, uint64_t bits, uint64_t *ret_size,
                      bool *ret_negative)
{
    unsigned width = 16U * type->words;
    assert(width > 0);
    *ret_negative = type->is_signed && (bits >> (width - 1) & 1);
    if (*ret_negative) {
        uint64_t all = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
        bits = (~bits & all) + 1;
    }
    *ret_size = bits;
}

/* The power of ten in the scale register: 10^n as num/den. 0, or 1 when there is none. */
static int scale_factor(const struct profile_channel *channel, const uint16_t *words,
                        uint16_t first, uint64_t *ret_num, uint64_t *ret_den)
{
    *ret_num = *ret_den = 1;
    if (channel->scale_address < 0)
        return 0;
    int power = (int16_t)words[(uint16_t)channel->scale_address - first];
    if (power < -SCALE_EXPONENT_MAX || power > SCALE_EXPONENT_MAX)
        return 1;
    for (; power > 0; power--)
        *ret_num *= 10;
    for (; power < 0; power++)
        *ret_den *= 10;
    return 0;
}

static int bit_value(const struct profile_channel *channel, const uint16_t *words, int64_t *ret)
{
    if (words[0] > 1)
        return 1;
    *ret = (words[0] == 1) != channel->is_inverted;
    return 0;
}

int profile_value(const struct profile_channel *channel, const uint16_t *words, size_t count,
                  int64_t *ret)
{
    const struct profile_type_row *type = &profile_type_rows[channel->type];
    struct profile_span span = profile_span(channel);
    uint64_t size = 0;
    int exponent = 0;
    bool is_negative = false;
    uint64_t num;
    uint64_t den;

    if (count < span.count)
        return 1;
    if (channel->type == PROFILE_BIT)
        return bit_value(channel, words, ret);

    uint64_t bits = raw_bits(channel, words + (channel->address - span.address));
    if (is_sentinel(channel, bits) || scale_factor(channel, words, span.address, &num, &den))
        return 1;
    if (type->is_float) {
        if (float_parts((uint32_t)bits, &size, &exponent, &is_negative))
            return 1;
    } else {
        int_parts(type, bits, &size, &is_negative);
    }
    /* The parts are at most 2^64, 2^30 (scale), 2^30 (unit) and, with a scale register, 2^34. */
    uint128 product = (uint128)size * (uint64_t)channel->scale.num;
    product *= (uint64_t)profile_unit_rows[channel->unit].factor;
    if (product >> 92 != 0 && num > 1)
        return 1;
    return scaled(product * num, exponent, den * (uint64_t)channel->scale.den, is_negative, ret);
}

int profile_sample(const struct profile_channel *channel, const uint16_t *words, size_t count,
                   struct meter_sample *sample)
{
    uint8_t has = profile_role_rows[channel->role].has;
    int64_t value;

    if (has == 0)
        return 0;
    if (profile_value(channel, words, count, &value))
        return 1;
    if (has == SAMPLE_POWER)
        sample->power_mw = value;
    else if (has == SAMPLE_ENERGY)
        sample->energy_mwh = value;
    else
        sample->contact = value != 0;
    sample->has |= has;
    return 0;
}

const struct profile_channel *profile_find(const struct profile *profile, enum profile_role role)
{
    for (size_t i = 0; i < profile->channel_count; i++)
        if (profile->channel[i].role == role)
            return &profile->channel[i];
    return NULL;
}

struct counter_rule profile_counter_rule(const struct profile_channel *channel, int64_t rated_mw,
                                         int32_t confirm_count)
{
    struct counter_rule rule = {
        .resolution_mwh = 1, .confirm_count = confirm_count, .rated_mw = rated_mw};

    if (channel) {
        rule.modulus_mwh = channel->modulus_mwh;
        rule.resolution_mwh = channel->resolution_mwh;
        rule.significant_bits = profile_type_rows[channel->type].is_float ? 24 : 0;
    }
    return rule;
}
