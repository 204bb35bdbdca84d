#include "poller/engine/network_service.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/incidents.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/networks.h"

#define TABLES_READ_S 900      /* after our start all tables that can be read were */
#define APART_S 60             /* beside a round: probes of several networks are spread over it */
#define CLAIMS_PER_NETWORK 2

struct claim {
    struct node *network;
    const struct vlan_finding *tables;
    int64_t vid;                  /* that they are of */
    const struct network_failing *failing; /* NULL: tables alone */
    struct incident_record *home; /* open, and about it already */
    struct claim *leader;         /* the one whose incident it is a part of; itself */
};

struct claims {
    struct claim *items;
    size_t count;
    struct network_failing *failing; /* per network */
};

/* ---- what is claimed ---- */

/* The first VLAN of which tables name something. */
static const struct check *with_finding(const struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (n->checks[i]->look && n->checks[i]->look->finding.kind != CAUSE_NONE)
            return n->checks[i];
    return NULL;
}

static bool explains(const struct vlan_finding *v, const struct network_failing *f)
{
    const struct guest_saying *first = &f->troubles->failure;
    return !v->site && (first->step <= GUEST_OFFER || first->step == GUEST_FULLSIZE);
}

static struct claim *add(struct claims *c, struct node *n, const struct check *found,
                         const struct network_failing *failing)
{
    struct claim *added = &c->items[c->count++];
    *added = (struct claim){.network = n, .failing = failing};
    if (found) {
        added->tables = &found->look->finding;
        added->vid = network_vid(found->label);
    }
    return added;
}

static void claim(struct claims *c, struct node *n, const struct network_failing *f)
{
    const struct check *found = with_finding(n);
    if (found && f->count && explains(&found->look->finding, f)) {
        add(c, n, found, f);
        return;
    }
    if (found && (found->look->finding.in_settings || found->look->finding.site))
        add(c, n, found, NULL);
    if (f->count)
        add(c, n, NULL, f);
}

/* ---- which incident it belongs to ---- */

static bool is_about(const struct incident_record *r, const char *matter)
{
    const char *slash = strrchr(r->key, '/');
    return r->open && r->kind == SUSPECT_NETWORK && slash && strcmp(slash + 1, matter) == 0;
}

static struct incident_record *open_one(struct engine *e, const struct node *n, const char *matter)
{
    for (size_t i = 0; i < e->incident_count; i++)
        if (is_about(e->incidents[i], matter) && incident_affects(e->incidents[i], n->name))
            return e->incidents[i];
    return NULL;
}

static bool has_other(const struct claims *c, const struct claim *of)
{
    for (size_t i = 0; i < c->count; i++)
        if (&c->items[i] != of && c->items[i].network == of->network)
            return true;
    return false;
}

static void find_home(struct engine *e, const struct claims *c, struct claim *of)
{
    struct incident_record *service = open_one(e, of->network, guest_matter_words[GUEST_MATTER_SERVICE]);
    struct incident_record *way = open_one(e, of->network, NETWORK_WAY);
    if (!of->failing)
        of->home = way;
    else if (of->tables || !has_other(c, of))
        of->home = service ? service : way; /* tables may have named it, and say nothing more */
    else
        of->home = service;
}

/* ---- which are one ---- */

static bool fail_alike(const struct claim *a, const struct claim *b)
{
    const struct guest_saying *x = &a->failing->troubles->failure, *y = &b->failing->troubles->failure;
    return x->step == y->step && x->reason == y->reason;
}

static int64_t round_of(const struct node *n)
{
    return n->check_count ? n->checks[0]->shedding.configured_ns : 0;
}

static bool began_together(const struct claim *a, const struct claim *b)
{
    int64_t apart = mono_since(a->failing->troubles->since, b->failing->troubles->since);
    int64_t x = round_of(a->network), y = round_of(b->network);
    return llabs(apart) <= (x > y ? x : y) + SECONDS(APART_S);
}

static bool name_the_same(const struct vlan_finding *a, const struct vlan_finding *b)
{
    const char *x = a->stretch ? a->stretch : "", *y = b->stretch ? b->stretch : "";
    return a->kind == b->kind && a->node == b->node && (a->node != SCENE_NONE || strcmp(x, y) == 0);
}

static bool are_one(const struct claim *a, const struct claim *b)
{
    if (a->tables && b->tables)
        return name_the_same(a->tables, b->tables);
    return a->failing && b->failing && fail_alike(a, b) && (a->home == b->home || began_together(a, b));
}

static struct claim *leader_for(struct claims *c, const struct claim *of)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].leader == &c->items[i] && are_one(&c->items[i], of))
            return &c->items[i];
    return NULL;
}

/* What is told of already leads; then what joins it; then what is new. */
static void group(struct claims *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].home && c->items[i].home->root == c->items[i].network)
            c->items[i].leader = &c->items[i];
    for (int new = 0; new < 2; new++)
        for (size_t i = 0; i < c->count; i++) {
            struct claim *of = &c->items[i];
            if (of->leader || (!of->home && !new))
                continue;
            struct claim *leader = leader_for(c, of);
            of->leader = leader ? leader : of;
        }
}

/* An incident goes on with one claim; another network that was part of it and lacks something else now has its own. */
static void part(struct claims *c)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < i; k++) {
            struct claim *a = &c->items[k], *b = &c->items[i];
            if (a->leader != a || b->leader != b || !a->home || a->home != b->home)
                continue;
            (b->home->root == b->network ? a : b)->home = NULL;
        }
}

/* ---- telling ---- */

/* Where tables name nothing, the part of the way that nobody can speak for. */
static const char *open_stretch(const struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++) {
        const struct network_look *l = n->checks[i]->look;
        if (l && l->finding.kind == CAUSE_NONE && l->finding.stretch)
            return l->finding.stretch;
    }
    return NULL;
}

struct merged {
    struct network_trouble troubles[NETWORK_TROUBLES_MAX];
    size_t count;
    const char **names;
    size_t name_count;
};

static void merge(const struct claims *c, const struct claim *leader, struct merged *out)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct claim *of = &c->items[i];
        if (of->leader != leader)
            continue;
        out->names[out->name_count++] = of->network->name;
        for (size_t k = 0; of->failing && k < of->failing->count && out->count < NETWORK_TROUBLES_MAX; k++)
            out->troubles[out->count++] = of->failing->troubles[k];
    }
    qsort(out->troubles, out->count, sizeof *out->troubles, network_trouble_order);
}

static void tell(struct engine *e, const struct claims *c, struct claim *leader)
{
    char key[NETWORK_KEY_MAX];
    struct merged all = {.names = arena_take(outputs_arena(e->out), c->count * sizeof(char *))};
    if (!all.names)
        fatal("no memory for networks");
    merge(c, leader, &all);
    const char *matter = leader->tables ? NETWORK_WAY : guest_matter_words[GUEST_MATTER_SERVICE];
    if (leader->home)
        memcpy(key, leader->home->key, sizeof key);
    else
        network_incident_key(leader->network, matter, key);
    network_tell(e, leader->network, key,
                 &(struct network_suspect){.names = all.names, .name_count = all.name_count,
                                           .matter = GUEST_MATTER_SERVICE, .troubles = all.troubles,
                                           .count = all.count, .tables = leader->tables, .vid = leader->vid,
                                           .stretch = open_stretch(leader->network)});
    leader->home = incident_find(e, key);
}

/* ---- what is over ---- */

/* After a restart nothing was read yet, and later a switch may fall silent: what was told of tables stays. */
static bool was_looked_at(const struct engine *e, const struct node *n)
{
    bool told = false;
    for (size_t i = 0; i < n->check_count; i++) {
        const struct network_look *l = n->checks[i]->look;
        if (l && l->settings_old)
            return false;
        told |= l && !l->settings_untold;
    }
    return told || mono_since(e->now.mono, e->started) > SECONDS(TABLES_READ_S);
}

/* What was told by tables of settings, and not by where a guest's frames stopped. */
static bool is_of_settings(const struct incident_record *r)
{
    enum cause_kind kind = incident_of(r)->cause.kind;
    return kind == CAUSE_VLAN_NOT_MEMBER || kind == CAUSE_MAC_TRANSLATING;
}

static bool is_told(const struct claims *c, const struct incident_record *r)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].leader == &c->items[i] && c->items[i].home == r)
            return true;
    return false;
}

/* Some network of it may still have it. */
static bool may_go_on(const struct engine *e, const struct claims *c, const struct incident_record *r)
{
    bool way = is_about(r, NETWORK_WAY) && is_of_settings(r);
    for (size_t i = e->shown_count; i < e->node_count; i++) {
        const struct node *n = e->nodes[i];
        if (incident_affects(r, n->name) && (c->failing[i - e->shown_count].waiting || (way && !was_looked_at(e, n))))
            return true;
    }
    return false;
}

static void end_others(struct engine *e, const struct claims *c)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        struct incident_record *r = e->incidents[i];
        bool ours = is_about(r, NETWORK_WAY) || is_about(r, guest_matter_words[GUEST_MATTER_SERVICE]);
        if (ours && !is_told(c, r) && !may_go_on(e, c, r))
            incident_ends(e, r);
    }
}

void network_service_conclude(struct engine *e)
{
    size_t networks = e->node_count - e->shown_count;
    struct claims c = {.items = calloc(networks * CLAIMS_PER_NETWORK + 1, sizeof *c.items),
                       .failing = calloc(networks + 1, sizeof *c.failing)};
    if (!c.items || !c.failing)
        fatal("no memory for networks");
    for (size_t i = 0; i < networks; i++) {
        network_failing(e, e->nodes[e->shown_count + i], GUEST_MATTER_SERVICE, &c.failing[i]);
        claim(&c, e->nodes[e->shown_count + i], &c.failing[i]);
    }
    for (size_t i = 0; i < c.count; i++)
        find_home(e, &c, &c.items[i]);
    group(&c);
    part(&c);
    for (size_t i = 0; i < c.count; i++)
        if (c.items[i].leader == &c.items[i])
            tell(e, &c, &c.items[i]);
    end_others(e, &c);
    free(c.items);
    free(c.failing);
}
