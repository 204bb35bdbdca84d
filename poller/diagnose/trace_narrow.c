/* From two hops to what may be at fault between them. */
#include <stdarg.h>
#include <stdio.h>

#include "poller/diagnose/trace_internal.h"

const char *const trace_why_words[] = {"settings", "mute", "maybe", "no-vlans", "set-right", NULL};

struct narrow {
    const struct topology *t;
    const struct trace_question *q;
    const struct trace_way *w;
    struct trace_break b;
    struct trace_suspect *suspects;
    struct trace_stretch *out;
};

/* --- settings --- */

static void decide(struct narrow *n, uint32_t box, enum audit_fault fault, const struct plug *plug, uint32_t toward,
                   uint32_t instead)
{
    if (n->out->decided)
        return;
    n->out->decided = true;
    n->out->fault = fault;
    n->out->port = (struct audit_port){*plug, toward, instead};
    for (size_t i = 0; i < n->out->suspect_count; i++)
        if (n->suspects[i].box == box) {
            n->suspects[i] = n->suspects[0];
            n->suspects[0] = (struct trace_suspect){box, TRACE_WHY_SETTINGS};
        }
}

static uint32_t box_at(const struct narrow *n, int hop)
{
    return hop >= 0 && hop < (int)n->w->hop_count ? n->w->hops[hop].at.box : BOX_OWN;
}

/* A guest's plug without tags that is heard on another VLAN: the port is in that. What may stand before it tells
 * nothing of VLANs, and passes what has no tag as it is. */
static bool decide_own_port(struct narrow *n)
{
    if (!n->q->untagged || n->b.from != HOP_OWN || !n->b.elsewhere || n->b.back)
        return false;
    const struct trace_hop *h = &n->w->hops[n->b.to];
    for (int i = 0; i < n->b.to; i++)
        if (!n->w->hops[i].at.maybe)
            return false;
    decide(n, h->at.box, AUDIT_WRONG_VLAN, &h->probe.plug, BOX_OWN, h->probe.vid);
    return true;
}

/* Frames that go on bare: this end sends them so. */
static bool sends_bare(const struct narrow *n, int hop, enum port_vlan_state s)
{
    return n->b.elsewhere && hop == (n->b.back ? n->b.to : n->b.from) && s == PORT_VLAN_ACCESS;
}

static void look_at_port(struct narrow *n, int hop, const struct plug *plug, uint32_t toward, bool sending)
{
    uint32_t box = box_at(n, hop);
    struct port_vlan p = port_vlan_at(n->t, box, plug, n->q->network->vid);
    if (n->q->untagged && toward == BOX_OWN)
        return;
    if (port_vlan_is_fault(p.state))
        decide(n, box, audit_fault_at(n->t, box, &p), plug, toward, p.only ? p.only : p.pvid);
    else if (sending && sends_bare(n, hop, p.state))
        decide(n, box, AUDIT_UNTAGGED, plug, toward, p.pvid);
}

static int neighbour_hop(const struct narrow *n, int hop, int step)
{
    do
        hop += step;
    while (hop >= 0 && hop < (int)n->w->hop_count && n->w->hops[hop].at.maybe);
    return hop;
}

/* Of the ends only the port that looks into the stretch, in the direction of the frames. The router itself may have
 * the VLAN in no bridge. */
static void look_at_settings(struct narrow *n)
{
    int first = n->b.from == HOP_OWN ? 0 : n->b.from;
    for (int i = first; i <= n->b.to; i++) {
        const struct way_hop *h = &n->w->hops[i].at;
        if (h->maybe || h->box == n->t->router || !n->q->network->vid)
            continue;
        uint32_t near = box_at(n, neighbour_hop(n, i, -1)), far = box_at(n, neighbour_hop(n, i, 1));
        if (i > n->b.from)
            look_at_port(n, i, &h->in, near, n->b.back);
        if (i < n->b.to)
            look_at_port(n, i, &h->out, far, !n->b.back);
    }
}

/* --- suspects --- */

static enum trace_why why(const struct narrow *n, const struct way_hop *h, bool in, bool out)
{
    const struct box *b = &n->t->boxes[h->box];
    if (h->maybe)
        return TRACE_WHY_MAYBE;
    if (!b->hears && !b->aware)
        return TRACE_WHY_MUTE;
    bool right = n->q->network->vid && (in || out);
    if (in)
        right &= port_vlan_passes(port_vlan_at(n->t, h->box, &h->in, n->q->network->vid).state);
    if (out)
        right &= port_vlan_passes(port_vlan_at(n->t, h->box, &h->out, n->q->network->vid).state);
    return right ? TRACE_WHY_SET_RIGHT : TRACE_WHY_NO_VLANS;
}

static void suspect(struct narrow *n, uint32_t box, enum trace_why why)
{
    for (size_t i = 0; i < n->out->suspect_count; i++)
        if (n->suspects[i].box == box)
            return;
    n->suspects[n->out->suspect_count++] = (struct trace_suspect){box, why};
}

/* A cable between two that have each other as neighbours. */
static bool is_one_cable(const struct narrow *n)
{
    uint32_t a = box_at(n, n->b.from), b = box_at(n, n->b.to);
    if (a == BOX_OWN)
        return n->t->own.source == EDGE_LLDP && n->b.to == 0;
    const struct box *x = &n->t->boxes[a], *y = &n->t->boxes[b];
    return (x->up == b && x->source == EDGE_LLDP) || (y->up == a && y->source == EDGE_LLDP);
}

static void add_lost(struct narrow *n)
{
    for (uint32_t i = 0; i < n->t->box_count && !is_one_cable(n); i++)
        if (topology_is_lost(n->t, i, n->w->to))
            suspect(n, i, TRACE_WHY_MAYBE);
}

/* In the order of the probe; those that may stand there from the router on, for there all ways come together. */
static void add_suspects(struct narrow *n)
{
    int first = n->b.from == HOP_OWN ? 0 : n->b.from;
    for (int order = TRACE_WHY_MUTE; order <= TRACE_WHY_SET_RIGHT; order++)
        for (int k = 0; k <= n->b.to - first; k++) {
            int i = order == TRACE_WHY_MAYBE ? n->b.to - k : first + k;
            const struct way_hop *h = &n->w->hops[i].at;
            enum trace_why w = why(n, h, i > n->b.from, i < n->b.to);
            if (w == (enum trace_why)order)
                suspect(n, h->box, w);
        }
    add_lost(n);
}

static void name_ends(struct narrow *n)
{
    struct trace_stretch *s = n->out;
    s->from = n->b.from == HOP_OWN ? BOX_OWN : box_at(n, n->b.from);
    s->to = box_at(n, n->b.to);
    s->from_port = n->b.from == HOP_OWN ? (struct plug){.name = ""} : n->w->hops[n->b.from].at.out;
    s->to_port = n->w->hops[n->b.to].at.in;
}

bool trace_narrow(const struct topology *t, const struct trace_question *q, const struct trace_way *w,
                  struct trace_break b, struct arena *arena, struct trace_stretch *out)
{
    struct narrow n = {.t = t, .q = q, .w = w, .b = b, .out = out};
    *out = (struct trace_stretch){.found = true, .back = b.back};
    n.suspects = arena_take(arena, t->box_count * sizeof *n.suspects + 1);
    if (!n.suspects)
        return false;
    out->suspects = n.suspects;
    name_ends(&n);
    add_suspects(&n);
    if (q->symptom != TRACE_GIANTS && !decide_own_port(&n))
        look_at_settings(&n);
    return true;
}

/* --- in words --- */

struct words {
    const struct topology *t;
    char *out;
    size_t size, used;
};

static void put(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct words *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = w->used < w->size ? vsnprintf(w->out + w->used, w->size - w->used, format, args) : 0;
    w->used += len > 0 ? (size_t)len : 0;
    va_end(args);
}

static void put_end(struct words *w, uint32_t box, const struct plug *plug)
{
    if (box == BOX_OWN)
        put(w, "our own port");
    else if (plug->index && *plug->name)
        put(w, "%s%s of %s", topology_port_word(plug), plug->name, topology_name(w->t, box));
    else
        put(w, "%s", topology_name(w->t, box));
}

static bool is_between(const struct trace_stretch *s, size_t i)
{
    return s->suspects[i].box != s->from && s->suspects[i].box != s->to;
}

static void put_between(struct words *w, const struct trace_stretch *s)
{
    size_t count = 0, told = 0;
    for (size_t i = 0; i < s->suspect_count; i++)
        count += is_between(s, i);
    for (size_t i = 0; i < s->suspect_count; i++) {
        if (!is_between(s, i))
            continue;
        put(w, "%s%s", !told ? ": " : told + 1 < count ? ", " : " or ", topology_name(w->t, s->suspects[i].box));
        told++;
    }
}

/* Our own port comes last. */
const char *trace_stretch_text(const struct topology *t, const struct trace_stretch *s, char *out, size_t size)
{
    struct words w = {.t = t, .out = out, .size = size};
    bool turn = s->from == BOX_OWN;
    put(&w, "between ");
    put_end(&w, turn ? s->to : s->from, turn ? &s->to_port : &s->from_port);
    put(&w, " and ");
    put_end(&w, turn ? s->from : s->to, turn ? &s->from_port : &s->to_port);
    put_between(&w, s);
    return out;
}
