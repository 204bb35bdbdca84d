#include "collectors/protocol/host_frame.h"

#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/ipv4.h"
#include "collectors/protocol/ipv6.h"

#define HOPS 64
#define ICMP_SUM_AT 2

size_t host_frame_arp(const struct mac *to, const struct arp_packet *p, uint8_t out[static ETHER_BYTES_MAX])
{
    struct writer w = writer_over(out, ETHER_BYTES_MAX);
    uint8_t packet[ARP_PACKET_BYTES];
    arp_write(p, packet);
    bool ok = ethernet_write(&w, to, &p->sender_mac, ETHERNET_ARP) && wr_bytes(&w, packet, sizeof packet);
    return ok ? wr_len(&w) : 0;
}

/* Everything up to the payload, which is of that length. */
static bool begin(struct writer *w, const struct host_end *from, const struct host_end *to, enum ip_protocol protocol,
                  uint8_t hops, size_t payload_len)
{
    bool six = from->addr.family == AF_INET6;
    struct ip_packet p = {.from = from->addr, .to = to->addr, .protocol = (uint8_t)protocol, .hops = hops,
                          .dont_fragment = true, .payload_len = payload_len};
    return ethernet_write(w, &to->mac, &from->mac, six ? ETHERNET_IPV6 : ETHERNET_IPV4) &&
           (six ? ipv6_write(w, &p) : ipv4_write(w, &p, 0));
}

size_t host_frame_udp(const struct host_end *from, const struct host_end *to, const struct udp_datagram *d,
                      uint8_t out[static ETHER_BYTES_MAX])
{
    struct writer w = writer_over(out, ETHER_BYTES_MAX);
    bool ok = begin(&w, from, to, IP_UDP, HOPS, UDP_HEADER_BYTES + d->payload_len) &&
              udp_write(&w, &from->addr, &to->addr, d);
    return ok ? wr_len(&w) : 0;
}

size_t host_frame_tcp(const struct host_end *from, const struct host_end *to, const struct tcp_segment *s,
                      uint8_t out[static ETHER_BYTES_MAX])
{
    struct writer w = writer_over(out, ETHER_BYTES_MAX);
    size_t header = s->flags & TCP_SYN && s->mss ? TCP_SYN_BYTES : TCP_HEADER_BYTES;
    bool ok = begin(&w, from, to, IP_TCP, HOPS, header + s->payload_len) &&
              tcp_write(&w, &from->addr, &to->addr, s);
    return ok ? wr_len(&w) : 0;
}

size_t host_frame_icmp(const struct host_end *from, const struct host_end *to, uint8_t hops, const uint8_t *message,
                       size_t len, uint8_t out[static ETHER_BYTES_MAX])
{
    struct writer w = writer_over(out, ETHER_BYTES_MAX);
    bool six = from->addr.family == AF_INET6;
    if (!begin(&w, from, to, six ? IP_ICMP6 : IP_ICMP, hops, len))
        return 0;
    uint8_t *start = w.at;
    if (!wr_bytes(&w, message, len))
        return 0;
    if (six && !start[ICMP_SUM_AT] && !start[ICMP_SUM_AT + 1]) {
        uint16_t sum = checksum_transport(&from->addr, &to->addr, IP_ICMP6, start, len);
        memcpy(start + ICMP_SUM_AT, &sum, sizeof sum);
    }
    return wr_len(&w);
}

size_t host_frame_dhcp(const struct dhcp_question *q, const struct host_end *server,
                       uint8_t out[static ETHER_BYTES_MAX])
{
    struct host_end from = {q->client, {.family = AF_INET}};
    struct host_end everybody = {ethernet_broadcast, {.family = AF_INET, .bytes = {255, 255, 255, 255}}};
    uint8_t message[DHCP_QUESTION_MAX];
    struct udp_datagram d = {.from = DHCP_CLIENT_PORT, .to = DHCP_SERVER_PORT, .payload = message,
                             .payload_len = dhcp_write(q, message)};
    if (server)
        from.addr = q->address;
    return d.payload_len ? host_frame_udp(&from, server ? server : &everybody, &d, out) : 0;
}
