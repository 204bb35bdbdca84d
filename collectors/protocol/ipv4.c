#include "collectors/protocol/ipv4.h"

#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"

#define VERSION 4
#define DONT_FRAGMENT 0x4000
#define FRAGMENT 0x3fff /* more follow, or it is not the first */

static bool read_addr(struct reader *r, struct addr *out)
{
    const uint8_t *bytes;
    *out = (struct addr){.family = AF_INET};
    if (!rd_bytes(r, &bytes, 4))
        return false;
    memcpy(out->bytes, bytes, 4);
    return true;
}

bool ipv4_read(const uint8_t *packet, size_t len, struct ip_packet *out)
{
    struct reader r = reader_over(packet, len);
    uint8_t version, tos;
    uint16_t total, id, flags, sum;
    *out = (struct ip_packet){0};
    if (!rd_u8(&r, &version) || !rd_u8(&r, &tos) || !rd_u16(&r, &total) || !rd_u16(&r, &id) ||
        !rd_u16(&r, &flags) || !rd_u8(&r, &out->hops) || !rd_u8(&r, &out->protocol) || !rd_u16(&r, &sum) ||
        !read_addr(&r, &out->from) || !read_addr(&r, &out->to))
        return false;
    size_t header = (version & 15u) * 4u;
    if (version >> 4 != VERSION || header < IPV4_HEADER_BYTES || total < header || total > len)
        return false;
    out->dont_fragment = flags & DONT_FRAGMENT;
    out->fragment = flags & FRAGMENT;
    out->bad_sum = checksum_internet(packet, header) != 0;
    out->payload = packet + header;
    out->payload_len = total - header;
    return true;
}

bool ipv4_write(struct writer *w, const struct ip_packet *p, uint16_t identification)
{
    uint8_t *start = w->at;
    if (p->payload_len > UINT16_MAX - IPV4_HEADER_BYTES || !wr_u8(w, VERSION << 4 | IPV4_HEADER_BYTES / 4) ||
        !wr_u8(w, 0) || !wr_u16(w, (uint16_t)(IPV4_HEADER_BYTES + p->payload_len)) || !wr_u16(w, identification) ||
        !wr_u16(w, p->dont_fragment ? DONT_FRAGMENT : 0) || !wr_u8(w, p->hops) || !wr_u8(w, p->protocol) ||
        !wr_u16(w, 0) || !wr_bytes(w, p->from.bytes, 4) || !wr_bytes(w, p->to.bytes, 4))
        return false;
    uint16_t sum = checksum_internet(start, IPV4_HEADER_BYTES);
    memcpy(start + 10, &sum, sizeof sum);
    return true;
}

static bool inside_any(const struct addr *a, const char *const *prefixes)
{
    struct prefix p;
    for (; *prefixes; prefixes++)
        if (prefix_parse(*prefixes, &p) && prefix_contains(&p, a))
            return true;
    return false;
}

bool ipv4_is_private(const struct addr *a)
{
    static const char *const prefixes[] = {"0.0.0.0/8",      "10.0.0.0/8",    "100.64.0.0/10",   "127.0.0.0/8",
                                           "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
                                           "198.18.0.0/15",  "240.0.0.0/4",   NULL};
    return inside_any(a, prefixes);
}

bool ipv4_is_host(const struct addr *a)
{
    static const char *const prefixes[] = {"0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", NULL};
    return a->family == AF_INET && !inside_any(a, prefixes);
}

bool ipv4_mask_length(const struct addr *mask, uint8_t *out_bits)
{
    struct reader r = reader_over(mask->bytes, 4);
    uint32_t bits = 0;
    if (mask->family != AF_INET || !rd_u32(&r, &bits) || (~bits & (~bits + 1)) != 0)
        return false;
    *out_bits = (uint8_t)__builtin_popcount(bits);
    return bits != 0;
}
