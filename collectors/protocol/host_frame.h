/* Whole frames of a host that is played: from its end to another's, ready for the ether door. Each gives the
 * frame's length, 0 when it does not fit. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_HOST_FRAME_H
#define HAYLOFT_COLLECTORS_PROTOCOL_HOST_FRAME_H

#include "collectors/protocol/arp.h"
#include "collectors/protocol/dhcp.h"
#include "collectors/protocol/tcp_segment.h"
#include "collectors/protocol/udp.h"
#include "poller/base/ether.h"

/* Who stands at one end: an address, and the MAC a frame has for it. Of somebody far away the MAC is the
 * gateway's. Both ends of a frame are of one family. */
struct host_end {
    struct mac mac;
    struct addr addr;
};

size_t host_frame_arp(const struct mac *to, const struct arp_packet *p, uint8_t out[static ETHER_BYTES_MAX]);
size_t host_frame_udp(const struct host_end *from, const struct host_end *to, const struct udp_datagram *d,
                      uint8_t out[static ETHER_BYTES_MAX]);
size_t host_frame_tcp(const struct host_end *from, const struct host_end *to, const struct tcp_segment *s,
                      uint8_t out[static ETHER_BYTES_MAX]);
/* ICMP or ICMPv6; the sum of an ICMPv6 message whose field is 0 is made. hops: 255 in neighbour discovery. */
size_t host_frame_icmp(const struct host_end *from, const struct host_end *to, uint8_t hops, const uint8_t *message,
                       size_t len, uint8_t out[static ETHER_BYTES_MAX]);
/* A client's question to everybody, or, when the server's end is given, from its address to that. */
size_t host_frame_dhcp(const struct dhcp_question *q, const struct host_end *server,
                       uint8_t out[static ETHER_BYTES_MAX]);

#endif
