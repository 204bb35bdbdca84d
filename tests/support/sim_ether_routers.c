/* IPv6 routers of the world of VLANs: advertisements, echo, a resolver and a DHCPv6 server at the same place. */
#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/dhcpv6.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/icmp.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/router_advert.h"
#include "tests/support/sim_ether_internal.h"

#define MESSAGE_BYTES 256

static size_t write_advert(const struct ether_router *r, uint8_t out[static MESSAGE_BYTES])
{
    static const uint8_t zeros[16];
    struct writer w = writer_over(out, MESSAGE_BYTES);
    wr_u32(&w, 0x86000000);
    wr_u8(&w, 64);
    wr_u8(&w, (uint8_t)((r->managed ? 0x80 : 0) | (r->other ? 0x40 : 0)));
    wr_u16(&w, r->lifetime_s);
    wr_bytes(&w, zeros, 8);
    wr_u16(&w, 0x0101);
    wr_bytes(&w, r->host->mac.bytes, 6);
    if (addr_is_set(&r->prefix)) {
        wr_u32(&w, 0x030440c0);
        wr_u32(&w, 3600);
        wr_u32(&w, 3600);
        wr_u32(&w, 0);
        wr_bytes(&w, r->prefix.bytes, 16);
    }
    if (addr_is_set(&r->resolver)) {
        wr_u32(&w, 0x19030000);
        wr_u32(&w, 3600);
        wr_bytes(&w, r->resolver.bytes, 16);
    }
    return wr_len(&w);
}

static void send_advert(struct sim_ether *w, const struct ether_router *r, const struct host_end *to)
{
    uint8_t message[MESSAGE_BYTES], frame[ETHER_BYTES_MAX];
    struct host_end near = {r->host->mac, r->host->addr6};
    size_t len = write_advert(r, message);
    ether_reply(w, r->host->vid, frame, host_frame_icmp(&near, to, ND_HOPS, message, len, frame));
}

void sim_ether_advertise(struct sim_ether *w, struct ether_router *r)
{
    struct host_end all = {ethernet_group6(&ipv6_all_nodes), ipv6_all_nodes};
    send_advert(w, r, &all);
}

static void answer_echo(struct sim_ether *w, struct ether_router *r, const struct heard_frame *h)
{
    uint8_t message[ETHER_BYTES_MAX], frame[ETHER_BYTES_MAX];
    struct host_end near = {r->host->mac, h->ip.to}, far = {h->from, h->ip.from};
    struct icmp_echo echo;
    if (r->host->pingless || !icmp_quote_read(AF_INET6, h->ip.payload, h->ip.payload_len, &echo))
        return;
    r->echoed++;
    memcpy(message, h->ip.payload, h->ip.payload_len);
    message[0] = 129;
    memset(message + 2, 0, 2);
    ether_reply(w, h->vid, frame, host_frame_icmp(&near, &far, 64, message, h->ip.payload_len, frame));
}

static void answer_udp(struct sim_ether *w, const struct heard_frame *h, const struct host_end *near,
                       const uint8_t *message, size_t len)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct host_end far = {h->from, h->ip.from};
    struct udp_datagram d = {.from = h->udp.to, .to = h->udp.from, .payload = message, .payload_len = len};
    ether_reply(w, h->vid, frame, host_frame_udp(near, &far, &d, frame));
}

static void hear_udp(struct sim_ether *w, struct ether_router *r, const struct heard_frame *h)
{
    uint8_t message[MESSAGE_BYTES];
    struct host_end near = {r->host->mac, h->ip.to};
    if (h->udp.to == 53 && addr_equal(&h->ip.to, &r->resolver) && !r->resolver_silent) {
        r->named++;
        answer_udp(w, h, &near, message,
                   ether_dns_answer(&h->udp, &r->host->name, r->host->rcode, message, sizeof message));
    } else if (h->udp.to == DHCPV6_SERVER_PORT && !r->dhcpv6_silent && h->udp.payload_len < sizeof message) {
        r->configured++;
        near.addr = r->host->addr6;
        memcpy(message, h->udp.payload, h->udp.payload_len); /* the client's own id comes first, as it must come back */
        message[0] = message[0] == DHCPV6_SOLICIT ? DHCPV6_ADVERTISE : DHCPV6_REPLY;
        answer_udp(w, h, &near, message, h->udp.payload_len);
    }
}

static void router_hear(struct sim_ether *w, struct ether_router *r, const struct heard_frame *h)
{
    struct host_end asker = {h->from, h->ip.from};
    bool to_us = memcmp(&h->to, &r->host->mac, sizeof h->to) == 0;
    if (h->kind == HEARD_ICMP && h->ip.payload_len && h->ip.payload[0] == 133)
        send_advert(w, r, &asker);
    else if (h->kind == HEARD_ICMP && to_us)
        answer_echo(w, r, h);
    else if (h->kind == HEARD_UDP)
        hear_udp(w, r, h);
}

void ether_routers_hear(struct sim_ether *w, const struct heard_frame *h)
{
    for (size_t i = 0; i < w->router_count && h->kind != HEARD_NOTHING && h->kind != HEARD_ARP; i++)
        if (w->routers[i].host->vid == h->vid && !w->routers[i].off && h->ip.from.family == AF_INET6)
            router_hear(w, &w->routers[i], h);
}

struct ether_router *sim_ether_router(struct sim_ether *w, struct ether_host *host, const char *addr6)
{
    assert(w->router_count < SIM_ETHER_ROUTERS);
    struct ether_router *r = &w->routers[w->router_count++];
    *r = (struct ether_router){.host = host, .lifetime_s = 1800};
    bool ok = addr_parse(addr6, &host->addr6);
    assert(ok);
    (void)ok;
    return r;
}
