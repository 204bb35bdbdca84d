/* Where a box may stand, as far as tables and configuration leave it open. */
#include "poller/diagnose/topology_internal.h"

unsigned topology_depth(const struct topology *t, uint32_t box)
{
    unsigned steps = 0;
    for (; box != BOX_NONE && steps <= t->box_count; steps++)
        box = t->boxes[box].up;
    return steps;
}

uint32_t topology_common(const struct topology *t, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (a == BOX_NONE || b == BOX_NONE)
            return BOX_NONE;
        if (topology_depth(t, a) >= topology_depth(t, b))
            a = t->boxes[a].up;
        else
            b = t->boxes[b].up;
    }
    return a;
}

/* Does x hang somewhere above box for want of better knowledge, so that it may as well be below it? */
static bool may_be_below(const struct topology *t, uint32_t x, uint32_t box, uint32_t top)
{
    for (; x != top && !topology_tells_all(&t->boxes[box]); x = t->boxes[x].up)
        if (t->boxes[x].open)
            return top != box;
    return false;
}

/* 0: not known. */
uint32_t topology_known_port(const struct topology *t, uint32_t box, uint32_t x)
{
    uint32_t seen = topology_sight(t, box, x)->port, top = topology_common(t, x, box);
    if (seen)
        return seen;
    return top == BOX_NONE || may_be_below(t, x, box, top) ? 0 : topology_toward(t, box, x).index;
}

bool topology_is_behind(const struct topology *t, uint32_t x, uint32_t box, uint32_t port)
{
    uint32_t toward = topology_known_port(t, box, x);
    return !toward || toward == port;
}

/* Behind a box that hears, and would hear x too. */
static bool is_behind_another(const struct topology *t, uint32_t box, uint32_t above)
{
    for (box = t->boxes[box].up; box != above && box != BOX_NONE; box = t->boxes[box].up)
        if (topology_tells_all(&t->boxes[box]))
            return true;
    return false;
}

static bool is_heard_below(const struct topology *t, uint32_t box, uint32_t x)
{
    uint32_t port = topology_sight(t, x, box)->port, up = t->boxes[x].up_port.index;
    return port && up && port != up;
}

/* At the same port of above as x, or at nobody knows which. */
static bool shares_port(const struct topology *t, uint32_t box, uint32_t above, uint32_t x)
{
    uint32_t port = t->boxes[x].down_port.index, other = topology_toward(t, above, box).index;
    if (port && other)
        return port == other;
    return t->boxes[x].open && !is_behind_another(t, box, above);
}

/* It hangs on something farther up, at the same port as above, or at nobody knows which. */
static bool may_hang_deeper(const struct topology *t, uint32_t box, uint32_t above, uint32_t x)
{
    uint32_t top = topology_common(t, box, above);
    if (top == BOX_NONE || top == above || !t->boxes[x].open || !may_be_below(t, box, above, top))
        return false;
    uint32_t port = topology_toward(t, top, above).index, other = topology_toward(t, top, box).index;
    return !port || !other || port == other;
}

bool topology_may_be_between(const struct topology *t, uint32_t box, uint32_t above, uint32_t x)
{
    if (box == x || box == above || topology_tells_all(&t->boxes[box]) || topology_is_beneath(t, box, x) ||
        is_heard_below(t, box, x))
        return false;
    return topology_is_beneath(t, box, above) ? shares_port(t, box, above, x) : may_hang_deeper(t, box, above, x);
}

/* Two at one port of top, or below a mute one and nobody says directly: they meet before it, or may do so. */
bool topology_may_be_left_out(const struct topology *t, uint32_t top, uint32_t left, uint32_t right)
{
    if (left == top || right == top)
        return false;
    const struct box *l = &t->boxes[left], *r = &t->boxes[right];
    if (l->down_port.index && r->down_port.index)
        return l->down_port.index == r->down_port.index;
    return !t->boxes[top].hears && (l->open || r->open);
}

bool topology_is_lost(const struct topology *t, uint32_t box, uint32_t to)
{
    return topology_common(t, box, to) == BOX_NONE && !topology_tells_all(&t->boxes[box]);
}
