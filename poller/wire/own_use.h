/* Does this machine itself use what comes to the address of a card of its own? It does when it has an IPv4 address
 * there, whose lease is then its own, and when it passes on what is not for it (rtnetlink RTM_GETADDR and
 * RTM_GETNETCONF). Asking needs no right. */
#ifndef HAYLOFT_WIRE_OWN_USE_H
#define HAYLOFT_WIRE_OWN_USE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one part of the kernel's answer tells: *found is set when the interface of that number has an address. True
 * while more is to come; *whole when that was the end and nothing went wrong. Pure. */
bool own_use_read_addresses(const void *bytes, size_t len, uint32_t ifindex, bool *found, bool *whole);
/* False: it does not tell. Pure. */
bool own_use_read_forwarding(const void *bytes, size_t len, bool *forwards);

/* fd: an rtnetlink socket with nothing else under way. What cannot be told counts as used. */
bool own_use_ask(int fd, uint32_t ifindex);

#endif
