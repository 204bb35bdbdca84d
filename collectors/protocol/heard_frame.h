/* A frame from the ether door taken apart once, as far as one who plays a host wants to know. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_HEARD_FRAME_H
#define HAYLOFT_COLLECTORS_PROTOCOL_HEARD_FRAME_H

#include "collectors/protocol/arp.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/tcp_segment.h"
#include "collectors/protocol/udp.h"
#include "poller/base/ether.h"

/* What stands at the innermost place. */
enum heard_kind {
    HEARD_NOTHING, /* a proof of life, cut, tagged twice, or nothing we read */
    HEARD_ARP, HEARD_UDP, HEARD_TCP,
    HEARD_ICMP     /* of either family: see ip.payload */
};

struct heard_frame {
    int32_t vid;           /* as ether_frame has it; a tag that only carries a priority counts as none */
    struct mono at;
    struct mac from, to;
    enum heard_kind kind;
    struct arp_packet arp; /* of HEARD_ARP */
    struct ip_packet ip;   /* of the others */
    struct udp_datagram udp;
    struct tcp_segment tcp;
};

/* Points into the frame's data. */
void heard_frame_read(const struct ether_frame *f, struct heard_frame *out);
const char *heard_vid_text(int32_t vid, char out[static 16]); /* "on VLAN 501", "without a tag"; returns out */

#endif
