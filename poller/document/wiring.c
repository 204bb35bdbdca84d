#include "poller/document/wiring.h"

#include "poller/base/json.h"

static cJSON *port_of(cJSON *ports, uint32_t index)
{
    cJSON *port;
    cJSON_ArrayForEach(port, ports)
        if (json_number(port, "index", -1) == index)
            return port;
    return NULL;
}

/* Where it cannot be told, nothing is said. */
static void put_port(cJSON *o, cJSON *ports, uint32_t index)
{
    const cJSON *port = index ? port_of(ports, index) : NULL;
    if (!index)
        return;
    json_put_number(o, "port", index);
    if (port)
        json_put_text(o, "port_name", json_text(port, "name"));
}

static void put_ports(cJSON *o, const char *name, cJSON *ports, const uint32_t *list, size_t count)
{
    cJSON *array = json_put_array(o, name);
    for (size_t i = 0; i < count; i++) {
        const cJSON *port = port_of(ports, list[i]);
        const char *text = port ? json_text(port, "name") : NULL;
        cJSON_AddItemToArray(array, text ? cJSON_CreateString(text) : cJSON_CreateNumber(list[i]));
    }
}

static void put_mac(cJSON *o, const struct mac *mac)
{
    char text[MAC_TEXT_MAX];
    json_put_text(o, "mac", mac_text(mac, text));
}

static void put_vlans(cJSON *document, cJSON *ports, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "vlans");
    for (size_t i = 0; w && i < w->vlan_count; i++) {
        const struct wiring_vlan *v = &w->vlans[i];
        cJSON *o = json_add_object(array);
        json_put_number(o, "vid", v->vid);
        json_put_text(o, "name", v->name);
        if (!v->ports_known)
            continue;
        put_ports(o, "members", ports, v->members, v->member_count);
        put_ports(o, "untagged", ports, v->untagged, v->untagged_count);
    }
}

static void put_addresses(cJSON *document, cJSON *ports, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "fdb");
    for (size_t i = 0; w && i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        cJSON *o = json_add_object(array);
        put_mac(o, &a->mac);
        put_port(o, ports, a->port);
        if (!a->port)
            json_put_number(o, "bridge_port", a->bridge_port);
        if (a->vid)
            json_put_number(o, "vid", a->vid);
        if (a->own)
            json_put_bool(o, "own", true);
    }
}

static void put_neighbours(cJSON *document, cJSON *ports, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "neighbours");
    for (size_t i = 0; w && i < w->neighbour_count; i++) {
        const struct wiring_neighbour *n = &w->neighbours[i];
        cJSON *o = json_add_object(array);
        put_port(o, ports, n->port);
        json_put_text(o, "chassis", n->chassis);
        json_put_text(o, "remote_port", n->remote_port);
        json_put_text(o, "remote_port_description", n->remote_port_description);
        json_put_text(o, "name", n->name);
        json_put_text(o, "description", n->description);
    }
}

static void put_arps(cJSON *document, cJSON *ports, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "arp");
    for (size_t i = 0; w && i < w->arp_count; i++) {
        char text[ADDR_TEXT_MAX];
        cJSON *o = json_add_object(array);
        json_put_text(o, "address", addr_text(&w->arps[i].addr, text));
        put_mac(o, &w->arps[i].mac);
        put_port(o, ports, w->arps[i].port);
    }
}

static void put_poe(cJSON *document, cJSON *ports, const struct wiring *w)
{
    cJSON *array = json_put_array(document, "poe");
    for (size_t i = 0; w && i < w->poe_port_count; i++) {
        const struct wiring_poe_port *p = &w->poe_ports[i];
        cJSON *o = json_add_object(array);
        put_port(o, ports, p->port);
        json_put_number(o, "group", p->group);
        json_put_number(o, "number", p->number);
        json_put_bool(o, "enabled", p->enabled);
        json_put_text(o, "detection", wiring_poe_words[p->detection]);
        if (p->power_class != UINT8_MAX)
            json_put_number(o, "class", p->power_class);
    }
}

static void put_bridge_ports(cJSON *ports, const struct wiring *w)
{
    for (size_t i = 0; w && i < w->bridge_port_count; i++) {
        const struct wiring_bridge_port *p = &w->bridge_ports[i];
        cJSON *port = p->port ? port_of(ports, p->port) : NULL;
        if (port && p->pvid)
            json_put_number(port, "pvid", p->pvid);
        if (port && p->stp != WIRING_STP_UNKNOWN)
            json_put_text(port, "stp", wiring_stp_words[p->stp]);
    }
}

void wiring_put(cJSON *document, cJSON *ports, const struct wiring *w)
{
    put_bridge_ports(ports, w);
    put_vlans(document, ports, w);
    put_addresses(document, ports, w);
    put_neighbours(document, ports, w);
    put_poe(document, ports, w);
    put_arps(document, ports, w);
}
