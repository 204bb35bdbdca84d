#include "tests/support/frame_kind.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#include "poller/base/cursor.h"

#define DHCP_HEADER_BYTES 240 /* RFC 2131 section 3: all before the options, the cookie included */
#define DHCP_MESSAGE_TYPE 53
#define IPV6_HEADER_BYTES 40

const char *const frame_kind_words[] = {
    "arp",         "dhcp-discover", "dhcp-request",  "dhcp-release", "dhcp-decline", "dhcp-client", "dhcp-server",
    "dhcpv6-client", "dhcpv6-server", "echo",        "echo-reply",   "icmp",         "echo6",       "echo6-reply",
    "rs",          "ra",            "ns",            "na",           "icmp6",        "dns",         "dns-answer",
    "udp",         "tcp",           "fragment",      "ipv4",         "ipv6",         "other",       "short",
    "double-tagged", NULL};
_Static_assert(sizeof frame_kind_words / sizeof *frame_kind_words == FRAME_KINDS + 1, "a word for each");

/* RFC 2132 section 9.6; options are pairs of code and length, 0 is padding, 255 the end. */
static enum frame_kind dhcp_client_kind(struct reader r)
{
    uint8_t code, len, type;
    if (!rd_skip(&r, DHCP_HEADER_BYTES))
        return FRAME_DHCP_CLIENT;
    while (rd_u8(&r, &code) && code != 255) {
        if (!code)
            continue;
        if (!rd_u8(&r, &len))
            break;
        if (code == DHCP_MESSAGE_TYPE && len == 1 && rd_u8(&r, &type))
            return type == 1   ? FRAME_DHCP_DISCOVER
                   : type == 3 ? FRAME_DHCP_REQUEST
                   : type == 4 ? FRAME_DHCP_DECLINE
                   : type == 7 ? FRAME_DHCP_RELEASE
                               : FRAME_DHCP_CLIENT;
        if (!rd_skip(&r, len))
            break;
    }
    return FRAME_DHCP_CLIENT;
}

static enum frame_kind udp_kind(struct reader r)
{
    uint16_t from, to;
    if (!rd_u16(&r, &from) || !rd_u16(&r, &to) || !rd_skip(&r, 4))
        return FRAME_UDP;
    if (from == 68 && to == 67)
        return dhcp_client_kind(r);
    if (from == 67)
        return FRAME_DHCP_SERVER;
    if (from == 546 && to == 547)
        return FRAME_DHCPV6_CLIENT;
    if (from == 547)
        return FRAME_DHCPV6_SERVER;
    return to == 53 ? FRAME_DNS : from == 53 ? FRAME_DNS_ANSWER : FRAME_UDP;
}

static enum frame_kind icmp_kind(struct reader r)
{
    uint8_t type = 0xff;
    (void)rd_u8(&r, &type);
    return type == 8 ? FRAME_ECHO : type == 0 ? FRAME_ECHO_REPLY : FRAME_ICMP;
}

static enum frame_kind icmp6_kind(struct reader r)
{
    static const enum frame_kind kinds[] = {[128 - 128] = FRAME_ECHO6, [129 - 128] = FRAME_ECHO6_REPLY,
                                            [133 - 128] = FRAME_RS,    [134 - 128] = FRAME_RA,
                                            [135 - 128] = FRAME_NS,    [136 - 128] = FRAME_NA};
    uint8_t type = 0;
    (void)rd_u8(&r, &type);
    return type == 128 || type == 129 || (type >= 133 && type <= 136) ? kinds[type - 128] : FRAME_ICMP6;
}

static enum frame_kind ipv4_kind(struct reader r)
{
    uint8_t version, protocol;
    uint16_t fragment;
    if (!rd_u8(&r, &version) || version >> 4 != 4 || (version & 15) < 5 || !rd_skip(&r, 5) ||
        !rd_u16(&r, &fragment) || !rd_skip(&r, 1) || !rd_u8(&r, &protocol) || !rd_skip(&r, 10) ||
        !rd_skip(&r, ((version & 15) - 5u) * 4u))
        return FRAME_IPV4;
    if (fragment & 0x1fff)
        return FRAME_FRAGMENT;
    return protocol == IPPROTO_ICMP  ? icmp_kind(r)
           : protocol == IPPROTO_UDP ? udp_kind(r)
           : protocol == IPPROTO_TCP ? FRAME_TCP
                                     : FRAME_IPV4;
}

static enum frame_kind ipv6_kind(struct reader r)
{
    uint8_t next;
    if (!rd_skip(&r, 6) || !rd_u8(&r, &next) || !rd_skip(&r, IPV6_HEADER_BYTES - 7))
        return FRAME_IPV6;
    return next == IPPROTO_ICMPV6 ? icmp6_kind(r)
           : next == IPPROTO_UDP  ? udp_kind(r)
           : next == IPPROTO_TCP  ? FRAME_TCP
                                  : FRAME_IPV6;
}

static enum frame_kind kind_of(uint16_t type, struct reader r)
{
    switch (type) {
    case ETHERTYPE_ARP: return FRAME_ARP;
    case ETHERTYPE_IP: return ipv4_kind(r);
    case ETHERTYPE_IPV6: return ipv6_kind(r);
    case ETHERTYPE_VLAN: return FRAME_DOUBLE_TAGGED;
    default: return FRAME_OTHER;
    }
}

struct frame_seen frame_look(const uint8_t *frame, size_t len)
{
    struct reader r = reader_over(frame, len);
    struct frame_seen seen = {.vid = FRAME_NO_VID, .kind = FRAME_SHORT};
    const uint8_t *from;
    uint16_t type, tci;
    if (!rd_skip(&r, ETH_ALEN) || !rd_bytes(&r, &from, ETH_ALEN))
        return seen;
    memcpy(seen.from.bytes, from, ETH_ALEN);
    if (!rd_u16(&r, &type))
        return seen;
    if (type == ETHERTYPE_VLAN) {
        if (!rd_u16(&r, &tci) || !rd_u16(&r, &type))
            return seen;
        seen.vid = tci & 0xfff;
    }
    seen.kind = kind_of(type, r);
    return seen;
}
