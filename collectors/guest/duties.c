/* What a host does whatever else it is about: it answers who asks for its addresses, and keeps who answers it. */
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/probe_internal.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/neighbour_message.h"

static void keep_hop(struct probe *p, const struct addr *addr, const struct mac *mac)
{
    size_t i = 0;
    while (i < p->hop_count && !addr_equal(&p->hops[i].addr, addr))
        i++;
    if (i == PROBE_HOPS_MAX)
        return;
    p->hop_count += i == p->hop_count;
    p->hops[i] = (struct hop){*addr, *mac};
}

static bool is_for_us(const struct probe *p, const struct mac *to)
{
    return memcmp(to->bytes, p->us.mac.bytes, sizeof to->bytes) == 0;
}

static void hear_arp(struct probe *p, const struct heard_frame *h)
{
    const struct arp_packet *a = &h->arp;
    uint8_t frame[ETHER_BYTES_MAX];
    if (a->operation == ARP_REPLY && is_for_us(p, &h->to)) {
        keep_hop(p, &a->sender, &a->sender_mac);
    } else if (a->operation == ARP_REQUEST && addr_is_set(&p->us.addr) && addr_equal(&a->target, &p->us.addr)) {
        struct arp_packet reply = {.operation = ARP_REPLY, .sender_mac = p->us.mac, .sender = p->us.addr,
                                   .target_mac = a->sender_mac, .target = a->sender};
        post_frame(p, h->vid, frame, host_frame_arp(&a->sender_mac, &reply, frame));
    }
}

/* IPv6 routers ask for us before they answer an echo. */
static void hear_neighbour(struct probe *p, const struct heard_frame *h)
{
    struct neighbour_message m;
    uint8_t message[NEIGHBOUR_MESSAGE_BYTES], frame[ETHER_BYTES_MAX];
    if (!addr_is_set(&p->us6.addr) || !neighbour_read(&h->ip, &m) || m.advert || addr_equal(&h->ip.from, &ipv6_any))
        return;
    bool far = addr_is_set(&p->us6_far.addr) && addr_equal(&m.target, &p->us6_far.addr);
    if (!far && !addr_equal(&m.target, &p->us6.addr))
        return;
    struct host_end from = far ? p->us6_far : p->us6, to = {h->from, h->ip.from};
    struct neighbour_message here = {.advert = true, .target = m.target, .mac = p->us.mac};
    neighbour_write(&from.addr, &to.addr, &here, message);
    post_frame(p, h->vid, frame, host_frame_icmp(&from, &to, ND_HOPS, message, sizeof message, frame));
}

void duties_hear(struct probe *p, const struct heard_frame *h)
{
    if (h->kind == HEARD_ARP)
        hear_arp(p, h);
    else if (h->kind == HEARD_ICMP && h->ip.protocol == IP_ICMP6)
        hear_neighbour(p, h);
}

bool duties_echo(struct probe *p, const struct heard_frame *h, uint32_t *token)
{
    struct echo_flight *f = NULL;
    if (h->kind != HEARD_ICMP || h->vid != p->setting->vid || !is_for_us(p, &h->to))
        return false;
    if (echoes_match(p->plan.echoes, h->ip.from.family, h->ip.payload, h->ip.payload_len, &f) != ECHO_MATCH)
        return false;
    f->state = ECHO_ANSWERED;
    *token = f->token;
    return true;
}
