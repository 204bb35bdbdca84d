#include "poller/engine/way_ground.h"

#include <stdlib.h>
#include <string.h>

#include "poller/engine/address_book.h"
#include "poller/engine/gauges.h"
#include "poller/engine/guest_macs.h"

struct claims {
    struct topology_claim *list;
    size_t count, most;
    const struct address_book *book;
};

/* --- who answers with which address --- */

static void claim(struct claims *c, const struct mac *mac, const struct node *n)
{
    if (n && mac_is_set(mac) && c->count < c->most)
        c->list[c->count++] = (struct topology_claim){*mac, n->index};
}

static bool is_address_of_port(const struct known_fact *f)
{
    return f->value && strcmp(f->name, "port.mac") == 0;
}

static void claim_own(struct claims *c, const struct node *n)
{
    struct mac mac;
    claim(c, &n->config->mac, n);
    claim(c, &n->heard, n);
    if (n->tables)
        claim(c, &n->tables->wiring.bridge_address, n);
    for (size_t i = 0; i < n->facts.count; i++)
        if (is_address_of_port(&n->facts.facts[i]) && mac_parse(n->facts.facts[i].value, &mac))
            claim(c, &mac, n);
}

static void claim_neighbours(struct claims *c, const struct node *n)
{
    for (size_t i = 0; n->tables && i < n->tables->wiring.arp_count; i++) {
        const struct wiring_arp *a = &n->tables->wiring.arps[i];
        claim(c, &a->mac, address_book_find(c->book, &a->addr));
    }
}

static size_t claims_most(const struct node *n)
{
    size_t most = 3 + (n->tables ? n->tables->wiring.arp_count : 0);
    for (size_t i = 0; i < n->facts.count; i++)
        most += is_address_of_port(&n->facts.facts[i]);
    return most;
}

static int by_mac(const void *a, const void *b)
{
    const struct topology_claim *x = a, *y = b;
    int order = memcmp(&x->mac, &y->mac, sizeof x->mac);
    return order ? order : x->node < y->node ? -1 : x->node > y->node;
}

static void sort(struct claims *c)
{
    size_t kept = 0;
    if (c->count)
        qsort(c->list, c->count, sizeof *c->list, by_mac);
    for (size_t i = 0; i < c->count; i++)
        if (!kept || by_mac(&c->list[kept - 1], &c->list[i]) != 0)
            c->list[kept++] = c->list[i];
    c->count = kept;
}

static bool find_claims(const struct engine *e, struct arena *arena, struct topology_given *out)
{
    struct address_book book;
    struct claims c = {.book = &book};
    for (size_t i = 0; i < e->node_count; i++)
        c.most += claims_most(e->nodes[i]);
    c.list = arena_take(arena, c.most * sizeof *c.list + 1);
    bool fine = address_book_make(e, &book) && c.list;
    for (size_t i = 0; i < e->node_count && fine; i++) {
        if (e->nodes[i]->config)
            claim_own(&c, e->nodes[i]);
        claim_neighbours(&c, e->nodes[i]);
    }
    address_book_fini(&book);
    sort(&c);
    out->claims = c.list;
    out->claim_count = c.count;
    return fine;
}

/* --- the rest --- */

/* Who has stations serves guests, unless it is an end of a bridge. */
static bool has_stations(const struct node *n)
{
    for (size_t i = 0; i < n->gauge_count; i++)
        if (n->gauges[i].present && (n->gauges[i].mac || strcmp(n->gauges[i].class_, "clients") == 0))
            return strcmp(n->role, "radio") != 0;
    return false;
}

static bool find_tables(const struct engine *e, const struct check *guest, struct arena *arena, struct way_ground *g)
{
    const struct way_watch *w = &guest->way;
    const struct mac *const wanted[] = {&w->probe, &w->control, &w->gateway_mac};
    const struct wiring **now = arena_take(arena, e->node_count * sizeof *now + 1);
    g->before = arena_take(arena, e->node_count * sizeof *g->before + 1);
    g->wireless = arena_take(arena, e->node_count + 1);
    if (!now || !g->before || !g->wireless)
        return false;
    for (size_t i = 0; i < e->node_count; i++) {
        const struct node *n = e->nodes[i];
        now[i] = n->tables ? &n->tables->wiring : NULL;
        g->before[i] = guest_macs_rows(e, n, wanted, sizeof wanted / sizeof wanted[0]);
        g->wireless[i] = has_stations(n);
    }
    g->given.wirings = now;
    return true;
}

bool way_ground_make(const struct engine *e, const struct check *guest, struct arena *arena, struct way_ground *out)
{
    const struct mac *own[GROUND_OWN_MAX] = {&guest->way.control, &guest->way.probe};
    *out = (struct way_ground){.given = {.scene = &e->scene, .own = out->own}};
    for (size_t i = 0; i < GROUND_OWN_MAX; i++)
        if (mac_is_set(own[i]))
            out->own[out->given.own_count++] = *own[i];
    return find_tables(e, guest, arena, out) && find_claims(e, arena, &out->given) &&
           topology_build(&out->given, arena, &out->topology);
}
