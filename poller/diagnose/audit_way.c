/* The settings of the switches on one way. */
#include <string.h>

#include "poller/diagnose/audit_internal.h"

struct check {
    const struct topology *t;
    const struct network_view *n;
    const struct way *way;
    struct audit_proof proof;
    const struct serving_box *to;
    struct audit_way *out;
    unsigned aware;                  /* switches that told something */
    struct audit_port last;          /* where the switch before sends it on */
    uint32_t last_box;               /* BOX_NONE: there is none */
    enum port_vlan_state last_state;
};

static void leave_open(struct check *c, enum audit_gap gap, uint32_t box)
{
    if (c->out->gap != AUDIT_GAP_NONE)
        return;
    c->out->gap = gap;
    c->out->gap_box = box;
}

static bool is_crossed(const struct check *c, uint32_t box, uint32_t port)
{
    const struct way *crossed = c->proof.crossed;
    for (size_t i = 0; crossed && i < crossed->count; i++) {
        const struct way_hop *h = &crossed->hops[i];
        if (h->box == box && !h->maybe && (!port || h->in.index == port || h->out.index == port))
            return true;
    }
    return false;
}

static struct audit_finding *finding(struct check *c, enum audit_fault fault, uint32_t box)
{
    for (size_t i = 0; i < c->out->count; i++)
        if (c->out->findings[i].box == box && c->out->findings[i].fault == fault)
            return &c->out->findings[i];
    struct audit_finding *f = &c->out->findings[c->out->count++];
    const struct wiring *w = c->t->boxes[box].wiring;
    *f = (struct audit_finding){.fault = fault, .box = box, .confidence = CONFIDENCE_CERTAIN};
    if (w)
        f->at = w->at[WIRING_LIST_VLANS];
    return f;
}

static void blame(struct check *c, enum audit_fault fault, uint32_t box, struct audit_port port)
{
    if (is_crossed(c, box, port.plug.index))
        return;
    struct audit_finding *f = finding(c, fault, box);
    if (fault != AUDIT_VLAN_UNKNOWN && (port.plug.planned || !port.plug.index))
        f->confidence = CONFIDENCE_LIKELY;
    if (f->port_count < AUDIT_PORTS_MAX)
        f->ports[f->port_count++] = port;
}

/* --- a port --- */

/* The VLAN the main network has there: that which the router is heard on. */
static uint32_t main_vid(const struct topology *t, uint32_t box)
{
    const struct wiring *w = t->boxes[box].wiring;
    uint32_t port = t->boxes[box].up_port.index;
    for (size_t i = 0; i < w->bridge_port_count; i++)
        if (port && w->bridge_ports[i].port == port)
            return w->bridge_ports[i].pvid;
    return 1;
}

/* Is the port's VLAN that of another network, so that it looks like an access port in the wrong one? */
static bool is_elsewhere(const struct topology *t, uint32_t box, const struct port_vlan *p)
{
    return p->only && p->only == p->pvid && p->only != main_vid(t, box);
}

enum audit_fault audit_fault_at(const struct topology *t, uint32_t box, const struct port_vlan *p)
{
    if (p->state == PORT_VLAN_UNKNOWN)
        return AUDIT_VLAN_UNKNOWN;
    if (p->state == PORT_VLAN_OUTSIDE)
        return is_elsewhere(t, box, p) ? AUDIT_WRONG_VLAN : AUDIT_NOT_MEMBER;
    return p->native ? AUDIT_UNTAGGED : AUDIT_WRONG_PVID;
}

/* Nobody knows which port leads on, but too few are in the VLAN for it to be one of them. */
static bool is_surely_outside(const struct check *c, uint32_t box, const struct plug *other)
{
    const struct wiring_vlan *v = wiring_vlan(c->t->boxes[box].wiring, c->n->vid);
    if (!v || !v->ports_known)
        return false;
    return !v->member_count || (v->member_count == 1 && other->index && v->members[0] == other->index);
}

static enum port_vlan_state check_port(struct check *c, uint32_t box, const struct audit_port *port,
                                       const struct plug *other)
{
    struct port_vlan p = port_vlan_at(c->t, box, &port->plug, c->n->vid);
    if (!port->plug.index && is_surely_outside(c, box, other))
        p.state = PORT_VLAN_OUTSIDE;
    if (p.state == PORT_VLAN_UNTOLD)
        leave_open(c, AUDIT_UNTOLD, box);
    if (!port_vlan_is_fault(p.state))
        return p.state;
    struct audit_port told = *port;
    told.instead = p.only ? p.only : p.pvid;
    blame(c, audit_fault_at(c->t, box, &p), box, told);
    return p.state;
}

/* --- between two switches --- */

/* One end with a tag, the other without: the tag is right, for the other networks of the cable. */
static void compare_ends(struct check *c, uint32_t box, const struct audit_port *in, enum port_vlan_state state)
{
    if (c->last_box == BOX_NONE)
        return;
    if (c->last_state == PORT_VLAN_ACCESS && state == PORT_VLAN_TAGGED)
        blame(c, AUDIT_UNTAGGED, c->last_box, c->last);
    if (c->last_state == PORT_VLAN_TAGGED && state == PORT_VLAN_ACCESS)
        blame(c, AUDIT_UNTAGGED, box, *in);
}

/* --- a box --- */

/* The guests' gateway may come in by a cable of its own. */
static struct plug plug_to_router(const struct check *c, uint32_t box, struct plug in)
{
    const struct box *b = &c->t->boxes[box];
    for (size_t i = 0; b->hears && i < b->wiring->address_count; i++) {
        const struct wiring_address *a = &b->wiring->addresses[i];
        bool of_router = (c->n->gateway && memcmp(&a->mac, c->n->gateway, sizeof a->mac) == 0) ||
                         (c->t->router != BOX_NONE &&
                          topology_owner(c->t->given, &a->mac) == c->t->boxes[c->t->router].node);
        if (a->vid == c->n->vid && a->port && of_router)
            return topology_plug(b, a->port);
    }
    return in;
}

static uint32_t next_box(const struct way *way, size_t i)
{
    do
        i++;
    while (i < way->count && way->hops[i].maybe);
    return i < way->count ? way->hops[i].box : BOX_NONE;
}

static void check_ports(struct check *c, size_t hop)
{
    const struct way_hop *h = &c->way->hops[hop];
    bool last = hop + 1 == c->way->count;
    struct audit_port in = {.plug = plug_to_router(c, h->box, h->in), .toward = c->t->boxes[h->box].up};
    struct audit_port out = {.plug = h->out, .toward = next_box(c->way, hop)};
    enum port_vlan_state entered = check_port(c, h->box, &in, &out.plug);
    compare_ends(c, h->box, &in, entered);
    c->last_box = BOX_NONE;
    if (last)
        return;
    c->last_state = check_port(c, h->box, &out, &in.plug);
    c->last_box = h->box;
    c->last = out;
}

static void blame_all_ports(struct check *c, size_t hop)
{
    const struct way_hop *h = &c->way->hops[hop];
    if (is_crossed(c, h->box, 0) || (c->proof.heard && c->proof.heard[h->box]))
        return;
    blame(c, AUDIT_VLAN_UNKNOWN, h->box, (struct audit_port){.plug = h->in, .toward = c->t->boxes[h->box].up});
    if (hop + 1 < c->way->count)
        blame(c, AUDIT_VLAN_UNKNOWN, h->box, (struct audit_port){.plug = h->out, .toward = next_box(c->way, hop)});
}

static void check_box(struct check *c, size_t hop)
{
    uint32_t box = c->way->hops[hop].box;
    switch (port_vlan_known(c->t, box, c->n->vid)) {
    case PORT_VLAN_UNAWARE:
        return;
    case PORT_VLAN_OLD:
        leave_open(c, AUDIT_OLD, box);
        break;
    case PORT_VLAN_UNTOLD:
        leave_open(c, AUDIT_UNTOLD, box);
        break;
    case PORT_VLAN_UNKNOWN:
        c->aware++;
        blame_all_ports(c, hop);
        break;
    default:
        c->aware++;
        check_ports(c, hop);
        return;
    }
    c->last_box = BOX_NONE;
}

/* --- the way --- */

static void check_radios(struct check *c)
{
    struct translation found;
    if (!translation_find(c->t, c->way, &found))
        return;
    struct audit_finding *f = finding(c, AUDIT_TRANSLATES, found.radio);
    f->translation = found;
    f->confidence = CONFIDENCE_LIKELY;
    f->at = c->t->given->scene->now.mono;
}

static void check_boxes(struct check *c)
{
    for (size_t i = 1; i < c->way->count; i++) {
        bool end = i + 1 == c->way->count;
        if (!c->way->hops[i].maybe && (!end || c->to->last))
            check_box(c, i);
    }
    check_radios(c);
}

static void judge(struct check *c)
{
    if (!c->aware)
        leave_open(c, AUDIT_MUTE, BOX_NONE);
    c->out->verdict = c->out->count ? VERDICT_FAILING : c->out->gap ? VERDICT_UNKNOWN : VERDICT_OK;
}

bool audit_way(const struct topology *t, const struct network_view *n, const struct audit_proof *proof,
               const struct serving_box *to, struct arena *arena, struct audit_way *out)
{
    struct way way = {0};
    struct check c = {.t = t, .n = n, .way = &way, .to = to, .out = out, .last_box = BOX_NONE};
    if (proof)
        c.proof = *proof;
    *out = (struct audit_way){.gap_box = BOX_NONE};
    if (t->router != BOX_NONE && !topology_way(t, t->router, to->box, arena, &way))
        return false;
    out->findings = arena_take(arena, (way.count * 4 + 1) * sizeof *out->findings);
    if (!out->findings)
        return false;
    if (t->router == BOX_NONE || !way.count || way.doubtful) {
        leave_open(&c, t->router == BOX_NONE ? AUDIT_NO_ROUTER : way.count ? AUDIT_SEVERAL_WAYS : AUDIT_NO_WAY,
                   to->box);
        out->verdict = VERDICT_UNKNOWN;
        return true;
    }
    check_boxes(&c);
    judge(&c);
    return true;
}
