#include "collectors/internet/steps.h"

#include <stddef.h>

const char *const step_words[] = {"link",    "gateway-arp", "gateway-ping", "modem", "anchors",
                                  "dns-router", "dns-anchor",  "page",         NULL};
const char *const step_state_words[] = {"unknown", "ok", "failing", NULL};

/* No anchor answers: the first thing on the way that does not answer either is the place. */
static const char *where_it_ends(const struct steps *s)
{
    bool gateway_seen = s->state[STEP_GATEWAY_ARP] == STEP_OK || s->state[STEP_GATEWAY_PING] == STEP_OK;
    bool gateway_asked = s->state[STEP_GATEWAY_PING] != STEP_UNKNOWN;
    if (s->state[STEP_LINK] == STEP_FAILING)
        return "link";
    if (gateway_asked && !gateway_seen && s->state[STEP_MODEM] != STEP_OK)
        return "gateway";
    return s->state[STEP_MODEM] == STEP_FAILING ? "modem" : "isp";
}

static bool dns_is_down(const struct steps *s)
{
    if (s->state[STEP_DNS_ROUTER] != STEP_FAILING)
        return false;
    return s->router_armed || (s->anchor_armed && s->state[STEP_DNS_ANCHOR] == STEP_FAILING);
}

struct steps_verdict steps_judge(const struct steps *s)
{
    if (s->own_fault)
        return (struct steps_verdict){OUTCOME_OWN_FAULT, "own fault"};
    if (s->state[STEP_ANCHORS] == STEP_FAILING)
        return (struct steps_verdict){OUTCOME_SILENT, where_it_ends(s)};
    if (s->portal)
        return (struct steps_verdict){OUTCOME_WRONG, "portal"};
    if (dns_is_down(s))
        return (struct steps_verdict){OUTCOME_WRONG, "dns"};
    if (s->state[STEP_ANCHORS] == STEP_UNKNOWN && s->state[STEP_LINK] == STEP_FAILING)
        return (struct steps_verdict){OUTCOME_SILENT, "link"};
    return (struct steps_verdict){OUTCOME_ANSWERED, ""};
}
