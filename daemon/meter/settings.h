#pragma once
/* What is to be polled, and how run states follow from it: read whole from the database, never
 * changed afterwards. */

#include "base/arena.h"
#include "clock.h"
#include "meter/line.h"
#include "meter/reads.h"
#include "metering/run_state.h"

struct pgsync;

/* One meter; plain, may be copied. */
struct meter_settings {
    struct uuid id;
    struct uuid resource;
    char code[64];
    char host[LINE_HOST_MAX];
    uint16_t port;
    uint8_t unit;
    int64_t period_us;
    int64_t timeout_us;
    int64_t line_timeout_us; /* longest one of the meters behind the same address and port */
    int64_t gap_us;          /* silence between two requests */
    int64_t last_seq;        /* known to the database; 0: none */
    struct reads reads;
    uint8_t fingerprint[32]; /* of all that the polling depends on, line_timeout_us apart */
};

/* One resource that has meters. */
struct resource_settings {
    struct uuid id;
    struct run_rule rule;
    bool has_counter;  /* rule.counter is of a meter */
    bool has_state;    /* the machine has run before: */
    bool is_state_bad; /* it can't be read; the machine must not begin anew over stored spans */
    struct run_state state;
    size_t meter_count;
};

/* Why something that the catalogue names is not polled. */
struct settings_fault {
    const char *meter;
    const char *reason;
};

struct settings {
    struct arena *arena;
    int64_t version; /* the catalogue's */
    bool has_clock;  /* --dev: */
    struct clock_setting clock;
    struct meter_settings *meters; /* by id */
    size_t meter_count;
    struct resource_settings *resources; /* by id */
    size_t resource_count;
    struct settings_fault *faults;
    size_t fault_count;
};

/* Reads everything in one repeatable-read transaction. 0, or 1 with a sentence in `fault`.
 * Blocking: for a loader's thread. The caller owns *ret. */
must_check int settings_load(struct pgsync *db, struct settings **ret, struct buf *fault);
void settings_free(struct settings *settings); /* NULL is accepted */

/* The resource by id, or NULL. */
struct resource_settings *settings_resource(const struct settings *settings, struct uuid id);
