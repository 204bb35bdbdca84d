#include "collectors/protocol/router_advert.h"

#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/ipv6.h"

enum { ROUTER_SOLICIT = 133, ROUTER_ADVERT = 134 };
enum { OPTION_SOURCE = 1, OPTION_PREFIX = 3, OPTION_MTU = 5, OPTION_RESOLVERS = 25 };

#define FLAG_MANAGED 0x80
#define FLAG_OTHER 0x40
#define FLAG_AUTONOMOUS 0x40

void router_solicit_write(const struct addr *from, const struct mac *mac, uint8_t out[static ROUTER_SOLICIT_BYTES])
{
    struct writer w = writer_over(out, ROUTER_SOLICIT_BYTES);
    wr_u8(&w, ROUTER_SOLICIT);
    wr_u8(&w, 0);
    wr_u16(&w, 0);
    wr_u32(&w, 0);
    wr_u8(&w, OPTION_SOURCE);
    wr_u8(&w, 1); /* unit of 8 bytes */
    wr_bytes(&w, mac->bytes, sizeof mac->bytes);
    uint16_t sum = checksum_transport(from, &ipv6_all_routers, IP_ICMP6, out, ROUTER_SOLICIT_BYTES);
    memcpy(out + 2, &sum, sizeof sum);
}

static void read_prefix(struct reader r, struct router_advert *out)
{
    uint8_t length, flags;
    uint32_t valid;
    const uint8_t *bytes;
    if (!rd_u8(&r, &length) || !rd_u8(&r, &flags) || !rd_u32(&r, &valid) || !rd_skip(&r, 8) ||
        !rd_bytes(&r, &bytes, 16) || length > 128 || !(flags & FLAG_AUTONOMOUS) || addr_is_set(&out->prefix.addr))
        return;
    out->prefix = (struct prefix){{.family = AF_INET6}, length};
    memcpy(out->prefix.addr.bytes, bytes, 16);
    out->prefix_valid_s = valid;
}

static void read_resolvers(struct reader r, struct router_advert *out)
{
    const uint8_t *bytes;
    if (!rd_skip(&r, 6)) /* reserved, lifetime */
        return;
    while (out->resolver_count < ROUTER_RESOLVERS_MAX && rd_bytes(&r, &bytes, 16)) {
        struct addr *a = &out->resolvers[out->resolver_count++];
        *a = (struct addr){.family = AF_INET6};
        memcpy(a->bytes, bytes, 16);
    }
}

static void read_option(uint8_t type, struct reader r, struct router_advert *out)
{
    if (type == OPTION_SOURCE)
        memcpy(out->mac.bytes, r.at, sizeof out->mac.bytes); /* an option has six bytes at least */
    else if (type == OPTION_PREFIX)
        read_prefix(r, out);
    else if (type == OPTION_MTU && rd_skip(&r, 2))
        rd_u32(&r, &out->mtu);
    else if (type == OPTION_RESOLVERS)
        read_resolvers(r, out);
}

static bool read_options(struct reader r, struct router_advert *out)
{
    uint8_t type, units;
    const uint8_t *bytes;
    while (rd_left(&r)) {
        if (!rd_u8(&r, &type) || !rd_u8(&r, &units) || !units || !rd_bytes(&r, &bytes, units * 8u - 2u))
            return false;
        read_option(type, reader_over(bytes, units * 8u - 2u), out);
    }
    return true;
}

bool router_advert_read(const struct ip_packet *p, struct router_advert *out)
{
    struct reader r = reader_over(p->payload, p->payload_len);
    uint8_t type, code, flags;
    *out = (struct router_advert){0};
    if (p->protocol != IP_ICMP6 || p->fragment || p->hops != ND_HOPS || !ipv6_is_link_local(&p->from) ||
        !rd_u8(&r, &type) || type != ROUTER_ADVERT || !rd_u8(&r, &code) || code ||
        checksum_transport(&p->from, &p->to, IP_ICMP6, p->payload, p->payload_len) != 0)
        return false;
    if (!rd_skip(&r, 2) || !rd_u8(&r, &out->hop_limit) || !rd_u8(&r, &flags) || !rd_u16(&r, &out->lifetime_s) ||
        !rd_skip(&r, 8))
        return false;
    out->managed = flags & FLAG_MANAGED;
    out->other = flags & FLAG_OTHER;
    return read_options(r, out);
}
