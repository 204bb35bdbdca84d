/* The Internet: which step of the way fails, and who is not at fault. */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/rules/silence.h"

static const char *const steps[][2] = {
    {"internet.link", "our own link"},
    {"internet.gateway-arp", "the router on the local link"},
    {"internet.gateway-ping", "the router"},
    {"internet.modem", "the modem"},
    {"internet.anchors", "servers of three operators out there"},
    {"internet.dns-router", "names asked of the router"},
    {"internet.dns-anchor", "names asked of a server out there"},
    {"internet.page", "a plain web page"},
};

static void tell_steps(const struct scene *s, uint32_t node, struct finding *out)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct known_fact *f = facts_find(s->nodes[node].facts, steps[i][0], "");
        if (f && strcmp(f->value, "unknown") != 0)
            finding_evidence(out, f->at, "internet", "%s: %s", steps[i][1], f->value);
    }
}

static bool judge_down(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_SILENCE || !s->nodes[x->node].internet)
        return false;
    const char *reason = s->nodes[x->node].reason;
    bool modem = strcmp(reason, "modem") == 0;
    const struct scene_node *router = scene_parent(s, x->node);
    out->kind = modem ? CAUSE_MODEM_DOWN : CAUSE_INTERNET_DOWN;
    out->strength = STRENGTH_DEVICE;
    out->node = x->node;
    out->variant = strcmp(reason, "gateway") == 0 ? "gateway"
                   : strcmp(reason, "link") == 0  ? "link"
                                                  : NULL;
    finding_argument(out, "reason", reason);
    finding_argument(out, "router", router ? router->name : "the router");
    if (router && router->watched && !router->silent)
        finding_evidence(out, s->now.mono, router->life, "%s answers", router->name);
    tell_steps(s, x->node, out);
    return true;
}

static const struct rule_need needs[] = {{FACT_OF_INTERNET, "internet.anchors", SECONDS(20)},
                                         {.fact = NULL}};
const struct rule internet_down_rule = {.name = "Internet down", .needs = needs,
                                        .judge = judge_down};

static bool judge_dns(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_CHECK || !s->nodes[x->node].internet)
        return false;
    const char *own = facts_value(s->nodes[x->node].facts, "internet.dns-router", "", s->now.mono,
                                  MINUTES(5));
    const char *other = facts_value(s->nodes[x->node].facts, "internet.dns-anchor", "", s->now.mono,
                                    MINUTES(5));
    bool portal = strcmp(x->reason, "portal") == 0;
    bool router_only = own && other && strcmp(own, "failing") == 0 && strcmp(other, "ok") == 0;
    out->kind = portal ? CAUSE_INTERNET_DOWN : CAUSE_DNS_DOWN;
    out->strength = STRENGTH_DEVICE;
    out->node = x->node;
    out->variant = portal ? "portal" : router_only ? "router" : NULL;
    const struct scene_node *router = scene_parent(s, x->node);
    finding_argument(out, "router", router ? router->name : "the router");
    check_describe(s, x, out);
    tell_steps(s, x->node, out);
    return true;
}
const struct rule dns_down_rule = {.name = "DNS down", .judge = judge_dns};
