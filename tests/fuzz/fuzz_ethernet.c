/* Whole frames as the ether door gives them, down to what is inside UDP, TCP and ICMP. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "collectors/protocol/arp.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/icmp.h"
#include "collectors/protocol/ipv4.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/neighbour_message.h"
#include "collectors/protocol/router_advert.h"
#include "collectors/protocol/tcp_segment.h"
#include "collectors/protocol/udp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(const uint8_t *data, size_t size, const uint8_t *part, size_t len)
{
    if (part < data || len > size || part > data + size || (size_t)(data + size - part) < len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ethernet_frame f;
    struct ip_packet p;
    struct arp_packet arp;
    struct udp_datagram udp;
    struct tcp_segment tcp;
    struct icmp_echo echo;
    struct router_advert advert;
    struct neighbour_message neighbour;
    if (!ethernet_read(data, size, &f))
        return 0;
    arp_read(f.payload, f.payload_len, &arp);
    if (!ipv4_read(f.payload, f.payload_len, &p) && !ipv6_read(f.payload, f.payload_len, &p))
        return 0;
    check_inside(data, size, p.payload, p.payload_len);
    if (udp_read(&p, &udp))
        check_inside(data, size, udp.payload, udp.payload_len);
    if (tcp_read(&p, &tcp))
        check_inside(data, size, tcp.payload, tcp.payload_len);
    if (icmp_reply_read(p.from.family, p.payload, p.payload_len, &echo))
        check_inside(data, size, echo.payload, echo.payload_len);
    router_advert_read(&p, &advert);
    neighbour_read(&p, &neighbour);
    return 0;
}
