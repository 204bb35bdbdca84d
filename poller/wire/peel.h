/* A frame as libpcap delivers it, taken apart as far as its outer tag (IEEE 802.3, 802.1Q). libpcap puts the tag
 * back that the kernel or the card had taken off, so the tag that stands in the bytes is the one it came with. */
#ifndef HAYLOFT_WIRE_PEEL_H
#define HAYLOFT_WIRE_PEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/ether.h"

#define ETHER_ADDRESSES_BYTES 12
#define ETHER_HEAD_BYTES 14
#define ETHER_TAG_BYTES 4
#define ETHER_VID_MASK 0x0fff
#define ETHER_VID_LAST 4094

/* EtherTypes */
#define TYPE_IPV4 0x0800
#define TYPE_ARP 0x0806
#define TYPE_VLAN 0x8100
#define TYPE_SERVICE_VLAN 0x88a8 /* 802.1ad; a VLAN of somebody else's: never taken for ours */
#define TYPE_OLD_VLAN 0x9100
#define TYPE_IPV6 0x86dd

struct peeled {
    struct mac to, from;
    int32_t vid;         /* as in struct ether_frame */
    bool double_tagged;
    uint16_t type;       /* behind the outer tag */
    const uint8_t *rest; /* from that type on; points into the frame */
    size_t rest_len;
};

/* False for what is too short to be a frame, or was cut inside the tag. */
bool peel(const uint8_t *frame, size_t len, struct peeled *out);
bool type_is_tag(uint16_t type);
bool mac_equal(const struct mac *a, const struct mac *b);
bool mac_is_group(const struct mac *m); /* multicast or broadcast */
bool mac_among(const struct mac *m, const struct mac *list, size_t count);

#endif
