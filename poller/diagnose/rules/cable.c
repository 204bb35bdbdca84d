/* The port in front of a silent device has lost its link. */
#include "poller/diagnose/rules/port.h"
#include "poller/diagnose/rules/silence.h"

static bool judge_port_down(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_SILENCE)
        return false;
    struct port_finding p = port_before(s, x->node);
    if (p.state != PORT_DOWN)
        return false;
    out->kind = CAUSE_PORT_DOWN;
    out->strength = STRENGTH_PHYSICAL;
    out->confidence = p.planned ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
    out->node = x->node;
    out->site = s->nodes[x->node].site;
    silence_describe(s, x, out);
    port_tell(s, x->node, &p, out);
    return true;
}

static const struct rule_need needs[] = {{FACT_OF_PARENT, "port.oper", SECONDS(10)}, {.fact = NULL}};
const struct rule port_down_rule = {.name = "port down", .needs = needs, .judge = judge_port_down};
