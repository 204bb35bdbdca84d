#include "poller/engine/scene_keep.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/own_link.h"

static void *take(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (!p)
        fatal("no memory for %zu nodes", count);
    return p;
}

void scene_forget(struct engine *e)
{
    free(e->scene_nodes);
    free(e->hangs);
    free(e->scene_links);
    free(e->failing);
    free(e->behind);
    free(e->group);
    free(e->beneath);
}

static bool is_loopback(const struct config_node *n)
{
    for (size_t i = 0; i < n->addresses_count; i++) {
        const struct addr *a = &n->addresses[i];
        static const uint8_t ip6_loopback[16] = {[15] = 1};
        if ((a->family == AF_INET && a->bytes[0] == 127) ||
            (a->family == AF_INET6 && memcmp(a->bytes, ip6_loopback, 16) == 0))
            return true;
    }
    return false;
}

static void describe(struct engine *e, struct node *n)
{
    struct scene_node *s = &e->scene_nodes[n->index];
    *s = (struct scene_node){.name = n->name, .facts = &n->facts, .reason = "", .life = "",
                             .internet = n->kind == NODE_INTERNET,
                             .network = n->kind == NODE_NETWORK, .router = n == e->router, .class = CLASS_NETWORK};
    if (n->config) {
        s->site = n->config->site;
        s->port = n->config->port;
        s->class = n->config->class;
        s->self = is_loopback(n->config);
    }
    e->hangs[n->index] = (struct dependency){n->parents, n->parent_count};
}

static void describe_links(struct engine *e)
{
    for (size_t i = 0; i < e->config->links_count; i++) {
        const struct config_link *l = &e->config->links[i];
        struct node *near = l->ends_count > 0 ? engine_node(e, l->ends[0]) : NULL;
        struct node *far = l->ends_count > 1 ? engine_node(e, l->ends[1]) : NULL;
        if (!near || !far)
            continue;
        e->scene_links[e->scene.link_count++] = (struct scene_link){
            .name = l->name, .bridge = l->kind == LINK_BRIDGE, .near = near->index,
            .far = far->index};
    }
}

void scene_rebuild(struct engine *e)
{
    scene_forget(e);
    e->scene_nodes = take(e->node_count, sizeof *e->scene_nodes);
    e->hangs = take(e->node_count, sizeof *e->hangs);
    e->scene_links = take(e->config->links_count, sizeof *e->scene_links);
    e->failing = take(e->node_count, sizeof *e->failing);
    e->behind = take(e->node_count, sizeof *e->behind);
    e->group = take(e->node_count, sizeof *e->group);
    e->beneath = take(e->node_count, sizeof *e->beneath);
    e->scene = (struct scene){.nodes = e->scene_nodes, .hangs = e->hangs,
                              .node_count = e->node_count, .links = e->scene_links,
                              .own = &e->own_facts, .now = e->now};
    for (size_t i = 0; i < e->node_count; i++)
        describe(e, e->nodes[i]);
    describe_links(e);
}

/* The Internet answers, but names do not, or a portal stands before it; an agent answers, but refuses who
 * we are: that is no silence. */
static bool is_partial(const char *reason)
{
    return strcmp(reason, "dns") == 0 || strcmp(reason, "portal") == 0 ||
           strncmp(reason, "auth-", 5) == 0;
}

static bool is_silent(const struct engine *e, const struct check *c)
{
    const struct judgement *v = &c->judgement;
    if (v->verdict == VERDICT_FAILING)
        return !is_partial(v->reason);
    return c->judge->echoes && v->stage == STAGE_CONFIRMING &&
           mono_since(e->now.mono, v->silent_since) >= MILLISECONDS(SEEMS_SILENT_MS);
}

static void refresh_node(struct engine *e, const struct node *n)
{
    struct scene_node *s = &e->scene_nodes[n->index];
    const struct check *c = n->life;
    s->watched = c && !n->config_paused;
    s->wiring = n->tables ? &n->tables->wiring : NULL;
    bool cut_off = e->cut_off.ns != MONO_NEVER.ns && !s->self;
    s->silent = s->watched && (cut_off || is_silent(e, c));
    e->failing[n->index] = s->silent && s->class != CLASS_ROAMING;
    if (!c)
        return;
    s->life = c->kind;
    s->reason = c->judgement.reason;
    s->silent_since = c->judgement.silent_since;
    s->answers_neighbour = c->judgement.answers_neighbour;
    if (cut_off && !is_silent(e, c))
        s->silent_since = e->cut_off;
}

/* What could not be asked without a link says nothing about sending now. */
static void forget_own_faults(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i])
            e->checks[i]->judgement.own_in_row = 0;
}

static void refresh_own_link(struct engine *e)
{
    struct mono lost = own_link_lost(e);
    bool gone = lost.ns != MONO_NEVER.ns &&
                mono_since(e->now.mono, lost) >= SECONDS(OWN_LINK_GONE_S);
    if (e->cut_off.ns != MONO_NEVER.ns && !gone)
        forget_own_faults(e);
    e->cut_off = gone ? lost : MONO_NEVER;
}

void scene_refresh(struct engine *e)
{
    e->scene.now = e->now;
    refresh_own_link(e);
    for (size_t i = 0; i < e->node_count; i++)
        refresh_node(e, e->nodes[i]);
    dependency_behind(e->hangs, e->node_count, e->failing, e->behind);
    for (size_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        bool blocked = e->failing[i] || e->behind[i] != DEPENDENCY_NONE;
        if (n->blocked && !blocked)
            n->free_since = e->now.mono;
        n->blocked = blocked;
    }
}

bool scene_is_certain(const struct engine *e, uint32_t node)
{
    const struct check *c = e->nodes[node]->life;
    bool fails = c && (c->judgement.verdict == VERDICT_FAILING || e->cut_off.ns != MONO_NEVER.ns);
    return fails && e->scene_nodes[node].silent;
}
