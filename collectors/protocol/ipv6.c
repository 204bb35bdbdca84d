#include "collectors/protocol/ipv6.h"

#include <string.h>
#include <sys/socket.h>

#define VERSION 6
#define FRAGMENT 0xfff9 /* an offset, or more follow */

enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT_HEADER = 44, DESTINATION = 60 };

const struct addr ipv6_any = {.family = AF_INET6};
const struct addr ipv6_all_nodes = {.family = AF_INET6, .bytes = {0xff, 2, [15] = 1}};
const struct addr ipv6_all_routers = {.family = AF_INET6, .bytes = {0xff, 2, [15] = 2}};
const struct addr ipv6_dhcp_servers = {.family = AF_INET6, .bytes = {0xff, 2, [13] = 1, [15] = 2}};

static bool read_addr(struct reader *r, struct addr *out)
{
    const uint8_t *bytes;
    *out = (struct addr){.family = AF_INET6};
    if (!rd_bytes(r, &bytes, 16))
        return false;
    memcpy(out->bytes, bytes, 16);
    return true;
}

/* Steps over one extension header; false when it is cut off. */
static bool skip_extension(struct reader *r, struct ip_packet *out)
{
    uint8_t next, units;
    uint16_t offset = 0;
    if (!rd_u8(r, &next) || !rd_u8(r, &units))
        return false;
    if (out->protocol == FRAGMENT_HEADER) {
        if (!rd_u16(r, &offset) || !rd_skip(r, 4))
            return false;
        out->fragment = offset & FRAGMENT;
    } else if (!rd_skip(r, 6u + units * 8u)) {
        return false;
    }
    out->protocol = next;
    return true;
}

static bool is_extension(uint8_t protocol)
{
    return protocol == HOP_BY_HOP || protocol == ROUTING || protocol == FRAGMENT_HEADER || protocol == DESTINATION;
}

bool ipv6_read(const uint8_t *packet, size_t len, struct ip_packet *out)
{
    struct reader r = reader_over(packet, len);
    uint32_t first;
    uint16_t payload;
    *out = (struct ip_packet){0};
    if (!rd_u32(&r, &first) || first >> 28 != VERSION || !rd_u16(&r, &payload) || !rd_u8(&r, &out->protocol) ||
        !rd_u8(&r, &out->hops) || !read_addr(&r, &out->from) || !read_addr(&r, &out->to) || rd_left(&r) < payload)
        return false;
    r.end = r.at + payload;
    while (is_extension(out->protocol) && !out->fragment)
        if (!skip_extension(&r, out))
            return false;
    out->payload = r.at;
    out->payload_len = rd_left(&r);
    return true;
}

bool ipv6_write(struct writer *w, const struct ip_packet *p)
{
    return p->payload_len <= UINT16_MAX && wr_u32(w, (uint32_t)VERSION << 28) &&
           wr_u16(w, (uint16_t)p->payload_len) && wr_u8(w, p->protocol) && wr_u8(w, p->hops) &&
           wr_bytes(w, p->from.bytes, 16) && wr_bytes(w, p->to.bytes, 16);
}

bool ipv6_is_link_local(const struct addr *a)
{
    return a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

struct addr ipv6_solicited_node(const struct addr *of)
{
    struct addr group = {.family = AF_INET6, .bytes = {0xff, 2, [11] = 1, [12] = 0xff}};
    memcpy(group.bytes + 13, of->bytes + 13, 3);
    return group;
}
