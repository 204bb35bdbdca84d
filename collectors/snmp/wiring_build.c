/* From the tables as they came to what they mean: bridge ports become interfaces, filtering ids become
 * VLANs, octets become port lists and names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/wiring_tables.h"

#define NUMBERS_MAX 40
#define LIST_PORTS_MAX 4096
#define ID_TEXT_MAX 256
#define VID_MAX 4094

struct builder {
    const struct wiring_draft *draft;
    const struct port_table *ports;
    struct arena *arena;
    struct wiring *out;
    bool failed;
    /* answers that are asked for again and again: thousands of addresses are behind a few ports */
    bool looked_up[LIST_PORTS_MAX + 1];
    uint32_t port_of_number[LIST_PORTS_MAX + 1];
    uint32_t last_fdb;
    uint16_t vlan_of_last_fdb; /* last_fdb 0: of none */
    size_t vlan_ports;         /* in all lists so far */
};

static const struct grid *grid_of(const struct builder *b, enum wiring_table t)
{
    return &b->draft->grids[t];
}

static size_t numbers_of(struct snmp_oid_view index, uint32_t out[static NUMBERS_MAX])
{
    size_t count = 0;
    while (count < NUMBERS_MAX && snmp_oid_take(&index, &out[count]))
        count++;
    return count;
}

static uint32_t last_number(struct snmp_oid_view index)
{
    uint32_t numbers[NUMBERS_MAX];
    size_t count = numbers_of(index, numbers);
    return count ? numbers[count - 1] : 0;
}

static void *take(struct builder *b, size_t count, size_t size)
{
    void *list = arena_take(b->arena, count ? count * size : 1);
    b->failed |= !list;
    return list;
}

static const char *kept(struct builder *b, const char *text)
{
    const char *copy = arena_text(b->arena, text, strlen(text));
    b->failed |= !copy;
    return copy ? copy : "";
}

/* --- ports --- */

static bool is_port(const struct builder *b, uint32_t index)
{
    for (size_t i = 0; b->ports && i < b->ports->count; i++)
        if (b->ports->ports[i].index == index)
            return true;
    return false;
}

static const struct grid_row *base_row(const struct builder *b, uint32_t bridge_port)
{
    const struct grid *g = grid_of(b, WIRING_BASE_PORTS);
    for (size_t i = 0; i < g->count; i++)
        if (last_number(g->rows[i].index) == bridge_port)
            return &g->rows[i];
    return NULL;
}

/* A bridge port's interface. Some switches count front ports from 1 in one table and bridge ports from a
 * large number in the other: then the n-th bridge port is meant. Without a table of bridge ports the number
 * is that of an interface, if there is such a one. */
static uint32_t find_port(const struct builder *b, uint32_t bridge_port)
{
    const struct grid *g = grid_of(b, WIRING_BASE_PORTS);
    uint32_t first = g->count ? last_number(g->rows[0].index) : 0;
    const struct grid_row *row = base_row(b, bridge_port);
    if (!row && bridge_port && first > LIST_PORTS_MAX)
        row = base_row(b, first - 1 + bridge_port);
    if (row)
        return (uint32_t)grid_number(row, 0, 0);
    return !g->count && is_port(b, bridge_port) ? bridge_port : 0;
}

static uint32_t port_of(struct builder *b, uint32_t bridge_port)
{
    if (bridge_port > LIST_PORTS_MAX)
        return find_port(b, bridge_port);
    if (!b->looked_up[bridge_port]) {
        b->port_of_number[bridge_port] = find_port(b, bridge_port);
        b->looked_up[bridge_port] = true;
    }
    return b->port_of_number[bridge_port];
}

static void build_ports(struct builder *b)
{
    size_t count = b->ports ? b->ports->count : 0;
    struct wiring_port *list = take(b, count, sizeof *list);
    for (size_t i = 0; list && i < count; i++)
        list[i] = (struct wiring_port){b->ports->ports[i].index, kept(b, b->ports->ports[i].name)};
    b->out->ports = list;
    b->out->port_count = list ? count : 0;
}

struct port_set {
    uint32_t ports[LIST_PORTS_MAX];
    size_t count;
};

static void add_port(struct port_set *s, uint32_t port)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->ports[i] == port)
            return;
    if (port && s->count < LIST_PORTS_MAX)
        s->ports[s->count++] = port;
}

static const uint32_t *kept_ports(struct builder *b, const struct port_set *s)
{
    uint32_t *list = take(b, s->count, sizeof *list);
    if (list)
        memcpy(list, s->ports, s->count * sizeof *list);
    return list;
}

/* PortList (RFC 4363): bit 1 of the first octet, the most significant, is bridge port 1. */
static void read_bitmap(struct builder *b, const struct grid_cell *c, struct port_set *s)
{
    for (size_t i = 0; i < c->len * 8; i++)
        if (c->octets[i / 8] & (0x80 >> (i % 8)))
            add_port(s, port_of(b, (uint32_t)i + 1));
}

/* "1/0/1-4,1/0/9": the last number of each is the front port. */
static void read_text_list(struct builder *b, const struct grid_cell *c, struct port_set *s)
{
    char text[GRID_TEXT_MAX + 1];
    memcpy(text, c->octets, c->len);
    text[c->len] = '\0';
    char *rest = text;
    for (char *piece; (piece = strsep(&rest, ","));) {
        char *slash = strrchr(piece, '/'), *end;
        unsigned long first = strtoul(slash ? slash + 1 : piece, &end, 10), last = first;
        if (*end == '-')
            last = strtoul(end + 1, NULL, 10);
        for (unsigned long n = first; n && n <= last && n - first < 512; n++)
            add_port(s, port_of(b, (uint32_t)n));
    }
}

static void read_list(struct builder *b, enum wiring_table t, const struct grid_cell *c, struct port_set *s)
{
    s->count = 0;
    if (c->kind != GRID_OCTETS)
        return;
    if (t == WIRING_VLANS_TPLINK)
        read_text_list(b, c, s);
    else
        read_bitmap(b, c, s);
}

/* --- VLANs --- */

struct vlan_list {
    struct wiring_vlan *vlans;
    size_t count;
    uint16_t place[VID_MAX + 1]; /* of each, counted from 1; 0: not there */
};

static struct wiring_vlan *vlan_of(struct vlan_list *l, uint32_t vid)
{
    if (!l->place[vid]) {
        l->vlans[l->count] = (struct wiring_vlan){.vid = vid, .name = ""};
        l->place[vid] = (uint16_t)++l->count;
    }
    return &l->vlans[l->place[vid] - 1];
}

static const char *text_of(struct builder *b, const struct grid_cell *c)
{
    char text[ID_TEXT_MAX];
    if (c->kind != GRID_OCTETS)
        return "";
    return kept(b, port_text(c->octets, c->len, sizeof text - 1, text));
}

static void take_ports(struct builder *b, enum wiring_table t, const struct grid_row *row,
                       const unsigned places[2], struct wiring_vlan *v)
{
    struct port_set members, untagged;
    if (v->ports_known || row->cells[places[0]].kind != GRID_OCTETS || b->vlan_ports > WIRING_VLAN_PORTS_MAX)
        return;
    read_list(b, t, &row->cells[places[0]], &members);
    read_list(b, t, &row->cells[places[1]], &untagged);
    for (size_t i = 0; i < untagged.count; i++)
        add_port(&members, untagged.ports[i]);
    b->vlan_ports += members.count + untagged.count;
    if (b->vlan_ports > WIRING_VLAN_PORTS_MAX) {
        b->out->cut |= 1u << WIRING_LIST_VLANS;
        return;
    }
    v->members = kept_ports(b, &members);
    v->member_count = members.count;
    v->untagged = kept_ports(b, &untagged);
    v->untagged_count = untagged.count;
    v->ports_known = true;
}

/* What is now says more than what is configured, which has the names. */
static void build_vlans(struct builder *b)
{
    static const struct {
        enum wiring_table table;
        int name;
        unsigned ports[2];
    } sources[] = {{WIRING_VLANS_NOW, -1, {1, 2}},
                   {WIRING_VLANS_SET, 0, {1, 2}},
                   {WIRING_VLANS_IEEE, 0, {1, 2}},
                   {WIRING_VLANS_TPLINK, 0, {1, 2}}};
    struct vlan_list list = {0};
    size_t most = 0;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        most += grid_of(b, sources[i].table)->count;
    list.vlans = take(b, most < VID_MAX ? most : VID_MAX, sizeof *list.vlans);
    for (size_t i = 0; list.vlans && i < sizeof sources / sizeof sources[0]; i++) {
        const struct grid *g = grid_of(b, sources[i].table);
        for (size_t k = 0; k < g->count; k++) {
            uint32_t vid = last_number(g->rows[k].index);
            if (!vid || vid > VID_MAX)
                continue;
            struct wiring_vlan *v = vlan_of(&list, vid);
            if (sources[i].name >= 0 && !*v->name)
                v->name = text_of(b, &g->rows[k].cells[sources[i].name]);
            take_ports(b, sources[i].table, &g->rows[k], sources[i].ports, v);
        }
    }
    b->out->vlans = list.vlans;
    b->out->vlan_count = list.count;
}

/* A filtering database may serve several VLANs; then its number is no VLAN's (RFC 4363, dot1qVlanFdbId). */
static uint16_t find_vlan_of_fdb(const struct builder *b, uint32_t fdb_id)
{
    const struct grid *g = grid_of(b, WIRING_VLANS_NOW);
    uint16_t vid = 0;
    bool told = false;
    for (size_t i = 0; i < g->count; i++) {
        told |= g->rows[i].cells[0].kind == GRID_NUMBER;
        if (grid_number(&g->rows[i], 0, UINT64_MAX) != fdb_id)
            continue;
        if (vid)
            return 0;
        vid = (uint16_t)last_number(g->rows[i].index);
    }
    if (!vid && !told && fdb_id <= VID_MAX)
        vid = (uint16_t)fdb_id;
    return vid;
}

static uint16_t vlan_of_fdb(struct builder *b, uint32_t fdb_id)
{
    if (!fdb_id || fdb_id != b->last_fdb)
        b->vlan_of_last_fdb = find_vlan_of_fdb(b, fdb_id);
    b->last_fdb = fdb_id;
    return b->vlan_of_last_fdb;
}

/* --- addresses --- */

static bool mac_of_numbers(const uint32_t *numbers, size_t count, struct mac *out)
{
    if (count < 6)
        return false;
    for (int i = 0; i < 6; i++) {
        if (numbers[i] > 255)
            return false;
        out->bytes[i] = (uint8_t)numbers[i];
    }
    return true;
}

static bool mac_of_cell(const struct grid_cell *c, struct mac *out)
{
    char text[MAC_TEXT_MAX + 1];
    if (c->kind != GRID_OCTETS)
        return false;
    if (c->len == 6) {
        memcpy(out->bytes, c->octets, 6);
        return true;
    }
    if (c->len < 11 || c->len >= sizeof text)
        return false;
    memcpy(text, c->octets, c->len);
    text[c->len] = '\0';
    return mac_parse(text, out);
}

#define FDB_SELF 4 /* dot1dTpFdbStatus, dot1qTpFdbStatus */

/* Index: filtering id, then the MAC, by some with its length before it. */
static bool read_address(struct builder *b, const struct grid_row *row, bool by_vlan,
                         struct wiring_address *out)
{
    uint32_t numbers[NUMBERS_MAX];
    size_t count = numbers_of(row->index, numbers), first = by_vlan;
    first += count == first + 7 && numbers[first] == 6;
    if (!mac_of_numbers(numbers + first, count > first ? count - first : 0, &out->mac) &&
        (by_vlan || !mac_of_cell(&row->cells[2], &out->mac)))
        return false;
    out->vid = by_vlan ? vlan_of_fdb(b, numbers[0]) : 0;
    out->bridge_port = (uint32_t)grid_number(row, 0, 0);
    out->port = port_of(b, out->bridge_port);
    out->own = grid_number(row, 1, 0) == FDB_SELF;
    return true;
}

static bool is_heard(const struct wiring_address *list, size_t count, const struct wiring_address *a)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].port == a->port && memcmp(&list[i].mac, &a->mac, sizeof a->mac) == 0)
            return true;
    return false;
}

/* The table without VLANs is there when the other tells of none; what both have counts once. */
static void build_addresses(struct builder *b)
{
    const struct grid *by_vlan = grid_of(b, WIRING_FDB_BY_VLAN), *plain = grid_of(b, WIRING_FDB);
    struct wiring_address *list = take(b, by_vlan->count + plain->count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; list && i < by_vlan->count; i++)
        count += read_address(b, &by_vlan->rows[i], true, &list[count]);
    size_t before = count;
    for (size_t i = 0; list && i < plain->count; i++)
        count += read_address(b, &plain->rows[i], false, &list[count]) &&
                 !is_heard(list, before, &list[count]);
    b->out->addresses = list;
    b->out->address_count = count;
}

/* --- neighbours --- */

enum { CHASSIS_MAC = 4, CHASSIS_ADDRESS = 5, PORT_MAC = 3, PORT_ADDRESS = 4 };
#define FAMILY_IPV4 1 /* IANA address family numbers, before the address */

/* An id of LLDP (802.1AB 9.5.2 and 9.5.3): what its subtype says it is, else text, else its octets. */
static const char *id_text(struct builder *b, const struct grid_cell *c, uint64_t subtype, uint64_t mac_type,
                           uint64_t address_type)
{
    char text[ID_TEXT_MAX];
    struct mac mac;
    if (c->kind != GRID_OCTETS)
        return "";
    if (subtype == mac_type && mac_of_cell(c, &mac))
        return kept(b, mac_text(&mac, text));
    if (subtype == address_type && c->len == 5 && c->octets[0] == FAMILY_IPV4) {
        snprintf(text, sizeof text, "%u.%u.%u.%u", c->octets[1], c->octets[2], c->octets[3], c->octets[4]);
        return kept(b, text);
    }
    return text_of(b, c);
}

static bool is_empty(const struct grid_row *row, unsigned chassis, unsigned name)
{
    const struct grid_cell *c = &row->cells[chassis], *n = &row->cells[name];
    for (size_t i = 0; c->kind == GRID_OCTETS && i < c->len; i++)
        if (c->octets[i])
            return false;
    return n->kind != GRID_OCTETS || n->len == 0;
}

static bool same_cell(const struct grid_cell *c, const char *text)
{
    return c->kind == GRID_OCTETS && c->len == strlen(text) && memcmp(c->octets, text, c->len) == 0;
}

/* lldpRemLocalPortNum is the agent's own number: its local table says by name which interface that is;
 * else it is a bridge port or an interface. */
static uint32_t lldp_port(struct builder *b, uint32_t number)
{
    const struct grid *g = grid_of(b, WIRING_LLDP_PORTS);
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; last_number(g->rows[i].index) == number && b->ports && k < b->ports->count; k++)
            if (same_cell(&g->rows[i].cells[1], b->ports->ports[k].name))
                return b->ports->ports[k].index;
    return is_port(b, number) ? number : port_of(b, number);
}

/* Index: time mark, local port, number; some leave the first or the first two out. */
static uint32_t lldp_local(struct snmp_oid_view index)
{
    uint32_t numbers[NUMBERS_MAX];
    size_t count = numbers_of(index, numbers);
    return count >= 3 ? numbers[1] : count == 2 ? numbers[0] : 0;
}

static void build_lldp(struct builder *b, struct wiring_neighbour *list, size_t *count)
{
    const struct grid *g = grid_of(b, WIRING_LLDP);
    for (size_t i = 0; i < g->count; i++) {
        const struct grid_row *row = &g->rows[i];
        const struct grid_cell *c = row->cells;
        if (is_empty(row, 1, 5))
            continue;
        list[(*count)++] = (struct wiring_neighbour){
            .port = lldp_port(b, lldp_local(row->index)),
            .chassis = id_text(b, &c[1], grid_number(row, 0, 0), CHASSIS_MAC, CHASSIS_ADDRESS),
            .remote_port = id_text(b, &c[3], grid_number(row, 2, 0), PORT_MAC, PORT_ADDRESS),
            .remote_port_description = text_of(b, &c[4]),
            .name = text_of(b, &c[5]),
            .description = text_of(b, &c[6])};
    }
}

static void build_lldp_tplink(struct builder *b, struct wiring_neighbour *list, size_t *count)
{
    const struct grid *g = grid_of(b, WIRING_LLDP_TPLINK);
    for (size_t i = 0; i < g->count; i++) {
        const struct grid_row *row = &g->rows[i];
        const struct grid_cell *c = row->cells;
        uint32_t numbers[NUMBERS_MAX];
        if (is_empty(row, 0, 3) || !numbers_of(row->index, numbers))
            continue;
        list[(*count)++] = (struct wiring_neighbour){
            .port = is_port(b, numbers[0]) ? numbers[0] : port_of(b, numbers[0]),
            .chassis = id_text(b, &c[0], CHASSIS_MAC, CHASSIS_MAC, CHASSIS_ADDRESS),
            .remote_port = text_of(b, &c[1]),
            .remote_port_description = text_of(b, &c[2]),
            .name = text_of(b, &c[3]),
            .description = text_of(b, &c[4])};
    }
}

static void build_neighbours(struct builder *b)
{
    size_t most = grid_of(b, WIRING_LLDP)->count + grid_of(b, WIRING_LLDP_TPLINK)->count, count = 0;
    struct wiring_neighbour *list = take(b, most, sizeof *list);
    if (!list)
        return;
    build_lldp(b, list, &count);
    if (!count)
        build_lldp_tplink(b, list, &count);
    b->out->neighbours = list;
    b->out->neighbour_count = count;
}

/* --- ARP and ND --- */

/* Index of ipNetToPhysicalTable: ifIndex, address type (1 IPv4, 2 IPv6, 3 and 4 with a zone), length, octets;
 * of ipNetToMediaTable: ifIndex and four octets. */
static bool read_arp(const struct grid_row *row, bool old, struct wiring_arp *out)
{
    uint32_t numbers[NUMBERS_MAX];
    size_t count = numbers_of(row->index, numbers), first = old ? 1 : 3;
    size_t len = old ? 4 : count > 2 ? numbers[2] : 0;
    if (count < first + len || (len != 4 && len != 16 && len != 20) || !mac_of_cell(&row->cells[0], &out->mac))
        return false;
    *out = (struct wiring_arp){.port = numbers[0], .mac = out->mac};
    out->addr.family = len == 4 ? AF_INET : AF_INET6;
    for (size_t i = 0; i < (len == 4 ? 4u : 16u); i++)
        out->addr.bytes[i] = (uint8_t)numbers[first + i];
    return true;
}

static void build_arps(struct builder *b)
{
    bool old = !grid_of(b, WIRING_NEIGHBOURS)->count;
    const struct grid *g = grid_of(b, old ? WIRING_NEIGHBOURS_OLD : WIRING_NEIGHBOURS);
    struct wiring_arp *list = take(b, g->count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; list && i < g->count; i++)
        count += read_arp(&g->rows[i], old, &list[count]);
    b->out->arps = list;
    b->out->arp_count = count;
}

/* --- the rest --- */

/* Most likely it stands at the same place. */
static const struct grid_row *row_of(const struct grid *g, size_t place, struct snmp_oid_view index)
{
    bool there = place < g->count && snmp_oid_equal(g->rows[place].index, index);
    return there ? &g->rows[place] : grid_find(g, index);
}

static uint32_t pvid_of(uint64_t told)
{
    return told <= VID_MAX ? (uint32_t)told : 0;
}

static void build_bridge_ports(struct builder *b)
{
    const struct grid *base = grid_of(b, WIRING_BASE_PORTS), *pvids = grid_of(b, WIRING_PVIDS);
    const struct grid *g = base->count ? base : pvids;
    struct wiring_bridge_port *list = take(b, g->count, sizeof *list);
    for (size_t i = 0; list && i < g->count; i++) {
        struct snmp_oid_view index = g->rows[i].index;
        uint64_t stp = grid_number(row_of(grid_of(b, WIRING_STP_PORTS), i, index), 0, 0);
        uint32_t number = last_number(index);
        list[i] = (struct wiring_bridge_port){
            .port = port_of(b, number),
            .bridge_port = number,
            .pvid = pvid_of(grid_number(row_of(pvids, i, index), 0, 0)),
            .stp = stp <= WIRING_STP_BROKEN ? (enum wiring_stp)stp : WIRING_STP_UNKNOWN};
    }
    b->out->bridge_ports = list;
    b->out->bridge_port_count = list ? g->count : 0;
}

static void build_bridge(struct builder *b)
{
    const struct grid *g = grid_of(b, WIRING_BRIDGE);
    for (size_t i = 0; i < g->count; i++) {
        mac_of_cell(&g->rows[i].cells[0], &b->out->bridge_address);
        b->out->topology_changes = (uint32_t)grid_number(&g->rows[i], 1, b->out->topology_changes);
        b->out->ageing_s = (uint32_t)grid_number(&g->rows[i], 2, b->out->ageing_s);
    }
}

#define POE_ENABLED 1 /* TruthValue */

static void build_poe(struct builder *b)
{
    const struct grid *g = grid_of(b, WIRING_POE_PORTS);
    struct wiring_poe_port *list = take(b, g->count, sizeof *list);
    for (size_t i = 0; list && i < g->count; i++) {
        const struct grid_row *row = &g->rows[i];
        uint32_t numbers[NUMBERS_MAX];
        size_t count = numbers_of(row->index, numbers);
        uint32_t number = count ? numbers[count - 1] : 0;
        uint64_t detection = grid_number(row, 1, 0), class = grid_number(row, 2, 0);
        list[i] = (struct wiring_poe_port){
            .port = is_port(b, number) ? number : port_of(b, number),
            .group = count > 1 ? numbers[0] : 0,
            .number = number,
            .enabled = grid_number(row, 0, 0) == POE_ENABLED,
            .detection = detection <= WIRING_POE_OTHER_FAULT ? (enum wiring_poe)detection : WIRING_POE_UNKNOWN,
            .power_class = class >= 1 && class <= 5 ? (uint32_t)class - 1 : WIRING_POE_NO_CLASS};
    }
    b->out->poe_ports = list;
    b->out->poe_port_count = list ? g->count : 0;
}

/* A list with a table that could not be read is not told at all; one that was read in part is. */
static void stamp(struct builder *b, struct mono at)
{
    size_t *const counts[WIRING_LISTS] = {
        [WIRING_LIST_NEIGHBOURS] = &b->out->neighbour_count, [WIRING_LIST_VLANS] = &b->out->vlan_count,
        [WIRING_LIST_FDB] = &b->out->address_count,          [WIRING_LIST_ARP] = &b->out->arp_count,
        [WIRING_LIST_POE] = &b->out->poe_port_count,         [WIRING_LIST_STP] = &b->out->bridge_port_count};
    for (int i = 0; i < WIRING_LISTS; i++)
        if (b->draft->unread & 1u << i)
            *counts[i] = 0;
        else
            b->out->at[i] = at;
    b->out->cut = (b->out->cut | b->draft->cut) & ~b->draft->unread;
}

static void build(struct builder *b)
{
    build_ports(b);
    build_bridge(b);
    build_bridge_ports(b);
    build_vlans(b);
    build_addresses(b);
    build_neighbours(b);
    build_arps(b);
    build_poe(b);
}

const struct wiring *wiring_build(const struct wiring_draft *d, const struct port_table *ports,
                                  struct mono at, struct arena *arena)
{
    struct builder *b = calloc(1, sizeof *b);
    const struct wiring *built = NULL;
    if (b && (b->out = arena_take(arena, sizeof *b->out))) {
        b->draft = d;
        b->ports = ports;
        b->arena = arena;
        build(b);
        stamp(b, at);
        built = b->failed ? NULL : b->out;
    }
    free(b);
    return built;
}
