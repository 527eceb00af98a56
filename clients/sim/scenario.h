#pragma once
/* The scenario file: which instruments there are and what they do. */

#include "instrument.h"

#define SCENARIO_INSTRUMENTS_MAX 64

struct scenario {
    struct field_list instruments; /* of struct sim_spec */
};

/* Reads the file. 0, or 1 with sentences, one a line, in `faults`. Everything lives in `arena`. */
must_check int scenario_read(const char *path, struct arena *arena, struct scenario *ret,
                             struct buf *faults);
