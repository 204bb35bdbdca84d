/* The box or the stretch where a network's frames stop, as tables tell. What stands in settings needs no probe that
 * fails; a probe that does not get an address, or no full-size frame through, is explained by it. */
#include <stdio.h>

#include "poller/diagnose/rules/network.h"

static bool is_explained(const struct network_suspect *n)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->troubles[i].failure.step > GUEST_OFFER && n->troubles[i].failure.step != GUEST_FULLSIZE)
            return false;
    return n->matter == GUEST_MATTER_SERVICE;
}

static void tell_place(const struct vlan_finding *v, struct finding *out)
{
    char at[ARGUMENT_VALUE_MAX] = "", fix[ARGUMENT_VALUE_MAX];
    if (v->site)
        snprintf(at, sizeof at, " at %s", v->site);
    snprintf(fix, sizeof fix, "%s", v->fix ? v->fix : "look whether it passes tagged frames");
    finding_argument(out, "at_site", at);
    finding_argument(out, "ports", v->port ? v->port : "its ports");
    finding_argument(out, "stretch", v->stretch ? v->stretch : "on the way");
    finding_argument(out, "fix", fix);
}

/* The plain sentences of these two are what a probe alone can say. */
static const char *variant_of(const struct vlan_finding *v)
{
    if (v->variant)
        return v->variant;
    if (v->node == SCENE_NONE)
        return "stretch";
    return v->kind == CAUSE_VLAN_TAG_STRIPPED || v->kind == CAUSE_VLAN_GIANTS_DROPPED ? "box" : NULL;
}

static bool judge_vlan(const struct scene *s, const struct suspect *x, struct finding *out)
{
    const struct vlan_finding *v = x->kind == SUSPECT_NETWORK ? x->network->tables : NULL;
    if (!v || v->kind == CAUSE_NONE || !is_explained(x->network))
        return false;
    out->kind = v->kind;
    out->variant = variant_of(v);
    out->strength = STRENGTH_PHYSICAL;
    out->confidence = v->confidence;
    out->node = v->node;
    out->site = v->site;
    out->link = v->link;
    snprintf(out->port, sizeof out->port, "%s", v->port ? v->port : "");
    for (size_t i = 0; i < v->evidence_count; i++)
        finding_evidence(out, v->evidence[i].at, v->evidence[i].source, "%s", v->evidence[i].fact);
    for (size_t i = 0; i < v->other_count && i < FINDING_OTHERS_MAX; i++)
        out->others[out->other_count++] = v->others[i];
    tell_place(v, out);
    network_describe(s, x->network, out);
    return true;
}

const struct rule vlan_rule = {.name = "VLAN on its way", .judge = judge_vlan};
