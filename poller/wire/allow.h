/* What may leave: the list of kinds of frames, and whose. Whoever hands frames to wire is not trusted with more than
 * this: no frame of somebody else's is ever passed on, nobody is answered in another's name, and with the card's own
 * address, whose lease is the host's, DHCP may only be asked. Pure. */
#ifndef HAYLOFT_WIRE_ALLOW_H
#define HAYLOFT_WIRE_ALLOW_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/ether.h"

/* 0, or the errno it is refused with: EMSGSIZE, or EACCES when it is none of
 *   ARP for IPv4 that says it is from its source address
 *   DHCP from client to server for that address (RFC 2131); of the card's own only DISCOVER, unless it is free
 *   DHCPv6 from client to server (RFC 8415); of the card's own only SOLICIT and INFORMATION-REQUEST
 *   ICMP and ICMPv6 echo, UDP to port 53, TCP, and of IPv6 router solicitation and neighbour discovery
 * whole and unfragmented, from an address of the wish, on a VLAN of the wish or none, with one tag at most.
 * data: without the tag. own: the card's address; free: nobody but us uses it (struct ether_state). */
int allow(const struct ether_wish *w, const struct mac *own, bool own_free, int32_t vid, const uint8_t *data,
          size_t len);

#endif
