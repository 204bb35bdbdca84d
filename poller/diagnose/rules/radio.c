/* One radio of a bridge is silent while what it hangs on answers: no power, no cable, or hung. */
#include "poller/diagnose/rules/port.h"
#include "poller/diagnose/rules/silence.h"

static bool judge_radio_silent(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_SILENCE)
        return false;
    const struct scene_link *l = scene_link_any(s, x->node);
    if (!l || !l->bridge)
        return false;
    struct port_finding p = port_before(s, x->node);
    bool far = l->far == x->node;
    out->kind = CAUSE_RADIO_SILENT;
    out->strength = p.state == PORT_UNKNOWN ? STRENGTH_DEVICE : STRENGTH_PHYSICAL + 1;
    if (far)
        out->strength = STRENGTH_DEVICE; /* the near radio's ports say nothing about the far one's plug */
    out->confidence = !far && p.planned ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
    out->variant = far ? "far" : p.state == PORT_DOWN ? "port-down"
                       : p.state == PORT_UP          ? "port-up"
                                                     : NULL;
    out->node = x->node;
    out->link = l;
    out->site = s->nodes[x->node].site;
    silence_describe(s, x, out);
    if (!far)
        port_tell(s, x->node, &p, out);
    return true;
}

static const struct rule_need needs[] = {{FACT_OF_PARENT, "port.oper", SECONDS(10)}, {.fact = NULL}};
const struct rule radio_silent_rule = {.name = "radio silent", .needs = needs,
                                       .judge = judge_radio_silent};
