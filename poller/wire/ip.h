/* As much of IPv4 (RFC 791), IPv6 (RFC 8200) and UDP (RFC 768) as is needed to see what kind of packet it is. */
#ifndef HAYLOFT_WIRE_IP_H
#define HAYLOFT_WIRE_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "poller/base/cursor.h"

#define PORT_DNS 53
#define PORT_DHCP_SERVER 67
#define PORT_DHCP_CLIENT 68
#define PORT_DHCPV6_CLIENT 546
#define PORT_DHCPV6_SERVER 547

#define ICMP6_ECHO_QUESTION 128 /* RFC 4443 */
#define ICMP6_ECHO_ANSWER 129
#define ICMP6_ROUTER_SOLICIT 133 /* RFC 4861 */
#define ICMP6_ROUTER_ADVERT 134
#define ICMP6_NEIGHBOUR_SOLICIT 135
#define ICMP6_NEIGHBOUR_ADVERT 136

struct ip_view {
    uint8_t protocol;      /* IPPROTO_...; of IPv6 the first next header */
    bool fragment;         /* a piece of something longer: payload need not begin with a header */
    bool whole;            /* all that the header promises is there */
    struct reader payload; /* as far as it is there; padding behind it is not in it */
};

/* type: EtherType; packet: what follows it. False for what is neither IPv4 nor IPv6, or makes no sense. */
bool ip_read(uint16_t type, struct reader packet, struct ip_view *out);

struct udp_view {
    uint16_t from, to; /* ports */
    struct reader payload;
};

/* False: not UDP, a fragment, or too short. */
bool udp_read(const struct ip_view *ip, struct udp_view *out);

/* The type of an ICMP or ICMPv6 message; -1: neither. */
int icmp_type(const struct ip_view *ip, uint8_t protocol);

#endif
