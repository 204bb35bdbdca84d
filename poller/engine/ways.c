#include "poller/engine/ways.h"

#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/address_book.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/round.h"
#include "poller/engine/way_ground.h"
#include "poller/engine/way_look.h"

static bool is_guest(const struct check *c)
{
    return c->guest && strcmp(c->kind, NETWORK_GUEST) == 0;
}

static bool has_networks(const struct engine *e)
{
    return e->node_count > e->shown_count;
}

void ways_are_others(struct engine *e)
{
    if (!has_networks(e))
        return;
    e->ways_old = e->dirty = true;
}

static void on_ways(void *ctx, struct alarm *a)
{
    ways_are_others(ctx);
}

void ways_prepare(struct engine *e)
{
    e->ways.ring = on_ways;
}

void ways_take_report(struct engine *e, struct check *c, const struct report *r)
{
    guest_macs_learn(e, r);
    if (is_guest(c) && way_watch_take(&c->way, r))
        ways_are_others(e);
}

/* --- whom our own kernel hears --- */

void ways_take_heard(struct engine *e, const struct heard_addresses *h)
{
    struct address_book book;
    bool news = false;
    if (!has_networks(e) || !address_book_make(e, &book))
        return;
    for (size_t i = 0; i < h->count; i++) {
        const struct node *found = address_book_find(&book, &h->list[i].addr);
        struct node *n = found ? e->nodes[found->index] : NULL;
        const struct mac *mac = &h->list[i].neighbour.mac;
        if (!n || !mac_is_set(mac) || memcmp(&n->heard, mac, sizeof *mac) == 0)
            continue;
        n->heard = *mac;
        news = true;
    }
    address_book_fini(&book);
    if (news)
        ways_are_others(e);
}

/* --- reading tables --- */

/* Has everybody who tells tables been asked for them once? */
static bool tables_are_in(const struct engine *e)
{
    if (mono_since(e->now.mono, e->started) >= SECONDS(WAYS_TABLES_S))
        return true;
    for (size_t i = 0; i < e->check_slots; i++) {
        const struct check *c = e->checks[i];
        if (c && c->judge->tables && (!c->turn.asked.ns || c->tables.number))
            return false;
    }
    return true;
}

/* All that told a forwarding table or VLANs: what floods comes by each of them. */
static void read_tables(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++) {
        struct check *c = e->checks[i];
        const struct wiring *w = c && c->node->tables ? &c->node->tables->wiring : NULL;
        if (w && (w->address_count || w->bridge_port_count || w->vlan_count))
            round_refresh_tables(e, c);
    }
}

static void wake_at(struct engine *e, struct mono at)
{
    if (at.ns != MONO_NEVER.ns && (!e->ways.position || mono_before(at, e->ways.at)))
        alarm_set(&e->alarms, &e->ways, at);
}

static bool names_site(const struct network_look *l)
{
    return l && l->finding.kind != CAUSE_NONE && l->finding.site && !l->finding.in_settings;
}

static void ask(struct engine *e, struct check *c, const struct trace *t)
{
    c->way.site_broken = names_site(c->look);
    struct mono at = way_watch_wants(&c->way, t, e->now.mono);
    if (mono_before(e->now.mono, at)) {
        wake_at(e, at);
        return;
    }
    way_watch_asked(&c->way, e->now.mono);
    read_tables(e);
    at = way_watch_wants(&c->way, t, e->now.mono);
    wake_at(e, at);
}

static void read_tables_of(struct engine *e, uint32_t node)
{
    const struct node *n = e->nodes[node];
    for (size_t i = 0; i < n->check_count; i++)
        round_refresh_tables(e, n->checks[i]);
}

/* A box whose settings are wrong: that it was put right is seen soon. */
static void read_again(struct engine *e, struct check *c)
{
    const struct vlan_finding *v = &c->look->finding;
    if (!v->in_settings || v->node >= e->node_count || !e->nodes[v->node]->tables) {
        c->way.wrong = (struct mono){0};
        return;
    }
    if (!c->way.wrong.ns)
        c->way.wrong = e->now.mono;
    struct mono read = e->nodes[v->node]->tables->wiring.at[WIRING_LIST_VLANS];
    struct mono next = mono_after(read, way_watch_reread_ns(&c->way, e->now.mono));
    if (!mono_before(e->now.mono, next)) {
        read_tables_of(e, v->node);
        next = mono_after(e->now.mono, way_watch_reread_ns(&c->way, e->now.mono));
    }
    wake_at(e, next);
}

/* --- looking --- */

static struct network_view view_of(const struct check *c, const struct way_ground *g)
{
    const struct config_network *n = c->node->network;
    int64_t vid = network_vid(c->label);
    return (struct network_view){.name = c->node->name, .vid = vid > 0 ? (uint32_t)vid : c->way.home_vid,
                                 .sites = (const char *const *)n->sites, .site_count = n->sites_count,
                                 .wireless = g->wireless,
                                 .gateway = mac_is_set(&c->way.gateway_mac) ? &c->way.gateway_mac : NULL};
}

static bool trace(const struct check *c, const struct way_ground *g, const struct network_view *n, struct arena *arena,
                  struct trace *out)
{
    const struct way_watch *w = &c->way;
    struct trace_look l = {.topology = &g->topology, .first = g->before, .control = w->control, .began = w->began,
                           .sent = w->sent, .well = w->symptom == TRACE_WELL ? (struct mono){0} : w->well,
                           .stripped = w->symptom == TRACE_STRIPPED || w->symptom == TRACE_MOVED};
    struct trace_question q = {.network = n, .symptom = w->symptom, .untagged = !*c->label, .probe = w->probe,
                               .gateway = w->gateway};
    return trace_network(&l, &q, arena, out);
}

/* A guest without tags is in the VLAN of its port: the one the nearest box hears it on while all is well. */
static void learn_home(struct check *c, const struct way_ground *g)
{
    uint32_t own = g->topology.own.box, port = g->topology.own.port.index;
    if (*c->label || own == BOX_NONE || !g->topology.boxes[own].hears)
        return;
    const struct wiring *w = g->topology.boxes[own].wiring;
    for (size_t i = 0; i < w->address_count && !mono_before(w->at[WIRING_LIST_FDB], c->way.sent); i++) {
        const struct wiring_address *a = &w->addresses[i];
        if (a->vid && a->port == port && memcmp(&a->mac, &c->way.probe, sizeof a->mac) == 0)
            way_watch_seen_in(&c->way, a->vid);
    }
}

static bool control_fails(const struct check *c)
{
    struct guest_step_result control = guest_step_of(&c->guest->last.result, GUEST_CONTROL);
    return control.done && control.verdict == VERDICT_FAILING;
}

/* What came through lately went over there, whatever tables say. */
static const struct way *crossed(const struct check *c, const struct way_ground *g, struct arena *arena,
                                 struct way *out)
{
    bool through = c->way.told && c->way.symptom == TRACE_WELL && g->topology.router != BOX_NONE;
    return through && topology_way(&g->topology, BOX_OWN, g->topology.router, arena, out) ? out : NULL;
}

/* Boxes that heard a guest who came through. */
static const bool *heard(const struct check *c, const struct way_ground *g, const struct trace *t, struct arena *arena)
{
    if (!c->way.told || c->way.symptom != TRACE_WELL)
        return NULL;
    bool *list = arena_take(arena, g->topology.box_count + 1);
    for (size_t i = 0; list && i < t->way_count; i++)
        for (size_t k = 0; k < t->ways[i].hop_count; k++) {
            enum trace_mark m = t->ways[i].hops[k].probe.mark;
            list[t->ways[i].hops[k].at.box] |= m == TRACE_HEARD || m == TRACE_SOMEHOW;
        }
    return list;
}

static struct network_look *look_at(struct engine *e, struct check *c, struct arena *arena)
{
    struct way_ground g;
    struct audit audit;
    struct trace traced;
    struct way way;
    if (!way_ground_make(e, c, arena, &g))
        return NULL;
    learn_home(c, &g);
    struct network_view view = view_of(c, &g);
    if (c->way.told && !trace(c, &g, &view, arena, &traced))
        return NULL;
    struct audit_proof proof = {crossed(c, &g, arena, &way), heard(c, &g, &traced, arena)};
    if (!audit_network(&g.topology, &view, &proof, arena, &audit))
        return NULL;
    ask(e, c, c->way.told ? &traced : NULL);
    return way_look_make(&(struct way_told){.topology = &g.topology, .network = &view, .audit = &audit,
                                            .trace = c->way.told ? &traced : NULL, .symptom = c->way.symptom,
                                            .also_main = control_fails(c)});
}

/* That frames stop on the way to a site was proved by tables read right after a probe; others say nothing of it.
 * It stands until a box there hears the guest. */
static bool site_stands(const struct network_look *old, const struct network_look *new)
{
    if (!names_site(old) || new->finding.kind != CAUSE_NONE)
        return false;
    for (size_t i = 0; i < new->site_count; i++)
        if (strcmp(new->sites[i].site, old->finding.site) == 0)
            return new->sites[i].reach == LOOK_UNKNOWN;
    return false;
}

/* Guests find something else now, and tables were not read since: what they said before may be the reason. */
static bool awaits_tables(const struct check *c, const struct network_look *old, const struct network_look *new)
{
    return old && old->finding.kind != CAUSE_NONE && new->finding.kind == CAUSE_NONE && new->early &&
           c->way.symptom != TRACE_WELL;
}

static void renew(struct engine *e, struct check *c)
{
    struct arena *arena = arena_create(0);
    struct network_look *l = arena ? look_at(e, c, arena) : NULL;
    arena_destroy(arena);
    if (!l) {
        log_warnx("ways", "%s: no memory to look at its way", c->node->name);
        return;
    }
    l->at = e->now.mono;
    if (site_stands(c->look, l) || awaits_tables(c, c->look, l)) {
        network_look_destroy(l);
        return;
    }
    network_look_destroy(c->look);
    c->look = l;
    read_again(e, c);
    node_show(e, c->node);
}

void ways_look(struct engine *e)
{
    struct mono next = mono_after(e->ways_looked, MILLISECONDS(WAYS_APART_MS));
    if (!e->ways_old || !tables_are_in(e))
        return;
    if (e->ways_looked.ns && mono_before(e->now.mono, next)) {
        wake_at(e, next);
        return;
    }
    e->ways_looked = e->now.mono;
    e->ways_old = false;
    alarm_stop(&e->alarms, &e->ways);
    wake_at(e, mono_after(e->now.mono, SECONDS(WAYS_LOOK_S)));
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i] && is_guest(e->checks[i]))
            renew(e, e->checks[i]);
}
