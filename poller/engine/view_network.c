#include <string.h>

#include "poller/engine/engine_internal.h"
#include "poller/engine/view.h"

/* No check asks as a guest does, so nothing is known of any network, and that is what is said. */
#define NOBODY_ASKS "nothing checks guests from here yet"
#define NOBODY_ASKS_SENTENCE "Nothing checks guests from here yet, so whether they get through is not known."

size_t view_network_count(const struct engine *e)
{
    return e->config ? e->config->networks_count : 0;
}

static void add_site(struct ew_network *n, char *site)
{
    for (size_t i = 0; i < n->sites_count; i++)
        if (strcmp(n->sites[i].site, site) == 0)
            return;
    n->sites[n->sites_count++] =
        (struct site_verdict){site, VERDICT_UNKNOWN, (char *)(uintptr_t)NOBODY_ASKS};
}

/* Of a network that names no sites: every site that anything stands at. */
static void put_all_sites(const struct config *c, struct ew_network *out)
{
    for (size_t i = 0; i < c->nodes_count; i++)
        if (c->nodes[i].site && *c->nodes[i].site)
            add_site(out, c->nodes[i].site);
}

void view_network(const struct engine *e, size_t index, struct arena *arena,
                  struct ew_network *out)
{
    const struct config *c = e->config;
    const struct config_network *n = &c->networks[index];
    *out = (struct ew_network){.name = n->name, .vlans = n->vlans, .vlans_count = n->vlans_count,
                               .verdict = VERDICT_UNKNOWN,
                               .sentence = (char *)(uintptr_t)NOBODY_ASKS_SENTENCE};
    size_t most = n->sites_count ? n->sites_count : c->nodes_count;
    out->sites = most ? arena_take(arena, most * sizeof *out->sites) : NULL;
    if (!out->sites)
        return;
    for (size_t i = 0; i < n->sites_count; i++)
        add_site(out, n->sites[i]);
    if (!n->sites_count)
        put_all_sites(c, out);
}
