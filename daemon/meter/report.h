#pragma once
/* Log lines about meters, few of them: a switch that dies silences a hundred meters at once, and a
 * bad cable the same one again and again. Beyond a bound, lines are counted instead of written, and
 * the count is told with the next one. */

#include "base/log.h"

struct report {
    int64_t window_us; /* start of the present one, of the system's monotonic clock */
    unsigned lines;    /* written in it */
    unsigned withheld; /* not written, and not yet told */
};

/* Zero-initialise. True when a line may be written now. */
bool report_may(struct report *report);

#define report_event(report, level, ...)                                                           \
    do {                                                                                           \
        if (report_may(report))                                                                    \
            log_event(level, __VA_ARGS__);                                                         \
    } while (0)
