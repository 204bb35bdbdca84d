/* What of an IP packet of either family matters to one who plays a host: from whom, to whom, what is inside. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_IP_PACKET_H
#define HAYLOFT_COLLECTORS_PROTOCOL_IP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/cursor.h"

enum ip_protocol { IP_ICMP = 1, IP_TCP = 6, IP_UDP = 17, IP_ICMP6 = 58 };

struct ip_packet {
    struct addr from, to;   /* of one family */
    uint8_t protocol;       /* of IPv6: what stands behind the extension headers that may be skipped */
    uint8_t hops;           /* time to live, hop limit */
    bool dont_fragment;     /* of IPv4 */
    bool fragment;          /* it is a part: its payload is not whole, or begins in the middle */
    bool bad_sum;           /* of an IPv4 header: counted, never a reason to drop */
    const uint8_t *payload; /* points into the packet; padding is cut off */
    size_t payload_len;
};

#endif
