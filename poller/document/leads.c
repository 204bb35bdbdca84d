#include "poller/document/leads.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/json.h"

static int by_mac(const void *key, const void *owner)
{
    return memcmp(key, &((const struct view_owner *)owner)->mac, sizeof(struct mac));
}

const char *leads_owner(const struct ew_tables *t, const struct mac *mac)
{
    const struct view_owner *o =
        t->owners_count ? bsearch(mac, t->owners, t->owners_count, sizeof *o, by_mac) : NULL;
    return o ? o->node : NULL;
}

cJSON *leads_port(cJSON *ports, const char *name)
{
    cJSON *port;
    cJSON_ArrayForEach(port, ports) {
        const char *known = json_text(port, "name");
        if (known && strcmp(known, name) == 0)
            return port;
    }
    return NULL;
}

struct place { /* a port by its number in the tables */
    uint32_t port;
    cJSON *document, *leads;
    unsigned addresses;
};

static struct place *make_places(cJSON *ports, const struct wiring *w)
{
    struct place *all = w->port_count ? calloc(w->port_count, sizeof *all) : NULL;
    for (size_t i = 0; all && i < w->port_count; i++)
        all[i] = (struct place){.port = w->ports[i].index, .document = leads_port(ports, w->ports[i].name)};
    return all;
}

static struct place *place_of(struct place *all, const struct wiring *w, uint32_t port)
{
    for (size_t i = 0; i < w->port_count; i++)
        if (all[i].port == port)
            return all[i].document ? &all[i] : NULL;
    return NULL;
}

static bool is_told(const cJSON *leads, const char *node)
{
    const cJSON *l;
    cJSON_ArrayForEach(l, leads) {
        const char *known = json_text(l, "node");
        if (known && strcmp(known, node) == 0)
            return true;
    }
    return false;
}

static void put_lead(struct place *p, const char *name, const char *node, const char *port, const char *known_by)
{
    if (!p->leads)
        p->leads = json_put_array(p->document, "leads_to");
    if (cJSON_GetArraySize(p->leads) >= LEADS_MAX)
        return;
    cJSON *o = json_add_object(p->leads);
    json_put_text(o, "name", name);
    json_put_text(o, "node", node);
    json_put_text(o, "port", port);
    json_put_text(o, "known_by", known_by);
}

static const char *first_of(const char *a, const char *b)
{
    return *a ? a : *b ? b : NULL;
}

static void put_neighbours(struct place *all, const struct ew_tables *t)
{
    const struct wiring *w = &t->wiring;
    for (size_t i = 0; i < w->neighbour_count; i++) {
        const struct wiring_neighbour *n = &w->neighbours[i];
        const char *node = i < t->neighbour_nodes_count ? t->neighbour_nodes[i] : NULL;
        const char *name = node ? node : first_of(n->name, n->chassis);
        struct place *p = place_of(all, w, n->port);
        if (p && name)
            put_lead(p, name, node, first_of(n->remote_port, n->remote_port_description), "lldp");
    }
}

static void put_heard(struct place *all, const struct ew_tables *t, const char *self)
{
    const struct wiring *w = &t->wiring;
    for (size_t i = 0; i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        struct place *p = a->own ? NULL : place_of(all, w, a->port);
        const char *node = p ? leads_owner(t, &a->mac) : NULL;
        if (p)
            p->addresses++;
        if (node && !(self && strcmp(node, self) == 0) && !is_told(p->leads, node))
            put_lead(p, node, node, NULL, "fdb");
    }
}

void leads_put(cJSON *ports, const struct ew_tables *t, const char *self)
{
    const struct wiring *w = &t->wiring;
    struct place *all = make_places(ports, w);
    if (!all)
        return;
    put_neighbours(all, t);
    put_heard(all, t, self);
    for (size_t i = 0; i < w->port_count; i++)
        if (all[i].addresses)
            json_put_number(all[i].document, "addresses", all[i].addresses);
    free(all);
}
