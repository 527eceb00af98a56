#include "meter/reads.h"

#include <assert.h>
#include <string.h>

/* A request more costs a round trip, 32 registers more cost 64 bytes. */
#define JOIN_GAP 32

static void plan(struct reads *reads, uint16_t gap_max)
{
    const struct mbplan_limits limits = {reads->registers_max, MB_BITS_MAX, gap_max};
    struct mbplan_want wants[READS_CHANNELS_MAX];
    size_t at, wanted = 0, fetched = 0;

    for (size_t i = 0; i < reads->channel_count; i++) {
        struct profile_span span = profile_span(&reads->channel[i]);
        wants[i] = (struct mbplan_want){span.function, span.address, span.count};
        wanted += span.count;
    }
    int r = mbplan_make(wants, reads->channel_count, &limits, reads->read, &reads->count,
                        reads->place, &at);
    assert(r == 0); /* profile_check() has seen to it */
    (void)r;
    for (size_t i = 0; i < reads->count; i++)
        fetched += reads->read[i].count;
    reads->is_joined = fetched > wanted;
}

int reads_plan(const struct profile *profile, struct reads *ret)
{
    static const enum profile_role roles[READS_CHANNELS_MAX] = {
        PROFILE_POWER, PROFILE_ENERGY_IMPORT, PROFILE_CONTACT};

    memset(ret, 0, sizeof(*ret));
    ret->registers_max = (uint16_t)profile->max_registers;
    for (size_t i = 0; i < LEN(roles); i++) {
        const struct profile_channel *channel = profile_find(profile, roles[i]);
        if (channel)
            ret->channel[ret->channel_count++] = *channel;
    }
    if (ret->channel_count == 0)
        return 1;
    plan(ret, JOIN_GAP);
    return 0;
}

void reads_split(struct reads *reads)
{
    plan(reads, 0);
}

static uint16_t word_of(const struct mb_reply *reply, uint8_t function, uint16_t index)
{
    return mb_is_bits(function) ? mb_reply_bit(reply, index) : mb_reply_word(reply, index);
}

void reads_take(const struct reads *reads, size_t index, const struct mb_reply *reply,
                struct meter_sample *sample)
{
    uint16_t words[PROFILE_WORDS_MAX];

    for (size_t i = 0; i < reads->channel_count; i++) {
        const struct profile_channel *channel = &reads->channel[i];
        struct profile_span span = profile_span(channel);
        if (reads->place[i].read != index || span.count > LEN(words))
            continue;
        for (uint16_t k = 0; k < span.count; k++)
            words[k] = word_of(reply, span.function, (uint16_t)(reads->place[i].offset + k));
        int invalid = profile_sample(channel, words, span.count, sample);
        (void)invalid; /* then the sample goes without it */
    }
}
