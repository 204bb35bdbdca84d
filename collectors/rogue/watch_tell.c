/* What a watch says, and whom it comes to trust. */
#include <sys/socket.h>

#include "collectors/rogue/watch_internal.h"

static struct netinfo_path default_route(const struct watch *w, uint8_t family)
{
    const struct netinfo *net = w->env->netinfo;
    struct netinfo_path path = {.ifindex = 0};
    if (net && !watch_is_tagged(w))
        net->ops->default_route(net->self, family, &path);
    path.gateway.scope = 0; /* as advertisements say it */
    return path;
}

static bool is_heard(const struct adverts *a, const struct addr *router)
{
    for (size_t i = 0; i < a->count; i++)
        if (addr_equal(&a->list[i].addr, router))
            return true;
    return false;
}

/* Where nobody is known: who stands in our own routes, else who is alone. */
void watch_learn(struct watch *w)
{
    char k[NETWORK_KEY_MAX];
    struct addr four = default_route(w, AF_INET).gateway, six = default_route(w, AF_INET6).gateway;
    struct addr server = strangers_likely_server(&w->sightings, &four);
    const struct mac none = {{0}};
    const struct advert *alone = adverts_likely(&w->adverts, &none);
    trusted_learn(&w->servers, w->env, w->node, watch_key(w, NETWORK_SERVER, k), &server);
    if (is_heard(&w->adverts, &six))
        trusted_learn(&w->routers, w->env, w->node, watch_key(w, NETWORK_ROUTER, k), &six);
    else if (alone)
        trusted_learn(&w->routers, w->env, w->node, watch_key(w, NETWORK_ROUTER, k), &alone->addr);
}

static void tell(struct watch *w, const struct strangers *s)
{
    struct guest_result *r = &w->result;
    const struct mac none = {{0}};
    for (size_t i = 0; i < w->sightings.count; i++)
        w->offers[i] = w->sightings.list[i].is;
    for (size_t i = 0; i < w->adverts.count; i++) {
        const struct advert *a = &w->adverts.list[i];
        w->told_routers[i] = (struct guest_router){
            a->mac, a->addr, a->vid, strangers_expect_router(&w->routers, &w->adverts, &a->addr)};
    }
    *r = (struct guest_result){.vid = w->setting->vid, .armed = w->armed, .own_fault = !w->state.open || !w->state.link,
                               .probe = watch_is_tagged(w) ? w->mac : none,
                               .control = watch_is_tagged(w) ? none : w->mac,
                               .steps = w->steps, .steps_count = GUEST_STEPS, .offers = w->offers,
                               .offers_count = w->sightings.count, .routers = w->told_routers,
                               .routers_count = w->adverts.count};
    w->stranger = s->verdict == VERDICT_FAILING;
}

static void tell_link(struct watch *w)
{
    struct guest_step_result *link = &w->steps[GUEST_LINK];
    *link = (struct guest_step_result){.done = true, .verdict = VERDICT_OK, .detail = w->state.interface};
    if (!w->state.open)
        *link = (struct guest_step_result){.done = true, .verdict = VERDICT_UNKNOWN, .reason = GUEST_NO_RIGHT,
                                           .detail = w->state.reason};
    else if (!w->state.link)
        *link = (struct guest_step_result){.done = true, .verdict = VERDICT_FAILING, .reason = GUEST_NO_LINK};
}

void watch_findings(struct watch *w, struct watch_findings *out)
{
    strangers_find(&w->servers, &w->routers, &w->sightings, &w->adverts, &out->strangers);
    tell(w, &out->strangers);
    tell_link(w);
    w->steps[GUEST_OFFER] = (struct guest_step_result){
        .done = w->asked.ns || w->sightings.count || w->adverts.count, .verdict = out->strangers.verdict,
        .reason = out->strangers.reason, .detail = out->strangers.detail};
    out->result = &w->result;
}
