#include "collectors/protocol/heard_frame.h"

#include <stdio.h>

#include "collectors/protocol/ipv4.h"
#include "collectors/protocol/ipv6.h"

static enum heard_kind read_packet(struct heard_frame *h)
{
    if (udp_read(&h->ip, &h->udp))
        return HEARD_UDP;
    if (tcp_read(&h->ip, &h->tcp))
        return HEARD_TCP;
    bool icmp = h->ip.protocol == IP_ICMP || h->ip.protocol == IP_ICMP6;
    return icmp && !h->ip.fragment ? HEARD_ICMP : HEARD_NOTHING;
}

static enum heard_kind read_payload(const struct ethernet_frame *e, struct heard_frame *h)
{
    switch (e->type) {
    case ETHERNET_ARP:
        return arp_read(e->payload, e->payload_len, &h->arp) ? HEARD_ARP : HEARD_NOTHING;
    case ETHERNET_IPV4:
        return ipv4_read(e->payload, e->payload_len, &h->ip) ? read_packet(h) : HEARD_NOTHING;
    case ETHERNET_IPV6:
        return ipv6_read(e->payload, e->payload_len, &h->ip) ? read_packet(h) : HEARD_NOTHING;
    default:
        return HEARD_NOTHING;
    }
}

void heard_frame_read(const struct ether_frame *f, struct heard_frame *out)
{
    struct ethernet_frame e;
    *out = (struct heard_frame){.vid = f->vid > 0 ? f->vid : ETHER_UNTAGGED, .at = f->at};
    if (!ethernet_read(f->data, f->len, &e))
        return;
    out->from = e.from;
    out->to = e.to;
    if (!f->cut && !f->double_tagged)
        out->kind = read_payload(&e, out);
}

const char *heard_vid_text(int32_t vid, char out[static 16])
{
    if (vid == ETHER_UNTAGGED)
        snprintf(out, 16, "without a tag");
    else
        snprintf(out, 16, "on VLAN %d", vid);
    return out;
}
