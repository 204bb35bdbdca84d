#include "poller/engine/owners.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/engine/engine_internal.h"

#define NODES 4

static const struct mac camera = {{2, 0, 0, 0, 0, 1}}, nas = {{2, 0, 0, 0, 0, 2}}, bridge = {{2, 0, 0, 0, 0, 3}},
                        stranger = {{2, 0, 0, 0, 0, 9}};

struct bed {
    struct engine engine;
    struct config_node config[NODES];
    struct node nodes[NODES], *list[NODES];
    struct addr addresses[NODES];
    struct node_tables router_tables, switch_tables;
    struct wiring_address rows[3];
    struct arena *arena;
    struct ew_tables told;
};

/* Node 0 has a configured MAC, the others an address: 10.0.0.1 to 10.0.0.3. */
static int up(void **state)
{
    static struct bed b;
    static char *const names[NODES] = {"cam", "lan-switch", "nas", "router"};
    b = (struct bed){.arena = arena_create(0)};
    for (size_t i = 0; i < NODES; i++) {
        b.addresses[i] = (struct addr){.family = AF_INET, .bytes = {10, 0, 0, (uint8_t)i}};
        b.nodes[i] = (struct node){.name = names[i], .config = &b.config[i]};
        b.list[i] = &b.nodes[i];
        if (i == 0) {
            b.config[i].mac = camera;
            continue;
        }
        b.config[i].addresses = &b.addresses[i];
        b.config[i].addresses_count = 1;
    }
    b.engine = (struct engine){.nodes = b.list, .node_count = NODES, .sorted = b.list, .sorted_count = NODES};
    b.rows[0] = (struct wiring_address){.mac = stranger, .port = 1};
    b.rows[1] = (struct wiring_address){.mac = nas, .port = 1};
    b.rows[2] = (struct wiring_address){.mac = camera, .port = 2};
    b.told.wiring.addresses = b.rows;
    b.told.wiring.address_count = 3;
    *state = &b;
    return 0;
}

static int down(void **state)
{
    arena_destroy(((struct bed *)*state)->arena);
    return 0;
}

static const char *owner(const struct bed *b, const struct mac *mac)
{
    for (size_t i = 0; i < b->told.owners_count; i++)
        if (memcmp(&b->told.owners[i].mac, mac, sizeof *mac) == 0)
            return b->told.owners[i].node;
    return "nobody";
}

static void find(struct bed *b, const struct netinfo_heard *heard, size_t count)
{
    owners_find(&b->engine, &b->nodes[1], heard, count, b->arena, &b->told);
}

static void a_configured_mac_is_known(void **state)
{
    struct bed *b = *state;
    find(b, NULL, 0);
    assert_string_equal(owner(b, &camera), "cam");
    assert_string_equal(owner(b, &nas), "nobody");
    assert_int_equal(b->told.owners_count, 1);
}

static void what_we_heard_ourselves_names_an_address(void **state)
{
    struct bed *b = *state;
    struct netinfo_heard heard[] = {{b->addresses[2], {.mac = nas}}, {b->addresses[3], {.mac = bridge}}};
    find(b, heard, 2);
    assert_string_equal(owner(b, &nas), "nas");
    assert_string_equal(owner(b, &stranger), "nobody");
    assert_int_equal(b->told.owners_count, 2); /* the bridge stands in none of these tables */
    assert_true(memcmp(&b->told.owners[0].mac, &b->told.owners[1].mac, sizeof(struct mac)) < 0);
}

static void so_do_the_tables_of_another_node(void **state)
{
    struct bed *b = *state;
    struct wiring_arp arp = {.addr = b->addresses[2], .mac = nas};
    b->router_tables.wiring = (struct wiring){.arps = &arp, .arp_count = 1};
    b->nodes[3].tables = &b->router_tables;
    find(b, NULL, 0);
    assert_string_equal(owner(b, &nas), "nas");
}

static void a_mac_with_two_masters_has_none(void **state)
{
    struct bed *b = *state;
    struct netinfo_heard heard[] = {{b->addresses[2], {.mac = nas}}, {b->addresses[3], {.mac = nas}}};
    find(b, heard, 2);
    assert_string_equal(owner(b, &nas), "nobody");
}

static void a_neighbour_is_known_by_its_chassis_or_its_name(void **state)
{
    struct bed *b = *state;
    static const struct wiring_neighbour neighbours[] = {{.chassis = "02:00:00:00:00:03", .name = "whatever"},
                                                         {.chassis = "some text", .name = "router"},
                                                         {.chassis = "02:00:00:00:00:09", .name = "stranger"}};
    b->told.wiring.neighbours = neighbours;
    b->told.wiring.neighbour_count = 3;
    b->switch_tables.wiring.bridge_address = bridge;
    b->nodes[1].tables = &b->switch_tables;
    find(b, NULL, 0);
    assert_int_equal(b->told.neighbour_nodes_count, 3);
    assert_string_equal(b->told.neighbour_nodes[0], "lan-switch");
    assert_string_equal(b->told.neighbour_nodes[1], "router");
    assert_null(b->told.neighbour_nodes[2]);
}

static void nothing_asked_is_nothing_told(void **state)
{
    struct bed *b = *state;
    b->told.wiring = (struct wiring){0};
    find(b, NULL, 0);
    assert_int_equal(b->told.owners_count + b->told.neighbour_nodes_count, 0);
}

#define test_of(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_configured_mac_is_known),
        test_of(what_we_heard_ourselves_names_an_address),
        test_of(so_do_the_tables_of_another_node),
        test_of(a_mac_with_two_masters_has_none),
        test_of(a_neighbour_is_known_by_its_chassis_or_its_name),
        test_of(nothing_asked_is_nothing_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
