#include "poller/diagnose/topology.h"

#include <string.h>
#include <strings.h>

#include "poller/diagnose/topology_internal.h"

const char *const edge_source_words[] = {"unknown", "configuration", "fdb", "lldp", NULL};

const char *topology_name(const struct topology *t, uint32_t box)
{
    return box < t->box_count ? t->given->scene->nodes[t->boxes[box].node].name : "";
}

const char *topology_site(const struct topology *t, uint32_t box)
{
    return box < t->box_count ? t->given->scene->nodes[t->boxes[box].node].site : NULL;
}

bool topology_is_young(const struct topology *t, const struct wiring *w, enum wiring_list list)
{
    struct mono now = t->given->scene->now.mono;
    return w && w->at[list].ns && mono_since(now, w->at[list]) <= SECONDS(TOPOLOGY_AGE_MAX_S);
}

static int compare_mac(const struct mac *a, const struct mac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static size_t first_claim(const struct topology_given *g, const struct mac *mac)
{
    size_t low = 0, high = g->claim_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_mac(&g->claims[middle].mac, mac) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t topology_owner(const struct topology_given *g, const struct mac *mac)
{
    size_t i = first_claim(g, mac);
    if (i == g->claim_count || compare_mac(&g->claims[i].mac, mac) != 0)
        return SCENE_NONE;
    bool disputed = i + 1 < g->claim_count && compare_mac(&g->claims[i + 1].mac, mac) == 0;
    return disputed ? SCENE_NONE : g->claims[i].node;
}

bool topology_is_beneath(const struct topology *t, uint32_t box, uint32_t ancestor)
{
    for (size_t steps = 0; box != BOX_NONE && steps < t->box_count; steps++) {
        box = t->boxes[box].up;
        if (box == ancestor)
            return box != BOX_NONE;
    }
    return false;
}

uint32_t topology_nearest_box(const struct scene *s, const uint32_t *box_of, uint32_t node)
{
    for (size_t steps = 0; steps < s->node_count && box_of[node] == BOX_NONE; steps++) {
        if (!s->hangs[node].parent_count)
            return BOX_NONE;
        node = s->hangs[node].parents[0];
    }
    return box_of[node];
}

uint32_t topology_box_above(const struct topology *t, uint32_t node)
{
    return topology_nearest_box(t->given->scene, t->box_of, node);
}

struct plug topology_plug(const struct box *b, uint32_t index)
{
    const char *name = b->wiring && index ? wiring_port_name(b->wiring, index) : NULL;
    return (struct plug){.index = index, .name = name ? name : ""};
}

const char *topology_port_word(const struct plug *p)
{
    return strncasecmp(p->name, "port", 4) == 0 ? "" : "port ";
}

struct plug topology_toward(const struct topology *t, uint32_t box, uint32_t other)
{
    if (!topology_is_beneath(t, other, box))
        return t->boxes[box].up_port;
    while (t->boxes[other].up != box)
        other = t->boxes[other].up;
    return t->boxes[other].down_port;
}

/* --- which nodes are boxes --- */

static bool is_box(const struct scene_node *n)
{
    return n->class == CLASS_NETWORK && !n->internet && !n->network && !n->self;
}

/* A bridge that is read has ports, whatever it hears. */
static bool is_bridge(const struct wiring *w)
{
    return w->address_count || w->bridge_port_count;
}

static void describe_box(struct topology_draft *d, uint32_t node)
{
    const struct wiring *w = d->given->wirings ? d->given->wirings[node] : NULL;
    d->box_of[node] = (uint32_t)d->t->box_count;
    d->boxes[d->t->box_count++] = (struct box){
        .node = node,
        .wiring = w,
        .hears = w && is_bridge(w) && topology_is_young(d->t, w, WIRING_LIST_FDB),
        .aware = w && w->at[WIRING_LIST_VLANS].ns && w->vlan_count,
        .up = BOX_NONE,
        .up_port = {.name = ""},
        .down_port = {.name = ""}};
}

static void describe_boxes(struct topology_draft *d)
{
    const struct scene *s = d->given->scene;
    size_t count = 0;
    for (size_t i = 0; i < s->node_count; i++) {
        d->box_of[i] = BOX_NONE;
        count += is_box(&s->nodes[i]);
    }
    d->t->left_out = count > TOPOLOGY_BOXES_MAX ? count : 0;
    for (size_t i = 0; i < s->node_count && !d->t->left_out; i++)
        if (is_box(&s->nodes[i]))
            describe_box(d, (uint32_t)i);
}

/* The only one that hangs on nothing. */
static uint32_t find_top(const struct topology_draft *d)
{
    uint32_t top = BOX_NONE;
    for (uint32_t i = 0; i < d->t->box_count; i++)
        if (!d->given->scene->hangs[d->boxes[i].node].parent_count) {
            if (top != BOX_NONE)
                return BOX_NONE;
            top = i;
        }
    return top;
}

static uint32_t find_router(const struct topology_draft *d)
{
    const struct scene *s = d->given->scene;
    for (size_t i = 0; i < s->node_count; i++)
        if (s->nodes[i].router)
            return d->box_of[i];
    return find_top(d);
}

/* --- all of it --- */

static bool take_lists(struct topology_draft *d, struct arena *arena)
{
    size_t nodes = d->given->scene->node_count, most = nodes < TOPOLOGY_BOXES_MAX ? nodes : TOPOLOGY_BOXES_MAX;
    d->t->boxes = d->boxes = arena_take(arena, most * sizeof *d->boxes + 1);
    d->t->box_of = d->box_of = arena_take(arena, nodes * sizeof *d->box_of + 1);
    d->configured = arena_take(arena, most * sizeof *d->configured + 1);
    d->learned = arena_take(arena, most * sizeof *d->learned + 1);
    d->several = arena_take(arena, most * sizeof *d->several + 1);
    return d->boxes && d->box_of && d->configured && d->learned && d->several;
}

bool topology_build(const struct topology_given *given, struct arena *arena, struct topology *out)
{
    struct topology_draft d = {.given = given, .t = out};
    *out = (struct topology){.given = given, .router = BOX_NONE};
    out->own.box = BOX_NONE;
    out->own.port.name = "";
    if (!take_lists(&d, arena))
        return false;
    describe_boxes(&d);
    out->sights = d.sights = arena_take(arena, out->box_count * out->box_count * sizeof *d.sights + 1);
    if (!d.sights)
        return false;
    out->router = find_router(&d);
    topology_see(&d);
    topology_configure(&d);
    topology_learn(&d);
    topology_hang(&d);
    topology_ports(&d);
    topology_find_own(&d);
    return true;
}
