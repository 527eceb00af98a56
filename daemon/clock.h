#pragma once
/* The process's one clock. Everything that asks for the time asks here, once per request, poll or
 * job, and hands the answer on. With --dev the clock can be set; without, it is the system's. */

#include "base/attr.h"

/* A row of the table dev_clock: at `real_us` of the system's clock ours showed `shown_us`, and from
 * there it runs `rate` times as fast (0 stands still, 60 is a minute a second). */
struct clock_setting {
    int64_t real_us;
    int64_t shown_us;
    int32_t rate;
};

/* Now, in microseconds since 1970 (wall clock). Safe from any thread. */
int64_t clock_now_us(void);

/* Monotonic microseconds for spans of meters and sessions: it never goes back, and follows the rate
 * and forward jumps of a set clock. Deadlines of sockets and queues are not measured with it (a
 * clock that stands still would stop them) but with the event loop's timers. Safe from any thread.
 */
int64_t clock_mono_us(void);

/* Sets the clock of this process. From then on, wall and monotonic time follow the setting exactly,
 * in integers. A jump ahead counts as time that passed on the monotonic clock too; after a jump
 * back it just goes on. */
void clock_set(const struct clock_setting *setting);

/* Back to the system's clock; the monotonic one goes on from where it is. */
void clock_unset(void);

/* The system's own clocks, whatever ours shows: for setting it, and for how old kept answers are.
 */
int64_t clock_system_us(void);
int64_t clock_system_mono_us(void);
