#include "poller/diagnose/scene.h"

#include <string.h>

const struct scene_node *scene_parent(const struct scene *s, uint32_t node)
{
    const struct dependency *d = &s->hangs[node];
    return d->parent_count ? &s->nodes[d->parents[0]] : NULL;
}

uint32_t scene_find(const struct scene *s, const char *name)
{
    for (size_t i = 0; i < s->node_count; i++)
        if (strcmp(s->nodes[i].name, name) == 0)
            return (uint32_t)i;
    return SCENE_NONE;
}

const struct scene_link *scene_link_far(const struct scene *s, uint32_t node)
{
    for (size_t i = 0; i < s->link_count; i++)
        if (s->links[i].far == node)
            return &s->links[i];
    return NULL;
}

const struct scene_link *scene_link_any(const struct scene *s, uint32_t node)
{
    for (size_t i = 0; i < s->link_count; i++)
        if (s->links[i].far == node || s->links[i].near == node)
            return &s->links[i];
    return NULL;
}
