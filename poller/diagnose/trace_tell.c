/* What the tables say, as evidence, and when they will say more. */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/trace_internal.h"

/* --- evidence --- */

static const char *vlan_words(const struct trace_draft *d, const struct trace_sight *s, char out[static 48])
{
    if (s->mark == TRACE_SOMEHOW || !s->vid)
        return "";
    snprintf(out, 48, " on VLAN %u%s", s->vid, s->mark == TRACE_ELSEWHERE && d->q->network->vid ? " instead" : "");
    return out;
}

static bool is_told(const struct trace_draft *d, const char *fact)
{
    for (size_t i = 0; i < d->out->evidence_count; i++)
        if (strcmp(d->out->evidence[i].fact, fact) == 0)
            return true;
    return false;
}

static void tell(struct trace_draft *d, uint32_t box, const struct trace_sight *s, const char *whose)
{
    struct finding_evidence e = {.at = s->at};
    char vlan[48];
    const char *box_name = topology_name(d->t, box);
    if (s->mark == TRACE_ABSENT)
        snprintf(e.fact, sizeof e.fact, "%s does not hear %s, though it hears us on the main network", box_name, whose);
    else
        snprintf(e.fact, sizeof e.fact, "%s hears %s%s at %s%s", box_name, whose, vlan_words(d, s, vlan),
                 topology_port_word(&s->plug), s->plug.name);
    snprintf(e.source, sizeof e.source, "fdb %s", box_name);
    if (s->mark != TRACE_UNKNOWN && d->out->evidence_count < TRACE_EVIDENCE_MAX && !is_told(d, e.fact))
        d->out->evidence[d->out->evidence_count++] = e;
}

static void tell_settings(struct trace_draft *d)
{
    const struct trace_stretch *s = &d->out->stretch;
    struct finding_evidence *e = &d->out->evidence[d->out->evidence_count];
    if (!s->decided || s->fault == AUDIT_WRONG_VLAN)
        return;
    uint32_t box = s->suspects[0].box;
    const char *where = *s->port.plug.name ? s->port.plug.name : "?";
    snprintf(e->fact, sizeof e->fact,
             s->fault == AUDIT_VLAN_UNKNOWN ? "%s does not know VLAN %u" : "%s has VLAN %u %s %s%s",
             topology_name(d->t, box), d->q->network->vid, s->fault == AUDIT_NOT_MEMBER ? "not at" : "untagged at",
             topology_port_word(&s->port.plug), where);
    snprintf(e->source, sizeof e->source, "vlans %s", topology_name(d->t, box));
    e->at = d->t->boxes[box].wiring->at[WIRING_LIST_VLANS];
    d->out->evidence_count++;
}

void trace_tell(struct trace_draft *d)
{
    tell_settings(d);
    for (size_t i = 0; i < d->out->way_count; i++)
        for (size_t k = 0; k < d->ways[i].hop_count; k++) {
            const struct trace_hop *h = &d->ways[i].hops[k];
            tell(d, h->at.box, &h->probe, "the guest");
            if (d->out->stretch.back)
                tell(d, h->at.box, &h->gateway, "the guests' gateway");
        }
}

static struct mono sooner(struct mono a, struct mono b)
{
    return mono_before(b, a) ? b : a;
}

void trace_look_again(struct trace_draft *d)
{
    d->out->again = MONO_NEVER;
    for (size_t i = 0; i < d->out->way_count; i++)
        for (size_t k = 0; k < d->ways[i].hop_count; k++) {
            const struct trace_sight *s = &d->ways[i].hops[k].probe;
            if (s->mark == TRACE_UNKNOWN && s->doubt == TRACE_LEFT_OVER)
                d->out->again = sooner(d->out->again, s->clear);
            d->out->once |= s->mark == TRACE_UNKNOWN && s->doubt == TRACE_ONCE;
            if (s->mark == TRACE_UNKNOWN && (s->doubt == TRACE_EARLY || s->doubt == TRACE_ONCE))
                d->out->again = sooner(d->out->again, mono_after(s->at, SECONDS(TRACE_APART_S)));
        }
}

