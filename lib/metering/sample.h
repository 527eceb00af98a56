#pragma once
/* One reading of one meter: a plain value without pointers, so that a ring, a spool and a network
 * can carry it. */

#include "base/id.h"

/* Quality marks of a sample, a span and a usage; none is `good`. The bits are stored: never
 * renumber. */
enum quality {
    QUALITY_GOOD = 0,
    QUALITY_ESTIMATED = 1 << 0,  /* energy from the power integral, no counter behind it */
    QUALITY_RECOVERED = 1 << 1,  /* energy of a gap, from the counter's difference across it */
    QUALITY_SUSPECT = 1 << 2,    /* contradicts physics or another input: a person decides */
    QUALITY_CLOCK = 1 << 3,      /* the wall clock was stepped: placed, but not where it seems */
    QUALITY_POWER_DOWN = 1 << 4, /* the meter lost its supply in it */
    QUALITY_GAP = 1 << 5,        /* not observed */
    QUALITY_AMBIGUOUS = 1 << 6,  /* several explanations of the counter; the lower one is booked */
    QUALITY_RESTART = 1 << 7,    /* of samples only: first after a start, mono_us begins anew */
};

/* Names of the bits, by bit number, NULL-terminated: "estimated", "recovered", ... */
extern const char *const quality_names[];

enum sample_has {
    SAMPLE_POWER = 1 << 0,
    SAMPLE_ENERGY = 1 << 1,
    SAMPLE_CONTACT = 1 << 2,
    SAMPLE_ALL = SAMPLE_POWER | SAMPLE_ENERGY | SAMPLE_CONTACT,
};

/* Power and energy of a sample stay within these, so that JSON keeps them exactly. */
#define SAMPLE_VALUE_MAX (INT64_C(9007199254740991)) /* 2^53 - 1 */

struct meter_sample {
    struct uuid meter;
    int64_t seq;        /* counted by the poller per meter, never repeated; > 0 */
    int64_t at_us;      /* wall clock, middle of request and reply */
    int64_t mono_us;    /* the same moment on the monotonic clock */
    int64_t power_mw;   /* import positive */
    int64_t energy_mwh; /* import counter */
    int32_t half_us;    /* half of the round trip: the uncertainty of the time */
    uint32_t quality;   /* enum quality */
    uint8_t has;        /* enum sample_has; a value that is absent is 0 / false */
    bool contact;       /* run contact closed */
};

#define SAMPLE_VERSION 1
#define SAMPLE_BYTES   68

/* The spool's form: SAMPLE_BYTES bytes, first the version, all numbers little-endian. */
void sample_encode(const struct meter_sample *sample, uint8_t bytes[SAMPLE_BYTES]);

/* 0, or 1 when `bytes` is no sample of a known version (wrong length, unknown bits, values out of
 * range, a value where `has` says none); *ret is untouched then. */
must_check int sample_decode(const uint8_t *bytes, size_t len, struct meter_sample *ret);
