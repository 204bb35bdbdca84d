#include "collectors/rogue/sightings.h"

#include <string.h>
#include <sys/socket.h>

static bool is_same(const struct guest_offer *a, const struct guest_offer *b)
{
    bool named = addr_is_set(&a->server) && addr_is_set(&b->server);
    return a->vid == b->vid && memcmp(&a->mac, &b->mac, sizeof a->mac) == 0 &&
           (!named || addr_equal(&a->server, &b->server));
}

static struct sighting *place_for(struct sightings *s, const struct guest_offer *is)
{
    for (size_t i = 0; i < s->count; i++)
        if (is_same(&s->list[i].is, is))
            return &s->list[i];
    return s->count < SIGHTINGS_MAX ? &s->list[s->count++] : NULL;
}

static bool is_of_server(enum dhcp_type type)
{
    return type == DHCP_OFFER || type == DHCP_ACK || type == DHCP_NAK;
}

bool sightings_take(struct sightings *s, const struct heard_frame *h)
{
    struct dhcp_answer a;
    if (h->kind != HEARD_UDP || h->ip.from.family != AF_INET || h->udp.from != DHCP_SERVER_PORT ||
        h->udp.to != DHCP_CLIENT_PORT || !dhcp_read(h->udp.payload, h->udp.payload_len, &a) || !is_of_server(a.type))
        return false;
    struct guest_offer is = {.mac = h->from, .server = a.server, .address = a.address, .mask = a.mask,
                             .gateway = a.gateway_count ? a.gateways[0] : (struct addr){0},
                             .dns = a.resolver_count ? a.resolvers[0] : (struct addr){0},
                             .lease_ns = a.has_lease ? SECONDS(a.lease_s) : 0, .vid = h->vid};
    struct sighting *place = place_for(s, &is);
    if (place && a.type == DHCP_NAK && addr_is_set(&place->is.address))
        is = place->is; /* what it offers is known, and worth more than that it refused somebody */
    if (place)
        *place = (struct sighting){is, a.relay, h->at};
    return true;
}

void sightings_forget(struct sightings *s, struct mono before)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!mono_before(s->list[i].heard, before))
            s->list[kept++] = s->list[i];
    s->count = kept;
}
