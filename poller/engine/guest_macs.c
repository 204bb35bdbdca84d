#include "poller/engine/guest_macs.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/diagnose/trace_mark.h"
#include "poller/engine/engine_internal.h"

static size_t find(const struct guest_macs *g, const struct mac *mac)
{
    size_t i = 0;
    while (i < g->count && memcmp(&g->macs[i], mac, sizeof *mac) != 0)
        i++;
    return i;
}

static void learn(struct guest_macs *g, const struct mac *mac)
{
    if (mac_is_set(mac) && find(g, mac) == g->count && g->count < GUEST_MACS_MAX)
        g->macs[g->count++] = *mac;
}

void guest_macs_learn(struct engine *e, const struct report *r)
{
    if (!r->guest)
        return;
    learn(&e->guest_macs, &r->guest->probe);
    learn(&e->guest_macs, &r->guest->control);
    learn(&e->guest_macs, &r->guest->gateway_mac);
}

void guest_macs_forget(struct node *n)
{
    if (n->table_before)
        free(n->table_before->rows);
    free(n->table_before);
    n->table_before = NULL;
}

static struct table_before *rows_of(const struct guest_macs *g, const struct wiring *w)
{
    struct table_before *t = calloc(1, sizeof *t);
    struct wiring_address *rows = malloc((w->address_count + 1) * sizeof *rows);
    if (!t || !rows)
        fatal("no memory for tables");
    size_t count = 0;
    for (size_t i = 0; i < w->address_count; i++)
        if (find(g, &w->addresses[i].mac) < g->count)
            rows[count++] = w->addresses[i];
    t->rows = realloc(rows, (count + 1) * sizeof *rows);
    t->known = g->count;
    t->wiring = (struct wiring){.cut = w->cut, .addresses = t->rows, .address_count = count};
    t->wiring.at[WIRING_LIST_FDB] = w->at[WIRING_LIST_FDB];
    return t;
}

void guest_macs_keep_rows(const struct engine *e, struct node *n, const struct wiring *newer)
{
    const struct wiring *w = n->tables ? &n->tables->wiring : NULL;
    struct mono at = w ? w->at[WIRING_LIST_FDB] : (struct mono){0}, next = newer->at[WIRING_LIST_FDB];
    if (!at.ns || !next.ns || !e->guest_macs.count || mono_since(next, at) < SECONDS(TRACE_APART_S))
        return;
    guest_macs_forget(n);
    n->table_before = rows_of(&e->guest_macs, w);
}

const struct wiring *guest_macs_rows(const struct engine *e, const struct node *n, const struct mac *const *wanted,
                                     size_t count)
{
    const struct table_before *t = n->table_before;
    for (size_t i = 0; i < count && t; i++)
        if (mac_is_set(wanted[i]) && find(&e->guest_macs, wanted[i]) >= t->known)
            return NULL;
    return t ? &t->wiring : NULL;
}
