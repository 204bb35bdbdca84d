/* Which box hears which, and at which port. */
#include <string.h>

#include "poller/diagnose/topology_internal.h"

uint32_t topology_mac_box(const struct topology *t, const struct mac *mac)
{
    uint32_t node = topology_owner(t->given, mac);
    return node == SCENE_NONE ? BOX_NONE : t->box_of[node];
}

static bool is_called(const struct topology *t, uint32_t box, const char *name)
{
    const struct scene_node *n = &t->given->scene->nodes[t->boxes[box].node];
    const struct known_fact *told = facts_find(n->facts, "sys.name", "");
    return strcmp(n->name, name) == 0 || (told && told->value && strcmp(told->value, name) == 0);
}

uint32_t topology_neighbour(const struct topology *t, const struct wiring_neighbour *n)
{
    struct mac mac;
    uint32_t found = mac_parse(n->chassis, &mac) ? topology_mac_box(t, &mac) : BOX_NONE;
    if (found != BOX_NONE || !*n->name)
        return found;
    for (uint32_t i = 0; i < t->box_count; i++)
        if (is_called(t, i, n->name)) {
            if (found != BOX_NONE)
                return BOX_NONE; /* a name that two have */
            found = i;
        }
    return found;
}

static uint32_t port_named(const struct wiring *w, const char *name)
{
    for (size_t i = 0; i < w->port_count && *name; i++)
        if (strcmp(w->ports[i].name, name) == 0)
            return w->ports[i].index;
    return 0;
}

struct plug topology_remote_plug(const struct box *b, const struct wiring_neighbour *n)
{
    const char *name = *n->remote_port_description ? n->remote_port_description : n->remote_port;
    uint32_t index = b->wiring ? port_named(b->wiring, n->remote_port) : 0;
    if (b->wiring && !index)
        index = port_named(b->wiring, n->remote_port_description);
    return index ? topology_plug(b, index) : (struct plug){.name = name};
}

static uint32_t native_vid(const struct wiring *w, uint32_t port)
{
    for (size_t i = 0; i < w->bridge_port_count; i++)
        if (w->bridge_ports[i].port == port)
            return w->bridge_ports[i].pvid;
    return 0;
}

/* A router may be heard on several VLANs, at different ports. What came untagged is the main network; else the
 * same row is taken in whatever order they come. */
static bool is_better(const struct sight *a, const struct sight *b)
{
    if (!b->port || a->native != b->native)
        return !b->port || a->native;
    return a->vid != b->vid ? a->vid < b->vid : a->port < b->port;
}

static void see_address(struct topology_draft *d, uint32_t box, const struct wiring_address *a)
{
    uint32_t other = a->own || !a->port ? BOX_NONE : topology_mac_box(d->t, &a->mac);
    if (other == BOX_NONE || other == box)
        return;
    struct sight seen = {.port = a->port, .vid = a->vid, .source = EDGE_FDB};
    seen.native = a->vid && native_vid(d->boxes[box].wiring, a->port) == a->vid;
    if (is_better(&seen, draft_sight(d, box, other)))
        *draft_sight(d, box, other) = seen;
}

static bool is_alone(const struct wiring *w, uint32_t port)
{
    unsigned count = 0;
    for (size_t i = 0; i < w->neighbour_count; i++)
        count += w->neighbours[i].port == port;
    return count == 1;
}

static void see_neighbour(struct topology_draft *d, uint32_t box, const struct wiring_neighbour *n)
{
    uint32_t other = n->port ? topology_neighbour(d->t, n) : BOX_NONE;
    struct sight *s = other == BOX_NONE || other == box ? NULL : draft_sight(d, box, other);
    if (s && (!s->neighbour || n->port < s->neighbour->port))
        s->neighbour = n;
}

/* What is forwarded counts by the port the forwarding table names: VLANs are of the same. */
static void combine(struct topology_draft *d, uint32_t box, struct sight *s)
{
    if (!s->neighbour)
        return;
    s->source = EDGE_LLDP;
    s->direct = is_alone(d->boxes[box].wiring, s->neighbour->port);
    if (!s->port)
        s->port = s->neighbour->port;
    else if (s->port != s->neighbour->port)
        s->also = s->neighbour->port;
}

static void see_from(struct topology_draft *d, uint32_t box)
{
    const struct wiring *w = d->boxes[box].wiring;
    for (size_t i = 0; d->boxes[box].hears && i < w->address_count; i++)
        see_address(d, box, &w->addresses[i]);
    bool young = topology_is_young(d->t, w, WIRING_LIST_NEIGHBOURS);
    for (size_t i = 0; young && i < w->neighbour_count; i++)
        see_neighbour(d, box, &w->neighbours[i]);
    for (uint32_t i = 0; i < d->t->box_count; i++)
        combine(d, box, draft_sight(d, box, i));
}

void topology_see(struct topology_draft *d)
{
    for (uint32_t i = 0; i < d->t->box_count; i++)
        see_from(d, i);
}
