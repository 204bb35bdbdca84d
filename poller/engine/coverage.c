#include "poller/engine/coverage.h"

#include <stdio.h>
#include <string.h>

static bool is(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* ---- which sites ---- */

static size_t add_site(struct site_verdict *list, size_t count, char *site)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].site, site) == 0)
            return count;
    list[count].site = site;
    return count + 1;
}

static size_t list_sites(const struct config *c, const struct config_network *n, struct site_verdict *list)
{
    size_t count = 0;
    for (size_t i = 0; n && i < n->sites_count; i++)
        count = add_site(list, count, n->sites[i]);
    for (size_t i = 0; (!n || !n->sites_count) && i < c->nodes_count; i++)
        if (c->nodes[i].site && *c->nodes[i].site)
            count = add_site(list, count, c->nodes[i].site);
    return count;
}

/* ---- what a probe crosses ---- */

static const char *own_site(const struct engine *e)
{
    for (size_t i = 0; i < e->shown_count; i++)
        if (e->scene_nodes[i].self)
            return e->scene_nodes[i].site;
    return NULL;
}

static bool is_crossed(const struct engine *e, const char *site, size_t site_count)
{
    const char *router = e->router ? e->scene_nodes[e->router->index].site : NULL;
    return site_count == 1 || is(site, router) || is(site, own_site(e));
}

/* What tables say of a site on any VLAN; that it is broken is the stronger word. NULL: nothing. */
static const struct look_site *looked_at(const struct node *network, const char *site)
{
    const struct look_site *found = NULL;
    for (size_t i = 0; i < network->check_count; i++) {
        const struct network_look *l = network->checks[i]->look;
        for (size_t k = 0; l && k < l->site_count; k++)
            if (is(l->sites[k].site, site) && (!found || l->sites[k].reach > found->reach))
                found = &l->sites[k];
    }
    return found;
}

static bool is_cut_off(const struct engine *e, const char *site)
{
    size_t silent = 0, alive = 0;
    for (size_t i = 0; i < e->shown_count; i++) {
        const struct scene_node *s = &e->scene_nodes[i];
        if (!is(s->site, site) || !s->watched || s->class == CLASS_ROAMING)
            continue;
        silent += s->silent;
        alive += !s->silent;
    }
    return silent && !alive;
}

static char *say(struct arena *a, const char *before, const char *site, const char *behind)
{
    char text[COVERAGE_TEXT_MAX];
    int n = snprintf(text, sizeof text, "%s%s%s", before, site, behind);
    return arena_text(a, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static void judge(const struct engine *e, const struct node *network, const struct probed *probed, size_t count,
                  struct arena *a, struct site_verdict *s)
{
    const struct look_site *look = looked_at(network, s->site);
    s->verdict = VERDICT_UNKNOWN;
    if (look && look->reach == LOOK_BROKEN) {
        s->verdict = VERDICT_FAILING;
        s->proved_by = say(a, look->text, "", "");
    } else if ((look && look->reach == LOOK_CROSSED) || is_crossed(e, s->site, count)) {
        s->verdict = probed->verdict;
        s->proved_by = say(a, probed->text, "", "");
    } else if (look && look->reach == LOOK_HEARD && probed->verdict == VERDICT_OK) {
        s->verdict = VERDICT_OK;
        s->proved_by = say(a, look->text, "", "");
    } else if (is_cut_off(e, s->site)) {
        s->proved_by = say(a, "all of the ", s->site, " is silent, so nothing can be asked there");
    } else if (look && look->text) {
        s->proved_by = say(a, look->text, "", "");
    } else {
        s->proved_by = say(a, "nothing in the ", s->site, " can ask; a second hayloft there could");
    }
}

size_t coverage_of(const struct engine *e, const struct node *network, const struct probed *probed,
                   struct arena *arena, struct site_verdict **out)
{
    const struct config_network *n = network->network;
    size_t most = n && n->sites_count ? n->sites_count : e->config->nodes_count;
    struct site_verdict *list = most ? arena_take(arena, most * sizeof *list) : NULL;
    size_t count = list ? list_sites(e->config, n, list) : 0;
    for (size_t i = 0; i < count; i++)
        judge(e, network, probed, count, arena, &list[i]);
    *out = list;
    return count;
}
