/* The Internet checksum (RFC 1071). */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_CHECKSUM_H
#define HAYLOFT_COLLECTORS_PROTOCOL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

/* Over len bytes; the result is in network order, ready to be stored as it is. */
uint16_t checksum_internet(const void *bytes, size_t len);

/* The same with the pseudo-header that UDP, TCP and ICMPv6 have (RFC 768, RFC 9293 section 3.1, RFC 8200
 * section 8.1); both addresses are of one family. Over what came, its own sum included, it is 0. */
uint16_t checksum_transport(const struct addr *from, const struct addr *to, uint8_t protocol, const void *bytes,
                            size_t len);

#endif
