#include "collectors/guest/conclude.h"

#include <string.h>

#include "collectors/guest/probe_internal.h"

/* ---- IPv6 ---- */

/* What a router promised and did not keep makes the network worse, not dead. */
static void judge_promises(struct probe *p)
{
    const struct routing *r = &p->routing;
    char text[ADDR_TEXT_MAX];
    if (!r->asked)
        return;
    if (!r->echoed && probe_step_is(p, GUEST_GATEWAY, VERDICT_OK))
        probe_revise(p, GUEST_GATEWAY, VERDICT_DEGRADED, GUEST_SILENCE, "the router of IPv6, %s, does not answer",
                     addr_text(&r->of.addr, text));
    if (!r->named && probe_step_is(p, GUEST_DNS, VERDICT_OK))
        probe_revise(p, GUEST_DNS, VERDICT_DEGRADED, GUEST_DNS_FAILED,
                     "%s, which the router of IPv6 names, does not answer", addr_text(&r->of.says.resolvers[0], text));
    if (!r->configured && (r->of.says.managed || r->of.says.other) && probe_step_is(p, GUEST_OFFER, VERDICT_OK))
        probe_revise(p, GUEST_OFFER, VERDICT_DEGRADED, GUEST_SILENCE,
                     "the router of IPv6, %s, sends guests to a DHCPv6 server, and none answers",
                     addr_text(&r->of.addr, text));
}

static const struct advert *first_stranger(const struct probe *p)
{
    const struct seat *s = p->plan.seat;
    for (size_t i = 0; i < s->adverts.count; i++)
        if (!trusted_has(&s->routers, &s->adverts.list[i].addr))
            return &s->adverts.list[i];
    return NULL;
}

static void judge_routers(struct probe *p)
{
    char addr[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX], prefix[ADDR_TEXT_MAX];
    seat_choose_router(p->plan.seat, &p->gateway.mac);
    const struct advert *a = first_stranger(p);
    if (!a || probe_step_is(p, GUEST_OFFER, VERDICT_FAILING))
        return;
    probe_revise(p, GUEST_OFFER, VERDICT_FAILING, GUEST_ROGUE_RA, "%s (%s) says that it is a router%s%s",
                 addr_text(&a->addr, addr), mac_text(&a->mac, mac), addr_is_set(&a->says.prefix.addr) ? " for " : "",
                 addr_text(&a->says.prefix.addr, prefix));
}

/* ---- what is told ---- */

static void tell_offers(struct probe *p)
{
    for (size_t i = 0; i < p->offers.count; i++)
        p->told_offers[i] = p->offers.list[i].is;
    p->result.offers = p->told_offers;
    p->result.offers_count = p->offers.count;
}

static void tell_routers(struct probe *p)
{
    const struct seat *s = p->plan.seat;
    for (size_t i = 0; i < s->adverts.count; i++) {
        const struct advert *a = &s->adverts.list[i];
        p->told_routers[i] = (struct guest_router){a->mac, a->addr, a->vid, trusted_has(&s->routers, &a->addr)};
    }
    p->result.routers = p->told_routers;
    p->result.routers_count = s->adverts.count;
}

void conclude_result(struct probe *p)
{
    struct seat *s = p->plan.seat;
    if (p->steps[GUEST_OFFER].done && !p->result.own_fault) {
        judge_promises(p);
        judge_routers(p);
    }
    tell_offers(p);
    tell_routers(p);
    adverts_forget(&s->adverts, p->started);
    p->result.vid = p->setting->vid;
    p->result.armed = s->armed;
    p->result.probe = p->offers.client;
    p->result.control = probe_is_tagged(p) ? p->asking.control.client : (struct mac){0};
    p->result.lease = p->chosen.is.address;
    p->result.gateway = p->gateway.addr;
    p->result.gateway_mac = p->gateway.mac;
    p->result.steps = p->steps;
    p->result.steps_count = GUEST_STEPS;
    p->result.leaks = p->leaks;
    p->result.leaks_count = p->leak_count;
}

/* ---- in a word ---- */

enum guest_step conclude_worst(const struct guest_result *r)
{
    static const enum guest_step order[] = {GUEST_SCAN,    GUEST_JOIN,     GUEST_LINK, GUEST_OFFER, GUEST_LEASE,
                                            GUEST_GATEWAY, GUEST_FULLSIZE, GUEST_DNS,  GUEST_HTTP,  GUEST_ISOLATION};
    static const enum verdict verdicts[] = {VERDICT_FAILING, VERDICT_DEGRADED, VERDICT_UNKNOWN};
    for (size_t v = 0; v < sizeof verdicts / sizeof *verdicts; v++)
        for (size_t i = 0; i < sizeof order / sizeof *order; i++)
            if (r->steps_count > order[i] && r->steps[order[i]].done && r->steps[order[i]].verdict == verdicts[v])
                return order[i];
    return GUEST_STEPS;
}

enum outcome conclude_outcome(const struct guest_result *r, const char **reason, const char **detail)
{
    enum guest_step worst = conclude_worst(r);
    const struct guest_step_result *step = worst < GUEST_STEPS ? &r->steps[worst] : NULL;
    bool silence = step && (step->reason == GUEST_SILENCE || step->reason == GUEST_NOT_CARRIED);
    *reason = step ? guest_reason_words[step->reason] : "";
    *detail = step ? step->detail : NULL;
    if (r->own_fault)
        return OUTCOME_OWN_FAULT;
    if (step && worst == GUEST_OFFER && silence && step->verdict != VERDICT_DEGRADED)
        return OUTCOME_SILENT;
    return step && step->verdict == VERDICT_FAILING ? OUTCOME_WRONG : OUTCOME_ANSWERED;
}
