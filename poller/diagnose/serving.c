#include "poller/diagnose/serving.h"

#include <string.h>

enum rank { RANK_NONE, RANK_SWITCH, RANK_LEAF, RANK_WIRELESS };

static bool same_site(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool serving_is_site(const struct network_view *n, const char *site)
{
    for (size_t i = 0; i < n->site_count; i++)
        if (same_site(n->sites[i], site))
            return true;
    return !n->site_count;
}

static bool is_radio(const struct topology *t, uint32_t box)
{
    const struct scene_link *l = scene_link_any(t->given->scene, t->boxes[box].node);
    return l && l->bridge;
}

static bool is_last(const struct topology *t, uint32_t box)
{
    for (uint32_t i = 0; i < t->box_count; i++)
        if (t->boxes[i].up == box)
            return false;
    return true;
}

static enum rank rank(const struct topology *t, const struct network_view *n, uint32_t box)
{
    if (box == t->router || !serving_is_site(n, topology_site(t, box)))
        return RANK_NONE;
    if (n->wireless && n->wireless[t->boxes[box].node])
        return RANK_WIRELESS;
    if (is_radio(t, box) || !is_last(t, box))
        return RANK_NONE;
    return t->boxes[box].aware ? RANK_SWITCH : RANK_LEAF;
}

static enum rank best_of_site(const struct topology *t, const struct network_view *n, const char *site)
{
    enum rank best = RANK_NONE;
    for (uint32_t i = 0; i < t->box_count; i++)
        if (same_site(topology_site(t, i), site) && rank(t, n, i) > best)
            best = rank(t, n, i);
    return best;
}

bool serving_find(const struct topology *t, const struct network_view *n, struct arena *arena, struct serving *out)
{
    struct serving_box *list = arena_take(arena, t->box_count * sizeof *list + 1);
    *out = (struct serving){.boxes = list};
    for (uint32_t i = 0; i < t->box_count && list; i++) {
        const char *site = topology_site(t, i);
        enum rank r = rank(t, n, i);
        if (r != RANK_NONE && r == best_of_site(t, n, site))
            list[out->count++] = (struct serving_box){i, site, r == RANK_WIRELESS, r == RANK_SWITCH};
    }
    return list != NULL;
}
