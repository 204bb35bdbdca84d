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

/* As seen from where we are: behind the radio is the side away from us. */
static bool is_behind(const struct topology *t, uint32_t node, uint32_t radio)
{
    uint32_t box = topology_box_above(t, node);
    if (box == radio || t->boxes[radio].node == node)
        return true;
    bool beneath = topology_is_beneath(t, box, radio);
    return topology_is_beneath(t, t->own.box, radio) ? !beneath : beneath;
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

bool translation_find(const struct topology *t, const struct way *way, struct translation *out)
{
    for (size_t i = way->count; i-- > 0;)
        if (is_radio(t, way->hops[i].box) && find_at(t, way->hops[i].box, out))
            return true;
    return false;
}
