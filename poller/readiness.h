/* Tells the service manager that started us that all parts work. Source: sd_notify(3), whose
 * protocol is a datagram to the socket named by NOTIFY_SOCKET. */
#ifndef HAYLOFT_READINESS_H
#define HAYLOFT_READINESS_H

#include <stdbool.h>

/* True when it was told, or nobody wants to hear it; else false, with errno. */
bool readiness_tell(void);

#endif
