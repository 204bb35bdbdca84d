/* What a box hangs on: by the configuration, by the tables, and what is made of both. */
#include "poller/diagnose/topology_internal.h"

#define PARENTS_MAX 8 /* of one node; more are not looked at */

/* --- as configured --- */

static size_t parents_of(const struct topology_draft *d, uint32_t box, uint32_t out[static PARENTS_MAX])
{
    const struct dependency *hangs = &d->given->scene->hangs[d->boxes[box].node];
    size_t count = 0;
    for (size_t i = 0; i < hangs->parent_count && count < PARENTS_MAX; i++) {
        uint32_t parent = topology_nearest_box(d->given->scene, d->box_of, hangs->parents[i]);
        bool known = parent == BOX_NONE || parent == box;
        for (size_t k = 0; k < count; k++)
            known |= out[k] == parent;
        if (!known)
            out[count++] = parent;
    }
    return count;
}

/* A configuration that looks from the watcher has the router hang on a switch. The edges are the same. */
static void turn(struct topology_draft *d)
{
    uint32_t below = d->t->router, box, above;
    if (below == BOX_NONE)
        return;
    box = d->configured[below];
    d->configured[below] = BOX_NONE;
    for (size_t steps = 0; box != BOX_NONE && box != d->t->router && steps < d->t->box_count; steps++) {
        above = d->configured[box];
        d->configured[box] = below;
        d->several[box] = false;
        below = box;
        box = above;
    }
}

void topology_configure(struct topology_draft *d)
{
    for (uint32_t i = 0; i < d->t->box_count; i++) {
        uint32_t parents[PARENTS_MAX];
        size_t count = parents_of(d, i, parents);
        d->configured[i] = count ? parents[0] : BOX_NONE;
        d->several[i] = count > 1;
    }
    turn(d);
}

static bool is_configured_above(const struct topology_draft *d, uint32_t box, uint32_t ancestor)
{
    for (size_t steps = 0; steps < d->t->box_count && box != BOX_NONE; steps++) {
        box = d->configured[box];
        if (box == ancestor)
            return true;
    }
    return false;
}

/* --- as the tables say --- */

/* Does box hear other at a port that does not lead to the router? */
static bool hears_below(const struct topology_draft *d, uint32_t box, uint32_t other)
{
    const struct sight *s = draft_sight(d, box, other), *up = draft_sight(d, box, d->t->router);
    if (!s->port || box == other)
        return false;
    return box == d->t->router || (up->port && up->port != s->port);
}

/* Both hear x below them: does box do so through nearer? Then nearer has the two at different ports. */
static bool is_above(const struct topology_draft *d, uint32_t box, uint32_t nearer, uint32_t x)
{
    const struct sight *s = draft_sight(d, box, nearer), *back = draft_sight(d, nearer, box);
    if (back->port)
        return back->port != draft_sight(d, nearer, x)->port;
    if (s->port)
        return s->port == draft_sight(d, box, x)->port;
    return is_configured_above(d, nearer, box);
}

static bool is_nearest(const struct topology_draft *d, uint32_t box, uint32_t x)
{
    for (uint32_t i = 0; i < d->t->box_count; i++)
        if (i != box && hears_below(d, i, x) && !is_above(d, i, box, x))
            return false;
    return true;
}

/* x itself tells who is at the port where it hears the router. */
static uint32_t told_from_below(const struct topology_draft *d, uint32_t x)
{
    uint32_t up = draft_sight(d, x, d->t->router)->port, found = BOX_NONE;
    for (uint32_t i = 0; i < d->t->box_count; i++) {
        const struct sight *s = draft_sight(d, x, i);
        if (!s->direct || (i != d->t->router && (!up || (s->port != up && s->also != up))))
            continue;
        if (found != BOX_NONE)
            return BOX_NONE;
        found = i;
    }
    return found;
}

static uint32_t learn_one(const struct topology_draft *d, uint32_t x)
{
    uint32_t found = told_from_below(d, x), direct = BOX_NONE;
    for (uint32_t i = 0; i < d->t->box_count && found == BOX_NONE; i++)
        if (hears_below(d, i, x) && is_nearest(d, i, x))
            found = i;
    for (uint32_t i = 0; i < d->t->box_count && found == BOX_NONE; i++)
        if (hears_below(d, i, x) && draft_sight(d, i, x)->direct) {
            if (direct != BOX_NONE)
                return BOX_NONE;
            direct = i;
        }
    return found != BOX_NONE ? found : direct;
}

void topology_learn(struct topology_draft *d)
{
    for (uint32_t i = 0; i < d->t->box_count; i++)
        d->learned[i] = i == d->t->router || d->t->router == BOX_NONE ? BOX_NONE : learn_one(d, i);
}

/* --- both --- */

/* The first box above x, as configured from parent on, that hears. */
static uint32_t first_hearing(const struct topology_draft *d, uint32_t parent)
{
    for (size_t steps = 0; steps < d->t->box_count && parent != BOX_NONE; steps++) {
        if (d->boxes[parent].hears)
            return parent;
        parent = d->configured[parent];
    }
    return BOX_NONE;
}

/* Can x hang on that parent, when the tables say that it is behind a port of box? A parent behind the same port
 * may be between, also when it did not hear x yet. */
static bool fits(const struct topology_draft *d, uint32_t x, uint32_t parent, uint32_t box)
{
    uint32_t seen = draft_sight(d, box, parent)->port, port = draft_sight(d, box, x)->port;
    if (parent == box)
        return true;
    if (seen && port)
        return seen == port;
    return !d->boxes[parent].hears && first_hearing(d, parent) == box;
}

static void hang_on(struct box *b, uint32_t up, enum edge_source source, enum confidence confidence)
{
    b->up = up;
    b->source = source;
    b->confidence = confidence;
}

static enum edge_source learned_from(const struct topology_draft *d, uint32_t x)
{
    uint32_t up = d->learned[x];
    bool told = draft_sight(d, up, x)->direct || draft_sight(d, x, up)->direct;
    return told ? EDGE_LLDP : EDGE_FDB;
}

static void hang_as_learned(struct topology_draft *d, uint32_t x, bool agreed)
{
    enum edge_source source = learned_from(d, x);
    bool certain = agreed || source == EDGE_LLDP;
    hang_on(&d->boxes[x], d->learned[x], source, certain ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY);
    d->boxes[x].open = !certain;
}

/* Of the configured ones that fit what the tables say, the only one. */
static void choose(struct topology_draft *d, uint32_t x)
{
    uint32_t parents[PARENTS_MAX] = {d->configured[x]}, found = BOX_NONE;
    size_t count = d->several[x] ? parents_of(d, x, parents) : 1, fitting = 0;
    for (size_t i = 0; i < count; i++)
        if (fits(d, x, parents[i], d->learned[x]))
            found = fitting++ ? found : parents[i];
    if (!fitting || found == d->learned[x]) {
        hang_as_learned(d, x, fitting > 0);
        return;
    }
    hang_on(&d->boxes[x], found, EDGE_CONFIGURATION, CONFIDENCE_LIKELY);
    d->boxes[x].doubtful = fitting > 1;
}

static void hang_one(struct topology_draft *d, uint32_t x)
{
    if (x == d->t->router)
        return;
    if (d->learned[x] != BOX_NONE && d->configured[x] != BOX_NONE) {
        choose(d, x);
    } else if (d->learned[x] != BOX_NONE) {
        hang_as_learned(d, x, false);
    } else if (d->configured[x] != BOX_NONE) {
        hang_on(&d->boxes[x], d->configured[x], EDGE_CONFIGURATION,
                d->several[x] ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY);
        d->boxes[x].doubtful = d->several[x];
    }
}

static bool is_in_circle(const struct topology_draft *d, uint32_t x)
{
    uint32_t box = d->boxes[x].up;
    for (size_t steps = 0; steps < d->t->box_count && box != BOX_NONE && box != x; steps++)
        box = d->boxes[box].up;
    return box == x;
}

/* What hangs on nothing, but hears the router, or something beneath it does, is somewhere below the router: nobody
 * else has it there. */
static void hang_rest(struct topology_draft *d, uint32_t hearing)
{
    uint32_t top = hearing;
    while (d->boxes[top].up != BOX_NONE)
        top = d->boxes[top].up;
    if (top == d->t->router || !draft_sight(d, hearing, d->t->router)->port)
        return;
    hang_on(&d->boxes[top], d->t->router, EDGE_FDB, CONFIDENCE_LIKELY);
    d->boxes[top].open = true;
}

void topology_hang(struct topology_draft *d)
{
    for (uint32_t i = 0; i < d->t->box_count; i++)
        hang_one(d, i);
    for (uint32_t i = 0; i < d->t->box_count; i++)
        d->several[i] = is_in_circle(d, i); /* done with */
    for (uint32_t i = 0; i < d->t->box_count; i++)
        if (d->several[i])
            hang_on(&d->boxes[i], BOX_NONE, EDGE_UNKNOWN, CONFIDENCE_POSSIBLE);
    for (uint32_t i = 0; i < d->t->box_count && d->t->router != BOX_NONE; i++)
        hang_rest(d, i);
}
