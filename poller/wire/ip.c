#include "poller/wire/ip.h"

#include "poller/wire/peel.h"

#define IPV4_HEAD_LEAST 20
#define MORE_FRAGMENTS 0x2000
#define FRAGMENT_OFFSET 0x1fff
#define IPV6_REST_OF_HEAD 33 /* hop limit and both addresses */

static struct reader at_most(struct reader r, size_t len)
{
    if (rd_left(&r) > len)
        r.end = r.at + len;
    return r;
}

static bool read_v4(struct reader r, struct ip_view *out)
{
    struct reader all = r;
    uint8_t first, hops;
    uint16_t total, fragment;
    if (!rd_u8(&r, &first) || !rd_skip(&r, 1) || !rd_u16(&r, &total) || !rd_skip(&r, 2) ||
        !rd_u16(&r, &fragment) || !rd_u8(&r, &hops) || !rd_u8(&r, &out->protocol))
        return false;
    size_t head = (size_t)(first & 15) * 4;
    if (first >> 4 != 4 || head < IPV4_HEAD_LEAST || total < head)
        return false;
    out->fragment = fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET);
    out->whole = rd_left(&all) >= total;
    out->payload = at_most(all, total);
    return rd_skip(&out->payload, head);
}

static bool read_v6(struct reader r, struct ip_view *out)
{
    uint32_t first;
    uint16_t len;
    if (!rd_u32(&r, &first) || first >> 28 != 6 || !rd_u16(&r, &len) || !rd_u8(&r, &out->protocol) ||
        !rd_skip(&r, IPV6_REST_OF_HEAD))
        return false;
    out->fragment = out->protocol == IPPROTO_FRAGMENT;
    out->whole = rd_left(&r) >= len;
    out->payload = at_most(r, len);
    return true;
}

bool ip_read(uint16_t type, struct reader packet, struct ip_view *out)
{
    *out = (struct ip_view){0};
    if (type == TYPE_IPV4)
        return read_v4(packet, out);
    return type == TYPE_IPV6 && read_v6(packet, out);
}

bool udp_read(const struct ip_view *ip, struct udp_view *out)
{
    uint16_t len, checksum;
    *out = (struct udp_view){.payload = ip->payload};
    return ip->protocol == IPPROTO_UDP && !ip->fragment && rd_u16(&out->payload, &out->from) &&
           rd_u16(&out->payload, &out->to) && rd_u16(&out->payload, &len) && rd_u16(&out->payload, &checksum);
}

int icmp_type(const struct ip_view *ip, uint8_t protocol)
{
    struct reader r = ip->payload;
    uint8_t type;
    return ip->protocol == protocol && !ip->fragment && rd_u8(&r, &type) ? type : -1;
}
