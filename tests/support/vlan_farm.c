#include "tests/support/vlan_farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IF_INDEX 100

/* --- reading the text --- */

int farm_find(const struct farm *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->boxes[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int need(const struct farm *f, const char *name)
{
    int i = farm_find(f, name);
    if (i < 0)
        fail_msg("the farm has no %s", name);
    return i;
}

static struct farm_box *add(struct farm *f, const char *name)
{
    assert_true(f->count < FARM_BOXES_MAX && strlen(name) < FARM_NAME_MAX);
    struct farm_box *b = &f->boxes[f->count++];
    snprintf(b->name, sizeof b->name, "%s", name);
    b->above = b->bridge = -1;
    for (size_t i = 0; i < FARM_PORTS_MAX; i++) {
        b->peer[i] = -1;
        b->pvid[i] = 1;
    }
    return b;
}

static uint8_t free_port(const struct farm_box *b)
{
    for (uint8_t i = 1; i < FARM_PORTS_MAX; i++)
        if (b->peer[i] < 0)
            return i;
    fail_msg("%s has no free port", b->name);
    return 0;
}

static void unplug(struct farm *f, struct farm_box *b)
{
    if (b->above < 0)
        return;
    f->boxes[b->above].peer[b->peer_port[b->up_port]] = -1;
    b->peer[b->up_port] = -1;
    b->above = -1;
}

/* PARENT[/PORT][:PORT] */
static void plug_in(struct farm *f, int box, char *where)
{
    char *here = strchr(where, ':'), *there = strchr(where, '/');
    if (here)
        *here++ = '\0';
    if (there)
        *there++ = '\0';
    struct farm_box *b = &f->boxes[box], *above = &f->boxes[need(f, where)];
    unplug(f, b);
    uint8_t down = there ? (uint8_t)strtoul(there, NULL, 10) : free_port(above);
    uint8_t up = here ? (uint8_t)strtoul(here, NULL, 10) : free_port(b);
    assert_true(down < FARM_PORTS_MAX && up < FARM_PORTS_MAX && above->peer[down] < 0 && b->peer[up] < 0);
    b->above = (int)(above - f->boxes);
    b->up_port = up;
    b->peer[up] = b->above;
    b->peer_port[up] = down;
    above->peer[down] = box;
    above->peer_port[down] = up;
}

static uint32_t port_bits(const char *list)
{
    if (strcmp(list, "*") == 0)
        return FARM_PORT_ALL;
    uint32_t bits = 0;
    for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',')
        bits |= 1u << strtoul(p, NULL, 10);
    return bits;
}

/* ID:5t,3u */
static void set_vlan(struct farm_box *b, const char *text)
{
    char *rest;
    uint16_t vid = (uint16_t)strtoul(text, &rest, 10);
    size_t i = 0;
    while (i < b->vlan_count && b->vlans[i].vid != vid)
        i++;
    assert_true(*rest == ':' && i < FARM_VLANS_MAX);
    b->vlan_count = i == b->vlan_count ? i + 1 : b->vlan_count;
    b->vlans[i] = (struct farm_vlan){.vid = vid};
    for (const char *p = rest + 1; *p; p = rest + (*rest == ',')) {
        uint32_t bit = 1u << strtoul(p, &rest, 10);
        assert_true(*rest == 't' || *rest == 'u');
        b->vlans[i].members |= bit;
        b->vlans[i].untagged |= *rest++ == 'u' ? bit : 0;
    }
}

static void set_pvids(struct farm_box *b, const char *text)
{
    char *rest;
    for (const char *p = text; *p; p = rest + (*rest == ',')) {
        unsigned long port = strtoul(p, &rest, 10);
        assert_true(port < FARM_PORTS_MAX && *rest == ':');
        b->pvid[port] = (uint16_t)strtoul(rest + 1, &rest, 10);
    }
}

static void set_parents(struct farm *f, struct farm_box *b, char *list)
{
    b->told_parent = true;
    b->parent_count = 0;
    for (char *name; (name = strsep(&list, ","));)
        if (strcmp(name, "none") != 0)
            b->parents[b->parent_count++] = need(f, name);
}

static void set_tells(struct farm_box *b, const char *list)
{
    b->fdb = strstr(list, "fdb") && !strstr(list, "fdb0");
    b->fdb_plain = strstr(list, "fdb0");
    b->vlans_told = strstr(list, "vlans");
    b->lldp = strstr(list, "lldp");
}

static void set_word(struct farm_box *b, const char *word)
{
    bool *const flags[] = {&b->planned, &b->thing, &b->us, &b->self, &b->hidden, &b->ap};
    static const char *const words[] = {"planned", "thing", "us", "self", "hidden", "ap"};
    for (size_t i = 0; i < 6; i++)
        if (strcmp(word, words[i]) == 0) {
            *flags[i] = true;
            return;
        }
    fail_msg("%s: what is %s?", b->name, word);
}

static bool set_fault(struct farm_box *b, const char *key, const char *value)
{
    uint32_t *const ports[] = {&b->eats, &b->eats_out, &b->strips, &b->strips_out, &b->translates};
    static const char *const keys[] = {"eats", "eats_out", "strips", "strips_out", "translates"};
    for (size_t i = 0; i < 5; i++)
        if (strcmp(key, keys[i]) == 0) {
            *ports[i] = port_bits(value);
            return true;
        }
    return false;
}

static void set(struct farm *f, struct farm_box *b, const char *key, char *value)
{
    if (strcmp(key, "on") == 0)
        plug_in(f, (int)(b - f->boxes), value);
    else if (strcmp(key, "parent") == 0)
        set_parents(f, b, value);
    else if (strcmp(key, "site") == 0)
        snprintf(b->site, sizeof b->site, "%s", value);
    else if (strcmp(key, "bridge") == 0)
        b->bridge = need(f, value);
    else if (strcmp(key, "tells") == 0)
        set_tells(b, value);
    else if (strcmp(key, "vlan") == 0)
        set_vlan(b, value);
    else if (strcmp(key, "pvid") == 0)
        set_pvids(b, value);
    else if (!set_fault(b, key, value))
        fail_msg("%s: what is %s=?", b->name, key);
}

static void read_line(struct farm *f, char *line)
{
    struct farm_box *b = NULL;
    for (char *word; (word = strsep(&line, " "));) {
        char *value = strchr(word, '=');
        if (!*word)
            continue;
        if (value)
            *value++ = '\0';
        if (!b)
            b = farm_find(f, word) >= 0 ? &f->boxes[farm_find(f, word)] : add(f, word);
        else if (value)
            set(f, b, word, value);
        else
            set_word(b, word);
        if (b->us)
            f->us = (int)(b - f->boxes);
    }
}

void farm_add(struct farm *f, const char *text)
{
    char *copy = strdup(text), *rest = copy;
    assert_non_null(copy);
    for (char *line; (line = strsep(&rest, "\n"));)
        read_line(f, line);
    free(copy);
}

struct farm *farm_begin(const char *text)
{
    struct farm *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->us = -1;
    f->guest = 501;
    f->probe = (struct mac){{2, 0x9e, 0, 0, 0, 1}};
    f->control = (struct mac){{2, 0xc0, 0, 0, 0, 1}};
    f->gateway = (struct mac){{2, 0x6a, 0, 0, 0, 1}};
    f->arena = arena_create(0);
    assert_non_null(f->arena);
    farm_add(f, text);
    return f;
}

void farm_end(struct farm *f)
{
    facts_fini(&f->facts);
    arena_destroy(f->arena);
    free(f);
}

/* --- frames --- */

static struct mac mac_of(int box)
{
    return (struct mac){{0x02, 0xfa, 0, 0, 0, (uint8_t)(box + 1)}};
}

struct mac farm_mac(const struct farm *f, const char *name)
{
    return mac_of(need(f, name));
}

static const struct farm_vlan *vlan_of(const struct farm_box *b, uint16_t vid)
{
    for (size_t i = 0; i < b->vlan_count; i++)
        if (b->vlans[i].vid == vid)
            return &b->vlans[i];
    return NULL;
}

static bool is_member(const struct farm_box *b, uint16_t vid, unsigned port)
{
    const struct farm_vlan *v = vlan_of(b, vid);
    return v ? v->members & 1u << port : vid == 1 && b->pvid[port] == 1;
}

static bool is_untagged(const struct farm_box *b, uint16_t vid, unsigned port)
{
    const struct farm_vlan *v = vlan_of(b, vid);
    return v ? v->untagged & 1u << port : vid == 1;
}

static void learn(struct farm_box *b, uint16_t vid, struct mac mac, unsigned port)
{
    for (size_t i = 0; i < b->row_count; i++)
        if (b->rows[i].vid == vid && memcmp(&b->rows[i].mac, &mac, sizeof mac) == 0) {
            b->rows[i].port = (uint8_t)port;
            return;
        }
    assert_true(b->row_count < FARM_ROWS_MAX);
    b->rows[b->row_count++] = (struct farm_row){vid, mac, (uint8_t)port};
}

static void arrive(struct farm *f, int box, unsigned port, uint16_t tag, struct mac source);

static void leave(struct farm *f, int box, unsigned port, uint16_t tag, struct mac source)
{
    struct farm_box *b = &f->boxes[box];
    uint32_t bit = 1u << port;
    if (b->peer[port] < 0 || (tag && b->eats_out & bit))
        return;
    tag = b->strips_out & bit ? 0 : tag;
    source = b->translates & bit ? mac_of(box) : source;
    arrive(f, b->peer[port], b->peer_port[port], tag, source);
}

/* From inside (port 0) or from a port, on a VLAN of a switch that has such. */
static void spread(struct farm *f, int box, unsigned from, uint16_t vid, struct mac source)
{
    struct farm_box *b = &f->boxes[box];
    for (unsigned i = 1; i < FARM_PORTS_MAX; i++)
        if (i != from && is_member(b, vid, i))
            leave(f, box, i, is_untagged(b, vid, i) ? 0 : vid, source);
}

static void arrive(struct farm *f, int box, unsigned port, uint16_t tag, struct mac source)
{
    struct farm_box *b = &f->boxes[box];
    uint32_t bit = 1u << port;
    if (tag && b->eats & bit)
        return;
    tag = b->strips & bit ? 0 : tag;
    b->got = true;
    b->got_tag = tag;
    if (b->thing || b->us)
        return;
    if (!b->vlan_count) {
        learn(b, 0, source, port);
        for (unsigned i = 1; i < FARM_PORTS_MAX; i++)
            if (i != port)
                leave(f, box, i, tag, source);
        return;
    }
    uint16_t vid = tag ? tag : b->pvid[port];
    if (!is_member(b, vid, port))
        return;
    learn(b, vid, source, port);
    spread(f, box, port, vid, source);
}

void farm_send(struct farm *f, int from, uint16_t vid, struct mac source)
{
    struct farm_box *b = &f->boxes[from];
    if (b->vlan_count)
        spread(f, from, 0, vid ? vid : 1, source);
    for (unsigned i = 1; i < FARM_PORTS_MAX && !b->vlan_count; i++)
        leave(f, from, i, vid, source);
}

void farm_forget(struct farm *f, struct mac mac)
{
    for (size_t i = 0; i < f->count; i++) {
        struct farm_box *b = &f->boxes[i];
        size_t kept = 0;
        for (size_t k = 0; k < b->row_count; k++)
            if (memcmp(&b->rows[k].mac, &mac, sizeof mac) != 0)
                b->rows[kept++] = b->rows[k];
        b->row_count = kept;
    }
}

static void prick_ears(struct farm *f)
{
    for (size_t i = 0; i < f->count; i++)
        f->boxes[i].got = false;
}

bool farm_probe(struct farm *f, uint16_t vid, uint16_t *answered_on)
{
    struct farm_box *router = &f->boxes[0], *us = &f->boxes[f->us];
    farm_send(f, f->us, 0, f->control);
    prick_ears(f);
    farm_send(f, f->us, vid, f->probe);
    uint16_t tag = router->got_tag;
    if (!router->got || (tag != f->guest && tag))
        return false;
    farm_send(f, 0, tag, tag ? f->gateway : mac_of(0));
    *answered_on = us->got_tag;
    return us->got;
}

void farm_chatter(struct farm *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (!f->boxes[i].hidden)
            farm_send(f, (int)i, 0, mac_of((int)i));
}

/* --- tables --- */

static void *take(struct farm *f, size_t count, size_t size)
{
    void *p = arena_take(f->arena, count * size + 1);
    assert_non_null(p);
    return p;
}

static char *text(struct farm *f, const char *from)
{
    char *copy = arena_text(f->arena, from, strlen(from));
    assert_non_null(copy);
    return copy;
}

static const char *port_name(struct farm *f, unsigned port)
{
    char name[8];
    snprintf(name, sizeof name, "%u", port);
    return text(f, name);
}

static uint64_t draw(struct farm *f)
{
    f->shuffle ^= f->shuffle << 13;
    f->shuffle ^= f->shuffle >> 7;
    f->shuffle ^= f->shuffle << 17;
    return f->shuffle;
}

static void shuffle(struct farm *f, void *list, size_t count, size_t size)
{
    unsigned char kept[256], *rows = list;
    assert_true(size <= sizeof kept);
    for (size_t i = count; f->shuffle && i > 1; i--) {
        size_t other = draw(f) % i;
        memcpy(kept, rows + (i - 1) * size, size);
        memcpy(rows + (i - 1) * size, rows + other * size, size);
        memcpy(rows + other * size, kept, size);
    }
}

static void tell_ports(struct farm *f, struct wiring *w)
{
    struct wiring_port *list = take(f, FARM_PORTS_MAX, sizeof *list);
    for (unsigned i = 1; i < FARM_PORTS_MAX; i++)
        list[w->port_count++] = (struct wiring_port){IF_INDEX + i, port_name(f, i)};
    shuffle(f, list, w->port_count, sizeof *list);
    w->ports = list;
}

static void tell_bridge(struct farm *f, const struct farm_box *b, struct wiring *w)
{
    struct wiring_bridge_port *list = take(f, FARM_PORTS_MAX, sizeof *list);
    for (unsigned i = 1; i < FARM_PORTS_MAX; i++)
        list[w->bridge_port_count++] = (struct wiring_bridge_port){
            .port = IF_INDEX + i, .bridge_port = i, .pvid = b->vlan_count ? b->pvid[i] : 0};
    shuffle(f, list, w->bridge_port_count, sizeof *list);
    w->bridge_ports = list;
}

static void tell_vlan(struct farm *f, const struct farm_box *b, uint16_t vid, struct wiring_vlan *out)
{
    uint32_t *members = take(f, FARM_PORTS_MAX, sizeof *members), *bare = take(f, FARM_PORTS_MAX, sizeof *bare);
    *out = (struct wiring_vlan){.vid = vid, .name = "", .members = members, .untagged = bare, .ports_known = true};
    for (unsigned i = 1; i < FARM_PORTS_MAX; i++) {
        if (is_member(b, vid, i))
            members[out->member_count++] = IF_INDEX + i;
        if (is_member(b, vid, i) && is_untagged(b, vid, i))
            bare[out->untagged_count++] = IF_INDEX + i;
    }
    shuffle(f, members, out->member_count, sizeof *members);
    shuffle(f, bare, out->untagged_count, sizeof *bare);
}

static void tell_vlans(struct farm *f, const struct farm_box *b, struct wiring *w)
{
    struct wiring_vlan *list = take(f, FARM_VLANS_MAX + 1, sizeof *list);
    for (size_t i = 0; i < b->vlan_count; i++)
        tell_vlan(f, b, b->vlans[i].vid, &list[w->vlan_count++]);
    if (!vlan_of(b, 1))
        tell_vlan(f, b, 1, &list[w->vlan_count++]);
    shuffle(f, list, w->vlan_count, sizeof *list);
    w->vlans = list;
}

static void tell_addresses(struct farm *f, const struct farm_box *b, struct wiring *w)
{
    struct wiring_address *list = take(f, b->row_count, sizeof *list);
    for (size_t i = 0; i < b->row_count; i++)
        list[w->address_count++] = (struct wiring_address){.vid = b->fdb_plain ? 0 : b->rows[i].vid,
                                                           .mac = b->rows[i].mac,
                                                           .port = IF_INDEX + b->rows[i].port,
                                                           .bridge_port = b->rows[i].port};
    shuffle(f, list, w->address_count, sizeof *list);
    w->addresses = list;
}

/* LLDP ends at each box; what does not speak it is not seen. */
static void tell_neighbours(struct farm *f, const struct farm_box *b, struct wiring *w)
{
    struct wiring_neighbour *list = take(f, FARM_PORTS_MAX, sizeof *list);
    char mac[MAC_TEXT_MAX];
    for (unsigned i = 1; i < FARM_PORTS_MAX; i++) {
        const struct farm_box *peer = b->peer[i] >= 0 ? &f->boxes[b->peer[i]] : NULL;
        struct mac address = mac_of(b->peer[i]);
        if (peer && peer->lldp)
            list[w->neighbour_count++] = (struct wiring_neighbour){
                .port = IF_INDEX + i, .chassis = text(f, mac_text(&address, mac)),
                .remote_port = port_name(f, b->peer_port[i]), .remote_port_description = "",
                .name = peer->name, .description = ""};
    }
    shuffle(f, list, w->neighbour_count, sizeof *list);
    w->neighbours = list;
}

const struct wiring *farm_wiring(struct farm *f, int box, struct mono at)
{
    const struct farm_box *b = &f->boxes[box];
    if (!b->fdb && !b->fdb_plain && !b->vlans_told && !b->lldp)
        return NULL;
    struct wiring *w = take(f, 1, sizeof *w);
    for (int i = 0; i < WIRING_LISTS; i++)
        w->at[i] = at;
    tell_ports(f, w);
    if (b->fdb || b->fdb_plain) {
        tell_bridge(f, b, w);
        tell_addresses(f, b, w);
    }
    if (b->vlans_told)
        tell_vlans(f, b, w);
    if (b->lldp)
        tell_neighbours(f, b, w);
    w->bridge_address = mac_of(box);
    return w;
}

/* --- what hayloft knows --- */

static bool is_node(const struct farm_box *b)
{
    return !b->hidden && (!b->us || b->self);
}

/* The port of the next box above that is known: the plan knows of no hidden ones. */
static uint8_t known_port(const struct farm *f, int box)
{
    while (f->boxes[f->boxes[box].above].hidden)
        box = f->boxes[box].above;
    return f->boxes[box].peer_port[f->boxes[box].up_port];
}

static void describe_node(struct farm *f, int box)
{
    struct farm_box *b = &f->boxes[box];
    uint32_t node = b->node;
    f->nodes[node] = (struct scene_node){.name = b->name, .site = *b->site ? b->site : NULL, .reason = "",
                                         .life = "ping", .facts = &f->facts, .self = b->self, .watched = true,
                                         .class = b->thing ? CLASS_FIXED : CLASS_NETWORK};
    f->nodes[node].router = box == 0;
    if (b->planned && b->above >= 0)
        f->nodes[node].port = port_name(f, known_port(f, box));
}

/* Above what is hidden stands what is known. */
static void describe_hangs(struct farm *f, int box)
{
    struct farm_box *b = &f->boxes[box];
    uint32_t *list = take(f, 4, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < b->parent_count; i++)
        list[count++] = f->boxes[b->parents[i]].node;
    int above = b->above;
    while (above >= 0 && f->boxes[above].hidden)
        above = f->boxes[above].above;
    if (!b->told_parent && above >= 0)
        list[count++] = f->boxes[above].node;
    f->hangs[b->node] = (struct dependency){list, count};
}

static int compare_claims(const void *a, const void *b)
{
    const struct topology_claim *x = a, *y = b;
    int order = memcmp(&x->mac, &y->mac, sizeof x->mac);
    return order ? order : x->node < y->node ? -1 : x->node > y->node;
}

/* ARP shows a node's address as it is where we are: behind a radio that puts its own on everything, that one. */
static void claim(struct farm *f, int box)
{
    struct mac mac = mac_of(box);
    for (int at = box; at >= 0; at = f->boxes[at].above)
        if (f->boxes[at].above >= 0 && f->boxes[at].translates & 1u << f->boxes[at].up_port)
            mac = mac_of(at);
    f->claims[f->claim_count++] = (struct topology_claim){mac, f->boxes[box].node};
}

static void describe(struct farm *f)
{
    uint32_t nodes = 0;
    for (size_t i = 0; i < f->count; i++)
        f->boxes[i].node = is_node(&f->boxes[i]) ? nodes++ : SCENE_NONE;
    f->claim_count = 0;
    f->nodes[nodes] = (struct scene_node){.name = "internet", .reason = "", .life = "", .facts = &f->facts,
                                          .internet = true};
    f->hangs[nodes] = (struct dependency){&f->boxes[0].node, 1};
    f->scene = (struct scene){.now = {{SECONDS(FARM_NOW_S)}, {SECONDS(FARM_NOW_S)}}, .nodes = f->nodes,
                              .hangs = f->hangs, .node_count = nodes + 1, .links = f->links, .own = &f->facts};
    for (size_t i = 0; i < f->count; i++) {
        struct farm_box *b = &f->boxes[i];
        if (b->node == SCENE_NONE)
            continue;
        describe_node(f, (int)i);
        describe_hangs(f, (int)i);
        if (!b->us)
            claim(f, (int)i);
        if (b->bridge >= 0)
            f->links[f->scene.link_count++] = (struct scene_link){"bridge", true, f->boxes[b->bridge].node, b->node};
    }
    qsort(f->claims, f->claim_count, sizeof *f->claims, compare_claims);
}

void farm_look(struct farm *f, double at_s)
{
    struct mono at = {(int64_t)(at_s * 1e9)};
    describe(f);
    for (size_t i = 0; i < f->count; i++)
        if (f->boxes[i].node != SCENE_NONE)
            f->wirings[f->boxes[i].node] = farm_wiring(f, (int)i, at);
    f->own[0] = mac_of(f->us);
    f->given = (struct topology_given){.scene = &f->scene, .wirings = f->wirings, .claims = f->claims,
                                       .claim_count = f->claim_count, .own = f->own, .own_count = f->us >= 0};
    assert_true(topology_build(&f->given, f->arena, &f->topology));
}

uint32_t farm_node(const struct farm *f, const char *name)
{
    return f->boxes[need(f, name)].node;
}

uint32_t farm_box(const struct farm *f, const char *name)
{
    return f->topology.box_of[farm_node(f, name)];
}
