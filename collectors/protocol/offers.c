#include "collectors/protocol/offers.h"

#include <string.h>
#include <sys/socket.h>

void offers_begin(struct offers *o, const struct mac *client, uint32_t xid, struct mono now)
{
    *o = (struct offers){.client = *client, .xid = xid, .asked = now};
}

bool offers_read(const struct offers *o, const struct heard_frame *h, struct dhcp_answer *out)
{
    return h->kind == HEARD_UDP && h->ip.from.family == AF_INET && h->udp.to == DHCP_CLIENT_PORT &&
           h->udp.from == DHCP_SERVER_PORT && dhcp_read(h->udp.payload, h->udp.payload_len, out) &&
           out->xid == o->xid && memcmp(&out->client, &o->client, sizeof out->client) == 0;
}

static struct offer *place_for(struct offers *o, const struct guest_offer *is)
{
    for (size_t i = 0; i < o->count; i++) {
        const struct guest_offer *had = &o->list[i].is;
        if (memcmp(&had->mac, &is->mac, sizeof is->mac) == 0 && addr_equal(&had->server, &is->server) &&
            had->vid == is->vid)
            return &o->list[i];
    }
    if (o->count == OFFERS_MAX) {
        o->more++;
        return NULL;
    }
    return &o->list[o->count++];
}

bool offers_take(struct offers *o, const struct heard_frame *h)
{
    struct dhcp_answer a;
    if (!offers_read(o, h, &a) || (a.type != DHCP_OFFER && a.type != DHCP_NO_TYPE))
        return false;
    struct guest_offer is = {.mac = h->from, .server = a.server, .address = a.address, .mask = a.mask,
                             .gateway = a.gateway_count ? a.gateways[0] : (struct addr){0},
                             .dns = a.resolver_count ? a.resolvers[0] : (struct addr){0},
                             .lease_ns = a.has_lease ? SECONDS(a.lease_s) : 0, .vid = h->vid};
    struct offer *place = place_for(o, &is);
    if (!place)
        return true;
    int64_t after = place->after_ns ? place->after_ns : mono_since(h->at, o->asked);
    *place = (struct offer){.is = is, .relay = a.relay, .resolver_count = a.resolver_count, .flaws = a.flaws,
                            .after_ns = after};
    memcpy(place->resolvers, a.resolvers, sizeof a.resolvers);
    return true;
}
