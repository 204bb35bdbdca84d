/* Incidents of networks from before a restart: what was failing stays so until it is heard of. */
#include <stdlib.h>
#include <string.h>

#include "poller/engine/incidents.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/networks.h"

static bool was_of(const struct incident_record *r, int64_t vid)
{
    const struct incident *in = incident_of(r);
    for (size_t i = 0; i < in->cause.arguments_count; i++) {
        if (strcmp(in->cause.arguments[i].name, ARGUMENT_VIDS) != 0 || !in->cause.arguments[i].value)
            continue; /* none: it stood in settings alone */
        char *end, *at = in->cause.arguments[i].value;
        for (long long one = strtoll(at, &end, 10); end != at; at = end, one = strtoll(at, &end, 10))
            if (one == vid)
                return true;
    }
    return false;
}

/* Of the two of a VLAN the guest comes first: it asks, and will say when it is over. */
static bool is_first_of_vlan(const struct node *n, size_t i, enum guest_matter m)
{
    for (size_t k = 0; k < i; k++)
        if (network_speaks_of(n->checks[k], m) && strcmp(n->checks[k]->label, n->checks[i]->label) == 0)
            return false;
    return true;
}

static bool restore_network(struct engine *e, const struct incident_record *r, struct node *n, enum guest_matter m,
                            struct mono opened)
{
    bool found = false;
    for (size_t i = 0; i < n->check_count; i++) {
        struct check *c = n->checks[i];
        if (!network_speaks_of(c, m) || !was_of(r, network_vid(c->label)) || !is_first_of_vlan(n, i, m))
            continue;
        guest_watch_restore(c->guest, m, opened);
        found = true;
    }
    return found;
}

bool networks_restore(struct engine *e, const struct incident_record *r, const char *matter, struct mono opened)
{
    bool way = strcmp(matter, NETWORK_WAY) == 0, found = way && r->root->kind == NODE_NETWORK;
    int m = way ? GUEST_MATTER_SERVICE : field_word_index(guest_matter_words, matter);
    for (size_t i = e->shown_count; m >= 0 && i < e->node_count; i++)
        if (incident_affects(r, e->nodes[i]->name))
            found |= restore_network(e, r, e->nodes[i], (enum guest_matter)m, opened);
    return found;
}
