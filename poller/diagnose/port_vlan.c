#include "poller/diagnose/port_vlan.h"

static bool is_in(const uint32_t *ports, size_t count, uint32_t port)
{
    for (size_t i = 0; i < count; i++)
        if (ports[i] == port)
            return true;
    return false;
}

static bool is_member(const struct wiring_vlan *v, uint32_t port)
{
    return is_in(v->members, v->member_count, port);
}

static bool is_untagged(const struct wiring_vlan *v, uint32_t port)
{
    return is_in(v->untagged, v->untagged_count, port);
}

static uint32_t pvid_of(const struct wiring *w, uint32_t port)
{
    for (size_t i = 0; i < w->bridge_port_count; i++)
        if (w->bridge_ports[i].port == port)
            return w->bridge_ports[i].pvid;
    return 0;
}

/* A port that stands in none of these tables is not meant by any: the member of a group of ports, perhaps. */
static bool is_told(const struct wiring *w, uint32_t port)
{
    for (size_t i = 0; i < w->bridge_port_count; i++)
        if (w->bridge_ports[i].port == port)
            return true;
    for (size_t i = 0; i < w->vlan_count; i++)
        if (is_member(&w->vlans[i], port))
            return true;
    return false;
}

static uint32_t only_vlan(const struct wiring *w, uint32_t port)
{
    uint32_t only = 0;
    for (size_t i = 0; i < w->vlan_count; i++) {
        const struct wiring_vlan *v = &w->vlans[i];
        if (!is_member(v, port))
            continue;
        if (only || !is_untagged(v, port))
            return 0;
        only = v->vid;
    }
    return only;
}

enum port_vlan_state port_vlan_known(const struct topology *t, uint32_t box, uint32_t vid)
{
    const struct box *b = &t->boxes[box];
    if (!b->aware)
        return PORT_VLAN_UNAWARE;
    if (!topology_is_young(t, b->wiring, WIRING_LIST_VLANS))
        return PORT_VLAN_OLD;
    if (wiring_vlan(b->wiring, vid))
        return PORT_VLAN_TAGGED;
    return b->wiring->cut & 1u << WIRING_LIST_VLANS ? PORT_VLAN_UNTOLD : PORT_VLAN_UNKNOWN;
}

static enum port_vlan_state state_of(const struct wiring *w, const struct wiring_vlan *v, uint32_t port,
                                     uint32_t pvid)
{
    if (!v->ports_known || !port || !is_told(w, port))
        return PORT_VLAN_UNTOLD;
    if (!is_member(v, port))
        return PORT_VLAN_OUTSIDE;
    if (!is_untagged(v, port))
        return PORT_VLAN_TAGGED;
    return pvid == v->vid ? PORT_VLAN_ACCESS : pvid ? PORT_VLAN_UNTAGGED : PORT_VLAN_UNTOLD;
}

static struct port_vlan look(const struct wiring *w, uint32_t port, uint32_t vid)
{
    struct port_vlan p = {.pvid = pvid_of(w, port), .only = only_vlan(w, port)};
    const struct wiring_vlan *native = p.pvid ? wiring_vlan(w, p.pvid) : NULL;
    p.native = native && is_untagged(native, port);
    p.state = state_of(w, wiring_vlan(w, vid), port, p.pvid);
    return p;
}

struct port_vlan port_vlan_at(const struct topology *t, uint32_t box, const struct plug *plug, uint32_t vid)
{
    struct port_vlan p = {.state = port_vlan_known(t, box, vid)};
    const struct wiring *w = t->boxes[box].wiring;
    if (p.state != PORT_VLAN_TAGGED)
        return p;
    p = look(w, plug->index, vid);
    if (!plug->also)
        return p;
    struct port_vlan other = look(w, plug->also, vid);
    return other.state > p.state ? other : p;
}

bool port_vlan_passes(enum port_vlan_state s)
{
    return s >= PORT_VLAN_ACCESS;
}

bool port_vlan_is_fault(enum port_vlan_state s)
{
    return s >= PORT_VLAN_UNKNOWN && s <= PORT_VLAN_UNTAGGED;
}
