#include "poller/engine/roster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/gauges.h"
#include "poller/engine/guest_watch.h"
#include "poller/engine/incidents.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/objects.h"
#include "poller/engine/pace.h"
#include "poller/engine/round.h"
#include "poller/engine/scene_keep.h"
#include "poller/engine/ways.h"

static void *need(void *p)
{
    if (!p)
        fatal("no memory for nodes and checks");
    return p;
}

static int by_name(const void *a, const void *b)
{
    const struct node *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int named(const void *key, const void *element)
{
    const struct node *const *n = element;
    return strcmp(key, (*n)->name);
}

struct node *engine_node(struct engine *e, const char *name)
{
    struct node **found = e->sorted_count ? bsearch(name, e->sorted, e->sorted_count,
                                                    sizeof *e->sorted, named)
                                          : NULL;
    return found ? *found : NULL;
}

static uint32_t free_slot(struct engine *e)
{
    for (; e->first_free < e->check_slots; e->first_free++)
        if (!e->checks[e->first_free])
            return (uint32_t)e->first_free;
    size_t slots = e->check_slots ? e->check_slots * 2 : 64;
    e->checks = need(reallocarray(e->checks, slots, sizeof(struct check *)));
    memset(e->checks + e->check_slots, 0, (slots - e->check_slots) * sizeof(struct check *));
    e->check_slots = slots;
    return (uint32_t)e->first_free;
}

static struct check *find_check(struct node *n, const char *kind, const char *label)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (strcmp(n->checks[i]->kind, kind) == 0 && strcmp(n->checks[i]->label, label) == 0)
            return n->checks[i];
    return NULL;
}

static struct check *add_check(struct engine *e, struct node *n, const char *kind,
                               const char *label)
{
    struct check *c = need(calloc(1, sizeof *c));
    c->id = free_slot(e);
    c->node = n;
    c->kind = need(strdup(kind));
    c->label = need(strdup(label));
    c->judge = judge_for(kind);
    c->guest = c->judge->network ? guest_watch_create() : NULL;
    e->checks[c->id] = c;
    e->check_count++;
    n->checks = need(reallocarray(n->checks, n->check_count + 1, sizeof(struct check *)));
    n->checks[n->check_count++] = c;
    return c;
}

static void tell_adopt(struct engine *e, struct check *c)
{
    struct output *o = outputs_add(e->out, OUTPUT_ADOPT);
    o->adopt.check = c->id;
    o->adopt.name = c->node->name;
    o->adopt.node = c->node->config;
    o->adopt.check_config = c->config;
    if (c->shedding.times > 1)
        pace_tell(e, c);
}

static bool same_addresses(const struct config_node *a, const struct config_node *b)
{
    if (!a || !b || a->addresses_count != b->addresses_count)
        return a == b;
    for (size_t i = 0; i < a->addresses_count; i++)
        if (!addr_equal(&a->addresses[i], &b->addresses[i]))
            return false;
    const char *x = a->hostname ? a->hostname : "", *y = b->hostname ? b->hostname : "";
    return strcmp(x, y) == 0 && a->class == b->class;
}

static bool same_settings(struct engine *e, const struct check *c, const struct config_check *now,
                          const struct config_node *was, const struct config_node *is)
{
    return c->config && now && same_addresses(was, is) &&
           field_equal(&config_check_record, c->config, now, e->setup.resolve);
}

static void adopt_check(struct engine *e, struct node *n, const struct config_check *cc,
                        const struct config_node *was)
{
    const char *kind = cc ? cc->kind.kind : INTERNET_NODE;
    const char *label = cc && cc->label ? cc->label : "";
    int64_t told_ns = cc ? cc->interval_ns : e->config->internet.interval_ns;
    int64_t interval_ns = told_ns > 0 ? told_ns : MINUTES(1);
    struct check *c = find_check(n, kind, label);
    bool is_new = !c, same = c && same_settings(e, c, cc, was, n->config);
    if (is_new)
        c = add_check(e, n, kind, label);
    c->seen = true;
    c->config = cc;
    if (is_new || c->shedding.configured_ns != interval_ns) {
        pace_forget(e, c);
        shedding_configure(&c->shedding, interval_ns);
        round_schedule(e, c, is_new);
    }
    if (!same && !is_new)
        round_forget_tables(e, c);
    if (!same)
        tell_adopt(e, c);
}

static void free_check(struct check *c)
{
    guest_watch_destroy(c->guest);
    network_look_destroy(c->look);
    free(c->kind);
    free(c->label);
    free(c);
}

static void drop_check(struct engine *e, struct check *c)
{
    round_cancel_all(e, c);
    pace_forget(e, c);
    tables_forget(c->node, c->id);
    outputs_add(e->out, OUTPUT_DROP)->round.check = c->id;
    incidents_forget_check(e, c);
    e->checks[c->id] = NULL;
    if (c->id < e->first_free)
        e->first_free = c->id;
    e->check_count--;
    free_check(c);
}

static void drop_unseen_checks(struct engine *e, struct node *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->check_count; i++) {
        struct check *c = n->checks[i];
        if (c->seen)
            n->checks[kept++] = c;
        else
            drop_check(e, c);
        c = NULL;
    }
    n->check_count = kept;
}

static struct node *add_node(struct engine *e, const char *name, enum node_kind kind)
{
    struct node *n = need(calloc(1, sizeof *n));
    n->kind = kind;
    n->name = need(strdup(name));
    n->role = "";
    n->rtt_s = n->loss = NAN;
    n->uptime_ns = -1;
    n->state_since = e->now.mono;
    n->since = e->now.wall;
    return n;
}

static void free_node(struct node *n)
{
    facts_fini(&n->facts);
    gauges_destroy(n);
    objects_forget(n);
    tables_destroy(n);
    guest_macs_forget(n);
    free(n->checks);
    free(n->parents);
    free(n->behind);
    free(n->name);
    free(n);
}

static void drop_node(struct engine *e, struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++)
        n->checks[i]->seen = false;
    drop_unseen_checks(e, n);
    incidents_forget_node(e, n);
    enum output_kind gone = n->kind == NODE_NETWORK ? OUTPUT_NETWORK_GONE : OUTPUT_NODE_GONE;
    if (e->watched)
        outputs_add(e->out, gone)->name = outputs_text(e->out, n->name);
    free_node(n);
}

static void choose_life(struct node *n)
{
    n->life = NULL;
    for (size_t i = 0; i < n->check_count; i++) {
        struct check *c = n->checks[i];
        if (c->judge->life && (!n->life || (c->judge->echoes && !n->life->judge->echoes)))
            n->life = c;
    }
}

/* The node of that name, its checks all unseen; a new one when there is none, or one of another kind. */
static struct node *take_over(struct engine *e, const char *name, enum node_kind kind)
{
    struct node *n = engine_node(e, name);
    if (!n || n->seen || n->kind != kind)
        n = add_node(e, name, kind);
    n->seen = true;
    node_show(e, n);
    for (size_t i = 0; i < n->check_count; i++)
        n->checks[i]->seen = false;
    return n;
}

static struct node *adopt_node(struct engine *e, const struct config_node *cn)
{
    struct node *n = take_over(e, cn->name, NODE_DEVICE);
    const struct config_node *was = n->config;
    n->config = cn;
    n->config_paused = cn->paused;
    for (size_t i = 0; i < cn->checks_count && !cn->paused; i++)
        adopt_check(e, n, &cn->checks[i], was);
    drop_unseen_checks(e, n);
    choose_life(n);
    return n;
}

static struct node *adopt_internet(struct engine *e)
{
    struct node *n = take_over(e, INTERNET_NODE, NODE_INTERNET);
    adopt_check(e, n, NULL, NULL);
    choose_life(n);
    return n;
}

static struct node *adopt_network(struct engine *e, const struct network_plan *p)
{
    struct node *n = take_over(e, p->name, NODE_NETWORK);
    n->network = p->network;
    for (size_t i = 0; i < p->check_count; i++)
        adopt_check(e, n, &p->checks[i], NULL);
    drop_unseen_checks(e, n);
    return n;
}

static void add_parent(struct node *n, const struct node *parent)
{
    if (!parent || parent == n)
        return;
    n->parents = need(reallocarray(n->parents, n->parent_count + 1, sizeof *n->parents));
    n->parents[n->parent_count++] = parent->index;
}

static bool has_address(const struct config_node *n, const char *text)
{
    struct addr a;
    if (!addr_parse(text, &a))
        return false;
    for (size_t i = 0; i < n->addresses_count; i++)
        if (addr_equal(&n->addresses[i], &a))
            return true;
    return false;
}

/* The node the Internet hangs on: as configured, else the one network node nothing stands before. */
static struct node *gateway(struct engine *e)
{
    const char *text = e->config->internet.gateway;
    struct node *top = text ? engine_node(e, text) : NULL;
    unsigned tops = 0;
    for (size_t i = 0; i < e->node_count && !top && text; i++)
        if (e->nodes[i]->config && has_address(e->nodes[i]->config, text))
            top = e->nodes[i];
    for (size_t i = 0; i < e->node_count && !text; i++) {
        const struct config_node *cn = e->nodes[i]->config;
        if (cn && cn->class == CLASS_NETWORK && !cn->parents_count) {
            top = e->nodes[i];
            tops++;
        }
    }
    return tops > 1 ? NULL : top;
}

static void hang(struct engine *e)
{
    for (size_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        n->parent_count = 0;
        n->role = n->kind == NODE_INTERNET ? "internet" : "";
        for (size_t k = 0; n->config && k < n->config->parents_count; k++)
            add_parent(n, engine_node(e, n->config->parents[k]));
    }
    struct node *internet = engine_node(e, INTERNET_NODE), *router = gateway(e);
    e->router = router;
    if (router && internet && internet->kind == NODE_INTERNET) {
        router->role = "router";
        add_parent(internet, router);
    }
    for (size_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        if (n->parent_count && n->config && n->config->port && !*e->nodes[n->parents[0]]->role)
            e->nodes[n->parents[0]]->role = "switch";
    }
    for (size_t i = 0; i < e->config->links_count; i++)
        for (size_t k = 0; k < e->config->links[i].ends_count; k++) {
            struct node *n = engine_node(e, e->config->links[i].ends[k]);
            if (n && e->config->links[i].kind == LINK_BRIDGE)
                n->role = "radio";
        }
}

static void sort(struct engine *e)
{
    free(e->sorted);
    e->sorted = need(calloc(e->node_count ? e->node_count : 1, sizeof *e->sorted));
    memcpy(e->sorted, e->nodes, e->node_count * sizeof *e->sorted);
    qsort(e->sorted, e->node_count, sizeof *e->sorted, by_name);
    e->sorted_count = e->node_count;
}

/* They name boxes of the scene that was. */
static void forget_looks(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i]) {
            network_look_destroy(e->checks[i]->look);
            e->checks[i]->look = NULL;
        }
    ways_are_others(e);
}

void roster_adopt(struct engine *e, const struct config *config)
{
    struct arena *memory = need(arena_create(0)), *old_plans = e->plans;
    struct network_plan *plans;
    struct node **old = e->nodes;
    size_t old_count = e->node_count, plan_count = network_plans(config, memory, &plans);
    size_t count = config->nodes_count + config->internet.enabled + plan_count;
    struct node **nodes = need(calloc(count ? count : 1, sizeof(struct node *)));
    e->config = config;
    for (size_t i = 0; i < old_count; i++)
        old[i]->seen = false;
    size_t made = 0;
    for (size_t i = 0; i < config->nodes_count; i++)
        nodes[made++] = adopt_node(e, &config->nodes[i]);
    if (config->internet.enabled && !config_node_find(config, INTERNET_NODE))
        nodes[made++] = adopt_internet(e);
    e->shown_count = made;
    for (size_t i = 0; i < plan_count; i++)
        nodes[made++] = adopt_network(e, &plans[i]);
    for (size_t i = 0; i < old_count; i++)
        if (!old[i]->seen)
            drop_node(e, old[i]);
    free(old);
    arena_destroy(old_plans); /* checks of before were compared with those of now */
    e->plans = memory;
    e->nodes = nodes;
    e->node_count = made;
    for (size_t i = 0; i < made; i++)
        nodes[i]->index = (uint32_t)i;
    sort(e);
    hang(e);
    scene_rebuild(e);
    forget_looks(e);
    e->dirty = e->show_status = true;
}

void roster_destroy(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i])
            free_check(e->checks[i]);
    for (size_t i = 0; i < e->node_count; i++)
        free_node(e->nodes[i]);
    free(e->checks);
    free(e->nodes);
    free(e->sorted);
    arena_destroy(e->plans);
    scene_forget(e);
}
