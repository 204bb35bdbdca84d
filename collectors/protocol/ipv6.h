/* IPv6 headers (RFC 8200), and the words of neighbour discovery that need no more than addresses. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_IPV6_H
#define HAYLOFT_COLLECTORS_PROTOCOL_IPV6_H

#include "collectors/protocol/ip_packet.h"

#define IPV6_HEADER_BYTES 40

/* False: no IPv6, cut off, or an extension header nobody needs to know. */
bool ipv6_read(const uint8_t *packet, size_t len, struct ip_packet *out);
/* The header for a payload of p->payload_len bytes, which the caller writes behind it. */
bool ipv6_write(struct writer *w, const struct ip_packet *p);

bool ipv6_is_link_local(const struct addr *a);
struct addr ipv6_solicited_node(const struct addr *of); /* its group (RFC 4291 section 2.7.1) */

extern const struct addr ipv6_any, ipv6_all_nodes, ipv6_all_routers, ipv6_dhcp_servers; /* :: ff02::1 ::2 ::1:2 */

#endif
