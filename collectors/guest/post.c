/* How a probe sends: from its own address, tagged as the network is. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/probe_internal.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/ipv4.h"
#include "collectors/protocol/ipv6.h"

#define HOPS 64

void post_frame(struct probe *p, int32_t vid, const uint8_t *frame, size_t len)
{
    struct ether_frame f = {.way = p->plan.seat->way, .vid = vid, .data = frame, .len = len};
    if (!len || !f.way)
        return;
    ether_send(p->env->ether, &f, 1);
    if (f.error)
        p->send_error = f.error;
}

static void post(struct probe *p, const uint8_t *frame, size_t len)
{
    post_frame(p, (int32_t)p->setting->vid, frame, len);
}

void post_arp(struct probe *p, const struct addr *sender, const struct addr *target)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct arp_packet a = {.operation = ARP_REQUEST, .sender_mac = p->us.mac, .sender = *sender, .target = *target};
    post(p, frame, host_frame_arp(&ethernet_broadcast, &a, frame));
}

/* ---- IPv4: to whom a packet goes first ---- */

static const struct mac *mac_of(const struct probe *p, const struct addr *addr)
{
    for (size_t i = 0; i < p->hop_count; i++)
        if (addr_equal(&p->hops[i].addr, addr))
            return &p->hops[i].mac;
    return NULL;
}

bool post_end(struct probe *p, const struct addr *to, struct host_end *out)
{
    const struct addr *hop = prefix_contains(&p->subnet, to) ? to : &p->gateway.addr;
    const struct mac *mac = mac_of(p, hop);
    if (!mac) {
        post_arp(p, &p->us.addr, hop);
        return false;
    }
    *out = (struct host_end){*mac, *to};
    return true;
}

bool post_tcp(struct probe *p, const struct addr *to, const struct tcp_segment *s)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct host_end end;
    if (!post_end(p, to, &end))
        return false;
    post(p, frame, host_frame_tcp(&p->us, &end, s, frame));
    return true;
}

/* ---- either family ---- */

/* IPv6 goes to the router whose turn it is, which knows the way to everybody else; to a group at once. */
static bool ends(struct probe *p, const struct addr *to, struct host_end *from, struct host_end *out)
{
    bool near = to->family == AF_INET6 && (ipv6_is_link_local(to) || to->bytes[0] == 0xff);
    if (to->family == AF_INET) {
        *from = p->us;
        return post_end(p, to, out);
    }
    *from = near || !addr_is_set(&p->us6_far.addr) ? p->us6 : p->us6_far;
    *out = (struct host_end){to->bytes[0] == 0xff ? ethernet_group6(to) : p->routing.mac, *to};
    return true;
}

bool post_udp(struct probe *p, const struct addr *to, const struct udp_datagram *d)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct host_end from, end;
    if (!ends(p, to, &from, &end))
        return false;
    post(p, frame, host_frame_udp(&from, &end, d, frame));
    return true;
}

void post_icmp6(struct probe *p, const struct addr *to, const uint8_t *message, size_t len)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct host_end from, end;
    if (ends(p, to, &from, &end))
        post(p, frame, host_frame_icmp(&from, &end, ND_HOPS, message, len, frame));
}

bool post_echo(struct probe *p, const struct addr *to, size_t packet_bytes, uint32_t *token)
{
    uint8_t frame[ETHER_BYTES_MAX], message[ECHO_MESSAGE_MAX];
    size_t header = to->family == AF_INET6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES;
    struct host_end from, end;
    if (!ends(p, to, &from, &end))
        return false;
    size_t payload = packet_bytes - header - ICMP_HEADER_BYTES;
    struct echo_flight *f = echoes_launch(p->plan.echoes, to->family, message, payload);
    if (!f)
        return false;
    f->sent = probe_now(p);
    *token = f->token;
    post(p, frame, host_frame_icmp(&from, &end, HOPS, message, packet_bytes - header, frame));
    return true;
}
