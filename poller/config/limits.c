#include <string.h>
#include <strings.h>

#include "poller/config/config.h"

static struct reading_limits over(struct reading_limits under, const struct config_threshold *list, size_t count,
                                  const char *meaning)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].meaning, meaning) == 0)
            return reading_limits_over(&under, &list[i].limits);
    return under;
}

/* Families are written as their makers write them, or nearly so: airos is airOS. */
static bool applies(const struct config_group *g, const struct config_node *n, const char *family)
{
    const char *site = n->site ? n->site : "";
    switch (g->scope) {
    case SCOPE_ALL: return true;
    case SCOPE_CLASS: return strcmp(g->name, node_class_words[n->class]) == 0;
    case SCOPE_FAMILY: return family && strcasecmp(g->name, family) == 0;
    case SCOPE_SITE: return strcmp(g->name, site) == 0;
    }
    return false;
}

struct reading_limits config_limits(const struct config *c, const struct config_node *n, const char *family,
                                    const struct config_link *l, const char *meaning,
                                    const struct reading_limits *under)
{
    struct reading_limits limits = *under;
    for (size_t i = 0; n && i < c->groups_count; i++)
        if (applies(&c->groups[i], n, n->family ? n->family : family))
            limits = over(limits, c->groups[i].thresholds, c->groups[i].thresholds_count, meaning);
    if (n)
        limits = over(limits, n->thresholds, n->thresholds_count, meaning);
    return l ? over(limits, l->thresholds, l->thresholds_count, meaning) : limits;
}
