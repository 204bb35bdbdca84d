/* Hosts of the world of VLANs: ARP, echo, names, and TCP with a web server behind it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/icmp.h"
#include "collectors/protocol/ipv4.h"
#include "tests/support/sim_ether_internal.h"

#define DNS_BYTES 512

static bool same(const struct mac *a, const struct mac *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- ARP and echo ---- */

static void answer_arp(struct sim_ether *w, const struct ether_host *host, const struct heard_frame *h)
{
    const struct arp_packet *a = &h->arp;
    uint8_t frame[ETHER_BYTES_MAX];
    if (a->operation != ARP_REQUEST || (!host->proxy_arp && !addr_equal(&a->target, &host->addr)))
        return;
    struct arp_packet reply = {.operation = ARP_REPLY, .sender_mac = host->mac, .sender = a->target,
                               .target_mac = a->sender_mac, .target = a->sender};
    ether_reply(w, h->vid, frame, host_frame_arp(&a->sender_mac, &reply, frame));
}

static void answer_echo(struct sim_ether *w, const struct ether_host *host, const struct host_end *near,
                        const struct heard_frame *h)
{
    uint8_t message[ETHER_BYTES_MAX], frame[ETHER_BYTES_MAX];
    struct icmp_echo echo;
    struct host_end far = {h->from, h->ip.from};
    if (host->pingless || !icmp_quote_read(AF_INET, h->ip.payload, h->ip.payload_len, &echo))
        return;
    memcpy(message, h->ip.payload, h->ip.payload_len);
    message[0] = 0;
    ether_reply(w, h->vid, frame, host_frame_icmp(near, &far, 64, message, h->ip.payload_len, frame));
}

/* ---- names ---- */

size_t ether_dns_answer(const struct udp_datagram *asked, const struct addr *name, uint8_t rcode, uint8_t *out,
                        size_t room)
{
    bool has = addr_is_set(name) && !rcode;
    if (asked->payload_len < 12 || asked->payload_len + 16 > room)
        return 0;
    memcpy(out, asked->payload, asked->payload_len);
    out[2] = 0x81;
    out[3] = (uint8_t)(0x80 | (rcode ? rcode : has ? 0 : 3));
    out[7] = has;
    struct writer w = writer_over(out + asked->payload_len, room - asked->payload_len);
    if (has) {
        wr_u16(&w, 0xc00c);
        wr_u32(&w, 0x00010001);
        wr_u32(&w, 60);
        wr_u16(&w, 4);
        wr_bytes(&w, name->bytes, 4);
    }
    return asked->payload_len + wr_len(&w);
}

static void answer_name(struct sim_ether *w, const struct ether_host *host, const struct host_end *near,
                        const struct heard_frame *h)
{
    uint8_t message[DNS_BYTES], frame[ETHER_BYTES_MAX];
    struct host_end far = {h->from, h->ip.from};
    struct udp_datagram d = {.from = 53, .to = h->udp.from, .payload = message};
    if (!host->resolver || h->udp.to != 53)
        return;
    d.payload_len = ether_dns_answer(&h->udp, &host->name, host->rcode, message, sizeof message);
    ether_reply(w, h->vid, frame, host_frame_udp(near, &far, &d, frame));
}

/* ---- who a packet reaches ---- */

static bool is_open(const struct ether_host *host, uint16_t port)
{
    for (size_t i = 0; i < SIM_ETHER_PORTS; i++)
        if (host->ports[i] && host->ports[i] == port)
            return true;
    return false;
}

static void take_packet(struct sim_ether *w, struct ether_host *host, const struct mac *mac,
                        const struct heard_frame *h)
{
    struct host_end near = {*mac, host->addr};
    if (host->silent)
        return;
    host->asked++;
    if (h->kind == HEARD_ICMP)
        answer_echo(w, host, &near, h);
    else if (h->kind == HEARD_UDP)
        answer_name(w, host, &near, h);
    else if (h->kind == HEARD_TCP && (is_open(host, h->tcp.to) || !host->closed_quietly))
        ether_talk_hear(w, &near, h, is_open(host, h->tcp.to), host->page);
}

static bool is_reached(const struct sim_ether *w, const struct ether_host *host, const struct heard_frame *h)
{
    if (host->face)
        return true;
    if (host->vid == SIM_FAR)
        return !w->internet_off;
    return h->kind == HEARD_TCP ? w->leaks_tcp : h->kind == HEARD_ICMP && w->leaks_icmp;
}

static void route(struct sim_ether *w, const struct ether_host *gateway, const struct heard_frame *h)
{
    struct host_end any = {gateway->mac, h->ip.to};
    if (w->portal && h->kind == HEARD_TCP && h->tcp.to == 80) {
        ether_talk_hear(w, &any, h, true, w->portal);
        return;
    }
    for (size_t i = 0; i < w->host_count; i++)
        if (addr_equal(&w->hosts[i].addr, &h->ip.to) && is_reached(w, &w->hosts[i], h)) {
            take_packet(w, &w->hosts[i], &gateway->mac, h);
            return;
        }
}

static void host_hear(struct sim_ether *w, struct ether_host *host, const struct heard_frame *h)
{
    if (h->kind == HEARD_ARP)
        answer_arp(w, host, h);
    else if (h->kind == HEARD_NOTHING || h->ip.from.family != AF_INET || !same(&h->to, &host->mac))
        return;
    else if (addr_equal(&h->ip.to, &host->addr))
        take_packet(w, host, &host->mac, h);
    else if (host->gateway)
        route(w, host, h);
}

void ether_hosts_hear(struct sim_ether *w, const struct heard_frame *h)
{
    ether_dhcp_hear(w, h);
    ether_routers_hear(w, h);
    for (size_t i = 0; i < w->host_count; i++)
        if (w->hosts[i].vid == h->vid && !w->hosts[i].silent)
            host_hear(w, &w->hosts[i], h);
}
