#pragma once
/* What to read of one meter, and what the replies mean. Pure. */

#include "metering/profile.h"
#include "modbus/bus.h"
#include "modbus/plan.h"

#define READS_CHANNELS_MAX 3 /* power, energy, contact: what a sample carries */

/* Plain, without pointers: may be copied. */
struct reads {
    uint16_t registers_max; /* of one request */
    bool is_joined;         /* some read fetches registers that nobody asked for */
    size_t channel_count;
    struct profile_channel channel[READS_CHANNELS_MAX];
    struct mbplan_place place[READS_CHANNELS_MAX];
    size_t count;
    struct mbplan_read read[READS_CHANNELS_MAX];
};

/* Plans as few reads as possible for what a sample carries, joining registers that lie near each
 * other, so that power and energy come from one moment. 0, or 1 when the profile has nothing to
 * read. */
must_check int reads_plan(const struct profile *profile, struct reads *ret);

/* Plans again without reading a register that nobody asked for: for a device that answers those
 * with exception 02. */
void reads_split(struct reads *reads);

/* Takes the values out of the reply to read number `index`. An invalid value leaves its `has` bit
 * off. */
void reads_take(const struct reads *reads, size_t index, const struct mb_reply *reply,
                struct meter_sample *sample);
