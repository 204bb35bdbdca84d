#include "poller/diagnose/translation.h"

#include <string.h>

static bool same_mac(const struct mac *a, const struct mac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool is_radio(const struct topology *t, uint32_t box)
{
    const struct scene_link *l = scene_link_any(t->given->scene, t->boxes[box].node);
    return l && l->bridge;
}

static bool is_behind(const struct topology *t, uint32_t node, uint32_t radio)
{
    uint32_t box = topology_box_above(t, node);
    return box == radio || topology_is_beneath(t, box, radio);
}

/* The claims of one address, from i on. */
static size_t claimants(const struct topology_given *g, size_t i)
{
    size_t count = 1;
    while (i + count < g->claim_count && same_mac(&g->claims[i].mac, &g->claims[i + count].mac))
        count++;
    return count;
}

static bool all_behind(const struct topology *t, size_t first, size_t count, uint32_t radio)
{
    for (size_t i = 0; i < count; i++)
        if (!is_behind(t, t->given->claims[first + i].node, radio))
            return false;
    return true;
}

static bool find_at(const struct topology *t, uint32_t radio, struct translation *out)
{
    const struct topology_given *g = t->given;
    for (size_t i = 0, count; i < g->claim_count; i += count) {
        count = claimants(g, i);
        if (count < 2 || !all_behind(t, i, count, radio))
            continue;
        *out = (struct translation){.radio = radio, .mac = g->claims[i].mac, .node_count = count};
        for (size_t k = 0; k < count && k < sizeof out->nodes / sizeof out->nodes[0]; k++)
            out->nodes[k] = g->claims[i + k].node;
        return true;
    }
    return false;
}

/* The farthest from the router: it is the nearest to those. */
bool translation_find(const struct topology *t, const struct way *way, struct translation *out)
{
    bool found = false;
    for (size_t i = 0; i < way->count; i++) {
        struct translation here;
        uint32_t radio = way->hops[i].box;
        if (!is_radio(t, radio) || !find_at(t, radio, &here) || (found && !topology_is_beneath(t, radio, out->radio)))
            continue;
        *out = here;
        found = true;
    }
    return found;
}
