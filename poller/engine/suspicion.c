#include "poller/engine/suspicion.h"

#include <string.h>

#include "poller/engine/round.h"
#include "poller/engine/schedule.h"
#include "poller/engine/scene_keep.h"

#define ABOVE_AFTER_MS 200  /* a living node's first confirming echo is back by then */
#define WIDEN_AFTER_MS 3000 /* three echoes more are lost: ask all that may share the cause */
#define ABOVE_MAX 64        /* nodes asked above one; trees are not that deep */
#define REWIDEN_S 5         /* the same widening is not done again sooner */

static struct mono moment(const struct check *c, int64_t ms)
{
    return schedule_slot(mono_after(c->judgement.silent_since, MILLISECONDS(ms)));
}

static void suspect_life(struct engine *e, struct node *n)
{
    if (n->life && !n->config_paused)
        round_suspect(e, n->life);
}

static unsigned ask_above(struct engine *e, struct node *n, unsigned left)
{
    for (size_t i = 0; i < n->parent_count && left; i++) {
        struct node *parent = e->nodes[n->parents[i]];
        suspect_life(e, parent);
        left = ask_above(e, parent, left - 1);
    }
    return left;
}

static void ask_for_facts(struct engine *e, struct node *n)
{
    struct want wants[WANTS_MAX];
    scene_refresh(e); /* when each silence began */
    size_t count = diagnose_wants(&e->scene, n->index, wants);
    for (size_t i = 0; i < count; i++) {
        struct node *where = e->nodes[wants[i].node];
        for (size_t k = 0; k < where->check_count; k++)
            if (strcmp(where->checks[k]->kind, wants[i].check_kind) == 0)
                round_ask(e, where->checks[k]);
    }
}

static bool same_site(const struct engine *e, uint32_t a, uint32_t b)
{
    const char *x = e->scene_nodes[a].site, *y = e->scene_nodes[b].site;
    return x && y && strcmp(x, y) == 0;
}

static void widen(struct engine *e, struct node *n)
{
    scene_refresh(e);
    uint32_t root = e->behind[n->index] == DEPENDENCY_NONE ? n->index : e->behind[n->index];
    if (e->widened_root == root && mono_since(e->now.mono, e->widened_at) < SECONDS(REWIDEN_S))
        return;
    e->widened_root = root;
    e->widened_at = e->now.mono;
    bool everything = e->nodes[root]->parent_count == 0;
    dependency_beneath(e->hangs, e->node_count, root, e->beneath);
    for (uint32_t i = 0; i < e->node_count; i++)
        if (everything || e->beneath[i] || same_site(e, i, n->index) || same_site(e, i, root))
            suspect_life(e, e->nodes[i]);
}

struct mono suspicion_begins(struct engine *e, struct check *c)
{
    c->phase = 0;
    return moment(c, ABOVE_AFTER_MS);
}

struct mono suspicion_grows(struct engine *e, struct check *c)
{
    switch (c->phase++) {
    case 0:
        round_ask(e, c); /* three echoes more: chance alone does not get past here */
        ask_above(e, c->node, ABOVE_MAX);
        ask_for_facts(e, c->node);
        return moment(c, WIDEN_AFTER_MS);
    case 1:
        widen(e, c->node);
        return moment(c, LAST_WORD_AFTER_MS);
    default:
        round_ask(e, c);
        return MONO_NEVER;
    }
}

void suspicion_of_rounds(struct engine *e, struct check *c)
{
    if (c->node->life && c->node->life != c)
        suspect_life(e, c->node);
    ask_above(e, c->node, ABOVE_MAX);
}
