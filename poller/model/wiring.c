#include "poller/model/wiring.h"

#include <string.h>

const char *const wiring_stp_words[] = {"unknown",  "disabled",   "blocking", "listening",
                                        "learning", "forwarding", "broken",   NULL};
const char *const wiring_poe_words[] = {"unknown", "disabled", "searching",   "delivering",
                                        "fault",   "test",     "other fault", NULL};

static const char *copied(struct arena *a, const char *text, bool *fine)
{
    const char *copy = arena_text(a, text, strlen(text));
    *fine &= copy != NULL;
    return copy;
}

static const void *copied_list(struct arena *a, const void *list, size_t count, size_t size, bool *fine)
{
    const void *copy = count ? arena_copy(a, list, count * size) : NULL;
    *fine &= !count || copy;
    return copy;
}

static const struct wiring_vlan *copied_vlans(struct arena *a, const struct wiring *w, bool *fine)
{
    struct wiring_vlan *vlans = w->vlan_count ? arena_copy(a, w->vlans, w->vlan_count * sizeof *vlans) : NULL;
    *fine &= !w->vlan_count || vlans;
    for (size_t i = 0; vlans && i < w->vlan_count; i++) {
        struct wiring_vlan *v = &vlans[i];
        v->name = copied(a, v->name, fine);
        v->members = copied_list(a, v->members, v->member_count, sizeof *v->members, fine);
        v->untagged = copied_list(a, v->untagged, v->untagged_count, sizeof *v->untagged, fine);
    }
    return vlans;
}

static const struct wiring_neighbour *copied_neighbours(struct arena *a, const struct wiring *w, bool *fine)
{
    size_t count = w->neighbour_count;
    struct wiring_neighbour *list = count ? arena_copy(a, w->neighbours, count * sizeof *list) : NULL;
    *fine &= !count || list;
    for (size_t i = 0; list && i < count; i++) {
        struct wiring_neighbour *n = &list[i];
        n->chassis = copied(a, n->chassis, fine);
        n->remote_port = copied(a, n->remote_port, fine);
        n->remote_port_description = copied(a, n->remote_port_description, fine);
        n->name = copied(a, n->name, fine);
        n->description = copied(a, n->description, fine);
    }
    return list;
}

const struct wiring *wiring_copy(const struct wiring *w, struct arena *arena)
{
    bool fine = true;
    struct wiring *out = arena_copy(arena, w, sizeof *w);
    if (!out)
        return NULL;
    out->vlans = copied_vlans(arena, w, &fine);
    out->neighbours = copied_neighbours(arena, w, &fine);
    out->addresses = copied_list(arena, w->addresses, w->address_count, sizeof *w->addresses, &fine);
    out->arps = copied_list(arena, w->arps, w->arp_count, sizeof *w->arps, &fine);
    out->bridge_ports =
        copied_list(arena, w->bridge_ports, w->bridge_port_count, sizeof *w->bridge_ports, &fine);
    out->poe_ports = copied_list(arena, w->poe_ports, w->poe_port_count, sizeof *w->poe_ports, &fine);
    return fine ? out : NULL;
}

uint32_t wiring_port_of(const struct wiring *w, const struct mac *mac, uint16_t vid)
{
    for (size_t i = 0; i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        if ((!vid || a->vid == vid) && memcmp(&a->mac, mac, sizeof *mac) == 0)
            return a->port;
    }
    return 0;
}

const struct wiring_vlan *wiring_vlan(const struct wiring *w, uint16_t vid)
{
    for (size_t i = 0; i < w->vlan_count; i++)
        if (w->vlans[i].vid == vid)
            return &w->vlans[i];
    return NULL;
}
