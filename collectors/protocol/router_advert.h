/* Router solicitations and advertisements (RFC 4861 section 4; RDNSS: RFC 8106), as ICMPv6 messages. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_ROUTER_ADVERT_H
#define HAYLOFT_COLLECTORS_PROTOCOL_ROUTER_ADVERT_H

#include "collectors/protocol/ip_packet.h"

#define ROUTER_SOLICIT_BYTES 16
#define ROUTER_RESOLVERS_MAX 4
#define ND_HOPS 255 /* of all neighbour discovery: what came over a router has fewer and is forged */

struct router_advert {
    uint8_t hop_limit;
    bool managed, other;        /* M: addresses by DHCPv6, O: the rest by it */
    uint16_t lifetime_s;        /* 0: it is no default router */
    struct mac mac;             /* of the source link-layer option; not set: none */
    uint32_t mtu;               /* 0: not told */
    struct prefix prefix;       /* the first one guests may make addresses from (A); not set: none */
    uint32_t prefix_valid_s;
    struct addr resolvers[ROUTER_RESOLVERS_MAX];
    size_t resolver_count;
};

/* From a link-local address of the sender to ff02::2, with hop limit ND_HOPS. */
void router_solicit_write(const struct addr *from, const struct mac *mac, uint8_t out[static ROUTER_SOLICIT_BYTES]);
/* False: no advertisement, from no link-local address, over a router, with a wrong sum or a broken option:
 * hosts drop those (section 6.1.2). */
bool router_advert_read(const struct ip_packet *p, struct router_advert *out);

#endif
