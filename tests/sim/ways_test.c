/* Tables read for a guest that fails, and what follows from them: one incident that names box or stretch. */
#include "poller/engine/view.h"
#include "tests/sim/farm.h"

#define EVERY_S 300.0
#define FAULT_S 1500.0
#define HEALED_S 9000.0

static int64_t vlans[] = {501};

static void nobody_answers(struct told_guest *t, int64_t vid)
{
    told_failing(t, vid, GUEST_OFFER, GUEST_SILENCE);
}

static void nobody_answers_but_the_gateway(struct told_guest *t, int64_t vid)
{
    told_failing(t, vid, GUEST_OFFER, GUEST_SILENCE);
    t->steps[GUEST_GATEWAY] = (struct guest_step_result){.done = true, .verdict = VERDICT_OK};
}

/* lan-switch: the router at p1, we at p3, the radio at p4; all VLANs are set right. */
static const struct wiring_port ports[] = {{1, "p1"}, {3, "p3"}, {4, "p4"}};
static const struct wiring_neighbour neighbours[] = {{1, "", "", "", "router", ""},
                                                     {4, "", "", "", "bridge-house", ""}};
static const uint32_t all_ports[] = {1, 3, 4};
static const struct wiring_vlan right[] = {{1, "", all_ports, all_ports, 3, 3, true},
                                           {501, "", all_ports, NULL, 3, 0, true}};
static const struct wiring_address control = {.vid = 1, .mac = {{2, 9, 9, 9, 0, 1}}, .port = 3},
                                   both[] = {{.vid = 1, .mac = {{2, 9, 9, 9, 0, 1}}, .port = 3},
                                             {.vid = 501, .mac = {{2, 9, 9, 9, 5, 1}}, .port = 3}};

static const uint32_t but_the_radio[] = {1, 3};
static const struct wiring_vlan lacks_p4[] = {{1, "", all_ports, all_ports, 3, 3, true},
                                              {501, "", but_the_radio, NULL, 2, 0, true}};

static const struct wiring_address moved[] = {{.vid = 502, .mac = {{2, 9, 9, 9, 5, 1}}, .port = 3}};

#define TABLES(rows, count, vlans_)                                                                                    \
    {                                                                                                          \
        .at = {{1}, {1}, {1}, {1}, {1}, {1}}, .ports = ports, .port_count = 3, .neighbours = neighbours,       \
        .neighbour_count = 2, .addresses = rows, .address_count = count, .vlans = vlans_, .vlan_count = 2,     \
        .bridge_address = {{2, 7, 0, 0, 0, 2}}                                                                 \
    }
/* barn-node: the way to the house at e1. It hears the switch there and us, and our guest or not. */
static const struct wiring_port barn_ports[] = {{11, "e1"}, {12, "e2"}};
static const struct wiring_address barn_hears[] = {{.vid = 1, .mac = {{2, 7, 0, 0, 0, 2}}, .port = 11},
                                                   {.vid = 1, .mac = {{2, 9, 9, 9, 0, 1}}, .port = 11},
                                                   {.vid = 501, .mac = {{2, 9, 9, 9, 5, 1}}, .port = 11}};
#define BARN(count)                                                                                            \
    {                                                                                                          \
        .at = {{1}, {1}, {1}, {1}, {1}, {1}}, .ports = barn_ports, .port_count = 2, .addresses = barn_hears,   \
        .address_count = count                                                                                 \
    }
static const struct wiring barn_well = BARN(3), barn_lacks = BARN(2);

static const struct wiring hears_the_guest = TABLES(both, 2, right), lacks_the_guest = TABLES(&control, 1, right),
                           radio_left_out = TABLES(both, 2, lacks_p4), on_another_vlan = TABLES(moved, 1, right);

static struct world *with_a_guest(void)
{
    struct world *w = farm();
    world_internet(w, "router");
    world_network(w, "guest", vlans, 1, EVERY_S);
    world_tables(w, "lan-switch", 0, 1e9, &hears_the_guest);
    return w;
}

static unsigned read_so_often(const struct world *w)
{
    return world_starts(w, "lan-switch", ROUND_TABLES) + world_starts(w, "lan-switch", ROUND_ALL_TABLES);
}

static void a_day_of_tables_that_are_right_opens_nothing(void **state)
{
    struct world *w = with_a_guest();
    world_begin(w);
    world_run(w, 86400);
    assert_int_equal(world_incident_count(w), 0);
    assert_true(read_so_often(w) <= 86400 / 600 + 2); /* and nobody is asked more for it */
    world_destroy(w);
}

static void where_frames_stop_is_in_the_one_incident(void **state)
{
    struct world *w = with_a_guest();
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, nobody_answers);
    world_tables(w, "lan-switch", FAULT_S, HEALED_S, &lacks_the_guest);
    world_begin(w);
    world_run(w, FAULT_S + EVERY_S + 120);
    assert_cause(only_incident(w), CAUSE_VLAN_TAG_EATEN);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    world_run(w, HEALED_S + 2 * EVERY_S);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void tables_are_read_at_once_and_again_half_a_minute_later(void **state)
{
    struct world *w = with_a_guest();
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, nobody_answers);
    world_tables(w, "lan-switch", FAULT_S, HEALED_S, &lacks_the_guest);
    world_begin(w);
    unsigned before = 0;
    double first = 0, second = 0;
    for (double t = FAULT_S - 60; t < FAULT_S + EVERY_S + 120; t++) {
        world_run(w, t);
        unsigned now = read_so_often(w);
        if (t > FAULT_S && now > before)
            *(first ? &second : &first) = second ? second : t;
        before = now;
    }
    assert_true(first > 0 && second - first >= 30 && second - first < 45);
    world_destroy(w);
}

static void a_dead_server_is_no_fault_of_the_way(void **state)
{
    struct world *w = with_a_guest();
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, nobody_answers_but_the_gateway);
    world_begin(w);
    world_run(w, FAULT_S + 2 * EVERY_S);
    assert_cause(only_incident(w), CAUSE_GUEST_DHCP_SILENT);
    world_destroy(w);
}

static void a_switch_that_was_set_right_is_seen_within_two_minutes(void **state)
{
    struct world *w = with_a_guest();
    world_tables(w, "lan-switch", FAULT_S, HEALED_S, &radio_left_out);
    world_begin(w);
    world_run(w, HEALED_S - 1);
    assert_cause(only_incident(w), CAUSE_VLAN_NOT_MEMBER);
    unsigned reads = read_so_often(w);
    assert_true(reads < HEALED_S / 180 + 30 + 5); /* a minute apart at first, later three */
    world_run(w, HEALED_S + 220);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
    w = with_a_guest();
    world_tables(w, "lan-switch", FAULT_S, FAULT_S + 1200, &radio_left_out);
    world_begin(w);
    world_run(w, FAULT_S + 1200 + 100);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_site_that_hears_nothing_is_one_incident_while_guests_here_are_well(void **state)
{
    struct world *w = with_a_guest();
    world_check(w, "barn-node", "snmp", "");
    world_tables(w, "barn-node", 0, FAULT_S, &barn_well);
    world_tables(w, "barn-node", FAULT_S, HEALED_S, &barn_lacks);
    world_tables(w, "barn-node", HEALED_S, 1e9, &barn_well);
    world_begin(w);
    world_run(w, HEALED_S - 1);
    assert_cause(only_incident(w), CAUSE_VLAN_TAG_EATEN);
    assert_string_equal(only_incident(w)->in.cause.site, "barn");
    assert_true(world_true(w, only_incident(w)->in.opened) - FAULT_S < 600 + EVERY_S + 90); /* tables, then a probe */
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 0); /* also when tables are read long after a probe */
    world_run(w, HEALED_S + EVERY_S + 60);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void strangers_alone(struct told_guest *t, int64_t vid)
{
    told_failing(t, vid, GUEST_OFFER, GUEST_STRANGE_SERVER);
    t->result.offers_count = 0;
    told_stranger(t, "192.168.102.1");
}

/* A guest on an access port, which somebody puts into another VLAN: those who answer there are no strangers. */
static void a_port_that_was_moved_explains_the_strangers_in_it(void **state)
{
    struct world *w = farm();
    world_internet(w, "router");
    world_network(w, "guest", NULL, 0, EVERY_S);
    world_tables(w, "lan-switch", 0, FAULT_S, &hears_the_guest);
    world_tables(w, "lan-switch", FAULT_S, HEALED_S, &on_another_vlan);
    world_tables(w, "lan-switch", HEALED_S, 1e9, &hears_the_guest);
    world_guest(w, "guest", "guest", GUEST_UNTAGGED, FAULT_S, HEALED_S, strangers_alone);
    world_guest(w, "guest", "rogue", GUEST_UNTAGGED, FAULT_S, HEALED_S, strangers_alone);
    world_begin(w);
    world_run(w, FAULT_S + EVERY_S + 60);
    assert_cause(only_incident(w), CAUSE_VLAN_NOT_MEMBER);
    assert_string_equal(only_incident(w)->in.cause.port, "port p3");
    world_run(w, HEALED_S + 2 * EVERY_S);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_reload_forgets_no_incident(void **state)
{
    struct world *w = with_a_guest();
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, nobody_answers);
    world_tables(w, "lan-switch", FAULT_S, HEALED_S, &lacks_the_guest);
    world_begin(w);
    world_run(w, FAULT_S + 2 * EVERY_S);
    world_node(w, "shed-node", "lan-switch", "shed");
    world_reload(w);
    world_run(w, FAULT_S + 4 * EVERY_S);
    assert_cause(only_incident(w), CAUSE_VLAN_TAG_EATEN);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_destroy(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_tables_that_are_right_opens_nothing),
        cmocka_unit_test(where_frames_stop_is_in_the_one_incident),
        cmocka_unit_test(tables_are_read_at_once_and_again_half_a_minute_later),
        cmocka_unit_test(a_dead_server_is_no_fault_of_the_way),
        cmocka_unit_test(a_switch_that_was_set_right_is_seen_within_two_minutes),
        cmocka_unit_test(a_site_that_hears_nothing_is_one_incident_while_guests_here_are_well),
        cmocka_unit_test(a_port_that_was_moved_explains_the_strangers_in_it),
        cmocka_unit_test(a_reload_forgets_no_incident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
