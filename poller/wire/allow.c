#include "poller/wire/allow.h"

#include <errno.h>
#include <string.h>

#include "poller/wire/ip.h"
#include "poller/wire/peel.h"

#define ARP_HEAD UINT64_C(0x0001080006040000) /* RFC 826: Ethernet, IPv4, lengths of 6 and 4, then the operation */
#define ARP_LAST_OPERATION 2
#define ARP_BYTES 28

#define DHCP_TO_COOKIE 236 /* RFC 2131, figure 1 */
#define DHCP_HEAD UINT32_C(0x01010600) /* a client's, Ethernet, 6 bytes of address, no hops */
#define DHCP_BEFORE_CHADDR 24 /* behind that head */
#define DHCP_COOKIE UINT32_C(0x63825363)
#define DHCP_OPTION_PAD 0 /* RFC 2132 */
#define DHCP_OPTION_OVERLOAD 52
#define DHCP_OPTION_TYPE 53
#define DHCP_OPTION_END 255

enum dhcp_type { DHCP_DISCOVER = 1, DHCP_REQUEST = 3, DHCP_DECLINE = 4, DHCP_RELEASE = 7, DHCP_INFORM = 8 };
enum dhcpv6_type { DHCPV6_SOLICIT = 1, DHCPV6_REQUEST = 3, DHCPV6_RELEASE = 8, DHCPV6_DECLINE = 9,
                   DHCPV6_INFORMATION = 11 };

/* Whose frame it is. */
struct sender {
    struct mac mac;
    bool own;  /* the card's, which is the host's too */
    bool free; /* or not: it has no lease */
};

static bool arp_may(struct reader r, const struct sender *s)
{
    uint64_t head;
    const uint8_t *from;
    if (rd_left(&r) < ARP_BYTES || !rd_u64(&r, &head) || !rd_bytes(&r, &from, sizeof s->mac))
        return false;
    uint64_t operation = head ^ ARP_HEAD;
    return operation >= 1 && operation <= ARP_LAST_OPERATION && memcmp(from, s->mac.bytes, sizeof s->mac) == 0;
}

/* The one message type among the options; -1: none, several, or options that go on elsewhere. */
static int dhcp_type(struct reader r)
{
    uint8_t option, len, type = 0;
    const uint8_t *value;
    while (rd_u8(&r, &option) && option != DHCP_OPTION_END) {
        if (option == DHCP_OPTION_PAD)
            continue;
        if (!rd_u8(&r, &len) || !rd_bytes(&r, &value, len) || option == DHCP_OPTION_OVERLOAD)
            return -1;
        if (option != DHCP_OPTION_TYPE)
            continue;
        if (len != 1 || type)
            return -1;
        type = value[0];
    }
    return type ? type : -1;
}

static bool dhcp_may(struct reader r, const struct sender *s)
{
    struct reader options = r;
    uint32_t head, cookie;
    const uint8_t *chaddr;
    if (!rd_u32(&r, &head) || head != DHCP_HEAD || !rd_skip(&r, DHCP_BEFORE_CHADDR) ||
        !rd_bytes(&r, &chaddr, sizeof s->mac) || memcmp(chaddr, s->mac.bytes, sizeof s->mac) != 0)
        return false;
    if (!rd_skip(&options, DHCP_TO_COOKIE) || !rd_u32(&options, &cookie) || cookie != DHCP_COOKIE)
        return false;
    int type = dhcp_type(options);
    if (type == DHCP_DISCOVER)
        return true;
    return (!s->own || s->free) &&
           (type == DHCP_REQUEST || type == DHCP_DECLINE || type == DHCP_RELEASE || type == DHCP_INFORM);
}

static bool dhcpv6_may(struct reader r, const struct sender *s)
{
    uint8_t type;
    if (!rd_u8(&r, &type))
        return false;
    if (type == DHCPV6_SOLICIT || type == DHCPV6_INFORMATION)
        return true;
    return !s->own && (type == DHCPV6_REQUEST || type == DHCPV6_RELEASE || type == DHCPV6_DECLINE);
}

static bool udp_may(uint16_t type, const struct udp_view *udp, const struct sender *s)
{
    if (udp->to == PORT_DNS)
        return true;
    if (type == TYPE_IPV4)
        return udp->from == PORT_DHCP_CLIENT && udp->to == PORT_DHCP_SERVER && dhcp_may(udp->payload, s);
    return udp->from == PORT_DHCPV6_CLIENT && udp->to == PORT_DHCPV6_SERVER && dhcpv6_may(udp->payload, s);
}

static bool icmp_may(uint16_t type, const struct ip_view *ip)
{
    if (type == TYPE_IPV4) {
        int icmp = icmp_type(ip, IPPROTO_ICMP);
        return icmp == 8 || icmp == 0; /* echo and its reply, RFC 792 */
    }
    switch (icmp_type(ip, IPPROTO_ICMPV6)) {
    case ICMP6_ECHO_QUESTION:
    case ICMP6_ECHO_ANSWER:
    case ICMP6_ROUTER_SOLICIT:
    case ICMP6_NEIGHBOUR_SOLICIT:
    case ICMP6_NEIGHBOUR_ADVERT:
        return true;
    default: /* a router advertisement above all */
        return false;
    }
}

static bool ip_may(uint16_t type, struct reader packet, const struct sender *s)
{
    struct ip_view ip;
    struct udp_view udp;
    if (!ip_read(type, packet, &ip) || !ip.whole || ip.fragment)
        return false;
    if (udp_read(&ip, &udp))
        return udp_may(type, &udp, s);
    return ip.protocol == IPPROTO_TCP || icmp_may(type, &ip);
}

static bool vid_may(const struct ether_wish *w, int32_t vid)
{
    for (size_t i = 0; i < w->vid_count; i++)
        if (w->vids[i] == vid)
            return true;
    return vid == ETHER_UNTAGGED || vid == 0; /* a tag for a priority only is none */
}

int allow(const struct ether_wish *w, const struct mac *own, bool own_free, int32_t vid, const uint8_t *data,
          size_t len)
{
    struct peeled f;
    if (len > ETHER_BYTES_MAX)
        return EMSGSIZE;
    if (!vid_may(w, vid) || !peel(data, len, &f) || f.vid != ETHER_UNTAGGED)
        return EACCES;
    struct sender s = {f.from, mac_equal(&f.from, own), own_free};
    if (s.own ? !w->own_mac : !mac_among(&f.from, w->macs, w->mac_count))
        return EACCES;
    struct reader packet = reader_over(f.rest + sizeof f.type, f.rest_len - sizeof f.type);
    return (f.type == TYPE_ARP ? arp_may(packet, &s) : ip_may(f.type, packet, &s)) ? 0 : EACCES;
}
