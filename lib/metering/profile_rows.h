#pragma once
/* What the words of a profile mean: shared by its reader and its values, of no use to others. */

#include "metering/profile.h"

enum profile_measure { MEASURE_POWER, MEASURE_ENERGY, MEASURE_STATE };

struct profile_role_row {
    enum profile_measure measure;
    uint8_t has; /* where a sample keeps it; 0: it doesn't */
};

struct profile_type_row {
    uint8_t words; /* bits: 1 */
    bool is_signed;
    bool is_float;
};

struct profile_unit_row {
    enum profile_measure measure;
    int64_t factor; /* one unit in mW, in mWh, or itself */
};

/* By enum profile_role, profile_type, profile_unit. */
extern const struct profile_role_row profile_role_rows[];
extern const struct profile_type_row profile_type_rows[];
extern const struct profile_unit_row profile_unit_rows[];

/* Scales are num/den of at most this, so that raw x scale x unit stays within 128 bits. */
#define PROFILE_SCALE_MAX INT64_C(1000000000)
