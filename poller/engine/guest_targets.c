#include "poller/engine/guest_targets.h"

#include <string.h>

#include "poller/engine/engine_internal.h"

#define ANSWERED_LATELY_S 300
#define OTHERS_MAX 3 /* nodes nobody named */

static bool is_alive(const struct engine *e, const struct node *n)
{
    const struct judgement *v = n->life ? &n->life->judgement : NULL;
    return v && !n->config_paused && !e->scene_nodes[n->index].silent && v->answered_at.ns &&
           mono_since(e->now.mono, v->answered_at) <= SECONDS(ANSWERED_LATELY_S);
}

static const struct addr *ipv4_of(const struct config_node *c)
{
    for (size_t i = 0; i < c->addresses_count; i++)
        if (c->addresses[i].family == AF_INET)
            return &c->addresses[i];
    return NULL;
}

static bool is_of_offer(const struct guest_offer *o, const struct addr *a)
{
    bool differs = o->address.family != AF_INET || o->mask.family != AF_INET;
    for (size_t i = 0; i < 4; i++)
        differs = differs || ((o->address.bytes[i] ^ a->bytes[i]) & o->mask.bytes[i]);
    return !differs;
}

/* A guest on the same subnet reaches it as a neighbour does: that is no leak. */
static bool is_guests_own(const struct node *network, const struct addr *a)
{
    const struct config_network *c = network->network;
    if (addr_is_set(&c->subnet.addr) && prefix_contains(&c->subnet, a))
        return true;
    for (size_t i = 0; i < network->check_count; i++) {
        const struct guest_result *r = &network->checks[i]->guest->last.result;
        for (size_t k = 0; k < r->offers_count; k++)
            if (is_of_offer(&r->offers[k], a))
                return true;
    }
    return false;
}

static bool may_be_tried(const struct engine *e, const struct node *network, const struct node *n)
{
    const struct addr *a = n->config ? ipv4_of(n->config) : NULL;
    return a && n->kind == NODE_DEVICE && n->config->class != CLASS_ROAMING && !e->scene_nodes[n->index].self &&
           is_alive(e, n) && !is_guests_own(network, a);
}

/* How the network names it: by its name, as a member of a prefix, or not at all. */
enum naming { BY_NAME, BY_PREFIX, BY_NOBODY };

static enum naming naming_of(const struct config_network *c, const struct node *n)
{
    enum naming found = BY_NOBODY;
    for (size_t i = 0; i < c->isolated_from_count; i++) {
        struct prefix p;
        if (strcmp(c->isolated_from[i], n->name) == 0)
            return BY_NAME;
        if (prefix_parse(c->isolated_from[i], &p) && prefix_contains(&p, ipv4_of(n->config)))
            found = BY_PREFIX;
    }
    return found;
}

struct choice {
    const struct engine *e;
    const struct node *network;
    struct guest_target *out;
    size_t count;
};

static void add(struct choice *c, const struct node *n)
{
    c->out[c->count++] = (struct guest_target){*ipv4_of(n->config), n->name, n == c->e->router};
}

static void add_named(struct choice *c, enum naming naming, size_t most)
{
    for (size_t i = 0; i < c->e->shown_count && c->count < most; i++) {
        const struct node *n = c->e->nodes[i];
        if (n != c->e->router && may_be_tried(c->e, c->network, n) && naming_of(c->network->network, n) == naming)
            add(c, n);
    }
}

static const struct node *network_named(const struct engine *e, const char *name)
{
    for (size_t i = e->shown_count; i < e->node_count; i++)
        if (e->nodes[i]->network && strcmp(e->nodes[i]->name, name) == 0)
            return e->nodes[i];
    return NULL;
}

size_t guest_targets(const struct engine *e, const char *network, struct guest_target *out, size_t max)
{
    struct choice c = {.e = e, .network = network_named(e, network), .out = out};
    if (!c.network || !max)
        return 0;
    bool router = e->router && may_be_tried(e, c.network, e->router);
    add_named(&c, BY_NAME, max - router);
    add_named(&c, BY_PREFIX, max - router);
    if (router)
        add(&c, e->router);
    add_named(&c, BY_NOBODY, c.count + OTHERS_MAX < max ? c.count + OTHERS_MAX : max);
    return c.count;
}
