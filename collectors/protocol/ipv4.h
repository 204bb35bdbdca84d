/* IPv4 headers (RFC 791). */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_IPV4_H
#define HAYLOFT_COLLECTORS_PROTOCOL_IPV4_H

#include "collectors/protocol/ip_packet.h"

#define IPV4_HEADER_BYTES 20

/* False: no IPv4, cut off, or lengths that do not fit what is there. */
bool ipv4_read(const uint8_t *packet, size_t len, struct ip_packet *out);
/* The header for a payload of p->payload_len bytes, which the caller writes behind it. */
bool ipv4_write(struct writer *w, const struct ip_packet *p, uint16_t identification);

/* Nobody on the Internet has it: private, shared, link-local, loopback, 0/8 or 240/4
 * (RFC 6890). Wherever a public name leads there, a resolver lies, or it is meant for this very place. */
bool ipv4_is_private(const struct addr *a);
bool ipv4_is_host(const struct addr *a); /* one machine may have it: neither 0/8, loopback, group nor 240/4 */

/* A mask as a length of a prefix; false: none, or bits with gaps between them. */
bool ipv4_mask_length(const struct addr *mask, uint8_t *out_bits);

#endif
