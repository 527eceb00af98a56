#include "metering/sample.h"

#include <string.h>

const char *const quality_names[] = {"estimated", "recovered", "suspect", "clock", "power_down",
                                     "gap",       "ambiguous", "restart", NULL};

#define QUALITY_ALL ((1U << (LEN(quality_names) - 1)) - 1)

static uint8_t *put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
    return at + bytes;
}

static uint64_t take(const uint8_t **at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)(*at)[i] << (8 * i);
    *at += bytes;
    return value;
}

void sample_encode(const struct meter_sample *sample, uint8_t bytes[SAMPLE_BYTES])
{
    uint8_t *at = bytes;

    at = put(at, SAMPLE_VERSION, 1);
    at = put(at, sample->has, 1);
    at = put(at, sample->contact, 1);
    at = put(at, 0, 1); /* keeps what follows aligned */
    at = put(at, sample->quality, 4);
    memcpy(at, sample->meter.byte, sizeof(sample->meter.byte));
    at += sizeof(sample->meter.byte);
    at = put(at, (uint64_t)sample->seq, 8);
    at = put(at, (uint64_t)sample->at_us, 8);
    at = put(at, (uint64_t)sample->mono_us, 8);
    at = put(at, (uint64_t)sample->power_mw, 8);
    at = put(at, (uint64_t)sample->energy_mwh, 8);
    put(at, (uint32_t)sample->half_us, 4);
}

static bool is_within(int64_t value)
{
    return value >= -SAMPLE_VALUE_MAX && value <= SAMPLE_VALUE_MAX;
}

/* What `has` denies must be zero, so that equal samples have equal bytes. */
static bool is_sane(const struct meter_sample *sample)
{
    return (sample->has & ~SAMPLE_ALL) == 0 && (sample->quality & ~QUALITY_ALL) == 0 &&
           sample->seq > 0 && sample->half_us >= 0 && is_within(sample->seq) &&
           is_within(sample->at_us) && is_within(sample->mono_us) && is_within(sample->power_mw) &&
           is_within(sample->energy_mwh) &&
           ((sample->has & SAMPLE_POWER) || sample->power_mw == 0) &&
           ((sample->has & SAMPLE_ENERGY) || sample->energy_mwh == 0) &&
           ((sample->has & SAMPLE_CONTACT) || !sample->contact);
}

int sample_decode(const uint8_t *bytes, size_t len, struct meter_sample *ret)
{
    struct meter_sample sample = {0};
    const uint8_t *at = bytes;

    if (len != SAMPLE_BYTES || take(&at, 1) != SAMPLE_VERSION)
        return 1;
    sample.has = (uint8_t)take(&at, 1);
    uint64_t contact = take(&at, 1);
    if (contact > 1 || take(&at, 1) != 0)
        return 1;
    sample.contact = contact == 1;
    sample.quality = (uint32_t)take(&at, 4);
    memcpy(sample.meter.byte, at, sizeof(sample.meter.byte));
    at += sizeof(sample.meter.byte);
    sample.seq = (int64_t)take(&at, 8);
    sample.at_us = (int64_t)take(&at, 8);
    sample.mono_us = (int64_t)take(&at, 8);
    sample.power_mw = (int64_t)take(&at, 8);
    sample.energy_mwh = (int64_t)take(&at, 8);
    sample.half_us = (int32_t)(uint32_t)take(&at, 4);
    if (!is_sane(&sample))
        return 1;
    *ret = sample;
    return 0;
}
