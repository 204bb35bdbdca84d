/* The way from one box to another, with what may stand beside it. */
#include <stdlib.h>

#include "poller/diagnose/topology_internal.h"

struct walk {
    const struct topology *t;
    struct way_hop *hops, *spare;
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

static void step_on(struct walk *w, struct way_hop hop)
{
    if (!hop.in.name)
        hop.in.name = "";
    if (!hop.out.name)
        hop.out.name = "";
    w->hops[w->count++] = hop;
}

static void step(struct walk *w, struct way_hop hop)
{
    forget(w, hop.box);
    step_on(w, hop);
}

/* As one that may be here, between the same two. */
static bool is_here(const struct walk *w, uint32_t box)
{
    for (size_t i = w->count; i > 0 && w->hops[i - 1].maybe; i--)
        if (w->hops[i - 1].box == box)
            return true;
    return false;
}

static bool is_on(const struct walk *w, uint32_t box)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->hops[i].box == box && !w->hops[i].maybe)
            return true;
    return false;
}

static void step_aside(struct walk *w, uint32_t box)
{
    if (!is_here(w, box) && !is_on(w, box))
        step_on(w, (struct way_hop){.box = box, .maybe = true});
}

/* What tells nothing may stand between above and x, where nothing says that it does not. */
static void step_asides(struct walk *w, uint32_t above, uint32_t x)
{
    for (uint32_t i = 0; i < w->t->box_count; i++)
        if (topology_may_be_between(w->t, i, above, x))
            step_aside(w, i);
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

/* The one just under top on the side of box; top itself: itself. */
static uint32_t child(const struct topology *t, uint32_t top, uint32_t box)
{
    while (box != top && t->boxes[box].up != top)
        box = t->boxes[box].up;
    return box;
}

static bool walk(struct walk *w, uint32_t from, uint32_t to, struct plug in)
{
    uint32_t top = topology_common(w->t, from, to);
    size_t first = w->count;
    if (top == BOX_NONE)
        return false;
    uint32_t left = child(w->t, top, from), right = child(w->t, top, to);
    climb(w, from, top, in);
    if (topology_may_be_left_out(w->t, top, left, right))
        step_aside(w, top);
    else
        step(w, (struct way_hop){.box = top, .in = from == top ? in : w->t->boxes[left].down_port});
    descend(w, top, to);
    set_exits(w, first);
    return true;
}

/* --- from our own plug --- */

/* A whole table without us is that of a box we are not behind. When nobody hears us, tables prove nothing of that. */
static bool is_elsewhere(const struct topology *t, uint32_t box)
{
    return t->own.box != BOX_NONE && topology_tells_of_us(t, box);
}

/* Behind the port we are heard at, or anywhere. The farthest from the router first. */
static void step_around_us(struct walk *w, uint32_t to)
{
    const struct topology *t = w->t;
    uint32_t near = t->own.box;
    for (unsigned deep = (unsigned)t->box_count + 1; deep > 0; deep--)
        for (uint32_t i = 0; i < t->box_count; i++) {
            if (i == to || i == near || is_elsewhere(t, i) || topology_depth(t, i) != deep)
                continue;
            if (near == BOX_NONE || topology_is_behind(t, i, near, t->own.port.index))
                step_aside(w, i);
        }
}

static bool is_beside_us(const struct topology *t, uint32_t to)
{
    uint32_t near = t->own.box;
    return near == BOX_NONE || (to != near && topology_is_behind(t, to, near, t->own.port.index));
}

static uint32_t top_of(const struct topology *t, uint32_t box)
{
    while (t->boxes[box].up != BOX_NONE)
        box = t->boxes[box].up;
    return box;
}

/* How our nearest box hangs together with the end is not known: by any other. */
static void step_everywhere(struct walk *w, uint32_t to)
{
    for (uint32_t i = 0; i < w->t->box_count; i++)
        if (i != to)
            step_aside(w, i);
}

/* Somewhere between our nearest box and the next one that hears we are; from that one on the way is known. What
 * does not hang together with our nearest box is entered from above. */
static void walk_beside_us(struct walk *w, uint32_t to)
{
    const struct topology *t = w->t;
    struct walk all = {.t = t, .hops = w->spare};
    struct plug none = {.name = ""};
    size_t first = t->own.box != BOX_NONE && topology_common(t, t->own.box, to) != BOX_NONE;
    if (t->own.box != BOX_NONE && !first)
        step_everywhere(w, to);
    else if (first && !topology_known_port(t, t->own.box, to))
        step_aside(w, t->own.box);
    walk(&all, first ? t->own.box : top_of(t, to), to, none);
    for (; first < all.count && (all.hops[first].maybe || !topology_tells_of_us(t, all.hops[first].box)); first++)
        if (all.hops[first].box != to)
            step_aside(w, all.hops[first].box);
    for (size_t i = first; i < all.count; i++)
        step(w, all.hops[i]);
    w->doubtful |= all.doubtful;
    if (first >= all.count)
        step(w, (struct way_hop){.box = to});
}

static bool walk_from_us(struct walk *w, uint32_t to)
{
    const struct topology *t = w->t;
    if (t->own.exact)
        return walk(w, t->own.box, to, t->own.port);
    step_around_us(w, to);
    if (!is_beside_us(t, to))
        return walk(w, t->own.box, to, t->own.port);
    walk_beside_us(w, to);
    return true;
}

/* Each once for certain, or where it may be: around us, and on the way up and the way down once each. */
static size_t hops_most(const struct topology *t)
{
    return t->box_count * 4 + 1;
}

bool topology_way(const struct topology *t, uint32_t from, uint32_t to, struct arena *arena, struct way *out)
{
    struct walk w = {.t = t};
    *out = (struct way){0};
    if (to >= t->box_count || (from != BOX_OWN && from >= t->box_count))
        return true;
    w.hops = calloc(hops_most(t) * 2, sizeof *w.hops);
    if (!w.hops)
        return false;
    w.spare = w.hops + hops_most(t);
    if (from == BOX_OWN ? walk_from_us(&w, to) : walk(&w, from, to, (struct plug){.name = ""}))
        *out = (struct way){arena_copy(arena, w.hops, w.count * sizeof *w.hops), w.count, w.doubtful};
    free(w.hops);
    return !w.count || out->hops || !out->count;
}
