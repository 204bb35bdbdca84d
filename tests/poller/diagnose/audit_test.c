/* Settings of switches on the way of a guest network: each mistake in its own words, and none where nobody knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/buf.h"
#include "poller/diagnose/audit.h"
#include "tests/support/vlan_farm.h"

#define READ_S (FARM_NOW_S - 60)
#define GUEST 501

/* The farm as it really is: a router that tells nothing of bridges, an old switch, two radios and a mesh node that
 * only ping. It is set right; changes come behind it. */
#define FARM                                                                                                         \
    "router site=house\n"                                                                                            \
    "lan-switch on=router/1:8 site=house tells=fdb,vlans vlan=501:8t,5t,3t\n"                                        \
    "house-ap on=lan-switch/3 site=house\n"                                                                          \
    "bridge-house on=lan-switch/5 site=house\n"                                                                      \
    "bridge-barn on=bridge-house site=barn bridge=bridge-house\n"                                                    \
    "barn-node on=bridge-barn site=barn\n"                                                                           \
    "monitor on=lan-switch/4 us\n"
/* The same with a switch in the barn that tells too, and nothing else to serve there. */
#define BARN_SWITCH                                                                                                  \
    "barn-node hidden\n"                                                                                             \
    "barn-switch on=bridge-barn:1 site=barn tells=fdb,vlans,lldp vlan=501:1t,2t\n"                                   \
    "barn-ap on=barn-switch/2 site=barn\n"

static const char *const sites[] = {"house", "barn"};

static struct farm *look(const char *text, const char *changes, double read_s)
{
    struct farm *f = farm_begin(text);
    farm_add(f, changes);
    farm_chatter(f);
    farm_look(f, read_s);
    return f;
}

static void describe(struct farm *f, const struct audit *a, struct buf *out)
{
    const struct topology *t = &f->topology;
    for (size_t i = 0; i < a->site_count; i++) {
        const struct audit_site *s = &a->sites[i];
        buf_printf(out, "%s%s=%s", i ? " " : "", s->site, verdict_words[s->verdict]);
        if (s->verdict == VERDICT_UNKNOWN)
            buf_printf(out, "(%s%s%s)", audit_gap_words[s->gap], s->gap_box == BOX_NONE ? "" : " ",
                       topology_name(t, s->gap_box));
        if (s->verdict == VERDICT_FAILING)
            buf_printf(out, "(%zu)", s->finding);
    }
    for (size_t i = 0; i < a->finding_count; i++) {
        const struct audit_finding *x = &a->findings[i];
        char ports[128];
        buf_printf(out, "; %s %s %s%s%s", audit_fault_words[x->fault], topology_name(t, x->box),
                   audit_ports_text(t, x, ports, sizeof ports), x->port_count ? " " : "",
                   confidence_words[x->confidence]);
        if (x->port_count && x->ports[0].instead && x->fault == AUDIT_WRONG_VLAN)
            buf_printf(out, " in %u", x->ports[0].instead);
    }
}

static void expect_of(struct farm *f, const struct network_view *n, const struct audit_proof *proof,
                      const char *expected)
{
    struct audit a;
    struct buf text = {0};
    assert_true(audit_network(&f->topology, n, proof, f->arena, &a));
    describe(f, &a, &text);
    assert_string_equal(buf_string(&text), expected);
    buf_fini(&text);
}

static const struct network_view guest = {.name = "guest", .vid = GUEST, .sites = sites, .site_count = 2};

static void expect(const char *changes, const char *expected)
{
    struct farm *f = look(FARM, changes, READ_S);
    expect_of(f, &guest, NULL, expected);
    farm_end(f);
}

static void a_network_that_is_set_right_is_well(void **state)
{
    expect("", "house=ok barn=ok");
    expect(BARN_SWITCH, "house=ok barn=ok");
}

static void the_old_switch_that_does_not_know_the_vlan_is_named(void **state)
{
    struct farm *f = look("router site=house\nlan-switch on=router/1:8 site=house tells=fdb,vlans vlan=20:8t,2t\n"
                          "house-ap on=lan-switch/3 site=house\nbridge-house on=lan-switch/5 site=house\n"
                          "bridge-barn on=bridge-house site=barn bridge=bridge-house\n"
                          "barn-node on=bridge-barn site=barn\nmonitor on=lan-switch/4 us\n", "", READ_S);
    expect_of(f, &guest, NULL,
              "house=failing(0) barn=failing(0); vlan-unknown lan-switch ports 8, 3 and 5 certain");
    farm_end(f);
}

static void a_port_that_is_no_member_is_named(void **state)
{
    expect("lan-switch vlan=501:8t,3t\n", "house=ok barn=failing(0); not-member lan-switch port 5 certain");
    expect("lan-switch vlan=501:5t,3t\n",
           "house=failing(0) barn=failing(0); not-member lan-switch port 8 certain");
    expect("lan-switch vlan=501:\n",
           "house=failing(0) barn=failing(0); not-member lan-switch ports 8, 3 and 5 certain");
    expect(BARN_SWITCH "barn-switch vlan=501:2t\n",
           "house=ok barn=failing(0); not-member barn-switch port 1 certain");
    expect(BARN_SWITCH "barn-switch vlan=20:1t\nlan-switch vlan=501:8t,3t\n",
           "house=ok barn=failing(0); not-member lan-switch port 5 certain");
}

static void a_port_that_sends_it_bare_beside_the_main_network_is_named(void **state)
{
    expect("lan-switch vlan=501:8t,5u,3t\n", "house=ok barn=failing(0); untagged lan-switch port 5 certain");
    expect(BARN_SWITCH "barn-switch vlan=501:1u,2t pvid=1:501\n",
           "house=ok barn=failing(0); untagged barn-switch port 1 certain");
    expect(BARN_SWITCH "lan-switch vlan=501:8t,5u,3t pvid=5:501\n",
           "house=ok barn=failing(0); untagged lan-switch port 5 certain"); /* the other end wants a tag */
}

static void a_port_whose_own_vlan_is_another_is_named(void **state)
{
    expect("house-ap planned\nlan-switch vlan=501:8t,5t,3u vlan=502:8t pvid=3:502\n",
           "house=failing(0) barn=ok; wrong-pvid lan-switch port 3 likely");
}

static void an_access_port_in_another_vlan_is_named_with_that(void **state)
{
    expect("lan-switch vlan=501:8t,5t vlan=502:8t,3u pvid=3:502\n",
           "house=failing(0) barn=ok; wrong-vlan lan-switch port 3 certain in 502");
}

static void an_access_port_in_the_right_vlan_is_well(void **state)
{
    expect("lan-switch vlan=501:8t,5t,3u pvid=3:501\n", "house=ok barn=ok");
}

static void a_switch_at_the_end_serves_by_its_own_ports(void **state)
{
    static const char end[] = "barn-node hidden\nbarn-switch on=bridge-barn:1 site=barn tells=fdb,vlans ";
    char text[256];
    snprintf(text, sizeof text, "%s%s", end, "vlan=501:1t,4u pvid=4:501\n");
    expect(text, "house=ok barn=ok");
    snprintf(text, sizeof text, "%s%s", end, "vlan=501:1t vlan=502:4u pvid=4:502\n");
    expect(text, "house=ok barn=ok"); /* whether guests hang on any port of it, no table says */
    snprintf(text, sizeof text, "%s%s", end, "vlan=20:1t\n");
    expect(text, "house=ok barn=failing(0); vlan-unknown barn-switch port 1 certain");
}

static void a_box_without_vlan_tables_is_never_blamed(void **state)
{
    expect("lan-switch tells=fdb\n", "house=unknown(mute) barn=unknown(mute)");
    expect("lan-switch tells=fdb0\n", "house=unknown(mute) barn=unknown(mute)");
    expect("lan-switch tells=\n", "house=unknown(mute) barn=unknown(mute)");
    /* nor the router, whose guests' VLAN may be in no bridge of it */
    expect("router tells=fdb,vlans vlan=20:1t\n", "house=ok barn=ok");
}

static void tables_too_old_leave_it_open_and_say_whose(void **state)
{
    struct farm *f = look(FARM, "lan-switch vlan=501:8t\nhouse-ap planned\nbridge-house planned\n",
                          FARM_NOW_S - TOPOLOGY_AGE_MAX_S - 1);
    expect_of(f, &guest, NULL, "house=unknown(old lan-switch) barn=unknown(old lan-switch)");
    farm_end(f);
}

static void a_port_nobody_knows_leaves_it_open_unless_too_few_are_in(void **state)
{
    struct farm *f = farm_begin(FARM);
    farm_add(f, "lan-switch vlan=501:8t,5t\n");
    farm_look(f, READ_S); /* nobody said anything yet */
    expect_of(f, &guest, NULL, "house=unknown(untold lan-switch) barn=unknown(untold lan-switch)");
    farm_add(f, "lan-switch vlan=501:\n");
    farm_look(f, READ_S);
    expect_of(f, &guest, NULL, "house=failing(0) barn=failing(0); not-member lan-switch the port to router, the port "
                               "to house-ap and the port to bridge-house likely");
    farm_end(f);
}

static void a_planned_port_is_good_enough_to_look_at(void **state)
{
    struct farm *f = farm_begin(FARM);
    farm_add(f, "house-ap planned\nbridge-house planned\nlan-switch vlan=501:8t,5t\n");
    farm_send(f, farm_find(f, "router"), 0, farm_mac(f, "router"));
    farm_look(f, READ_S);
    expect_of(f, &guest, NULL, "house=failing(0) barn=ok; not-member lan-switch port 3 likely");
    farm_end(f);
}

static void lists_that_were_cut_or_lack_members_leave_it_open(void **state)
{
    struct farm *f = look(FARM, "lan-switch vlan=20:8t,5t\n", READ_S);
    struct wiring w = *f->wirings[farm_node(f, "lan-switch")];
    struct network_view other = guest;
    other.vid = 777;
    w.cut = 1u << WIRING_LIST_VLANS;
    f->wirings[farm_node(f, "lan-switch")] = &w;
    assert_true(topology_build(&f->given, f->arena, &f->topology));
    expect_of(f, &other, NULL, "house=unknown(untold lan-switch) barn=unknown(untold lan-switch)");
    struct wiring_vlan nameless = {.vid = 777, .name = ""};
    w.vlans = &nameless;
    w.vlan_count = 1;
    expect_of(f, &other, NULL, "house=unknown(untold lan-switch) barn=unknown(untold lan-switch)");
    farm_end(f);
}

static void a_group_of_ports_is_no_port_that_lacks(void **state)
{
    struct farm *f = look(FARM, "lan-switch vlan=501:8t,3t\n", READ_S);
    struct wiring w = *f->wirings[farm_node(f, "lan-switch")];
    w.bridge_port_count = 0; /* a number that is in no list of bridge ports, and in no VLAN */
    f->wirings[farm_node(f, "lan-switch")] = &w;
    struct wiring_address *rows = arena_copy(f->arena, w.addresses, w.address_count * sizeof *rows);
    for (size_t i = 0; i < w.address_count; i++)
        rows[i].port = rows[i].port == 105 ? 1005 : rows[i].port;
    w.addresses = rows;
    assert_true(topology_build(&f->given, f->arena, &f->topology));
    expect_of(f, &guest, NULL, "house=ok barn=unknown(untold lan-switch)");
    farm_end(f);
}

static void guests_may_have_a_cable_of_their_own_to_the_router(void **state)
{
    struct farm *f = farm_begin(FARM);
    farm_add(f, "lan-switch vlan=501:7u,5t,3t pvid=7:501\n");
    farm_chatter(f);
    farm_look(f, READ_S);
    struct wiring w = *f->wirings[farm_node(f, "lan-switch")];
    struct mac gateway = {{2, 0xaa, 0, 0, 0, 1}};
    struct wiring_address *rows = arena_take(f->arena, (w.address_count + 1) * sizeof *rows);
    memcpy(rows, w.addresses, w.address_count * sizeof *rows);
    rows[w.address_count++] = (struct wiring_address){.vid = GUEST, .mac = gateway, .port = 107};
    w.addresses = rows;
    f->wirings[farm_node(f, "lan-switch")] = &w;
    assert_true(topology_build(&f->given, f->arena, &f->topology));
    expect_of(f, &guest, NULL, "house=failing(0) barn=failing(0); not-member lan-switch port 8 certain");
    struct network_view n = guest;
    n.gateway = &gateway;
    expect_of(f, &n, NULL, "house=ok barn=ok");
    farm_end(f);
}

static void what_guests_crossed_lately_is_not_broken(void **state)
{
    struct farm *f = look(FARM, "lan-switch vlan=501:5t,3t\n", READ_S);
    struct way way;
    expect_of(f, &guest, NULL, "house=failing(0) barn=failing(0); not-member lan-switch port 8 certain");
    assert_true(topology_way(&f->topology, BOX_OWN, f->topology.router, f->arena, &way));
    expect_of(f, &guest, &(struct audit_proof){.crossed = &way}, "house=ok barn=ok");
    farm_end(f);
}

static void a_switch_that_heard_the_guest_has_its_vlans_off(void **state)
{
    struct farm *f = look("router site=house\nlan-switch on=router/1:8 site=house tells=fdb,vlans vlan=20:8t\n"
                          "barn-node on=lan-switch/5 site=barn\n", "", READ_S);
    struct network_view n = guest;
    bool heard[TOPOLOGY_BOXES_MAX] = {0};
    n.sites = &sites[1];
    n.site_count = 1;
    expect_of(f, &n, &(struct audit_proof){.heard = heard},
              "barn=failing(0); vlan-unknown lan-switch ports 8 and 5 certain");
    heard[farm_box(f, "lan-switch")] = true;
    expect_of(f, &n, &(struct audit_proof){.heard = heard}, "barn=ok");
    farm_end(f);
}

static void of_several_that_may_serve_one_that_is_reached_is_enough(void **state)
{
    /* cam-switch only looks as if it served; as an access point it would have to be reached */
    static const char two[] = "cam-switch on=lan-switch/6 site=house\n";
    expect(two, "house=ok barn=ok");
    struct farm *f = look(FARM, two, READ_S);
    bool wireless[FARM_BOXES_MAX + 1] = {0};
    struct network_view n = guest;
    n.wireless = wireless;
    wireless[farm_node(f, "cam-switch")] = wireless[farm_node(f, "house-ap")] = true;
    expect_of(f, &n, NULL, "house=failing(0) barn=ok; not-member lan-switch port 6 certain");
    wireless[farm_node(f, "cam-switch")] = false;
    expect_of(f, &n, NULL, "house=ok barn=ok");
    farm_end(f);
}

static void radios_that_translate_addresses_are_named(void **state)
{
    expect("bridge-barn translates=1\n", "house=ok barn=failing(0); translates bridge-barn likely");
    expect("barn-cam on=barn-node thing\nbridge-barn translates=1\n",
           "house=ok barn=failing(0); translates bridge-barn likely");
    /* one address of one node is nothing */
    expect("barn-node hidden\nbridge-barn translates=1\n", "house=ok barn=unknown(no-server)");
}

static void ways_that_are_not_known_leave_it_open(void **state)
{
    expect("barn-node parent=bridge-barn,lan-switch\nlan-switch tells=vlans\n"
           "house-ap planned\nbridge-house planned\n",
           "house=unknown(untold lan-switch) barn=unknown(several-ways barn-node)");
    struct farm *f = look("router site=house\na on=router parent=none\nb on=a parent=a site=barn\na parent=b\n", "",
                          READ_S);
    expect_of(f, &guest, NULL, "house=unknown(no-server) barn=unknown(no-way b)");
    farm_end(f);
    f = look(FARM, "", READ_S);
    f->topology.router = BOX_NONE;
    expect_of(f, &guest, NULL, "house=unknown(no-router house-ap) barn=unknown(no-router barn-node)");
    farm_end(f);
}

static void without_sites_all_places_are_looked_at(void **state)
{
    struct farm *f = look(FARM, "lan-switch vlan=501:8t,3t\n", READ_S);
    struct network_view n = guest;
    n.site_count = 0;
    expect_of(f, &n, NULL, "house=ok barn=failing(0); not-member lan-switch port 5 certain");
    n.vid = 0;
    expect_of(f, &n, NULL, "");
    farm_end(f);
}

static void the_order_of_rows_makes_no_difference(void **state)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct farm *f = farm_begin(FARM BARN_SWITCH);
        f->shuffle = seed * 99;
        farm_add(f, "lan-switch vlan=501:8t\nbarn-switch vlan=501:1u,2t\n");
        farm_chatter(f);
        farm_look(f, READ_S);
        expect_of(f, &guest, NULL, "house=failing(0) barn=failing(0); not-member lan-switch ports 3 and 5 certain; "
                                   "untagged barn-switch port 1 certain");
        farm_end(f);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_that_is_set_right_is_well),
        cmocka_unit_test(the_old_switch_that_does_not_know_the_vlan_is_named),
        cmocka_unit_test(a_port_that_is_no_member_is_named),
        cmocka_unit_test(a_port_that_sends_it_bare_beside_the_main_network_is_named),
        cmocka_unit_test(a_port_whose_own_vlan_is_another_is_named),
        cmocka_unit_test(an_access_port_in_another_vlan_is_named_with_that),
        cmocka_unit_test(an_access_port_in_the_right_vlan_is_well),
        cmocka_unit_test(a_switch_at_the_end_serves_by_its_own_ports),
        cmocka_unit_test(a_box_without_vlan_tables_is_never_blamed),
        cmocka_unit_test(tables_too_old_leave_it_open_and_say_whose),
        cmocka_unit_test(a_port_nobody_knows_leaves_it_open_unless_too_few_are_in),
        cmocka_unit_test(a_planned_port_is_good_enough_to_look_at),
        cmocka_unit_test(lists_that_were_cut_or_lack_members_leave_it_open),
        cmocka_unit_test(a_group_of_ports_is_no_port_that_lacks),
        cmocka_unit_test(guests_may_have_a_cable_of_their_own_to_the_router),
        cmocka_unit_test(what_guests_crossed_lately_is_not_broken),
        cmocka_unit_test(a_switch_that_heard_the_guest_has_its_vlans_off),
        cmocka_unit_test(of_several_that_may_serve_one_that_is_reached_is_enough),
        cmocka_unit_test(radios_that_translate_addresses_are_named),
        cmocka_unit_test(ways_that_are_not_known_leave_it_open),
        cmocka_unit_test(without_sites_all_places_are_looked_at),
        cmocka_unit_test(the_order_of_rows_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
