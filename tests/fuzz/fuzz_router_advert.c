/* IPv6 packets with router advertisements and neighbour messages in them, from the header on. The checksum is
 * made right first: an attacker makes it right too. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/neighbour_message.h"
#include "collectors/protocol/router_advert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_both(const struct ip_packet *p)
{
    struct router_advert a;
    struct neighbour_message m;
    if (router_advert_read(p, &a) && (a.resolver_count > ROUTER_RESOLVERS_MAX || a.prefix.length > 128))
        abort();
    neighbour_read(p, &m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ip_packet p;
    if (!ipv6_read(data, size, &p))
        return 0;
    read_both(&p);
    if (p.payload_len < 4)
        return 0;
    uint8_t *copy = malloc(p.payload_len); /* exact: an over-read is seen */
    if (!copy)
        return 0;
    memcpy(copy, p.payload, p.payload_len);
    memset(copy + 2, 0, 2);
    uint16_t sum = checksum_transport(&p.from, &p.to, IP_ICMP6, copy, p.payload_len);
    memcpy(copy + 2, &sum, sizeof sum);
    p.payload = copy;
    p.hops = ND_HOPS;
    read_both(&p);
    free(copy);
    return 0;
}
