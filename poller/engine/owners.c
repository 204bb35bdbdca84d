#include "poller/engine/owners.h"

#include <stdlib.h>
#include <string.h>

#include "poller/engine/address_book.h"
#include "poller/engine/engine_internal.h"
#include "poller/engine/gauges.h"

struct claim { /* of one MAC that was asked for */
    struct mac mac;
    const struct node *node; /* NULL: nobody's so far */
    bool disputed;
};

struct search {
    const struct engine *e;
    struct claim *claims; /* sorted by MAC, each once */
    size_t claim_count;
    struct address_book book;
};

static int by_mac(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct mac)); /* the first member */
}

static void claim(struct search *s, const struct mac *mac, const struct node *node)
{
    struct claim *c = s->claim_count && mac_is_set(mac)
                          ? bsearch(mac, s->claims, s->claim_count, sizeof *c, by_mac)
                          : NULL;
    if (!c || !node || c->node == node)
        return;
    c->disputed |= c->node != NULL;
    c->node = node;
}

/* --- what is asked for --- */

static size_t wanted_most(const struct node *n, const struct wiring *w)
{
    return w->address_count + w->neighbour_count + w->arp_count + n->gauge_count;
}

static void want(struct search *s, const struct mac *mac)
{
    if (mac_is_set(mac))
        s->claims[s->claim_count++] = (struct claim){.mac = *mac};
}

static void want_all(struct search *s, const struct node *n, const struct wiring *w)
{
    struct mac mac;
    for (size_t i = 0; i < w->address_count; i++)
        want(s, &w->addresses[i].mac);
    for (size_t i = 0; i < w->arp_count; i++)
        want(s, &w->arps[i].mac);
    for (size_t i = 0; i < w->neighbour_count; i++)
        if (mac_parse(w->neighbours[i].chassis, &mac))
            want(s, &mac);
    for (size_t i = 0; i < n->gauge_count; i++)
        if (n->gauges[i].mac && mac_parse(n->gauges[i].mac, &mac))
            want(s, &mac);
    if (s->claim_count)
        qsort(s->claims, s->claim_count, sizeof *s->claims, by_mac);
    size_t kept = 0;
    for (size_t i = 0; i < s->claim_count; i++)
        if (!kept || by_mac(&s->claims[kept - 1], &s->claims[i]) != 0)
            s->claims[kept++] = s->claims[i];
    s->claim_count = kept;
}

/* --- who says so --- */

static void claim_own(struct search *s)
{
    for (size_t i = 0; i < s->e->node_count; i++) {
        const struct node *n = s->e->nodes[i];
        if (n->config)
            claim(s, &n->config->mac, n);
        if (n->tables)
            claim(s, &n->tables->wiring.bridge_address, n);
    }
}

static void claim_by_arp(struct search *s, const struct addr *addr, const struct mac *mac)
{
    if (mac_is_set(mac))
        claim(s, mac, address_book_find(&s->book, addr));
}

static void claim_all(struct search *s, const struct netinfo_heard *heard, size_t heard_count)
{
    claim_own(s);
    for (size_t i = 0; i < heard_count; i++)
        claim_by_arp(s, &heard[i].addr, &heard[i].neighbour.mac);
    for (size_t i = 0; i < s->e->node_count; i++) {
        const struct node_tables *t = s->e->nodes[i]->tables;
        for (size_t k = 0; t && k < t->wiring.arp_count; k++)
            claim_by_arp(s, &t->wiring.arps[k].addr, &t->wiring.arps[k].mac);
    }
}

/* --- telling --- */

static const struct node *owner_of(const struct search *s, const struct mac *mac)
{
    const struct claim *c = s->claim_count ? bsearch(mac, s->claims, s->claim_count, sizeof *c, by_mac) : NULL;
    return c && !c->disputed ? c->node : NULL;
}

static void tell_owners(const struct search *s, struct arena *arena, struct ew_tables *t)
{
    t->owners = s->claim_count ? arena_take(arena, s->claim_count * sizeof *t->owners) : NULL;
    for (size_t i = 0; i < s->claim_count && t->owners; i++) {
        const struct claim *c = &s->claims[i];
        if (c->node && !c->disputed)
            t->owners[t->owners_count++] = (struct view_owner){c->mac, c->node->name};
    }
}

/* A neighbour is who its chassis is, else who has the name it gives itself. */
static void tell_neighbours(const struct search *s, struct arena *arena, struct ew_tables *t)
{
    const struct wiring *w = &t->wiring;
    t->neighbour_nodes = w->neighbour_count ? arena_take(arena, w->neighbour_count * sizeof *t->neighbour_nodes) : NULL;
    for (size_t i = 0; i < w->neighbour_count && t->neighbour_nodes; i++) {
        struct mac mac;
        const struct node *n = mac_parse(w->neighbours[i].chassis, &mac) ? owner_of(s, &mac) : NULL;
        if (!n)
            n = engine_node((struct engine *)(uintptr_t)s->e, w->neighbours[i].name);
        t->neighbour_nodes[t->neighbour_nodes_count++] = n ? n->name : NULL;
    }
}

void owners_find(const struct engine *e, const struct node *n, const struct netinfo_heard *heard,
                 size_t heard_count, struct arena *arena, struct ew_tables *t)
{
    struct search s = {.e = e};
    size_t most = wanted_most(n, &t->wiring);
    s.claims = most ? calloc(most, sizeof *s.claims) : NULL;
    if (s.claims && address_book_make(e, &s.book)) {
        want_all(&s, n, &t->wiring);
        claim_all(&s, heard, heard_count);
        tell_owners(&s, arena, t);
        tell_neighbours(&s, arena, t);
    }
    free(s.claims);
    address_book_fini(&s.book);
}
