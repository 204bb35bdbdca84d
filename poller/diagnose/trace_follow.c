/* Along one way: who has heard the probe, and between which two it is lost. */
#include "poller/diagnose/trace_internal.h"

const char *const trace_part_words[] = {"unknown", "ok", "broken", NULL};

/* A switch whose VLANs are off lets tags pass, and has all it hears on VLAN 1: that it does not know this one says
 * that its word for another counts for little. */
static struct trace_sight heard_at(const struct trace_look *l, const struct trace_question *q, uint32_t box)
{
    struct trace_sight s = trace_mark(l, box, &q->probe, q->network->vid);
    bool unknown = q->network->vid && port_vlan_known(l->topology, box, q->network->vid) == PORT_VLAN_UNKNOWN;
    if (s.mark == TRACE_ELSEWHERE && unknown && !q->untagged)
        s.mark = TRACE_SOMEHOW;
    return s;
}

bool trace_follow(const struct trace_look *l, const struct trace_question *q, uint32_t to, struct arena *arena,
                  struct trace_way *out)
{
    struct way way;
    const struct mac *gateway = q->network->gateway;
    *out = (struct trace_way){.to = to, .site = topology_site(l->topology, to)};
    if (!topology_way(l->topology, BOX_OWN, to, arena, &way))
        return false;
    struct trace_hop *hops = arena_take(arena, way.count * sizeof *hops + 1);
    for (size_t i = 0; i < way.count && hops; i++) {
        hops[i].at = way.hops[i];
        hops[i].probe = hops[i].gateway = (struct trace_sight){.plug = {.name = ""}, .doubt = TRACE_MUTE};
        if (way.hops[i].maybe) /* who knows between which others it stands */
            continue;
        hops[i].probe = heard_at(l, q, way.hops[i].box);
        if (gateway && q->network->vid)
            hops[i].gateway = trace_mark_alone(l, way.hops[i].box, gateway, q->network->vid);
    }
    out->hops = hops;
    out->hop_count = hops ? way.count : 0;
    out->doubtful = way.doubtful;
    return hops != NULL;
}

static bool is_heard(const struct trace_question *q, enum trace_mark m)
{
    return m == TRACE_HEARD || (m == TRACE_SOMEHOW && q->symptom != TRACE_STRIPPED && q->symptom != TRACE_MOVED);
}

static bool is_passed(const struct trace_draft *d, const struct trace_hop *h)
{
    return !h->at.maybe && d->passed[h->at.box];
}

/* What was heard farther on, on this way or another, was not lost before. */
static int last_heard(const struct trace_draft *d, const struct trace_way *w)
{
    for (int i = (int)w->hop_count - 1; i >= 0; i--)
        if (is_passed(d, &w->hops[i]) || is_heard(d->q, w->hops[i].probe.mark))
            return i;
    return HOP_OWN;
}

/* The last that heard it with its tag for certain. */
static int last_right(const struct trace_draft *d, const struct trace_way *w, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_passed(d, &w->hops[i]) || w->hops[i].probe.mark == TRACE_HEARD)
            return i;
    return HOP_OWN;
}

struct trace_break trace_forward(const struct trace_draft *d, const struct trace_way *w)
{
    struct trace_break b = {.from = last_heard(d, w)};
    for (int i = b.from + 1; i < (int)w->hop_count; i++) {
        enum trace_mark m = w->hops[i].probe.mark;
        if (m != TRACE_ABSENT && m != TRACE_ELSEWHERE)
            continue;
        b.found = true;
        b.elsewhere = m == TRACE_ELSEWHERE;
        b.from = b.elsewhere ? last_right(d, w, i) : b.from;
        b.to = i;
        return b;
    }
    return b;
}

/* Answers come from the far end: the nearest to us that has heard the gateway, and the first after it that has not.
 * Only what is on the right VLAN counts: on the main network it is there anyway. And only where the probe came by
 * too: from there on to the router others use the same cables, and they are answered. */
struct trace_break trace_back(const struct trace_way *w)
{
    struct trace_break b = {.back = true, .from = HOP_OWN};
    int heard = (int)w->hop_count;
    for (int i = 0; i < (int)w->hop_count && heard == (int)w->hop_count; i++)
        if (w->hops[i].gateway.mark == TRACE_HEARD && w->hops[i].probe.mark == TRACE_HEARD)
            heard = i;
    if (heard == (int)w->hop_count)
        return b;
    for (int i = heard - 1; i >= 0; i--) {
        if (w->hops[i].gateway.mark != TRACE_ABSENT)
            continue;
        b.found = true;
        b.from = i;
        b.to = heard;
        return b;
    }
    b.to = heard; /* heard next to us, or nobody nearer tells */
    return b;
}
