#include "collectors/rogue/strangers.h"

#include <stdio.h>

static const struct sighting *mark_servers(const struct trusted *servers, struct sightings *s)
{
    const struct sighting *stranger = NULL;
    for (size_t i = 0; i < s->count; i++) {
        struct sighting *at = &s->list[i];
        at->is.expected = trusted_has(servers, &at->is.server) || trusted_has(servers, &at->relay);
        if (!at->is.expected && !stranger)
            stranger = at;
    }
    return stranger;
}

bool strangers_expect_router(const struct trusted *routers, const struct adverts *a, const struct addr *router)
{
    return trusted_knows(routers) ? trusted_has(routers, router) : a->count == 1;
}

static const struct advert *find_router(const struct trusted *routers, const struct adverts *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (!strangers_expect_router(routers, a, &a->list[i].addr))
            return &a->list[i];
    return NULL;
}

static void say_server(const struct trusted *servers, const struct sighting *at, struct strangers *out)
{
    char server[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX], gateway[ADDR_TEXT_MAX];
    bool known = trusted_knows(servers), leads = addr_is_set(&at->is.gateway);
    out->verdict = VERDICT_FAILING;
    out->reason = known ? GUEST_STRANGE_SERVER : GUEST_SEVERAL_SERVERS;
    snprintf(out->detail, sizeof out->detail, "%s (%s) hands out addresses%s%s%s",
             addr_is_set(&at->is.server) ? addr_text(&at->is.server, server) : "somebody without a name",
             mac_text(&at->is.mac, mac), leads ? " with the gateway " : "", addr_text(&at->is.gateway, gateway),
             known ? "" : ", and so do others");
}

static void say_router(const struct advert *a, struct strangers *out)
{
    char addr[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX], prefix[ADDR_TEXT_MAX];
    out->verdict = VERDICT_FAILING;
    out->reason = GUEST_ROGUE_RA;
    snprintf(out->detail, sizeof out->detail, "%s (%s) says that it is a router%s%s", addr_text(&a->addr, addr),
             mac_text(&a->mac, mac), addr_is_set(&a->says.prefix.addr) ? " for " : "",
             addr_text(&a->says.prefix.addr, prefix));
}

void strangers_find(const struct trusted *servers, const struct trusted *routers, struct sightings *s,
                    const struct adverts *a, struct strangers *out)
{
    const struct sighting *server = mark_servers(servers, s);
    const struct advert *router = find_router(routers, a);
    *out = (struct strangers){.verdict = s->count ? VERDICT_OK : VERDICT_UNKNOWN,
                              .reason = s->count ? GUEST_NONE : GUEST_SILENCE};
    if (server)
        say_server(servers, server, out);
    else if (router)
        say_router(router, out);
    else if (!s->count)
        snprintf(out->detail, sizeof out->detail, "nobody hands out addresses");
    else
        addr_text(&s->list[0].is.server, out->detail);
}

struct addr strangers_likely_server(const struct sightings *s, const struct addr *gateway)
{
    struct addr only = {0};
    for (size_t i = 0; i < s->count; i++) {
        const struct addr *server = &s->list[i].is.server;
        if (addr_is_set(gateway) && addr_equal(server, gateway))
            return *server;
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct addr *server = &s->list[i].is.server;
        if (addr_is_set(&only) && !addr_equal(&only, server))
            return (struct addr){0};
        only = *server;
    }
    return only;
}
