/* Which names a client may call us by. A page elsewhere can point its own name at our address (DNS
 * rebinding) and would then read us as its own; it cannot do so under a number or a name it does not own.
 * So numbers pass, names only from the list. */
#ifndef HAYLOFT_WEB_HOST_H
#define HAYLOFT_WEB_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* host: the Host header, NULL when absent (refused). own: this machine's name, allowed bare and with
 * ".local", ".lan" and ".home.arpa"; may be NULL. */
bool host_is_allowed(const char *host, const char *own, char *const *listed, size_t count);

/* Whether an Origin header names the same place as host; "null" and other schemes do not. */
bool host_is_origin(const char *origin, const char *host);

#endif
