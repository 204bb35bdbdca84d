#include "tests/sim/farm.h"

#include <stdlib.h>

#include "poller/engine/engine_internal.h"
#include "poller/engine/view.h"

static int64_t vlans[] = {501, 502};

#define TELLS(name, ...)                                                                                       \
    static void name(struct told_guest *t, int64_t vid)                                                        \
    {                                                                                                          \
        __VA_ARGS__;                                                                                           \
    }

TELLS(dhcp_is_dead, told_failing(t, vid, GUEST_OFFER, GUEST_SILENCE))
TELLS(pages_do_not_come, told_failing(t, vid, GUEST_HTTP, GUEST_HTTP_FAILED))
TELLS(the_nas_answers, told_failing(t, vid, GUEST_ISOLATION, GUEST_LEAK_ICMP); told_leak(t, "10.0.0.5", "nas", "icmp"))
TELLS(nothing_is_carried, told_failing(t, vid, GUEST_OFFER, GUEST_NOT_CARRIED);
      t->steps[GUEST_OFFER].verdict = VERDICT_UNKNOWN; t->result.armed = false)
TELLS(the_air_is_empty, told_failing(t, vid, GUEST_SCAN, GUEST_NOT_CARRIED); t->steps[GUEST_SCAN].done = true;
      t->steps[GUEST_SCAN].verdict = VERDICT_UNKNOWN;
      t->steps[GUEST_SCAN].detail = (char *)(uintptr_t) "heard instead: 'barn'"; t->result.armed = false)
TELLS(the_card_is_the_systems, told_failing(t, vid, GUEST_SCAN, GUEST_WIFI_UNUSABLE); t->steps[GUEST_SCAN].done = true;
      t->steps[GUEST_SCAN].detail = (char *)(uintptr_t) "wlan1 is the system's"; t->result.own_fault = true)
TELLS(we_may_not_send, told_failing(t, vid, GUEST_LINK, GUEST_NO_RIGHT);
      t->steps[GUEST_LINK].detail = (char *)(uintptr_t) "needs CAP_NET_RAW"; t->result.own_fault = true)
TELLS(a_stranger_offers, told_failing(t, vid, GUEST_OFFER, GUEST_STRANGE_SERVER); told_stranger(t, "10.9.9.1"))
TELLS(steps_have_details, told_well(t, vid); t->steps[GUEST_DNS].detail = (char *)(uintptr_t) "192.0.2.7";
      t->steps[GUEST_HTTP].done = false)

static struct arena *arena;
static struct ew_network n;

static int begin(void **state)
{
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    arena_destroy(arena);
    return 0;
}

static struct world *with_guests(size_t count)
{
    struct world *w = farm();
    world_internet(w, "router");
    world_network(w, "guest", vlans, count, 300);
    return w;
}

static void look(const struct world *w, const char *name)
{
    size_t index;
    assert_true(view_network_find(world_engine(w), name, &index));
    view_network(world_engine(w), index, arena, &n);
    assert_string_equal(n.name, name);
}

static const struct site_verdict *at(const char *site)
{
    for (size_t i = 0; i < n.sites_count; i++)
        if (strcmp(n.sites[i].site, site) == 0)
            return &n.sites[i];
    fail_msg("no site %s", site);
    return NULL;
}

static void before_it_is_asked_nothing_is_known(void **state)
{
    struct world *w = with_guests(1);
    world_begin(w);
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_UNKNOWN);
    assert_string_equal(n.sentence, "Not asked yet.");
    assert_string_equal(n.kind, "guest");
    assert_int_equal(n.vlans[0], 501);
    assert_int_equal(n.at.ns, 0);
    assert_int_equal(n.steps_count, 0);
    assert_int_equal(at("house")->verdict, VERDICT_UNKNOWN);
    world_destroy(w);
}

static void what_was_played_here_proves_nothing_for_the_barn(void **state)
{
    struct world *w = with_guests(1);
    world_begin(w);
    world_run(w, 400);
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_OK);
    assert_string_equal(n.sentence, "Guests get an address, names and pages.");
    assert_int_equal(n.sites_count, 2);
    assert_int_equal(at("house")->verdict, VERDICT_OK);
    assert_string_equal(at("house")->proved_by, "played from here");
    assert_int_equal(at("barn")->verdict, VERDICT_UNKNOWN);
    assert_string_equal(at("barn")->proved_by, "nothing in the barn can ask; a second hayloft there could");
    assert_true(n.at.ns > 0);
    world_destroy(w);
}

static void a_site_that_is_cut_off_is_unknown_for_that(void **state)
{
    struct world *w = with_guests(1);
    world_down(w, "bridge-barn", 400, 2000);
    world_begin(w);
    world_run(w, 600);
    look(w, "guest");
    assert_int_equal(at("barn")->verdict, VERDICT_UNKNOWN);
    assert_string_equal(at("barn")->proved_by, "all of the barn is silent, so nothing can be asked there");
    assert_int_equal(at("house")->verdict, VERDICT_OK);
    world_destroy(w);
}

static void a_failure_is_told_by_its_incident(void **state)
{
    struct world *w = with_guests(2);
    world_guest(w, "guest", "guest", 502, 400, 1e9, dhcp_is_dead);
    world_begin(w);
    world_run(w, 1000);
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_FAILING);
    assert_string_equal(n.sentence, only_incident(w)->in.cause.sentence);
    assert_int_equal(at("house")->verdict, VERDICT_FAILING);
    assert_string_equal(at("house")->proved_by, n.sentence);
    assert_int_equal(n.states_count, 2);
    assert_int_equal(n.states[0].vid, 501);
    assert_int_equal(n.states[0].verdict, VERDICT_OK);
    assert_int_equal(n.states[1].verdict, VERDICT_FAILING);
    assert_string_equal(n.states[1].reason, "silence");
    world_destroy(w);
}

static void steps_are_those_that_were_done_in_order(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, 0, 1e9, steps_have_details);
    world_begin(w);
    world_run(w, 400);
    look(w, "guest");
    static const char *const expected[] = {"link", "offer", "lease", "gateway", "dns", "fullsize", "isolation",
                                           "control"};
    assert_int_equal(n.steps_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < n.steps_count; i++)
        assert_string_equal(n.steps[i].step, expected[i]);
    assert_string_equal(n.steps[4].detail, "192.0.2.7");
    assert_int_equal(n.steps[0].took_ns, MILLISECONDS(3));
    assert_int_equal(n.steps[0].vid, 501);
    world_destroy(w);
}

static void guests_that_reach_too_much_still_get_through(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, 400, 1e9, the_nas_answers);
    world_begin(w);
    world_run(w, 1000);
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_FAILING);
    assert_int_equal(at("house")->verdict, VERDICT_DEGRADED);
    world_destroy(w);
}

static void why_nothing_is_known_is_said(void **state)
{
    static const struct {
        sim_tell_fn tell;
        const char *reason, *says;
    } all[] = {
        {nothing_is_carried, "not-carried", "The port of this machine carries nothing of VLAN 501"},
        {the_air_is_empty, "not-carried", "The Wi-Fi card of this machine never heard it"},
        {the_card_is_the_systems, "wifi-unusable", "Nothing is known of VLAN 501: wlan1 is the system's."},
        {we_may_not_send, "no-right", "may not send frames here, so nothing is known of VLAN 501: needs CAP_NET_RAW."},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct world *w = with_guests(1);
        world_guest(w, "guest", "guest", 501, 0, 1e9, all[i].tell);
        world_begin(w);
        world_run(w, 400);
        look(w, "guest");
        assert_int_equal(n.verdict, VERDICT_UNKNOWN);
        assert_non_null(strstr(n.sentence, all[i].says));
        assert_string_equal(n.states[0].reason, all[i].reason);
        assert_string_equal(at("house")->proved_by, n.sentence);
        world_destroy(w);
    }
}

static void what_explains_it_is_named(void **state)
{
    struct world *w = with_guests(1);
    world_fail(w, "internet", "internet", 400, 1e9, OUTCOME_WRONG, "isp");
    world_guest(w, "guest", "guest", 501, 400, 1e9, pages_do_not_come);
    world_begin(w);
    world_run(w, 1100);
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_FAILING);
    assert_string_equal(n.sentence, "Guests lack the Internet, as everybody does.");
    world_destroy(w);
    w = with_guests(1);
    world_down(w, "router", 400, 5000);
    world_down(w, "internet", 400, 5000);
    world_node(w, "elsewhere", NULL, NULL);
    world_guest(w, "guest", "guest", 501, 400, 5000, dhcp_is_dead);
    world_begin(w);
    world_run(w, 1100);
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_FAILING);
    assert_non_null(strstr(n.sentence, "router is silent"));
    world_destroy(w);
}

static void where_we_stand_only_strangers_are_looked_for(void **state)
{
    struct world *w = with_guests(1);
    world_lan(w);
    world_guest(w, "lan", "rogue", GUEST_UNTAGGED, 400, 1e9, a_stranger_offers);
    world_begin(w);
    world_run(w, 300);
    look(w, "lan");
    assert_string_equal(n.kind, "lan");
    assert_int_equal(n.verdict, VERDICT_OK);
    assert_string_equal(n.sentence, "No stranger hands out addresses or plays router here.");
    assert_int_equal(n.sites_count, 0);
    assert_int_equal(n.states[0].vid, GUEST_UNTAGGED);
    world_run(w, 500);
    look(w, "lan");
    assert_int_equal(n.verdict, VERDICT_FAILING);
    assert_int_equal(view_network_count(world_engine(w)), 2);
    world_destroy(w);
}

/* lan-switch: the router at p1, we at p3, the radio at p4. Its neighbours have names; it hears us and our guest. */
static const struct wiring_port ports[] = {{1, "p1"}, {2, "p2"}, {3, "p3"}, {4, "p4"}};
static const struct wiring_bridge_port bridge_ports[] = {{1, 1, 1, WIRING_STP_FORWARDING},
                                                         {2, 2, 1, WIRING_STP_FORWARDING},
                                                         {3, 3, 1, WIRING_STP_FORWARDING},
                                                         {4, 4, 1, WIRING_STP_FORWARDING}};
static const struct wiring_neighbour neighbours[] = {{1, "", "", "", "router", ""},
                                                     {4, "", "", "", "bridge-house", ""}};
static const struct wiring_address addresses[] = {{.vid = 1, .mac = {{2, 9, 9, 9, 0, 1}}, .port = 3},
                                                  {.vid = 501, .mac = {{2, 9, 9, 9, 5, 1}}, .port = 3}};
static const uint32_t all_ports[] = {1, 2, 3, 4}, but_the_radio[] = {1, 3}, tagged[] = {1, 3, 4};
static const struct wiring_vlan right[] = {{1, "", all_ports, all_ports, 4, 4, true},
                                           {501, "", tagged, NULL, 3, 0, true}},
                                lacks_p4[] = {{1, "", all_ports, all_ports, 4, 4, true},
                                              {501, "", but_the_radio, NULL, 2, 0, true}},
                                without[] = {{1, "", all_ports, all_ports, 4, 4, true}};

#define TABLES(vlans_, count)                                                                                  \
    {                                                                                                          \
        .at = {{1}, {1}, {1}, {1}, {1}, {1}}, .ports = ports, .port_count = 4, .bridge_ports = bridge_ports,   \
        .bridge_port_count = 4, .neighbours = neighbours, .neighbour_count = 2, .addresses = addresses,        \
        .address_count = 2, .vlans = vlans_, .vlan_count = count                                               \
    }
static const struct wiring set_right = TABLES(right, 2), radio_left_out = TABLES(lacks_p4, 2),
                           vlan_unknown = TABLES(without, 1);

static void settings_alone_are_an_incident_and_break_a_site(void **state)
{
    struct world *w = with_guests(1);
    world_tables(w, "lan-switch", 0, 1000, &radio_left_out);
    world_tables(w, "lan-switch", 1000, 1e9, &set_right);
    world_begin(w);
    world_run(w, 700);
    assert_cause(only_incident(w), CAUSE_VLAN_NOT_MEMBER);
    assert_string_equal(only_incident(w)->in.cause.node, "lan-switch");
    assert_string_equal(only_incident(w)->in.cause.port, "port p4");
    assert_string_equal(only_incident(w)->in.cause.site, "barn");
    look(w, "guest");
    assert_int_equal(n.verdict, VERDICT_DEGRADED); /* in the house all is well */
    assert_string_equal(n.sentence, only_incident(w)->in.cause.sentence);
    assert_int_equal(at("house")->verdict, VERDICT_OK);
    assert_int_equal(at("barn")->verdict, VERDICT_FAILING);
    assert_string_equal(at("barn")->proved_by, "lan-switch does not have port p4 in VLAN 501");
    assert_string_equal(n.steps[n.steps_count - 1].step, "audit");
    assert_string_equal(n.hops[0].node, "router");
    assert_string_equal(n.hops[1].node, "lan-switch");
    assert_int_equal(n.hops[1].verdict, VERDICT_FAILING);
    assert_string_equal(n.hops[2].node, "bridge-house");
    world_run(w, 2000);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    look(w, "guest");
    assert_int_equal(at("barn")->verdict, VERDICT_UNKNOWN); /* set right, but nobody there can ask */
    world_destroy(w);
}

static void a_probe_that_fails_for_it_is_the_same_incident(void **state)
{
    for (int tables_first = 0; tables_first < 2; tables_first++) {
        struct world *w = with_guests(1);
        world_guest(w, "guest", "guest", 501, tables_first ? 1500 : 1000, 6000, dhcp_is_dead);
        world_tables(w, "lan-switch", 0, 1100, &set_right);
        world_tables(w, "lan-switch", 1100, 4000, &vlan_unknown);
        world_tables(w, "lan-switch", 4000, 1e9, &set_right);
        world_begin(w);
        world_run(w, 3500);
        assert_cause(only_incident(w), CAUSE_VLAN_NOT_MEMBER);
        assert_string_equal(only_incident(w)->in.cause.node, "lan-switch");
        world_run(w, 5500);
        assert_cause(only_incident(w), CAUSE_GUEST_DHCP_SILENT); /* still nobody answers: something else, too */
        assert_int_equal(only_incident(w)->in.resolved.ns, 0);
        world_run(w, 6800);
        assert_true(only_incident(w)->in.resolved.ns > 0);
        world_destroy(w);
    }
}

static void a_probe_that_fails_otherwise_is_another_incident(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, 1000, 3000, pages_do_not_come);
    world_tables(w, "lan-switch", 0, 1e9, &radio_left_out);
    world_begin(w);
    world_run(w, 2000);
    assert_int_equal(world_incident_count(w), 2);
    assert_cause(world_incident(w, 0), CAUSE_VLAN_NOT_MEMBER);
    assert_cause(world_incident(w, 1), CAUSE_GUEST_HTTP);
    world_destroy(w);
}

static void what_tables_said_outlives_a_restart(void **state)
{
    struct world *w = with_guests(1);
    world_tables(w, "lan-switch", 0, 1000, &radio_left_out);
    world_tables(w, "lan-switch", 1200, 1e9, &radio_left_out);
    world_begin(w);
    world_run(w, 1000);
    world_restart(w);
    world_run(w, 1190);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0); /* not read again yet */
    world_run(w, 4000);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_CHANGED), 0);
    world_destroy(w);
}

static void our_guests_addresses_are_known_as_ours(void **state)
{
    static const struct mac probe = {{2, 9, 9, 9, 5, 1}}, control = {{2, 9, 9, 9, 0, 1}}, other = {{2, 9, 9, 9, 5, 2}};
    struct world *w = with_guests(1);
    world_begin(w);
    assert_false(view_is_ours(world_engine(w), &probe));
    world_run(w, 400);
    assert_true(view_is_ours(world_engine(w), &probe));
    assert_true(view_is_ours(world_engine(w), &control));
    assert_false(view_is_ours(world_engine(w), &other));
    world_destroy(w);
}

static void before_a_configuration_there_are_no_networks(void **state)
{
    struct engine *e = engine_create(&(struct engine_setup){.origin = "here"}, (struct instant){0});
    size_t index;
    assert_int_equal(view_network_count(e), 0);
    assert_false(view_network_find(e, "guest", &index));
    engine_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(before_it_is_asked_nothing_is_known, begin, end),
        cmocka_unit_test_setup_teardown(what_was_played_here_proves_nothing_for_the_barn, begin, end),
        cmocka_unit_test_setup_teardown(a_site_that_is_cut_off_is_unknown_for_that, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_is_told_by_its_incident, begin, end),
        cmocka_unit_test_setup_teardown(steps_are_those_that_were_done_in_order, begin, end),
        cmocka_unit_test_setup_teardown(guests_that_reach_too_much_still_get_through, begin, end),
        cmocka_unit_test_setup_teardown(why_nothing_is_known_is_said, begin, end),
        cmocka_unit_test_setup_teardown(what_explains_it_is_named, begin, end),
        cmocka_unit_test_setup_teardown(where_we_stand_only_strangers_are_looked_for, begin, end),
        cmocka_unit_test_setup_teardown(settings_alone_are_an_incident_and_break_a_site, begin, end),
        cmocka_unit_test(a_probe_that_fails_for_it_is_the_same_incident),
        cmocka_unit_test(a_probe_that_fails_otherwise_is_another_incident),
        cmocka_unit_test(what_tables_said_outlives_a_restart),
        cmocka_unit_test_setup_teardown(our_guests_addresses_are_known_as_ours, begin, end),
        cmocka_unit_test(before_a_configuration_there_are_no_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
