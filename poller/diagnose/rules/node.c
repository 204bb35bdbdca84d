/* What is left when nothing better is known: one device, its agent, its address. */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/rules/silence.h"

static bool judge_node_down(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_SILENCE && x->kind != SUSPECT_ALL)
        return false;
    const struct scene_node *n = &s->nodes[x->node];
    out->kind = CAUSE_NODE_DOWN;
    out->strength = STRENGTH_FALLBACK;
    out->node = x->node;
    out->site = n->site;
    if (n->answers_neighbour) {
        out->variant = "neighbour";
        finding_evidence(out, s->now.mono, n->life, "%s still answers on the local link (ARP or ND)",
                         n->name);
    } else if (scene_parent(s, x->node)) {
        out->variant = "parent";
    }
    silence_describe(s, x, out);
    return true;
}
const struct rule node_down_rule = {.name = "node down", .judge = judge_node_down};

static bool judge_snmp_silent(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_CHECK || strcmp(x->check_kind, "snmp") != 0)
        return false;
    out->kind = CAUSE_SNMP_SILENT;
    out->strength = STRENGTH_CHECK;
    out->node = x->node;
    out->site = s->nodes[x->node].site;
    out->variant = strcmp(x->reason, "refused") == 0        ? "refused"
                   : strncmp(x->reason, "auth-", 5) == 0 ? "auth"
                                                         : NULL;
    check_describe(s, x, out);
    finding_evidence(out, s->now.mono, s->nodes[x->node].life, "%s itself is up",
                     s->nodes[x->node].name);
    return true;
}
const struct rule snmp_silent_rule = {.name = "SNMP silent", .judge = judge_snmp_silent};

static bool judge_ip_conflict(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_CHECK || strcmp(x->check_kind, "arp") != 0)
        return false;
    const struct fact_table *t = s->nodes[x->node].facts;
    out->kind = CAUSE_IP_CONFLICT;
    out->strength = STRENGTH_CHECK;
    out->node = x->node;
    out->site = s->nodes[x->node].site;
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->facts[i].name, "arp.conflict") == 0 && t->facts[i].value) {
            finding_argument(out, "address", t->facts[i].subject);
            finding_argument(out, "macs", t->facts[i].value);
            finding_evidence(out, t->facts[i].at, "arp", "%s is answered by %s",
                             t->facts[i].subject, t->facts[i].value);
            break;
        }
    check_describe(s, x, out);
    return true;
}
const struct rule ip_conflict_rule = {.name = "IP conflict", .judge = judge_ip_conflict};
