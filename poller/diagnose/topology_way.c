/* The way from one box to another, with what may stand beside it. */
#include "poller/diagnose/topology_internal.h"

struct walk {
    const struct topology *t;
    struct way_hop *hops;
    size_t count;
    bool doubtful;
};

/* What may have been aside so far stands here for certain. */
static void forget(struct walk *w, uint32_t box)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++)
        if (w->hops[i].box != box)
            w->hops[kept++] = w->hops[i];
    w->count = kept;
}

static void step(struct walk *w, struct way_hop hop)
{
    forget(w, hop.box);
    if (!hop.in.name)
        hop.in.name = "";
    if (!hop.out.name)
        hop.out.name = "";
    w->hops[w->count++] = hop;
}

static bool is_on(const struct walk *w, uint32_t box)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->hops[i].box == box)
            return true;
    return false;
}

static unsigned depth(const struct topology *t, uint32_t box)
{
    unsigned steps = 0;
    for (; box != BOX_NONE && steps <= t->box_count; steps++)
        box = t->boxes[box].up;
    return steps;
}

static void step_aside(struct walk *w, uint32_t box)
{
    if (!is_on(w, box))
        step(w, (struct way_hop){.box = box, .maybe = true});
}

static bool is_unplaced(const struct topology *t, uint32_t box)
{
    return t->boxes[box].up == BOX_NONE && box != t->router;
}

static bool shares_port(const struct topology *t, uint32_t box, uint32_t above, uint32_t x)
{
    uint32_t port = t->boxes[x].down_port.index;
    bool apart = box != x && !topology_is_beneath(t, box, x) && topology_is_beneath(t, box, above);
    return apart && port && topology_toward(t, above, box).index == port;
}

/* What tells nothing, and comes in at the same port of above as x or at nobody knows which, may stand between. */
static void step_asides(struct walk *w, uint32_t above, uint32_t x)
{
    const struct topology *t = w->t;
    for (uint32_t i = 0; i < t->box_count; i++) {
        bool lost = is_unplaced(t, i) && i != x && i != above && t->boxes[x].source != EDGE_LLDP;
        if (!t->boxes[i].hears && (lost || shares_port(t, i, above, x)))
            step_aside(w, i);
    }
}

static uint32_t common(const struct topology *t, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (a == BOX_NONE || b == BOX_NONE)
            return BOX_NONE;
        if (depth(t, a) >= depth(t, b))
            a = t->boxes[a].up;
        else
            b = t->boxes[b].up;
    }
    return a;
}

/* From x up to top, which is left out. */
static void climb(struct walk *w, uint32_t x, uint32_t top, struct plug in)
{
    while (x != top) {
        const struct box *b = &w->t->boxes[x];
        step(w, (struct way_hop){.box = x, .in = in, .out = b->up_port});
        step_asides(w, b->up, x);
        w->doubtful |= b->doubtful;
        in = b->down_port;
        x = b->up;
    }
}

/* From below top down to x. */
static void descend(struct walk *w, uint32_t top, uint32_t x)
{
    if (x == top)
        return;
    const struct box *b = &w->t->boxes[x];
    descend(w, top, b->up);
    step_asides(w, b->up, x);
    w->doubtful |= b->doubtful;
    step(w, (struct way_hop){.box = x, .in = b->up_port});
}

/* Each hop leaves where the next box is. */
static void set_exits(struct walk *w, size_t from)
{
    for (size_t i = from; i < w->count; i++) {
        size_t next = i + 1;
        while (next < w->count && w->hops[next].maybe)
            next++;
        if (!w->hops[i].maybe && next < w->count)
            w->hops[i].out = topology_toward(w->t, w->hops[i].box, w->hops[next].box);
    }
}

static bool walk(struct walk *w, uint32_t from, uint32_t to, struct plug in)
{
    uint32_t top = common(w->t, from, to);
    size_t first = w->count;
    if (top == BOX_NONE)
        return false;
    uint32_t below = from; /* the one of from's side just under top */
    while (below != top && w->t->boxes[below].up != top)
        below = w->t->boxes[below].up;
    climb(w, from, top, in);
    step(w, (struct way_hop){.box = top, .in = from == top ? in : w->t->boxes[below].down_port});
    descend(w, top, to);
    set_exits(w, first);
    return true;
}

/* --- from our own plug --- */

/* Behind the port we are heard at, or anywhere: what tells nothing. The farthest from the router first. */
static void step_around_us(struct walk *w, uint32_t to)
{
    const struct topology *t = w->t;
    uint32_t near = t->own.box;
    for (unsigned deep = (unsigned)t->box_count + 1; deep > 0; deep--)
        for (uint32_t i = 0; i < t->box_count; i++) {
            if (i == to || i == near || t->boxes[i].hears || depth(t, i) != deep)
                continue;
            if (near == BOX_NONE || topology_toward(t, near, i).index == t->own.port.index)
                step_aside(w, i);
        }
}

static bool is_beside_us(const struct topology *t, uint32_t to)
{
    uint32_t near = t->own.box;
    return near == BOX_NONE || (to != near && topology_toward(t, near, to).index == t->own.port.index);
}

static bool walk_from_us(struct walk *w, uint32_t to)
{
    const struct topology *t = w->t;
    if (t->own.exact)
        return walk(w, t->own.box, to, t->own.port);
    step_around_us(w, to);
    if (!is_beside_us(t, to))
        return walk(w, t->own.box, to, t->own.port);
    step(w, (struct way_hop){.box = to});
    return true;
}

bool topology_way(const struct topology *t, uint32_t from, uint32_t to, struct arena *arena, struct way *out)
{
    struct walk w = {.t = t};
    *out = (struct way){0};
    if (to >= t->box_count || (from != BOX_OWN && from >= t->box_count))
        return true;
    w.hops = arena_take(arena, (t->box_count + 1) * sizeof *w.hops);
    if (!w.hops)
        return false;
    bool known = from == BOX_OWN ? walk_from_us(&w, to) : walk(&w, from, to, (struct plug){.name = ""});
    if (known)
        *out = (struct way){.hops = w.hops, .count = w.count, .doubtful = w.doubtful};
    return true;
}
