#include "poller/model/wiring.h"

#include <string.h>

const char *const wiring_list_words[] = {"neighbours", "vlans", "fdb", "arp", "poe", "stp", NULL};
const char *const wiring_stp_words[] = {"unknown",  "disabled",   "blocking", "listening",
                                        "learning", "forwarding", "broken",   NULL};
const char *const wiring_poe_words[] = {"unknown", "disabled", "searching",   "delivering",
                                        "fault",   "test",     "other fault", NULL};

#define LIST(T, member, count, TYPE)                                                                         \
    FIELD(T, member, TYPE), .flags = FIELD_LIST, .count_offset = offsetof(T, count)

#define T struct wiring_port
static const struct field wiring_port_fields[] = {
    {FIELD(T, index, FIELD_U32)},
    {FIELD(T, name, FIELD_TEXT)},
};
#undef T
static const struct record wiring_port_record = RECORD(wiring_port, wiring_port_fields);

#define T struct wiring_vlan
static const struct field wiring_vlan_fields[] = {
    {FIELD(T, vid, FIELD_U32)},
    {FIELD(T, name, FIELD_TEXT)},
    {LIST(T, members, member_count, FIELD_U32)},
    {LIST(T, untagged, untagged_count, FIELD_U32)},
    {FIELD(T, ports_known, FIELD_BOOL)},
};
#undef T
static const struct record wiring_vlan_record = RECORD(wiring_vlan, wiring_vlan_fields);

#define T struct wiring_address
static const struct field wiring_address_fields[] = {
    {FIELD(T, vid, FIELD_U32)},
    {FIELD(T, mac, FIELD_MAC)},
    {FIELD(T, port, FIELD_U32)},
    {FIELD(T, bridge_port, FIELD_U32)},
    {FIELD(T, own, FIELD_BOOL)},
};
#undef T
static const struct record wiring_address_record = RECORD(wiring_address, wiring_address_fields);

#define T struct wiring_neighbour
static const struct field wiring_neighbour_fields[] = {
    {FIELD(T, port, FIELD_U32)},
    {FIELD(T, chassis, FIELD_TEXT)},
    {FIELD(T, remote_port, FIELD_TEXT)},
    {FIELD(T, remote_port_description, FIELD_TEXT)},
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, description, FIELD_TEXT)},
};
#undef T
static const struct record wiring_neighbour_record = RECORD(wiring_neighbour, wiring_neighbour_fields);

#define T struct wiring_arp
static const struct field wiring_arp_fields[] = {
    {FIELD(T, port, FIELD_U32)},
    {FIELD(T, addr, FIELD_ADDR)},
    {FIELD(T, mac, FIELD_MAC)},
};
#undef T
static const struct record wiring_arp_record = RECORD(wiring_arp, wiring_arp_fields);

#define T struct wiring_bridge_port
static const struct field wiring_bridge_port_fields[] = {
    {FIELD(T, port, FIELD_U32)},
    {FIELD(T, bridge_port, FIELD_U32)},
    {FIELD(T, pvid, FIELD_U32)},
    {FIELD(T, stp, FIELD_ENUM), .words = wiring_stp_words},
};
#undef T
static const struct record wiring_bridge_port_record = RECORD(wiring_bridge_port, wiring_bridge_port_fields);

#define T struct wiring_poe_port
static const struct field wiring_poe_port_fields[] = {
    {FIELD(T, port, FIELD_U32)},
    {FIELD(T, group, FIELD_U32)},
    {FIELD(T, number, FIELD_U32)},
    {FIELD(T, enabled, FIELD_BOOL)},
    {FIELD(T, detection, FIELD_ENUM), .words = wiring_poe_words},
    {FIELD(T, power_class, FIELD_U32)},
};
#undef T
static const struct record wiring_poe_port_record = RECORD(wiring_poe_port, wiring_poe_port_fields);

#define T struct wiring
static const struct field wiring_fields[] = {
    {FIELD(T, cut, FIELD_U32)},
    {LIST(T, ports, port_count, FIELD_RECORD), .record = &wiring_port_record},
    {LIST(T, vlans, vlan_count, FIELD_RECORD), .record = &wiring_vlan_record},
    {LIST(T, addresses, address_count, FIELD_RECORD), .record = &wiring_address_record},
    {LIST(T, neighbours, neighbour_count, FIELD_RECORD), .record = &wiring_neighbour_record},
    {LIST(T, arps, arp_count, FIELD_RECORD), .record = &wiring_arp_record},
    {LIST(T, bridge_ports, bridge_port_count, FIELD_RECORD), .record = &wiring_bridge_port_record},
    {LIST(T, poe_ports, poe_port_count, FIELD_RECORD), .record = &wiring_poe_port_record},
    {FIELD(T, bridge_address, FIELD_MAC)},
    {FIELD(T, topology_changes, FIELD_U32)},
    {FIELD(T, ageing_s, FIELD_U32)},
};
#undef T
const struct record wiring_record = RECORD(wiring, wiring_fields);

size_t wiring_count(const struct wiring *w, enum wiring_list list)
{
    const size_t counts[WIRING_LISTS] = {
        [WIRING_LIST_NEIGHBOURS] = w->neighbour_count, [WIRING_LIST_VLANS] = w->vlan_count,
        [WIRING_LIST_FDB] = w->address_count,          [WIRING_LIST_ARP] = w->arp_count,
        [WIRING_LIST_POE] = w->poe_port_count,         [WIRING_LIST_STP] = w->bridge_port_count};
    return counts[list];
}

const char *wiring_port_name(const struct wiring *w, uint32_t port)
{
    for (size_t i = 0; i < w->port_count; i++)
        if (w->ports[i].index == port)
            return w->ports[i].name;
    return NULL;
}

uint32_t wiring_port_of(const struct wiring *w, const struct mac *mac, uint32_t vid)
{
    for (size_t i = 0; i < w->address_count; i++) {
        const struct wiring_address *a = &w->addresses[i];
        if ((!vid || a->vid == vid) && memcmp(&a->mac, mac, sizeof *mac) == 0)
            return a->port;
    }
    return 0;
}

const struct wiring_vlan *wiring_vlan(const struct wiring *w, uint32_t vid)
{
    for (size_t i = 0; i < w->vlan_count; i++)
        if (w->vlans[i].vid == vid)
            return &w->vlans[i];
    return NULL;
}
