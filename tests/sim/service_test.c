/* Services, agents, certificates, and our own faults. */
#include "tests/sim/farm.h"

static void a_refused_service_is_not_a_dead_node(void **state)
{
    struct world *w = farm();
    world_fail(w, "nas", "tcp", 600, 1200, OUTCOME_WRONG, "refused");
    world_begin(w);
    world_run(w, 900);
    assert_cause(only_incident(w), CAUSE_SERVICE_DOWN);
    assert_int_equal(world_state(w, "nas"), STATE_DEGRADED);
    world_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "nas"), STATE_UP);
    world_destroy(w);
}

static void a_dead_node_takes_its_service_along_without_a_second_incident(void **state)
{
    for (unsigned offset = 0; offset < 60; offset += 5) {
        struct world *w = farm();
        world_down(w, "nas", 600 + offset, 1200);
        world_begin(w);
        world_run(w, 1600);
        assert_cause(only_incident(w), CAUSE_NODE_DOWN);
        assert_true(only_incident(w)->in.resolved.ns > 0);
        world_destroy(w);
    }
}

static void a_mute_agent_of_a_living_switch_is_only_reported(void **state)
{
    struct world *w = farm();
    world_fail(w, "lan-switch", "snmp", 600, 1800, OUTCOME_SILENT, "timeout");
    world_begin(w);
    world_run(w, 1000);
    assert_cause(only_incident(w), CAUSE_SNMP_SILENT);
    assert_int_equal(only_incident(w)->in.severity, SEVERITY_REPORT);
    assert_int_equal(world_state(w, "lan-switch"), STATE_DEGRADED);
    world_destroy(w);
}

static void wrong_credentials_are_reported_and_not_called_silence(void **state)
{
    struct world *w = farm();
    world_fail(w, "lan-switch", "snmp", 600, 1800, OUTCOME_WRONG, "auth-password");
    world_begin(w);
    world_run(w, 1000);
    assert_cause(only_incident(w), CAUSE_SNMP_SILENT);
    assert_int_equal(only_incident(w)->in.severity, SEVERITY_REPORT);
    assert_int_equal(world_state(w, "lan-switch"), STATE_DEGRADED);
    world_run(w, 2400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "lan-switch"), STATE_UP);
    world_destroy(w);
}

static void a_node_known_by_its_agent_alone_is_not_down_when_the_agent_refuses_us(void **state)
{
    struct world *w = farm();
    world_node(w, "ups", "lan-switch", "house");
    world_unpinged(w, "ups");
    world_check(w, "ups", "snmp", "");
    world_fail(w, "ups", "snmp", 600, 1200, OUTCOME_WRONG, "auth-user");
    world_fail(w, "ups", "snmp", 1800, 2400, OUTCOME_SILENT, "timeout");
    world_begin(w);
    world_run(w, 1000);
    assert_cause(only_incident(w), CAUSE_SNMP_SILENT);
    assert_int_equal(world_state(w, "ups"), STATE_DEGRADED);
    world_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "ups"), STATE_UP);
    world_run(w, 2300); /* silence still is silence */
    assert_int_equal(world_incident_count(w), 2);
    assert_cause(world_incident(w, 1), CAUSE_NODE_DOWN);
    assert_int_equal(world_state(w, "ups"), STATE_DOWN);
    world_destroy(w);
}

static void a_certificate_near_its_end_is_an_incident_until_renewed(void **state)
{
    struct world *w = farm();
    world_fact(w, "nas", "tcp", 0, "tls.expires", "https", "1775865600"); /* 100 days away */
    world_begin(w);
    world_run(w, 300);
    assert_int_equal(world_incident_count(w), 0);
    world_fact(w, "nas", "tcp", 300, "tls.expires", "https", "1768089600"); /* 10 */
    world_run(w, 600);
    assert_cause(only_incident(w), CAUSE_CERTIFICATE_EXPIRING);
    world_destroy(w);
}

static void our_own_fault_is_never_the_device_s(void **state)
{
    struct world *w = farm();
    world_fail(w, "nas", "ping", 600, 1200, OUTCOME_OWN_FAULT, "own fault");
    world_begin(w);
    world_run(w, 1100);
    assert_cause(only_incident(w), CAUSE_OWN_FAULT);
    assert_int_equal(world_state(w, "nas"), STATE_UNKNOWN);
    world_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "nas"), STATE_UP);
    world_destroy(w);
}

/* Its word that all is well again would be a lie: nobody has asked. */
static void what_is_down_stays_so_while_we_cannot_ask(void **state)
{
    for (int restarted = 0; restarted < 2; restarted++) {
        struct world *w = farm();
        world_down(w, "nas", 600, 3000);
        world_fail(w, "nas", "ping", 1200, 2400, OUTCOME_OWN_FAULT, "own fault");
        world_begin(w);
        world_run(w, 1300);
        if (restarted)
            world_restart(w);
        world_run(w, 2300);
        assert_cause(world_incident(w, 0), CAUSE_NODE_DOWN);
        assert_int_equal(world_incident(w, 0)->in.resolved.ns, 0);
        assert_int_equal(world_state(w, "nas"), STATE_DOWN);
        assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 0);
        assert_int_equal(world_incident_count(w), 2);
        assert_cause(world_incident(w, 1), CAUSE_OWN_FAULT);
        world_run(w, 2900);
        assert_true(world_incident(w, 1)->in.resolved.ns > 0);
        assert_int_equal(world_incident(w, 0)->in.resolved.ns, 0);
        world_run(w, 3300);
        assert_true(world_incident(w, 0)->in.resolved.ns > 0);
        assert_in_range(world_true(w, world_incident(w, 0)->in.resolved), 3000, 3120);
        assert_int_equal(world_state(w, "nas"), STATE_UP);
        world_destroy(w);
    }
}

static void a_full_disk_is_ours_and_ends_when_it_is_over(void **state)
{
    char what[] = "disk-full", detail[] = "no space left";
    struct se_trouble t = {what, detail, false};
    struct world *w = farm();
    world_begin(w);
    world_run(w, 100);
    world_take(w, &(struct input){.kind = INPUT_TROUBLE, .trouble = &t});
    assert_cause(only_incident(w), CAUSE_OWN_FAULT);
    t.over = true;
    world_take(w, &(struct input){.kind = INPUT_TROUBLE, .trouble = &t});
    world_run(w, 200);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_crash_loop_that_ended_while_we_were_away_is_resolved(void **state)
{
    char what[] = "crash-loop-web", detail[] = "hayloft-web ends again and again";
    struct se_trouble t = {what, detail, false};
    struct world *w = farm();
    world_begin(w);
    world_run(w, 100);
    world_take(w, &(struct input){.kind = INPUT_TROUBLE, .trouble = &t});
    assert_cause(only_incident(w), CAUSE_OWN_FAULT);
    world_restart(w);
    world_run(w, 150);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0); /* the parent may say it again */
    world_run(w, 400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_restart_of_a_device_is_an_event(void **state)
{
    struct world *w = farm();
    world_fact(w, "lan-switch", "snmp", 0, "sys.uptime", "", "90000000000000");
    world_begin(w);
    world_run(w, 300);
    assert_int_equal(world_events(w, "node-rebooted"), 0);
    world_fact(w, "lan-switch", "snmp", 300, "sys.uptime", "", "5000000000");
    world_run(w, 420);
    assert_int_equal(world_events(w, "node-rebooted"), 1);
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void a_late_answer_is_no_restart(void **state)
{
    struct world *w = farm();
    world_fact(w, "lan-switch", "snmp", 0, "sys.uptime", "", "90000000000000");
    world_fact(w, "lan-switch", "snmp", 300, "sys.uptime", "", "89999990000000"); /* 10 ms less */
    world_fact(w, "lan-switch", "snmp", 900, "sys.uptime", "", "89996000000000"); /* 4 s less */
    world_begin(w);
    world_run(w, 1500);
    assert_int_equal(world_events(w, "node-rebooted"), 0);
    world_destroy(w);
}

static void a_disturbance_beside_the_third_poll_delays_a_mute_agent_by_one_poll_at_most(void **state)
{
    for (double at = 720; at < 790; at += 2) {
        struct world *w = farm();
        world_fail(w, "lan-switch", "snmp", 600, 1800, OUTCOME_SILENT, "timeout");
        world_down_alone(w, "lan-switch", at, at + 5);
        world_begin(w);
        world_run(w, 600 + 4 * 60 + 2);
        assert_cause(only_incident(w), CAUSE_SNMP_SILENT);
        world_destroy(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_disturbance_beside_the_third_poll_delays_a_mute_agent_by_one_poll_at_most),
        cmocka_unit_test(a_refused_service_is_not_a_dead_node),
        cmocka_unit_test(a_dead_node_takes_its_service_along_without_a_second_incident),
        cmocka_unit_test(a_mute_agent_of_a_living_switch_is_only_reported),
        cmocka_unit_test(wrong_credentials_are_reported_and_not_called_silence),
        cmocka_unit_test(a_node_known_by_its_agent_alone_is_not_down_when_the_agent_refuses_us),
        cmocka_unit_test(a_certificate_near_its_end_is_an_incident_until_renewed),
        cmocka_unit_test(our_own_fault_is_never_the_device_s),
        cmocka_unit_test(what_is_down_stays_so_while_we_cannot_ask),
        cmocka_unit_test(a_full_disk_is_ours_and_ends_when_it_is_over),
        cmocka_unit_test(a_crash_loop_that_ended_while_we_were_away_is_resolved),
        cmocka_unit_test(a_restart_of_a_device_is_an_event),
        cmocka_unit_test(a_late_answer_is_no_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
