/* The port at each end of an edge. */
#include <string.h>

#include "poller/diagnose/topology_internal.h"

static struct plug plug_of_sight(const struct topology_draft *d, uint32_t box, const struct sight *s)
{
    struct plug p = topology_plug(&d->boxes[box], s->port);
    p.also = s->also;
    return p;
}

/* The plan names a port of the first parent. */
static struct plug planned(const struct topology_draft *d, uint32_t of, uint32_t box)
{
    const struct scene *s = d->given->scene;
    const struct scene_node *n = &s->nodes[d->boxes[of].node];
    const struct dependency *hangs = &s->hangs[d->boxes[of].node];
    struct plug none = {.name = ""};
    if (!n->port || !hangs->parent_count || hangs->parents[0] != d->boxes[box].node)
        return none;
    const struct wiring *w = d->boxes[box].wiring;
    for (size_t i = 0; w && i < w->port_count; i++)
        if (strcmp(w->ports[i].name, n->port) == 0)
            return (struct plug){w->ports[i].index, 0, w->ports[i].name, true};
    return (struct plug){.name = n->port, .planned = true};
}

/* Of all boxes beneath x, x itself first: where does above hear them? Nothing when they are at several ports. */
static const struct sight *sight_of_boxes(const struct topology_draft *d, uint32_t above, uint32_t x)
{
    const struct sight *found = draft_sight(d, above, x);
    if (found->port)
        return found;
    for (uint32_t i = 0; i < d->t->box_count; i++) {
        const struct sight *s = draft_sight(d, above, i);
        if (!s->port || !topology_is_beneath(d->t, i, x))
            continue;
        if (found->port && found->port != s->port)
            return draft_sight(d, above, x);
        found = s;
    }
    return found;
}

static bool hangs_beneath(const struct topology_draft *d, uint32_t node, uint32_t x)
{
    uint32_t box = topology_box_above(d->t, node);
    return box == x || topology_is_beneath(d->t, box, x);
}

/* What is no box, a camera behind a mute radio, shows the port too. */
static uint32_t port_of_things(const struct topology_draft *d, uint32_t above, uint32_t x)
{
    const struct wiring *w = d->boxes[above].wiring;
    uint32_t found = 0;
    for (size_t i = 0; i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        uint32_t node = a->own || !a->port ? SCENE_NONE : topology_owner(d->given, &a->mac);
        if (node == SCENE_NONE || d->box_of[node] != BOX_NONE || !hangs_beneath(d, node, x))
            continue;
        if (found && found != a->port)
            return 0;
        found = a->port;
    }
    return found;
}

static struct plug find_down_port(const struct topology_draft *d, uint32_t x)
{
    uint32_t up = d->boxes[x].up;
    const struct sight *s = sight_of_boxes(d, up, x);
    struct plug found = s->port ? plug_of_sight(d, up, s) : (struct plug){.name = ""};
    if (!s->port && d->boxes[up].hears)
        found = topology_plug(&d->boxes[up], port_of_things(d, up, x));
    if (found.index)
        return found;
    found = planned(d, x, up);
    const struct sight *back = draft_sight(d, x, up);
    if (!*found.name && back->direct)
        found = topology_remote_plug(&d->boxes[up], back->neighbour);
    return found;
}

static struct plug find_up_port(const struct topology_draft *d, uint32_t x)
{
    uint32_t above = d->boxes[x].up;
    for (size_t steps = 0; steps < d->t->box_count && above != BOX_NONE; steps++) {
        const struct sight *s = draft_sight(d, x, above);
        if (s->port)
            return plug_of_sight(d, x, s);
        above = d->boxes[above].up;
    }
    const struct sight *down = draft_sight(d, d->boxes[x].up, x);
    struct plug found = planned(d, d->boxes[x].up, x); /* of a configuration that was turned */
    if (!*found.name && down->direct)
        found = topology_remote_plug(&d->boxes[x], down->neighbour);
    return found;
}

void topology_ports(struct topology_draft *d)
{
    for (uint32_t i = 0; i < d->t->box_count; i++)
        if (d->boxes[i].up != BOX_NONE) {
            d->boxes[i].down_port = find_down_port(d, i);
            d->boxes[i].up_port = find_up_port(d, i);
        }
}
