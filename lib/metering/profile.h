#pragma once
/* Device profiles: what a kind of meter has where. Data (schema/profiles/), not code. Decoding from
 * registers to integers is exact: no floating point. */

#include "base/field.h"
#include "metering/counter.h"
#include "metering/sample.h"

#define PROFILE_CHANNELS_MAX  16
#define PROFILE_SENTINELS_MAX 4
#define PROFILE_WORDS_MAX     125 /* of one channel's span: a Modbus request's most */

enum profile_role { /* what a channel is for: its name */
                    PROFILE_POWER,
                    PROFILE_ENERGY_IMPORT,
                    PROFILE_ENERGY_EXPORT,
                    PROFILE_CONTACT,
};

enum profile_type {
    PROFILE_FLOAT32,
    PROFILE_INT16,
    PROFILE_INT32,
    PROFILE_UINT32,
    PROFILE_INT64,
    PROFILE_UINT64,
    PROFILE_BIT,
};

enum profile_order { PROFILE_HIGH_FIRST, PROFILE_LOW_FIRST }; /* of the words of one value */

enum profile_unit {
    PROFILE_W,
    PROFILE_KW,
    PROFILE_WH,
    PROFILE_KWH,
    PROFILE_MEGA_WH,
    PROFILE_NO_UNIT
};

/* NULL-terminated, by the enums above: "power", "energy_import", ... */
extern const char *const profile_role_names[];
extern const char *const profile_type_names[];
extern const char *const profile_order_names[];
extern const char *const profile_unit_names[];

/* What to read. `function` 1 and 2: address and count are of bits; 3 and 4: of registers. */
struct profile_span {
    uint8_t function;
    uint16_t address; /* as on the wire, counted from 0 */
    uint16_t count;
};

/* A raw value that means "no value": equal under the mask. */
struct profile_sentinel {
    uint64_t bits;
    uint64_t mask;
};

struct profile_channel {
    enum profile_role role;
    enum profile_type type;
    enum profile_order order;
    enum profile_unit unit;
    uint8_t function;
    uint16_t address;
    int32_t scale_address; /* register with a power of ten (SunSpec scale factor), or -1 */
    struct ratio scale;    /* value in `unit` = raw x scale */
    bool is_inverted;      /* bits: the contact opens when the instrument runs */
    bool is_partial;       /* resettable by a user: refused for billing */
    size_t sentinel_count;
    struct profile_sentinel sentinel[PROFILE_SENTINELS_MAX];
    int64_t modulus_mwh;    /* counters; 0: none */
    int64_t resolution_mwh; /* counters */
};

struct profile {
    char code[64];
    char name[128];
    int32_t max_registers; /* most in one request */
    int32_t min_gap_ms;    /* silence that the device wants between requests */
    bool has_identity;
    struct profile_span identity; /* registers that tell one device from another */
    size_t channel_count;
    struct profile_channel channel[PROFILE_CHANNELS_MAX];
};

/* The field rows of a profile document, for the schema that the API prints. */
extern const struct field profile_fields[];

/* Reads a profile document and checks it (profile_check). 0, or 1 when `problem` gained violations;
 * *ret is not to be used then. *ret keeps nothing of the arena. */
must_check int profile_read(const struct json *doc, struct arena *arena, struct profile *ret,
                            struct problem *problem);

/* Adds a violation for every fault: type against function, unit against role, address range, span
 * against max_registers, a role twice, a partial register as energy, no channel at all.
 * 0, or 1 when `problem` gained some. */
must_check int profile_check(const struct profile *profile, struct problem *problem);

/* The channel of a role, NULL when the device has none. */
const struct profile_channel *profile_find(const struct profile *profile, enum profile_role role);

/* What must be read for this channel, in one request: the value (and its scale) is never split. */
struct profile_span profile_span(const struct profile_channel *channel);

/* The value of what was read for profile_span(channel), `count` words (of bits: 0 or 1 each).
 * *ret: mW, mWh, or 0/1. 0, or 1 when the reading is invalid: too short, NaN, infinite, a sentinel,
 * no valid scale, beyond SAMPLE_VALUE_MAX. Rounded half away from zero to the unit of *ret. */
must_check int profile_value(const struct profile_channel *channel, const uint16_t *words,
                             size_t count, int64_t *ret);

/* The same, stored in the sample with its `has` bit; roles that a sample doesn't carry are skipped
 * (0). On 1 the sample is untouched. */
must_check int profile_sample(const struct profile_channel *channel, const uint16_t *words,
                              size_t count, struct meter_sample *sample);

/* The counter rule of an energy channel (NULL: a device without one) with the instrument's rated
 * power (0: unknown) and the readings that confirm a change. */
struct counter_rule profile_counter_rule(const struct profile_channel *channel, int64_t rated_mw,
                                         int32_t confirm_count);
