/* Networks played guest on: what fails there becomes one incident with the right cause, and nothing else does. */
#include "tests/sim/farm.h"

#include "poller/engine/view.h"

#define EVERY_S 300.0
#define TOLD_S (EVERY_S + 30) /* from the fault to the incident at most */
#define FAULT_S 1000.0
#define HEALED_S 4000.0

static int64_t vlans[] = {501, 502};

static struct world *with_guests(size_t count)
{
    struct world *w = farm();
    world_internet(w, "router");
    world_network(w, "guest", vlans, count, EVERY_S);
    return w;
}

#define TELLS(name, ...)                                                                                       \
    static void name(struct told_guest *t, int64_t vid)                                                        \
    {                                                                                                          \
        __VA_ARGS__;                                                                                           \
    }

TELLS(dhcp_is_dead, told_failing(t, vid, GUEST_OFFER, GUEST_SILENCE))
TELLS(no_lease_is_given, told_failing(t, vid, GUEST_LEASE, GUEST_SILENCE))
TELLS(another_vlan_answers, told_failing(t, vid, GUEST_OFFER, GUEST_OTHER_VLAN))
TELLS(tags_are_stripped, told_failing(t, vid, GUEST_OFFER, GUEST_STRIPPED))
TELLS(subnet_is_another, told_failing(t, vid, GUEST_OFFER, GUEST_OTHER_SUBNET))
TELLS(gateway_is_silent, told_failing(t, vid, GUEST_GATEWAY, GUEST_SILENCE))
TELLS(names_are_not_resolved, told_failing(t, vid, GUEST_DNS, GUEST_DNS_FAILED))
TELLS(names_are_lied_about, told_failing(t, vid, GUEST_DNS, GUEST_DNS_LIES))
TELLS(a_portal_answers, told_failing(t, vid, GUEST_HTTP, GUEST_PORTAL))
TELLS(the_page_is_dead, told_failing(t, vid, GUEST_HTTP, GUEST_HTTP_FAILED))
TELLS(giants_are_dropped, told_failing(t, vid, GUEST_FULLSIZE, GUEST_GIANTS_DROPPED))
TELLS(the_nas_answers, told_failing(t, vid, GUEST_ISOLATION, GUEST_LEAK_ICMP); told_leak(t, "10.0.0.5", "nas", "icmp"))
TELLS(the_router_is_open, told_failing(t, vid, GUEST_ISOLATION, GUEST_ROUTER_OPEN);
      told_leak(t, "10.0.0.1", "router", "tcp 80"))
TELLS(a_stranger_offers, told_failing(t, vid, GUEST_OFFER, GUEST_STRANGE_SERVER); told_stranger(t, "10.9.9.1"))
TELLS(a_stranger_routes, told_well(t, vid); told_router(t, "fe80::666", false))
TELLS(the_air_is_empty, told_failing(t, vid, GUEST_SCAN, GUEST_WIFI_ABSENT); t->steps[GUEST_SCAN].done = true)
TELLS(we_are_not_let_in, told_failing(t, vid, GUEST_JOIN, GUEST_WIFI_REFUSED); t->steps[GUEST_JOIN].done = true;
      t->steps[GUEST_SCAN] = (struct guest_step_result){.done = true, .verdict = VERDICT_OK})
TELLS(nothing_is_carried, told_failing(t, vid, GUEST_OFFER, GUEST_NOT_CARRIED); t->result.armed = false)
TELLS(we_may_not_send, told_failing(t, vid, GUEST_LINK, GUEST_NO_RIGHT); t->result.own_fault = true)
TELLS(both_are_silent, told_failing(t, vid, GUEST_OFFER, GUEST_SILENCE);
      t->steps[GUEST_CONTROL].verdict = VERDICT_FAILING; t->steps[GUEST_CONTROL].reason = GUEST_SILENCE)

static double opened_after(const struct world *w, const struct kept_incident *i)
{
    return world_true(w, i->in.opened) - FAULT_S;
}

static void each_fault_is_one_incident_of_the_right_cause_and_ends(void **state)
{
    static const struct {
        sim_tell_fn tell;
        enum cause_kind cause;
        enum severity severity;
    } faults[] = {
        {the_air_is_empty, CAUSE_GUEST_WIFI_ABSENT, SEVERITY_DAY},
        {we_are_not_let_in, CAUSE_GUEST_WIFI_REFUSED, SEVERITY_DAY},
        {dhcp_is_dead, CAUSE_GUEST_DHCP_SILENT, SEVERITY_DAY},
        {no_lease_is_given, CAUSE_GUEST_DHCP_SILENT, SEVERITY_DAY},
        {another_vlan_answers, CAUSE_VLAN_NOT_MEMBER, SEVERITY_DAY},
        {tags_are_stripped, CAUSE_VLAN_TAG_STRIPPED, SEVERITY_DAY},
        {subnet_is_another, CAUSE_GUEST_DHCP_UNEXPECTED, SEVERITY_DAY},
        {gateway_is_silent, CAUSE_GUEST_GATEWAY_SILENT, SEVERITY_DAY},
        {names_are_not_resolved, CAUSE_GUEST_DNS, SEVERITY_DAY},
        {names_are_lied_about, CAUSE_GUEST_DNS, SEVERITY_DAY},
        {a_portal_answers, CAUSE_GUEST_PORTAL, SEVERITY_DAY},
        {the_page_is_dead, CAUSE_GUEST_HTTP, SEVERITY_DAY},
        {giants_are_dropped, CAUSE_VLAN_GIANTS_DROPPED, SEVERITY_DAY},
        {the_nas_answers, CAUSE_GUEST_ISOLATION_LEAK, SEVERITY_DAY},
        {the_router_is_open, CAUSE_GUEST_ROUTER_EXPOSED, SEVERITY_DAY},
        {a_stranger_offers, CAUSE_ROGUE_DHCP, SEVERITY_WAKE},
        {a_stranger_routes, CAUSE_ROGUE_RA, SEVERITY_DAY},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct world *w = with_guests(1);
        world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, faults[i].tell);
        world_guest_chances(w, 0, 0.05);
        world_begin(w);
        world_run(w, HEALED_S);
        assert_cause(only_incident(w), faults[i].cause);
        assert_string_equal(only_incident(w)->in.cause.network, "guest");
        assert_int_equal(only_incident(w)->in.severity, faults[i].severity);
        assert_in_range(opened_after(w, only_incident(w)), 0, TOLD_S);
        assert_int_equal(only_incident(w)->in.resolved.ns, 0);
        world_run(w, HEALED_S + 2 * EVERY_S + 60);
        assert_true(only_incident(w)->in.resolved.ns > 0);
        assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
        assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
        world_destroy(w);
    }
}

static void one_bad_probe_is_no_incident(void **state)
{
    struct world *w = with_guests(1);
    for (double at = FAULT_S; at < 8000; at += 2 * EVERY_S)
        world_guest(w, "guest", "guest", 501, at, at + EVERY_S, gateway_is_silent);
    world_begin(w);
    world_run(w, FAULT_S);
    unsigned rounds = world_starts(w, "guest", ROUND_ASK);
    world_destroy(w);
    assert_int_equal(rounds, 0); /* nothing is asked out of turn while all is well */
    w = with_guests(1);
    world_guest_chances(w, 0.02, 0.2);
    world_begin(w);
    world_run(w, 200 * EVERY_S);
    assert_true(world_starts(w, "guest", ROUND_ASK) > 0); /* bad ones there were, and each was asked again */
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void a_port_that_carries_no_vlan_is_a_day_without_an_incident(void **state)
{
    struct world *w = with_guests(2);
    world_guest(w, "guest", "guest", 501, 0, 1e9, nothing_is_carried);
    world_guest(w, "guest", "guest", 502, 0, 1e9, nothing_is_carried);
    world_guest(w, "guest", "rogue", 501, 0, 1e9, nothing_is_carried);
    world_guest(w, "guest", "rogue", 502, 0, 1e9, nothing_is_carried);
    world_begin(w);
    world_run(w, 86400);
    assert_int_equal(world_incident_count(w), 0);
    unsigned probes = 2 * 86400 / (unsigned)EVERY_S, listened = 2 * 86400 / 60;
    assert_in_range(world_starts(w, "guest", ROUND_REGULAR), probes + listened - 4, probes + listened + 4);
    assert_int_equal(world_starts(w, "guest", ROUND_ASK), 0);
    world_destroy(w);
}

static void what_is_ours_is_no_fault_of_the_network(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, FAULT_S, 1e9, we_may_not_send);
    world_fail(w, "guest", "rogue", 0, 1e9, OUTCOME_OWN_FAULT, "own fault"); /* a kind that cannot be had */
    world_begin(w);
    world_run(w, 20000);
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void what_failed_stays_so_while_we_cannot_ask(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, FAULT_S, 2000, gateway_is_silent);
    world_guest(w, "guest", "guest", 501, 2000, 6000, we_may_not_send);
    world_begin(w);
    world_run(w, 5900);
    assert_cause(only_incident(w), CAUSE_GUEST_GATEWAY_SILENT);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, 7000);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_dead_router_explains_what_its_guests_lack(void **state)
{
    for (unsigned offset = 0; offset < EVERY_S; offset += 20) {
        struct world *w = with_guests(1);
        world_down(w, "router", FAULT_S + offset, 3000);
        world_down(w, "internet", FAULT_S + offset, 3000);
        world_guest(w, "guest", "guest", 501, FAULT_S + offset, 3000, both_are_silent);
        world_node(w, "elsewhere", NULL, NULL); /* else all is silent, and it would be us */
        world_begin(w);
        world_run(w, 5000);
        assert_string_equal(only_incident(w)->in.cause.node, "router");
        world_destroy(w);
    }
}

static void a_dead_line_explains_pages_and_names(void **state)
{
    static const sim_tell_fn lacks[] = {names_are_not_resolved, the_page_is_dead};
    for (size_t i = 0; i < 2; i++)
        for (unsigned offset = 0; offset < EVERY_S; offset += 10) {
            struct world *w = with_guests(1);
            world_fail(w, "internet", "internet", FAULT_S + offset, 3000, OUTCOME_WRONG, "isp");
            world_guest(w, "guest", "guest", 501, FAULT_S + offset, 3000, lacks[i]);
            world_begin(w);
            world_run(w, 5000);
            assert_cause(only_incident(w), CAUSE_INTERNET_DOWN);
            world_destroy(w);
        }
}

static void a_dead_line_does_not_explain_a_silent_gateway(void **state)
{
    struct world *w = with_guests(1);
    world_fail(w, "internet", "internet", FAULT_S, HEALED_S, OUTCOME_WRONG, "isp");
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, gateway_is_silent);
    world_begin(w);
    world_run(w, HEALED_S);
    assert_int_equal(world_incident_count(w), 2);
    world_destroy(w);
}

static const char *argument(const struct kept_incident *i, const char *name)
{
    for (size_t k = 0; k < i->in.cause.arguments_count; k++)
        if (strcmp(i->in.cause.arguments[k].name, name) == 0)
            return i->in.cause.arguments[k].value;
    return "";
}

static void what_both_vlans_lack_is_one_incident(void **state)
{
    struct world *w = with_guests(2);
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, dhcp_is_dead);
    world_guest(w, "guest", "guest", 502, FAULT_S, 2000, dhcp_is_dead);
    world_begin(w);
    world_run(w, FAULT_S + TOLD_S + 10);
    assert_string_equal(argument(only_incident(w), "vlans"), "VLANs 501 and 502");
    world_run(w, HEALED_S);
    assert_string_equal(argument(only_incident(w), "vlans"), "VLAN 501");
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, HEALED_S + EVERY_S + 60);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static int64_t others[] = {503};

static struct world *with_workers(void)
{
    struct world *w = with_guests(1);
    world_network(w, "workers", others, 1, EVERY_S);
    return w;
}

static void what_several_networks_lack_alike_is_one_incident(void **state)
{
    struct world *w = with_workers();
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, dhcp_is_dead);
    world_guest(w, "workers", "guest", 503, FAULT_S, HEALED_S, dhcp_is_dead);
    world_begin(w);
    world_run(w, 2000);
    assert_string_equal(argument(only_incident(w), "network"), "guest and workers");
    assert_string_equal(argument(only_incident(w), "vlans"), "VLANs 501 and 503");
    assert_int_equal(only_incident(w)->in.affected_count, 2);
    world_restart(w);
    world_run(w, HEALED_S);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, HEALED_S + EVERY_S + 60);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    world_destroy(w);
}

static void what_they_lack_otherwise_or_much_later_is_not(void **state)
{
    struct world *w = with_workers();
    world_guest(w, "guest", "guest", 501, FAULT_S, 6000, dhcp_is_dead);
    world_guest(w, "workers", "guest", 503, FAULT_S, 2000, gateway_is_silent);
    world_guest(w, "workers", "guest", 503, 3000, 6000, dhcp_is_dead);
    world_begin(w);
    world_run(w, 2000);
    assert_int_equal(world_incident_count(w), 2);
    world_run(w, 2900);
    assert_int_equal(keeper_open(world_keeper(w)), 1);
    world_run(w, 5000);
    assert_int_equal(keeper_open(world_keeper(w)), 2);
    assert_int_equal(world_incident_count(w), 3);
    world_destroy(w);
}

static void one_that_goes_on_otherwise_leaves_the_common_incident(void **state)
{
    struct world *w = with_workers();
    world_guest(w, "guest", "guest", 501, FAULT_S, 6000, dhcp_is_dead);
    world_guest(w, "workers", "guest", 503, FAULT_S, 2000, dhcp_is_dead);
    world_guest(w, "workers", "guest", 503, 2000, 6000, names_are_not_resolved);
    world_begin(w);
    world_run(w, 1900);
    assert_string_equal(argument(only_incident(w), "network"), "guest and workers");
    world_run(w, 4000);
    assert_int_equal(world_incident_count(w), 2);
    assert_string_equal(argument(world_incident(w, 0), "network"), "guest");
    assert_cause(world_incident(w, 1), CAUSE_GUEST_DNS);
    assert_string_equal(world_incident(w, 1)->in.cause.network, "workers");
    world_run(w, 6000 + EVERY_S + 60);
    assert_int_equal(keeper_open(world_keeper(w)), 0);
    world_destroy(w);
}

TELLS(its_server_has_other_settings, told_failing(t, vid, GUEST_OFFER, GUEST_STRANGE_SERVER);
      t->offers[0].server = told_addr("10.66.0.1"); t->offers[0].expected = false)

static void the_usual_server_with_other_settings_is_known_after_a_restart_too(void **state)
{
    for (int restarted = 0; restarted < 2; restarted++) {
        struct world *w = with_guests(1);
        world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, its_server_has_other_settings);
        world_guest(w, "guest", "rogue", 501, FAULT_S, HEALED_S, its_server_has_other_settings);
        world_begin(w);
        world_run(w, FAULT_S - 10);
        if (restarted)
            world_restart(w);
        world_run(w, HEALED_S);
        assert_cause(only_incident(w), CAUSE_GUEST_DHCP_UNEXPECTED);
        world_destroy(w);
    }
}

static void a_stranger_that_two_heard_is_one_incident(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, a_stranger_offers);
    world_guest(w, "guest", "rogue", 501, FAULT_S, HEALED_S, a_stranger_offers);
    world_begin(w);
    world_run(w, HEALED_S + EVERY_S + 120);
    assert_cause(only_incident(w), CAUSE_ROGUE_DHCP);
    assert_string_equal(argument(only_incident(w), "server"), "10.9.9.1");
    assert_string_equal(argument(only_incident(w), "mac"), "3c:84:6a:01:02:03");
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_stranger_where_we_stand_is_told_within_a_minute(void **state)
{
    struct world *w = farm();
    world_lan(w);
    world_guest(w, "lan", "rogue", GUEST_UNTAGGED, FAULT_S, HEALED_S, a_stranger_offers);
    world_begin(w);
    world_run(w, HEALED_S);
    assert_cause(only_incident(w), CAUSE_ROGUE_DHCP);
    assert_in_range(opened_after(w, only_incident(w)), 0, 62);
    world_run(w, HEALED_S + 200);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_stranger_s_port_is_asked_for_at_once(void **state)
{
    static const struct wiring_port ports[] = {{1, "p1"}, {7, "p7"}};
    static const struct wiring_address heard[] = {{.vid = 501, .mac = {{0x3c, 0x84, 0x6a, 1, 2, 3}}, .port = 7}};
    static const struct wiring table = {.at = {[WIRING_LIST_FDB] = {1}}, .ports = ports, .port_count = 2,
                                        .addresses = heard, .address_count = 1};
    struct world *w = with_guests(1);
    world_tables(w, "lan-switch", FAULT_S, 1e9, &table);
    world_guest(w, "guest", "rogue", 501, FAULT_S, HEALED_S, a_stranger_offers);
    world_begin(w);
    world_run(w, FAULT_S + 70);
    assert_cause(only_incident(w), CAUSE_ROGUE_DHCP);
    assert_string_equal(only_incident(w)->in.cause.node, "lan-switch");
    assert_string_equal(only_incident(w)->in.cause.port, "p7");
    world_destroy(w);
}

static void a_failure_that_turns_into_another_is_the_same_incident(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, FAULT_S, 3000, dhcp_is_dead);
    world_guest(w, "guest", "guest", 501, 3000, HEALED_S, gateway_is_silent);
    world_begin(w);
    world_run(w, 3000);
    assert_cause(only_incident(w), CAUSE_GUEST_DHCP_SILENT);
    world_run(w, HEALED_S);
    assert_cause(only_incident(w), CAUSE_GUEST_GATEWAY_SILENT);
    world_destroy(w);
}

static void a_restart_neither_ends_nor_doubles_it(void **state)
{
    struct world *w = with_guests(2);
    world_guest(w, "guest", "guest", 502, FAULT_S, HEALED_S, gateway_is_silent);
    world_guest(w, "guest", "guest", 501, FAULT_S, HEALED_S, a_stranger_offers);
    world_begin(w);
    world_run(w, 2000);
    assert_int_equal(world_incident_count(w), 2);
    world_restart(w);
    world_run(w, HEALED_S);
    assert_int_equal(world_incident_count(w), 2);
    assert_int_equal(keeper_open(world_keeper(w)), 2);
    world_run(w, HEALED_S + EVERY_S + 120);
    assert_int_equal(keeper_open(world_keeper(w)), 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 2);
    assert_int_equal(world_messages(w, MESSAGE_CHANGED), 0);
    world_destroy(w);
}

static void a_network_is_no_node(void **state)
{
    struct world *w = with_guests(2);
    struct ew_status status;
    struct arena *a = arena_create(0);
    world_lan(w);
    world_guest(w, "guest", "guest", 501, FAULT_S, 1e9, gateway_is_silent);
    world_begin(w);
    world_run(w, 2000);
    view_status(world_engine(w), a, &status);
    assert_int_equal(status.nodes_total, 7);
    assert_int_equal(status.nodes_up, 7);
    assert_int_equal(view_node_count(world_engine(w)), 8); /* with the Internet */
    assert_int_equal(world_state(w, "guest"), STATE_UNKNOWN);
    assert_int_equal(only_incident(w)->in.affected_count, 1);
    assert_string_equal(only_incident(w)->in.affected[0], "guest");
    arena_destroy(a);
    world_destroy(w);
}

static size_t steps_of(const struct world_probe *p, const char *vlan)
{
    size_t count = 0;
    for (size_t i = 0; i < p->step_count; i++)
        count += strcmp(p->steps[i].vlan, vlan) == 0;
    return count;
}

static void who_asks_is_told_each_step_and_how_it_is(void **state)
{
    struct world *w = with_guests(2);
    world_begin(w);
    world_run(w, 400);
    const struct world_probe *p = world_probe(w, "guest");
    world_run(w, 410);
    assert_true(p->answered && p->ok);
    assert_string_equal(p->text, "Guests get an address, names and pages.");
    assert_int_equal(p->step_count, 2 * (GUEST_CONTROL - GUEST_LINK + 1));
    assert_int_equal(steps_of(p, "501"), steps_of(p, "502"));
    assert_string_equal(p->steps[0].step, "link");
    assert_string_equal(p->steps[1].step, "offer");
    world_destroy(w);
}

static void who_asks_while_it_fails_waits_until_that_is_sure(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, 400, 1e9, gateway_is_silent);
    world_begin(w);
    world_run(w, 399.5);
    const struct world_probe *p = world_probe(w, "guest"); /* well for a moment still */
    world_run(w, 405);
    assert_true(p->answered);
    p = world_probe(w, "guest");
    world_run(w, 410);
    assert_false(p->answered);
    world_run(w, 430);
    assert_true(p->answered);
    assert_string_equal(p->text, only_incident(w)->in.cause.sentence);
    size_t again = 0, failing = 0;
    for (size_t i = 0; i < p->step_count; i++) {
        again += strcmp(p->steps[i].step, "again") == 0;
        failing += p->steps[i].verdict == VERDICT_FAILING;
    }
    assert_int_equal(again, 1);
    assert_int_equal(failing, 2);
    world_destroy(w);
}

static void who_asks_amid_a_regular_probe_waits_for_his_own(void **state)
{
    struct world *w = with_guests(1);
    world_guest(w, "guest", "guest", 501, 0, 1e9, dhcp_is_dead); /* takes 12 s */
    world_begin(w);
    world_run(w, 1); /* the first one has begun */
    unsigned regular = world_starts(w, "guest", ROUND_REGULAR);
    assert_true(regular > 0);
    const struct world_probe *p = world_probe(w, "guest");
    world_run(w, 12);
    assert_int_equal(p->step_count, 0);
    world_run(w, 60);
    assert_true(p->answered);
    assert_true(p->step_count > 0);
    world_destroy(w);
}

static void who_asks_for_what_is_no_network_is_told_so(void **state)
{
    struct world *w = with_guests(1);
    world_begin(w);
    const struct world_probe *p = world_probe(w, "nowhere");
    assert_true(p->answered && !p->ok);
    assert_string_equal(p->text, "no such node or network");
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_one_incident_of_the_right_cause_and_ends),
        cmocka_unit_test(one_bad_probe_is_no_incident),
        cmocka_unit_test(a_port_that_carries_no_vlan_is_a_day_without_an_incident),
        cmocka_unit_test(what_is_ours_is_no_fault_of_the_network),
        cmocka_unit_test(what_failed_stays_so_while_we_cannot_ask),
        cmocka_unit_test(a_dead_router_explains_what_its_guests_lack),
        cmocka_unit_test(a_dead_line_explains_pages_and_names),
        cmocka_unit_test(a_dead_line_does_not_explain_a_silent_gateway),
        cmocka_unit_test(what_both_vlans_lack_is_one_incident),
        cmocka_unit_test(what_several_networks_lack_alike_is_one_incident),
        cmocka_unit_test(what_they_lack_otherwise_or_much_later_is_not),
        cmocka_unit_test(one_that_goes_on_otherwise_leaves_the_common_incident),
        cmocka_unit_test(the_usual_server_with_other_settings_is_known_after_a_restart_too),
        cmocka_unit_test(a_stranger_that_two_heard_is_one_incident),
        cmocka_unit_test(a_stranger_where_we_stand_is_told_within_a_minute),
        cmocka_unit_test(a_stranger_s_port_is_asked_for_at_once),
        cmocka_unit_test(a_failure_that_turns_into_another_is_the_same_incident),
        cmocka_unit_test(a_restart_neither_ends_nor_doubles_it),
        cmocka_unit_test(a_network_is_no_node),
        cmocka_unit_test(who_asks_is_told_each_step_and_how_it_is),
        cmocka_unit_test(who_asks_while_it_fails_waits_until_that_is_sure),
        cmocka_unit_test(who_asks_amid_a_regular_probe_waits_for_his_own),
        cmocka_unit_test(who_asks_for_what_is_no_network_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
