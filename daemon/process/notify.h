#pragma once
/* systemd's notification protocol (sd_notify(3)): one datagram a message to the socket that
 * $NOTIFY_SOCKET names. Without one nothing is sent. */

#include "base/attr.h"

/* Sends lines such as "READY=1"; that nobody listens is no fault of ours, so there is no result. */
void notify(const char *lines);

/* How often systemd wants to hear "WATCHDOG=1": half of $WATCHDOG_USEC, in microseconds, when it is
 * meant for this process; else 0. */
int64_t notify_watchdog_us(void);
