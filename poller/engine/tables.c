#include "poller/engine/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/engine_internal.h"

/* --- when --- */

static bool has_passed(struct mono since, struct mono now, int64_t span_ns)
{
    return !since.ns || mono_since(now, since) >= span_ns;
}

/* The round that is nearest to ten minutes after counts: half an interval early is in time. */
bool tables_are_due(const struct tables_turn *t, struct mono now, int64_t interval_ns, unsigned slower, bool *all)
{
    int64_t early_ns = interval_ns / 2, times = slower ? slower : 1;
    *all = t->outdated || has_passed(t->all_asked, now, times * SECONDS(TABLES_ALL_EVERY_S) - early_ns);
    if (t->failed && t->failed < TABLES_TRIES)
        return true;
    return (t->outdated && has_passed(t->asked, now, SECONDS(TABLES_GAP_S) - early_ns)) ||
           has_passed(t->asked, now, times * SECONDS(TABLES_EVERY_S) - early_ns);
}

void tables_turn_begins(struct tables_turn *t, struct mono now, bool all)
{
    t->asked = now;
    if (all)
        t->all_asked = now;
    if (t->failed >= TABLES_TRIES)
        t->failed = 0; /* a new turn, with as many tries */
}

void tables_turn_ends(struct tables_turn *t, bool read)
{
    if (read)
        t->outdated = false;
    else if (t->failed < TABLES_TRIES)
        t->failed++;
    t->failed = read ? 0 : t->failed;
}

/* --- keeping --- */

static void clear(struct node_tables *t)
{
    arena_destroy(t->arena);
    t->arena = NULL;
    t->wiring = (struct wiring){0};
}

void tables_destroy(struct node *n)
{
    if (n->tables)
        clear(n->tables);
    free(n->tables);
    n->tables = NULL;
}

void tables_forget(struct node *n, uint32_t check)
{
    if (n->tables && n->tables->check == check)
        tables_destroy(n);
}

/* Rows from before say ports by number: they hold while the numbers mean the same. */
static bool same_ports(const struct wiring *old, const struct wiring *new)
{
    for (size_t i = 0; i < old->port_count; i++) {
        const char *name = wiring_port_name(new, old->ports[i].index);
        if (!name || strcmp(name, old->ports[i].name) != 0)
            return false;
    }
    return true;
}

static void take_list(struct wiring *to, const struct wiring *from, enum wiring_list list)
{
    switch (list) {
    case WIRING_LIST_NEIGHBOURS:
        to->neighbours = from->neighbours;
        to->neighbour_count = from->neighbour_count;
        break;
    case WIRING_LIST_VLANS:
        to->vlans = from->vlans;
        to->vlan_count = from->vlan_count;
        break;
    case WIRING_LIST_FDB:
        to->addresses = from->addresses;
        to->address_count = from->address_count;
        break;
    case WIRING_LIST_ARP:
        to->arps = from->arps;
        to->arp_count = from->arp_count;
        break;
    case WIRING_LIST_POE:
        to->poe_ports = from->poe_ports;
        to->poe_port_count = from->poe_port_count;
        break;
    case WIRING_LIST_STP:
    case WIRING_LISTS:
        to->bridge_ports = from->bridge_ports;
        to->bridge_port_count = from->bridge_port_count;
        break;
    }
    to->at[list] = from->at[list];
    to->cut = (to->cut & ~(1u << list)) | (from->cut & 1u << list);
}

static struct wiring merged(const struct wiring *old, const struct wiring *new)
{
    struct wiring w = *new;
    if (!old || !same_ports(old, new))
        return w;
    for (int i = 0; i < WIRING_LISTS; i++)
        if (!new->at[i].ns)
            take_list(&w, old, (enum wiring_list)i);
    return w;
}

/* What is longest gives way first. False: nothing is left to shorten. */
static bool shorten(struct wiring *w)
{
    size_t *const counts[WIRING_LISTS] = {
        [WIRING_LIST_NEIGHBOURS] = &w->neighbour_count, [WIRING_LIST_VLANS] = &w->vlan_count,
        [WIRING_LIST_FDB] = &w->address_count,          [WIRING_LIST_ARP] = &w->arp_count,
        [WIRING_LIST_POE] = &w->poe_port_count,         [WIRING_LIST_STP] = &w->bridge_port_count};
    int longest = 0;
    for (int i = 1; i < WIRING_LISTS; i++)
        longest = *counts[i] > *counts[longest] ? i : longest;
    if (!*counts[longest])
        return false;
    *counts[longest] /= 2;
    w->cut |= 1u << longest;
    return true;
}

static bool is_empty(const struct wiring *w)
{
    size_t rows = 0;
    for (int i = 0; i < WIRING_LISTS; i++)
        rows += wiring_count(w, (enum wiring_list)i);
    return rows == 0;
}

/* False: no memory. */
static bool copy(struct wiring *w, struct node_tables *out)
{
    if (is_empty(w))
        w->port_count = 0;
    do {
        out->arena = arena_create(TABLES_BYTES_MAX);
        if (out->arena && field_copy(&wiring_record, w, NULL, out->arena, &out->wiring)) {
            memcpy(out->wiring.at, w->at, sizeof w->at);
            return true;
        }
        clear(out);
    } while (shorten(w));
    return false;
}

void tables_take(struct node *n, uint32_t check, const struct wiring *new)
{
    struct wiring w = merged(n->tables && n->tables->check == check ? &n->tables->wiring : NULL, new);
    struct node_tables *kept = calloc(1, sizeof *kept);
    if (!kept || !copy(&w, kept)) {
        log_warnx("tables", "%s: no memory for its tables; the older ones stay", n->name);
        free(kept);
        return;
    }
    kept->check = check;
    if (is_empty(&kept->wiring)) {
        arena_destroy(kept->arena);
        kept->arena = NULL;
    }
    tables_destroy(n);
    n->tables = kept;
}

/* --- showing --- */

void tables_view(const struct engine *e, const struct node *n, struct arena *arena, struct ew_tables *out)
{
    *out = (struct ew_tables){.found = true};
    if (!n->tables || !(out->at = arena_take(arena, WIRING_LISTS * sizeof *out->at)))
        return;
    out->at_count = WIRING_LISTS;
    out->wiring = n->tables->wiring;
    for (int i = 0; i < WIRING_LISTS; i++) {
        struct mono read = n->tables->wiring.at[i];
        out->at[i] = read.ns ? wall_at(e->now, read) : (struct wall){0};
    }
}

const char *tables_describe(const struct wiring *w, char *out, size_t size)
{
    size_t used = 0;
    snprintf(out, size, "it has none");
    for (int i = 0; i < WIRING_LISTS && used < size; i++) {
        size_t count = wiring_count(w, (enum wiring_list)i);
        if (count)
            used += (size_t)snprintf(out + used, size - used, "%s%s %zu", used ? ", " : "", wiring_list_words[i],
                                     count);
    }
    return out;
}
