#pragma once
/* Steering the simulator by lines of text, and its truth.
 *
 *   run CODE SECONDS WATTS   closed contact and that power for so many simulated seconds, then idle
 *   idle CODE | off CODE     standby power / none, open contact
 *   script CODE              the scenario's script, from its start
 *   fault CODE KIND [VALUE]  none, dead, late MS, wrong_unit, wrong_id, exception CODE
 *   truth                    one line of JSON
 *
 * Each line is answered by one: "ok", "error: ...", or the JSON. */

#include "instrument.h"

struct sim {
    struct instrument *instruments;
    size_t count;
    int64_t rate;     /* simulated seconds a second */
    int64_t start_us; /* wall clock at simulated time 0 */
    int64_t now_us;   /* simulated */
};

/* Does what `line` says, at sim->now_us, to which all instruments have been advanced. */
void control_line(struct sim *sim, struct str line, struct buf *out);

/* {"now_us", "rate", "instruments": [{"code", "energy_mwh", "counter_mwh", "power_mw", "contact",
 * "runs": [{"from_us", "to_us", "from", "to", "energy_mwh"}]}]}: times in simulated us since the
 * start, and as instants of the wall clock; the `to` of a run that is not over is null. */
void control_truth(const struct sim *sim, struct buf *out);
