#pragma once
/* A virtual instrument: what it draws, whether its run contact is closed, what its meter has
 * counted. Pure and exact: power is an integer of mW, energy the sum of mW x us. Time is simulated,
 * in us since the start. */

#include "base/arena.h"
#include "base/field.h"

struct sim_step {
    int64_t at_s; /* simulated, since the start of the script or of its cycle */
    int64_t power_w;
    bool contact;
};

#define SIM_POWER_MAX_W INT64_C(1000000)
#define SIM_TIME_MAX_S  INT64_C(31622400)

/* As written in the scenario. */
struct sim_spec {
    struct str code;
    int64_t port; /* 0 = any free one; instruments with the same other port share a listener */
    int64_t meter_unit;
    int64_t contact_unit;
    int64_t serial;
    int64_t rated_w;
    int64_t standby_w;
    int64_t ripple_permille;  /* the power's pseudo-random change from second to second */
    int64_t counter_wh;       /* at the start */
    int64_t cycle_s;          /* 0 = the script runs once, its last step stays */
    struct field_list script; /* of struct sim_step, in order of time */
    int fault;                /* enum sim_fault */
    int64_t fault_value;
};

enum sim_fault {
    FAULT_NONE,
    FAULT_DEAD,       /* requests are taken and never answered */
    FAULT_LATE,       /* answers come fault_value ms late */
    FAULT_WRONG_UNIT, /* answers name another unit */
    FAULT_WRONG_ID,   /* answers carry another transaction id */
    FAULT_EXCEPTION,  /* answers are exception fault_value */
};

/* By enum sim_fault, NULL-terminated. */
extern const char *const sim_fault_names[];

/* libmodbus sends the codes 1 to 11. */
bool sim_exception_is_valid(int64_t code);

/* A time with closed contact, as it truly was. */
struct sim_run {
    int64_t from_us;
    int64_t to_us; /* -1 = not over */
    int64_t energy_mwh;
};

#define SIM_RUNS_MAX 4096

/* mW x us in two parts, because 64 bits hold only 2.5 MWh of it. */
struct sim_energy {
    int64_t mwh;
    int64_t mw_us; /* below MW_US_PER_MWH */
};

struct instrument {
    const struct sim_spec *spec;
    uint64_t seed;
    int64_t now_us;
    int64_t base_mw; /* before the ripple */
    bool contact;
    enum sim_fault fault;
    int64_t fault_value;

    enum { MODE_SCRIPT, MODE_MANUAL } mode;
    size_t next_step;
    int64_t cycle_us; /* start of the script's current cycle */
    int64_t until_us; /* MODE_MANUAL: end of the run, -1 = none */

    struct sim_energy total; /* since the start */
    struct sim_energy run_start;
    struct sim_run *runs;
    size_t run_count;
    size_t runs_dropped; /* beyond SIM_RUNS_MAX; their energy is in `total` */
};

/* `spec` and `arena` must outlive the instrument. */
void instrument_init(struct instrument *instrument, const struct sim_spec *spec, uint64_t seed,
                     struct arena *arena);

/* Lets time pass until `now_us`, step by step; earlier times change nothing. */
void instrument_advance(struct instrument *instrument, int64_t now_us);

/* From now on by hand: run for a time, then idle / stand by / no power at all / back to the script,
 * which starts anew. */
void instrument_run(struct instrument *instrument, int64_t seconds, int64_t power_w);
void instrument_idle(struct instrument *instrument);
void instrument_off(struct instrument *instrument);
void instrument_script(struct instrument *instrument);

int64_t instrument_power_mw(const struct instrument *instrument);
int64_t instrument_counter_mwh(const struct instrument *instrument);
/* Of the run `index`, also when it is not over. */
int64_t instrument_run_mwh(const struct instrument *instrument, size_t index);
