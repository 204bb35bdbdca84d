/* The boxes on the way as people see them: from the router on, to our own plug or to where it stops. */
#include <string.h>

#include "poller/engine/way_look_internal.h"

/* Of all ways that lead over it: broken is the stronger word. */
static const struct trace_hop *traced(const struct look_draft *d, uint32_t box)
{
    static const int weights[] = {[TRACE_PART_UNKNOWN] = 0, [TRACE_PART_OK] = 1, [TRACE_PART_BROKEN] = 2};
    const struct trace_hop *found = NULL;
    for (size_t i = 0; d->w->trace && i < d->w->trace->way_count; i++)
        for (size_t k = 0; k < d->w->trace->ways[i].hop_count; k++) {
            const struct trace_hop *h = &d->w->trace->ways[i].hops[k];
            if (h->at.box == box && (!found || weights[h->part] > weights[found->part]))
                found = h;
        }
    return found;
}

static const struct audit_finding *audited(const struct look_draft *d, uint32_t box)
{
    for (size_t i = 0; i < d->w->audit->finding_count; i++)
        if (d->w->audit->findings[i].box == box)
            return &d->w->audit->findings[i];
    return NULL;
}

static char *heard_text(struct look_draft *d, const struct trace_sight *s)
{
    const char *port = topology_port_word(&s->plug);
    switch (s->mark) {
    case TRACE_HEARD:
        return way_look_text(d, "hears the guest on VLAN %u at %s%s", s->vid, port, s->plug.name);
    case TRACE_SOMEHOW:
        return way_look_text(d, "hears the guest at %s%s", port, s->plug.name);
    case TRACE_ELSEWHERE:
        return way_look_text(d, "hears the guest on VLAN %u instead, at %s%s", s->vid, port, s->plug.name);
    case TRACE_ABSENT:
        return way_look_text(d, "does not hear the guest");
    case TRACE_UNKNOWN:
        break;
    }
    return NULL;
}

static char *set_text(struct look_draft *d, const struct way_hop *h)
{
    const struct box *b = &d->w->topology->boxes[h->box];
    enum port_vlan_state s = port_vlan_known(d->w->topology, h->box, d->w->network->vid);
    if (s == PORT_VLAN_TAGGED)
        return way_look_text(d, "knows VLAN %u", d->w->network->vid);
    if (s == PORT_VLAN_OLD)
        return way_look_text(d, "told of its VLANs more than half an hour ago");
    return way_look_text(d, b->hears ? "tells of no VLANs" : "tells nothing");
}

static char *detail(struct look_draft *d, const struct way_hop *h, const struct trace_hop *t)
{
    const struct audit_finding *f = audited(d, h->box);
    char *heard = t ? heard_text(d, &t->probe) : NULL;
    if (f)
        return way_look_fault_text(d, f);
    return heard ? heard : set_text(d, h);
}

static enum verdict verdict(const struct look_draft *d, const struct way_hop *h, const struct trace_hop *t)
{
    if (audited(d, h->box) || (t && t->part == TRACE_PART_BROKEN))
        return VERDICT_FAILING;
    return t && t->part == TRACE_PART_OK ? VERDICT_OK : VERDICT_UNKNOWN;
}

static void put(struct look_draft *d, const struct way_hop *h)
{
    const struct topology *t = d->w->topology;
    const struct trace_hop *seen = traced(d, h->box);
    const char *site = topology_site(t, h->box);
    struct view_hop *out = &d->out->hops[d->out->hop_count++];
    *out = (struct view_hop){.node = way_look_text(d, "%s", topology_name(t, h->box)),
                             .in = *h->in.name ? way_look_text(d, "%s", h->in.name) : NULL,
                             .out = *h->out.name ? way_look_text(d, "%s", h->out.name) : NULL,
                             .site = site ? way_look_text(d, "%s", site) : NULL,
                             .verdict = verdict(d, h, seen),
                             .detail = detail(d, h, seen)};
}

/* Those that may stand there are one stretch: "bridge-house or bridge-barn". */
static size_t put_maybes(struct look_draft *d, const struct way_hop *hops, size_t count)
{
    char *names = NULL;
    size_t i = 0;
    enum verdict worst = VERDICT_UNKNOWN;
    for (; i < count && hops[i].maybe; i++) {
        const char *name = topology_name(d->w->topology, hops[i].box);
        names = names ? way_look_text(d, "%s or %s", names, name) : way_look_text(d, "%s", name);
        worst = verdict(d, &hops[i], traced(d, hops[i].box)) == VERDICT_FAILING ? VERDICT_FAILING : worst;
    }
    d->out->hops[d->out->hop_count++] =
        (struct view_hop){.node = names, .verdict = worst, .detail = way_look_text(d, "may stand here; tells nothing")};
    return i;
}

static void put_all(struct look_draft *d, const struct way_hop *hops, size_t count)
{
    d->out->hops = arena_take(d->arena, count * sizeof *d->out->hops + 1);
    d->failed |= !d->out->hops;
    for (size_t i = 0; i < count && d->out->hops;) {
        if (hops[i].maybe) {
            i += put_maybes(d, hops + i, count - i);
            continue;
        }
        put(d, &hops[i++]);
    }
}

/* Where does it end that is worth showing? At the box settings are wrong of, or at the site that is cut off. */
static uint32_t shown_end(const struct look_draft *d)
{
    const struct trace *t = d->w->trace;
    for (size_t i = 1; t && i < t->way_count; i++)
        if (d->out->finding.site && t->ways[i].site && strcmp(t->ways[i].site, d->out->finding.site) == 0)
            return t->ways[i].to;
    for (size_t i = 0; i < d->w->audit->site_count && d->out->finding.in_settings; i++)
        if (d->w->audit->sites[i].verdict == VERDICT_FAILING && !d->w->audit->sites[i].finding)
            return d->w->audit->sites[i].end;
    return BOX_OWN;
}

static bool find_way(struct look_draft *d, struct way *way)
{
    const struct topology *t = d->w->topology;
    uint32_t end = shown_end(d);
    bool away = end < t->box_count && end != t->router;
    *way = (struct way){0};
    if (t->router == BOX_NONE)
        return false;
    return topology_way(t, away ? t->router : BOX_OWN, away ? end : t->router, d->arena, way) && !away;
}

static void turn(struct look_draft *d, struct way *way)
{
    struct way_hop *turned = arena_take(d->arena, way->count * sizeof *turned + 1);
    for (size_t i = 0; i < way->count && turned; i++) {
        turned[i] = way->hops[way->count - 1 - i];
        turned[i].in = way->hops[way->count - 1 - i].out;
        turned[i].out = way->hops[way->count - 1 - i].in;
    }
    way->hops = turned;
    way->count = turned ? way->count : 0;
}

void way_look_hops(struct look_draft *d)
{
    struct way way;
    if (find_way(d, &way))
        turn(d, &way);
    put_all(d, way.hops, way.count);
}
