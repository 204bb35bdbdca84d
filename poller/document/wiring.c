#include "poller/document/wiring.h"

#include "poller/base/json.h"
#include "poller/document/leads.h"

/* Where it cannot be told, nothing is said. */
static void put_port(cJSON *o, const struct wiring *w, uint32_t port)
{
    const char *name = wiring_port_name(w, port);
    if (!port)
        return;
    json_put_number(o, "port", port);
    if (name)
        json_put_text(o, "port_name", name);
}

static void put_ports(cJSON *o, const char *name, const struct wiring *w, const uint32_t *list, size_t count)
{
    cJSON *array = json_put_array(o, name);
    for (size_t i = 0; i < count; i++) {
        const char *text = wiring_port_name(w, list[i]);
        if (text)
            json_add_text(array, text);
        else
            cJSON_AddItemToArray(array, cJSON_CreateNumber(list[i]));
    }
}

static void put_mac(cJSON *o, const struct mac *mac)
{
    char text[MAC_TEXT_MAX];
    json_put_text(o, "mac", mac_text(mac, text));
}

/* Which of our nodes it is, where that is known. */
static void put_node(cJSON *o, const char *node)
{
    if (node)
        json_put_text(o, "node", node);
}

static void put_vlans(cJSON *document, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "vlans");
    for (size_t i = 0; w && i < w->vlan_count; i++) {
        const struct wiring_vlan *v = &w->vlans[i];
        cJSON *o = json_add_object(array);
        json_put_number(o, "vid", v->vid);
        json_put_text(o, "name", v->name);
        if (!v->ports_known)
            continue;
        put_ports(o, "members", w, v->members, v->member_count);
        put_ports(o, "untagged", w, v->untagged, v->untagged_count);
    }
}

static void put_addresses(cJSON *document, const struct wiring *w, const struct ew_tables *t)
{
    cJSON *array = json_put_array(document, "fdb");
    for (size_t i = 0; w && i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        cJSON *o = json_add_object(array);
        put_mac(o, &a->mac);
        put_port(o, w, a->port);
        if (!a->port)
            json_put_number(o, "bridge_port", a->bridge_port);
        if (a->vid)
            json_put_number(o, "vid", a->vid);
        if (a->own)
            json_put_bool(o, "own", true);
        put_node(o, leads_owner(t, &a->mac));
    }
}

static void put_neighbours(cJSON *document, const struct wiring *w, const struct ew_tables *t)
{
    cJSON *array = json_put_array(document, "neighbours");
    for (size_t i = 0; w && i < w->neighbour_count; i++) {
        const struct wiring_neighbour *n = &w->neighbours[i];
        cJSON *o = json_add_object(array);
        put_port(o, w, n->port);
        json_put_text(o, "chassis", n->chassis);
        json_put_text(o, "remote_port", n->remote_port);
        json_put_text(o, "remote_port_description", n->remote_port_description);
        json_put_text(o, "name", n->name);
        json_put_text(o, "description", n->description);
        json_put_text(o, "source", "lldp");
        put_node(o, i < t->neighbour_nodes_count ? t->neighbour_nodes[i] : NULL);
    }
}

static void put_arps(cJSON *document, const struct wiring *w, const struct ew_tables *t)
{
    cJSON *array = json_put_array(document, "arp");
    for (size_t i = 0; w && i < w->arp_count; i++) {
        char text[ADDR_TEXT_MAX];
        cJSON *o = json_add_object(array);
        json_put_text(o, "address", addr_text(&w->arps[i].addr, text));
        put_mac(o, &w->arps[i].mac);
        put_port(o, w, w->arps[i].port);
        put_node(o, leads_owner(t, &w->arps[i].mac));
    }
}

static void put_poe(cJSON *document, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "poe");
    for (size_t i = 0; w && i < w->poe_port_count; i++) {
        const struct wiring_poe_port *p = &w->poe_ports[i];
        cJSON *o = json_add_object(array);
        put_port(o, w, p->port);
        json_put_number(o, "group", p->group);
        json_put_number(o, "number", p->number);
        json_put_bool(o, "enabled", p->enabled);
        json_put_text(o, "detection", wiring_poe_words[p->detection]);
        if (p->power_class != WIRING_POE_NO_CLASS)
            json_put_number(o, "class", p->power_class);
    }
}

static void put_bridge_ports(cJSON *ports, const struct wiring *w)
{
    for (size_t i = 0; w && i < w->bridge_port_count; i++) {
        const struct wiring_bridge_port *p = &w->bridge_ports[i];
        const char *name = wiring_port_name(w, p->port);
        cJSON *port = name ? leads_port(ports, name) : NULL;
        if (port && p->pvid)
            json_put_number(port, "pvid", p->pvid);
        if (port && p->stp != WIRING_STP_UNKNOWN)
            json_put_text(port, "stp", wiring_stp_words[p->stp]);
    }
}

static void put_time(cJSON *o, const char *name, struct wall at)
{
    char text[CLOCK_TEXT_MAX];
    json_put_text(o, name, at.ns > 0 ? wall_rfc3339(at, text) : NULL);
}

/* How old each list is, how long, and whether the device has more. */
static void put_tables(cJSON *document, const struct wiring *w, const struct wall *at)
{
    struct wall newest = {0};
    cJSON *tables = cJSON_CreateObject();
    for (int i = 0; i < WIRING_LISTS; i++) {
        struct wall read = w ? at[i] : (struct wall){0};
        cJSON *o = json_put_object(tables, wiring_list_words[i]);
        put_time(o, "at", read);
        json_put_number(o, "count", w ? (double)wiring_count(w, (enum wiring_list)i) : 0);
        json_put_bool(o, "cut", w && w->cut & 1u << i);
        newest = read.ns > newest.ns ? read : newest;
    }
    put_time(document, "tables_at", newest);
    cJSON_AddItemToObject(document, "tables", tables);
}

void wiring_put(cJSON *document, cJSON *ports, const struct ew_tables *t)
{
    bool told = t && t->at_count == WIRING_LISTS;
    const struct wiring *w = told ? &t->wiring : NULL;
    put_tables(document, w, told ? t->at : NULL);
    put_bridge_ports(ports, w);
    if (told)
        leads_put(ports, t, json_text(document, "name"));
    put_neighbours(document, w, t);
    put_vlans(document, w);
    put_addresses(document, w, t);
    put_arps(document, w, t);
    put_poe(document, w);
}
