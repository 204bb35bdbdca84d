/* Tells the service manager that started us that all parts work, and then that we are still there.
 * Source: sd_notify(3), sd_watchdog_enabled(3), whose protocol is a datagram to the socket named by
 * NOTIFY_SOCKET. */
#ifndef HAYLOFT_READINESS_H
#define HAYLOFT_READINESS_H

#include <stdbool.h>
#include <stdint.h>

/* Both: true when it was told, or nobody wants to hear it; else false, with errno. */
bool readiness_tell(void);
bool readiness_alive(void);

/* How often readiness_alive() has to be said: half of the patience the manager has with this
 * process (WATCHDOG_USEC, WATCHDOG_PID). 0: it waits for no such word. */
int64_t readiness_alive_every_ns(void);

#endif
