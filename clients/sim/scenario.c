#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX  (1U << 20)
#define STEPS_MAX 1000
#define UNIT_MAX  247

static const struct field step_rows[] = {
    FIELD_INT(struct sim_step, at_s, FIELD_NEEDED, 0, SIM_TIME_MAX_S, 0,
              "Simulated seconds since the start of the script or its cycle."),
    FIELD_INT(struct sim_step, power_w, FIELD_NEEDED, 0, SIM_POWER_MAX_W, 0, "Active power in W."),
    FIELD_BOOL(struct sim_step, contact, 0, "True when the run contact is closed."),
    FIELD_END,
};

static const struct field spec_rows[] = {
    FIELD_CODE(struct sim_spec, code, FIELD_NEEDED, "Name of the instrument."),
    FIELD_INT(struct sim_spec, port, FIELD_DEFAULT, 0, 65535, 0,
              "TCP port, shared by all instruments that name it; 0 is any free one."),
    FIELD_INT(struct sim_spec, meter_unit, FIELD_DEFAULT, 1, UNIT_MAX, 1,
              "Unit id of the power meter."),
    FIELD_INT(struct sim_spec, contact_unit, FIELD_DEFAULT, 1, UNIT_MAX, 2,
              "Unit id of the contact module."),
    FIELD_INT(struct sim_spec, serial, FIELD_DEFAULT, 0, UINT32_MAX, 1, "The meter's number."),
    FIELD_INT(struct sim_spec, rated_w, FIELD_NEEDED, 1, SIM_POWER_MAX_W, 0,
              "Most that the instrument draws, in W."),
    FIELD_INT(struct sim_spec, standby_w, FIELD_DEFAULT, 0, SIM_POWER_MAX_W, 0,
              "Power when idle, in W."),
    FIELD_INT(struct sim_spec, ripple_permille, FIELD_DEFAULT, 0, 500, 0,
              "Pseudo-random change of the power from second to second."),
    FIELD_INT(struct sim_spec, counter_wh, FIELD_DEFAULT, 0, INT64_C(1000000000000), 0,
              "The meter's counter at the start, in Wh."),
    FIELD_INT(struct sim_spec, cycle_s, FIELD_DEFAULT, 0, SIM_TIME_MAX_S, 0,
              "The script begins anew after that time; 0 is never."),
    FIELD_OBJECTS(struct sim_spec, script, 0, STEPS_MAX, struct sim_step, step_rows,
                  "What happens when, in order of time."),
    FIELD_ENUM(struct sim_spec, fault, FIELD_DEFAULT, sim_fault_names, FAULT_NONE,
               "How both devices misbehave."),
    FIELD_INT(struct sim_spec, fault_value, FIELD_DEFAULT, 0, 60000, 0,
              "Milliseconds of a late answer, or an exception code."),
    FIELD_END,
};

static const struct field scenario_rows[] = {
    FIELD_OBJECTS(struct scenario, instruments, FIELD_NEEDED, SCENARIO_INSTRUMENTS_MAX,
                  struct sim_spec, spec_rows, "The virtual instruments."),
    FIELD_END,
};

static int read_file(const char *path, struct buf *out, struct buf *faults)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        buf_printf(faults, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    buf_reserve(out, FILE_MAX + 1);
    out->len = fread(out->data, 1, FILE_MAX + 1, file);
    fclose(file);
    out->data[out->len] = '\0';
    if (out->len <= FILE_MAX)
        return 0;
    buf_printf(faults, "%s: longer than %u bytes\n", path, FILE_MAX);
    return 1;
}

static void report(const char *path, const struct problem *problem, struct buf *faults)
{
    for (size_t i = 0; i < problem->count; i++) {
        const struct violation *v = &problem->violation[i];
        buf_printf(faults, "%s: " STR_FMT ": %s\n", path, STR_ARG(v->pointer),
                   code_message(v->code, LANG_EN));
    }
}

/* What no single field can tell: order of time, units that collide on a shared port, the same name.
 */
static void check_script(const struct sim_spec *spec, struct buf *faults)
{
    const struct sim_step *steps = spec->script.items;
    for (size_t i = 0; i < spec->script.count; i++) {
        if (i > 0 && steps[i].at_s <= steps[i - 1].at_s)
            buf_printf(faults, STR_FMT ": step %zu is not after the one before\n",
                       STR_ARG(spec->code), i);
        if (spec->cycle_s > 0 && steps[i].at_s >= spec->cycle_s)
            buf_printf(faults, STR_FMT ": step %zu is not within the cycle\n", STR_ARG(spec->code),
                       i);
    }
}

static void check_pair(const struct sim_spec *a, const struct sim_spec *b, struct buf *faults)
{
    if (str_eq(a->code, b->code))
        buf_printf(faults, STR_FMT ": the name is given twice\n", STR_ARG(a->code));
    if (a->port == 0 || a->port != b->port)
        return;
    if (a->meter_unit == b->meter_unit || a->meter_unit == b->contact_unit ||
        a->contact_unit == b->meter_unit || a->contact_unit == b->contact_unit)
        buf_printf(faults, STR_FMT " and " STR_FMT ": the same unit id on one port\n",
                   STR_ARG(a->code), STR_ARG(b->code));
}

static void check(const struct scenario *scenario, struct buf *faults)
{
    const struct sim_spec *specs = scenario->instruments.items;
    for (size_t i = 0; i < scenario->instruments.count; i++) {
        const struct sim_spec *spec = &specs[i];
        check_script(spec, faults);
        if (spec->meter_unit == spec->contact_unit)
            buf_printf(faults, STR_FMT ": meter and contact have the same unit id\n",
                       STR_ARG(spec->code));
        if (spec->fault == FAULT_EXCEPTION && !sim_exception_is_valid(spec->fault_value))
            buf_printf(faults, STR_FMT ": fault_value is no exception code\n", STR_ARG(spec->code));
        for (size_t k = 0; k < i; k++)
            check_pair(&specs[k], spec, faults);
    }
}

int scenario_read(const char *path, struct arena *arena, struct scenario *ret, struct buf *faults)
{
    struct buf text = {0};
    size_t before = faults->len;
    const struct json *json = NULL;
    const char *why = NULL;
    struct problem *problem = arena_alloc(arena, sizeof(*problem));
    problem_init(problem, arena);
    if (read_file(path, &text, faults) == 0) {
        if (json_parse(buf_view(&text), arena, &json, &why))
            buf_printf(faults, "%s: %s\n", path, why);
        else if (!field_decode(scenario_rows, json, arena, ret, problem))
            report(path, problem, faults);
        else
            check(ret, faults);
    }
    buf_fini(&text);
    return faults->len > before;
}
