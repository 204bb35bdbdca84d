/* Our own place: cards with their addresses, the gateway, the resolvers, and who the kernel has
 * heard on the own link. All read from the local machine. */
#ifndef HAYLOFT_DISCOVER_OWN_H
#define HAYLOFT_DISCOVER_OWN_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/command/discover/found.h"

#define OWN_CARDS_MAX     16
#define OWN_RESOLVERS_MAX 3 /* as many as the C library asks */

struct own_card {
    char name[16];
    struct prefix net; /* our address with the length of its network */
};

struct own_place {
    struct own_card
        cards[OWN_CARDS_MAX]; /* IPv4, up, neither loopback nor made by a container tool */
    size_t card_count;
    struct addr gateway; /* IPv4; may be none */
    struct addr resolvers[OWN_RESOLVERS_MAX];
    size_t resolver_count;
    char hostname[FOUND_TEXT_MAX];
};

void own_place_look(struct own_place *p);
bool own_place_has(const struct own_place *p, const struct addr *a);
/* Whether all our addresses are of the ranges for private networks (RFC 1918, RFC 6598, RFC 3927).
 */
bool own_place_private(const struct own_place *p);
/* Adds whom the kernel has heard answer ARP, with their MACs. */
void own_place_neighbours(const struct own_place *p, struct household *h);

/* Text of /proc/net/route and /etc/resolv.conf; for tests. */
bool own_route_line(const char *line, struct addr *gateway);
bool own_resolver_line(const char *line, struct addr *resolver);
bool own_neighbour_line(const char *line, struct addr *addr, struct mac *mac);

#endif
