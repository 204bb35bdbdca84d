/* What kind of frame this is, as an audit of a wire counts it. Pure. */
#ifndef HAYLOFT_TESTS_FRAME_KIND_H
#define HAYLOFT_TESTS_FRAME_KIND_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define FRAME_NO_VID (-1)

enum frame_kind {
    FRAME_ARP,
    FRAME_DHCP_DISCOVER, FRAME_DHCP_REQUEST, FRAME_DHCP_RELEASE, FRAME_DHCP_DECLINE,
    FRAME_DHCP_CLIENT,   /* another word of a client */
    FRAME_DHCP_SERVER,
    FRAME_DHCPV6_CLIENT, FRAME_DHCPV6_SERVER,
    FRAME_ECHO, FRAME_ECHO_REPLY, FRAME_ICMP,
    FRAME_ECHO6, FRAME_ECHO6_REPLY, FRAME_RS, FRAME_RA, FRAME_NS, FRAME_NA, FRAME_ICMP6,
    FRAME_DNS,           /* a question */
    FRAME_DNS_ANSWER, FRAME_UDP, FRAME_TCP,
    FRAME_FRAGMENT,      /* but the first */
    FRAME_IPV4, FRAME_IPV6, /* of another protocol, or cut short */
    FRAME_OTHER,
    FRAME_SHORT,         /* no whole Ethernet header */
    FRAME_DOUBLE_TAGGED,
    FRAME_KINDS
};
extern const char *const frame_kind_words[]; /* with '-'; ends with NULL */

struct frame_seen {
    struct mac from;
    int32_t vid; /* FRAME_NO_VID: no tag */
    enum frame_kind kind;
};

/* The frame as it was on the wire, tag and all. */
struct frame_seen frame_look(const uint8_t *frame, size_t len);

#endif
