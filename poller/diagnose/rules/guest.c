/* A network that does not serve guests, does not keep them apart, or has a stranger in it, as a guest sees it: the
 * step that fails, and whether the untagged control fails too. Which box it is the tables may say (vlan.c). */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/rules/network.h"

struct told {
    enum cause_kind kind;
    const char *variant;
};

static bool control_fails(const struct network_trouble *t)
{
    struct guest_step_result control = guest_step_of(t->result, GUEST_CONTROL);
    return control.done && control.verdict == VERDICT_FAILING;
}

/* That nobody answers is told with what the main network does: where it was served too, and is not any more, the
 * server is dead for both. */
static struct told silent(const struct network_trouble *t)
{
    struct guest_step_result control = guest_step_of(t->result, GUEST_CONTROL);
    bool served = control.done && control.verdict == VERDICT_OK;
    bool both = control_fails(t) && t->control_was_well;
    if (t->failure.step == GUEST_LEASE)
        return (struct told){CAUSE_GUEST_DHCP_SILENT, "lease"};
    return (struct told){CAUSE_GUEST_DHCP_SILENT, served ? "served" : both ? "both" : NULL};
}

static struct told of_offer(const struct network_trouble *t)
{
    switch (t->failure.reason) {
    case GUEST_OTHER_VLAN:
        return (struct told){CAUSE_VLAN_NOT_MEMBER, "other"};
    case GUEST_STRIPPED:
        return (struct told){CAUSE_VLAN_TAG_STRIPPED, NULL};
    case GUEST_OTHER_SUBNET: case GUEST_NO_GATEWAY: case GUEST_BAD_OFFER: case GUEST_REFUSED: case GUEST_IN_USE:
        return (struct told){CAUSE_GUEST_DHCP_UNEXPECTED, guest_reason_words[t->failure.reason]};
    default:
        return silent(t);
    }
}

static struct told of_service(const struct network_trouble *t)
{
    switch (t->failure.step) {
    case GUEST_SCAN:
        return (struct told){CAUSE_GUEST_WIFI_ABSENT, NULL};
    case GUEST_JOIN:
        return (struct told){CAUSE_GUEST_WIFI_REFUSED, NULL};
    case GUEST_GATEWAY:
        return (struct told){CAUSE_GUEST_GATEWAY_SILENT, NULL};
    case GUEST_DNS:
        return (struct told){CAUSE_GUEST_DNS, t->failure.reason == GUEST_DNS_LIES ? "lies" : NULL};
    case GUEST_HTTP:
        return (struct told){t->failure.reason == GUEST_PORTAL ? CAUSE_GUEST_PORTAL : CAUSE_GUEST_HTTP, NULL};
    case GUEST_FULLSIZE:
        return (struct told){CAUSE_VLAN_GIANTS_DROPPED, NULL};
    default:
        return of_offer(t);
    }
}

static struct told cause_of(const struct network_suspect *n)
{
    switch (n->matter) {
    case GUEST_MATTER_ISOLATION:
        if (n->troubles->failure.reason == GUEST_ROUTER_OPEN)
            return (struct told){CAUSE_GUEST_ROUTER_EXPOSED, NULL};
        return (struct told){CAUSE_GUEST_ISOLATION_LEAK, NULL};
    case GUEST_MATTER_DHCP:
        return (struct told){CAUSE_ROGUE_DHCP, NULL};
    case GUEST_MATTER_RA:
        return (struct told){CAUSE_ROGUE_RA, NULL};
    default:
        return of_service(n->troubles);
    }
}

static bool is_certain(const struct finding *f)
{
    switch (f->kind) {
    case CAUSE_ROGUE_DHCP: case CAUSE_ROGUE_RA: case CAUSE_GUEST_ISOLATION_LEAK: case CAUSE_GUEST_ROUTER_EXPOSED:
    case CAUSE_GUEST_PORTAL: case CAUSE_GUEST_DHCP_UNEXPECTED: case CAUSE_VLAN_TAG_STRIPPED:
        return true; /* it was heard, not missed */
    default:
        return false;
    }
}

/* A server that has no address left is as silent as a dead one. */
static void tell_others(struct finding *out)
{
    if (out->kind == CAUSE_GUEST_DHCP_SILENT)
        out->others[out->other_count++] = CAUSE_GUEST_DHCP_EXHAUSTED;
}

/* Behind "a switch on the way": ", between port 5 of lan-switch and router". */
static void tell_stretch(const struct network_suspect *n, struct finding *out)
{
    char where[ARGUMENT_VALUE_MAX] = "";
    if (n->stretch)
        snprintf(where, sizeof where, ", %s,", n->stretch);
    finding_argument(out, "where", where);
}

static bool judge_guest(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_NETWORK || !x->network->count)
        return false;
    struct told told = cause_of(x->network);
    out->kind = told.kind;
    out->variant = told.variant;
    out->strength = STRENGTH_CHECK;
    out->confidence = is_certain(out) ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
    network_describe(s, x->network, out);
    tell_stretch(x->network, out);
    tell_others(out);
    return true;
}

const struct rule guest_rule = {.name = "guest", .judge = judge_guest};
