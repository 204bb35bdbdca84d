/* Where our own plug is. */
#include <string.h>

#include "poller/diagnose/topology_internal.h"

static bool is_own(const struct topology_given *g, const struct mac *mac)
{
    for (size_t i = 0; i < g->own_count; i++)
        if (memcmp(&g->own[i], mac, sizeof *mac) == 0)
            return true;
    return false;
}

static uint32_t lowest_port(const struct wiring *w, const struct mac *mac)
{
    uint32_t port = 0;
    for (size_t i = 0; i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        bool better = !a->own && a->port && (!port || a->port < port);
        if (better && memcmp(&a->mac, mac, sizeof *mac) == 0)
            port = a->port;
    }
    return port;
}

uint32_t topology_own_sight(const struct topology *t, uint32_t box)
{
    const struct box *b = &t->boxes[box];
    uint32_t port = 0;
    for (size_t i = 0; b->hears && i < t->given->own_count && !port; i++)
        port = lowest_port(b->wiring, &t->given->own[i]);
    return port;
}

bool topology_tells_of_us(const struct topology *t, uint32_t box)
{
    return topology_tells_all(&t->boxes[box]) || topology_own_sight(t, box);
}

static void found(struct topology *t, uint32_t box, struct plug port, enum edge_source source, bool exact)
{
    t->own.box = box;
    t->own.port = port;
    t->own.source = source;
    t->own.exact = exact;
}

/* A neighbour at our own port, or a box that has us as its neighbour. */
static bool find_by_lldp(struct topology *t)
{
    const struct wiring_neighbour *heard = t->given->heard;
    uint32_t box = heard ? topology_neighbour(t, heard) : BOX_NONE;
    if (box != BOX_NONE) {
        found(t, box, topology_remote_plug(&t->boxes[box], heard), EDGE_LLDP, true);
        return true;
    }
    for (uint32_t i = 0; i < t->box_count; i++) {
        const struct wiring *w = t->boxes[i].wiring;
        bool young = topology_is_young(t, w, WIRING_LIST_NEIGHBOURS);
        for (size_t k = 0; young && k < w->neighbour_count; k++) {
            struct mac mac;
            if (!w->neighbours[k].port || !mac_parse(w->neighbours[k].chassis, &mac) || !is_own(t->given, &mac))
                continue;
            found(t, i, topology_plug(&t->boxes[i], w->neighbours[k].port), EDGE_LLDP, true);
            return true;
        }
    }
    return false;
}

/* Do all others that hear us do so through this one? */
static bool is_nearest(const struct topology *t, uint32_t box)
{
    for (uint32_t i = 0; i < t->box_count; i++) {
        uint32_t port = i == box ? 0 : topology_own_sight(t, i), seen = topology_sight(t, i, box)->port;
        if (port && port != (seen ? seen : topology_toward(t, i, box).index))
            return false;
    }
    return true;
}

static void find_by_tables(struct topology *t)
{
    for (uint32_t i = 0; i < t->box_count; i++) {
        uint32_t port = topology_own_sight(t, i);
        if (port && is_nearest(t, i)) {
            found(t, i, topology_plug(&t->boxes[i], port), EDGE_FDB, true);
            return;
        }
    }
}

/* Boxes behind that port that would not tell if we hung on them. */
static bool is_mute_behind(const struct topology *t, uint32_t x, uint32_t box, uint32_t port)
{
    return x != box && !topology_tells_of_us(t, x) && topology_is_behind(t, x, box, port);
}

/* This machine as a node, and what it hangs on. */
static void consider_configuration(struct topology *t)
{
    const struct scene *s = t->given->scene;
    for (size_t i = 0; i < s->node_count; i++) {
        uint32_t box = s->nodes[i].self && s->hangs[i].parent_count ? t->box_of[s->hangs[i].parents[0]] : BOX_NONE;
        if (box == BOX_NONE)
            continue;
        bool refines = t->own.box != BOX_NONE && is_mute_behind(t, box, t->own.box, t->own.port.index);
        if (t->own.box != BOX_NONE && !refines)
            continue;
        struct plug port = {.name = s->nodes[i].port ? s->nodes[i].port : ""};
        found(t, box, port, EDGE_CONFIGURATION, true);
    }
}

static void consider_mute_boxes(struct topology *t)
{
    for (uint32_t i = 0; i < t->box_count && t->own.source == EDGE_FDB; i++)
        if (is_mute_behind(t, i, t->own.box, t->own.port.index))
            t->own.exact = false;
}

void topology_find_own(struct topology_draft *d)
{
    if (!d->t->box_count || find_by_lldp(d->t))
        return;
    find_by_tables(d->t);
    consider_configuration(d->t);
    consider_mute_boxes(d->t);
}
