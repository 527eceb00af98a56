#include "meter/report.h"

#include "base/instant.h"
#include "clock.h"

#define WINDOW_US (10 * US_PER_S)
#define LINES_MAX 20

bool report_may(struct report *report)
{
    int64_t now_us = clock_system_mono_us();

    if (now_us - report->window_us >= WINDOW_US) {
        report->window_us = now_us;
        report->lines = 0;
    }
    if (report->lines == LINES_MAX) {
        report->withheld++;
        return false;
    }
    report->lines++;
    if (report->withheld > 0)
        log_warn("lines_withheld", LI("count", report->withheld));
    report->withheld = 0;
    return true;
}
