/* Tables as agents fill them, and what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/snmp/wiring_tables.h"

struct scene {
    struct wiring_draft *draft;
    struct arena *arena;
    struct port_table table;
    struct port ports[4];
};

static int begin(void **state)
{
    static struct scene s;
    static char *const names[] = {"1/0/1", "1/0/2", "1/0/3", "uplink"};
    s = (struct scene){.draft = wiring_draft_create(), .arena = arena_create(0)};
    for (uint32_t i = 0; i < 4; i++)
        s.ports[i] = (struct port){.index = 101 + i, .name = names[i]};
    s.table = (struct port_table){.ports = s.ports, .count = 4};
    *state = &s;
    return !s.draft || !s.arena;
}

static int end(void **state)
{
    struct scene *s = *state;
    wiring_draft_destroy(s->draft);
    arena_destroy(s->arena);
    return 0;
}

static void put(struct scene *s, enum wiring_table t, unsigned column, const char *index, struct snmp_value v)
{
    struct snmp_oid oid;
    char text[128] = "1.3.";
    assert_true(snmp_oid_parse(strncat(text, index, sizeof text - 5), &oid));
    struct snmp_oid_view rest = {oid.bytes + 1, oid.len - 1}; /* 1.3 is one octet */
    assert_true(grid_put(&s->draft->grids[t], column, rest, &v));
}

static void number(struct scene *s, enum wiring_table t, unsigned column, const char *index, int64_t n)
{
    put(s, t, column, index, (struct snmp_value){.type = SNMP_INTEGER, .number = (uint64_t)n});
}

static void octets(struct scene *s, enum wiring_table t, unsigned column, const char *index, const void *bytes,
                   size_t len)
{
    put(s, t, column, index, (struct snmp_value){.type = SNMP_OCTETS, .octets = bytes, .len = len});
}

static void text(struct scene *s, enum wiring_table t, unsigned column, const char *index, const char *value)
{
    octets(s, t, column, index, value, strlen(value));
}

static const struct wiring *built(struct scene *s)
{
    const struct wiring *w = wiring_build(s->draft, &s->table, (struct mono){1}, s->arena);
    assert_non_null(w);
    return w;
}

static void bridge_ports(struct scene *s)
{
    number(s, WIRING_BASE_PORTS, 0, "1", 101);
    number(s, WIRING_BASE_PORTS, 0, "2", 102);
    number(s, WIRING_BASE_PORTS, 0, "3", 103);
    number(s, WIRING_BASE_PORTS, 0, "12", 104);
}

static void members_are_the_interfaces_of_bridge_ports(void **state)
{
    static const uint32_t members[] = {101, 103, 104};
    bridge_ports(*state);
    text(*state, WIRING_VLANS_SET, 0, "20", "guests");
    octets(*state, WIRING_VLANS_SET, 1, "20", "\xa0\x10", 2); /* 1, 3 and 12 */
    octets(*state, WIRING_VLANS_SET, 2, "20", "\x80\x00", 2);
    const struct wiring *w = built(*state);
    assert_int_equal(w->vlan_count, 1);
    assert_string_equal(w->vlans[0].name, "guests");
    assert_int_equal(w->vlans[0].member_count, 3);
    assert_memory_equal(w->vlans[0].members, members, sizeof members);
    assert_int_equal(w->vlans[0].untagged_count, 1);
    assert_int_equal(w->vlans[0].untagged[0], 101);
    assert_ptr_equal(wiring_vlan(w, 20), &w->vlans[0]);
    assert_null(wiring_vlan(w, 30));
}

static void what_is_now_counts_more_than_what_is_configured(void **state)
{
    bridge_ports(*state);
    number(*state, WIRING_VLANS_NOW, 0, "0.20", 20);
    octets(*state, WIRING_VLANS_NOW, 1, "0.20", "\x40", 1);
    octets(*state, WIRING_VLANS_NOW, 2, "0.20", "\x00", 1);
    text(*state, WIRING_VLANS_SET, 0, "20", "guests");
    octets(*state, WIRING_VLANS_SET, 1, "20", "\xe0", 1);
    const struct wiring *w = built(*state);
    assert_int_equal(w->vlan_count, 1);
    assert_string_equal(w->vlans[0].name, "guests");
    assert_int_equal(w->vlans[0].member_count, 1);
    assert_int_equal(w->vlans[0].members[0], 102);
}

static void port_lists_may_be_text(void **state)
{
    static const uint32_t members[] = {101, 102, 103};
    bridge_ports(*state);
    text(*state, WIRING_VLANS_TPLINK, 0, "7", "cameras");
    text(*state, WIRING_VLANS_TPLINK, 1, "7", "1/0/1-2");
    text(*state, WIRING_VLANS_TPLINK, 2, "7", "1/0/3");
    const struct wiring *w = built(*state);
    assert_int_equal(w->vlans[0].member_count, 3);
    assert_memory_equal(w->vlans[0].members, members, sizeof members);
}

static void an_address_is_found_at_its_port_and_vlan(void **state)
{
    static const struct mac cow = {{2, 0, 0, 0, 0, 9}};
    bridge_ports(*state);
    number(*state, WIRING_VLANS_NOW, 0, "0.20", 3); /* filtering database 3 serves VLAN 20 */
    number(*state, WIRING_FDB_BY_VLAN, 0, "3.2.0.0.0.0.9", 12);
    number(*state, WIRING_FDB_BY_VLAN, 1, "3.2.0.0.0.0.9", 3);
    const struct wiring *w = built(*state);
    assert_int_equal(w->address_count, 1);
    assert_int_equal(w->addresses[0].vid, 20);
    assert_false(w->addresses[0].own);
    assert_int_equal(wiring_port_of(w, &cow, 20), 104);
    assert_int_equal(wiring_port_of(w, &cow, 0), 104);
    assert_int_equal(wiring_port_of(w, &cow, 30), 0);
}

static void a_database_of_two_vlans_names_none(void **state)
{
    bridge_ports(*state);
    number(*state, WIRING_VLANS_NOW, 0, "0.20", 1);
    number(*state, WIRING_VLANS_NOW, 0, "0.30", 1);
    number(*state, WIRING_FDB_BY_VLAN, 0, "1.2.0.0.0.0.9", 1);
    assert_int_equal(built(*state)->addresses[0].vid, 0);
}

static void both_tables_of_addresses_count_once(void **state)
{
    bridge_ports(*state);
    number(*state, WIRING_FDB_BY_VLAN, 0, "0.2.0.0.0.0.9", 1);
    assert_true(wiring_wanted(((struct scene *)*state)->draft, WIRING_FDB, NULL));
    number(*state, WIRING_FDB, 0, "2.0.0.0.0.9", 1);
    number(*state, WIRING_FDB, 0, "2.0.0.0.0.10", 2);
    assert_int_equal(built(*state)->address_count, 2);
}

static void the_second_table_is_asked_only_without_the_first(void **state)
{
    struct scene *s = *state;
    assert_true(wiring_wanted(s->draft, WIRING_NEIGHBOURS_OLD, NULL));
    octets(s, WIRING_NEIGHBOURS, 0, "5.1.4.10.0.0.1", "\2\0\0\0\0\1", 6);
    assert_false(wiring_wanted(s->draft, WIRING_NEIGHBOURS_OLD, NULL));
    number(s, WIRING_FDB_BY_VLAN, 0, "1.2.0.0.0.0.9", 1);
    assert_false(wiring_wanted(s->draft, WIRING_FDB, NULL));
    assert_false(wiring_wanted(s->draft, WIRING_LLDP_TPLINK, "1.3.6.1.4.1.118633"));
    assert_true(wiring_wanted(s->draft, WIRING_LLDP_TPLINK, "1.3.6.1.4.1.11863.5.33"));
}

static void a_neighbour_stands_at_the_port_of_that_name(void **state)
{
    text(*state, WIRING_LLDP_PORTS, 1, "9", "uplink");
    number(*state, WIRING_LLDP, 0, "0.9.1", 4);
    octets(*state, WIRING_LLDP, 1, "0.9.1", "\2\0\0\0\xab\1", 6);
    number(*state, WIRING_LLDP, 2, "0.9.1", 5);
    text(*state, WIRING_LLDP, 3, "0.9.1", "gi24");
    text(*state, WIRING_LLDP, 5, "0.9.1", "barn-switch");
    number(*state, WIRING_LLDP, 0, "0.1.2", 4); /* an empty row */
    octets(*state, WIRING_LLDP, 1, "0.1.2", "\0\0\0\0\0\0", 6);
    const struct wiring *w = built(*state);
    assert_int_equal(w->neighbour_count, 1);
    assert_int_equal(w->neighbours[0].port, 104);
    assert_string_equal(w->neighbours[0].chassis, "02:00:00:00:ab:01");
    assert_string_equal(w->neighbours[0].remote_port, "gi24");
    assert_string_equal(w->neighbours[0].name, "barn-switch");
    assert_string_equal(w->neighbours[0].description, "");
}

static void addresses_of_both_families_have_their_mac(void **state)
{
    char shown[ADDR_TEXT_MAX];
    octets(*state, WIRING_NEIGHBOURS, 0, "104.1.4.10.0.0.7", "\2\0\0\0\0\1", 6);
    octets(*state, WIRING_NEIGHBOURS, 0, "104.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1", "\2\0\0\0\0\2", 6);
    octets(*state, WIRING_NEIGHBOURS, 0, "104.1.4.10.0.0", "\2\0\0\0\0\3", 6); /* cut off */
    octets(*state, WIRING_NEIGHBOURS, 0, "104.1.4.10.0.0.8", "", 0);           /* incomplete */
    const struct wiring *w = built(*state);
    assert_int_equal(w->arp_count, 2);
    assert_string_equal(addr_text(&w->arps[0].addr, shown), "10.0.0.7");
    assert_string_equal(addr_text(&w->arps[1].addr, shown), "fe80::1");
    assert_int_equal(w->arps[1].port, 104);
}

static void a_port_says_pvid_spanning_tree_and_power(void **state)
{
    bridge_ports(*state);
    number(*state, WIRING_PVIDS, 0, "12", 20);
    number(*state, WIRING_STP_PORTS, 0, "12", 2);
    number(*state, WIRING_POE_PORTS, 0, "1.12", 1);
    number(*state, WIRING_POE_PORTS, 1, "1.12", 3);
    number(*state, WIRING_POE_PORTS, 2, "1.12", 5);
    const struct wiring *w = built(*state);
    assert_int_equal(w->bridge_ports[3].port, 104);
    assert_int_equal(w->bridge_ports[3].pvid, 20);
    assert_string_equal(wiring_stp_words[w->bridge_ports[3].stp], "blocking");
    assert_int_equal(w->poe_ports[0].port, 104);
    assert_true(w->poe_ports[0].enabled);
    assert_string_equal(wiring_poe_words[w->poe_ports[0].detection], "delivering");
    assert_int_equal(w->poe_ports[0].power_class, 4);
}

static void a_bridge_says_who_it_is_and_how_long_it_remembers(void **state)
{
    bridge_ports(*state);
    octets(*state, WIRING_BRIDGE, 0, "0", "\x02\x00\x00\x00\x00\x07", 6);
    number(*state, WIRING_BRIDGE, 1, "0", 12);
    number(*state, WIRING_BRIDGE, 2, "0", 300);
    const struct wiring *w = built(*state);
    assert_int_equal(w->bridge_address.bytes[5], 7);
    assert_int_equal(w->topology_changes, 12);
    assert_int_equal(w->ageing_s, 300);
}

static void rows_over_the_ceiling_are_counted(void **state)
{
    struct arena *arena = arena_create(0);
    struct grid g;
    (void)state;
    grid_init(&g, arena, 2);
    for (uint8_t i = 1; i <= 3; i++)
        assert_true(grid_put(&g, 0, (struct snmp_oid_view){&i, 1},
                             &(struct snmp_value){.type = SNMP_INTEGER, .number = i}));
    for (uint8_t i = 2; i; i--) /* falling, and already there */
        assert_true(grid_put(&g, 1, (struct snmp_oid_view){&i, 1},
                             &(struct snmp_value){.type = SNMP_INTEGER, .number = i * 10u}));
    assert_int_equal(g.count, 2);
    assert_int_equal(g.left_out, 1);
    assert_int_equal(grid_number(grid_find(&g, (struct snmp_oid_view){(const uint8_t *)"\1", 1}), 1, 0), 10);
    grid_fini(&g);
    arena_destroy(arena);
}

static void a_copy_needs_nothing_of_the_first(void **state)
{
    struct arena *arena = arena_create(0);
    bridge_ports(*state);
    text(*state, WIRING_VLANS_SET, 0, "20", "guests");
    octets(*state, WIRING_VLANS_SET, 1, "20", "\x80", 1);
    text(*state, WIRING_LLDP, 5, "0.1.1", "barn");
    const struct wiring *first = built(*state);
    struct wiring copy;
    assert_true(field_copy(&wiring_record, first, NULL, arena, &copy));
    assert_ptr_not_equal(copy.vlans[0].name, first->vlans[0].name);
    assert_ptr_not_equal(copy.vlans[0].members, first->vlans[0].members);
    assert_string_equal(copy.vlans[0].name, "guests");
    assert_int_equal(copy.vlans[0].members[0], 101);
    assert_string_equal(copy.neighbours[0].name, "barn");
    assert_string_equal(wiring_port_name(&copy, 104), "uplink");
    arena_destroy(arena);
}

#define test_of(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        test_of(members_are_the_interfaces_of_bridge_ports),
        test_of(what_is_now_counts_more_than_what_is_configured),
        test_of(port_lists_may_be_text),
        test_of(an_address_is_found_at_its_port_and_vlan),
        test_of(a_database_of_two_vlans_names_none),
        test_of(both_tables_of_addresses_count_once),
        test_of(the_second_table_is_asked_only_without_the_first),
        test_of(a_neighbour_stands_at_the_port_of_that_name),
        test_of(addresses_of_both_families_have_their_mac),
        test_of(a_port_says_pvid_spanning_tree_and_power),
        test_of(a_bridge_says_who_it_is_and_how_long_it_remembers),
        test_of(rows_over_the_ceiling_are_counted),
        test_of(a_copy_needs_nothing_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
