/* The radio link to the barn breaks and heals. */
#include "tests/sim/farm.h"

static void a_cut_bridge_is_one_incident_within_15_seconds(void **state)
{
    for (unsigned offset = 0; offset < 60; offset += 7) {
        struct world *w = farm();
        double cut = 600 + offset + 0.3;
        world_down(w, "bridge-barn", cut, cut + 300);
        world_begin(w);
        world_run(w, cut + 15);
        const struct kept_incident *i = only_incident(w);
        assert_cause(i, CAUSE_SITE_CUT_OFF);
        assert_string_equal(i->in.cause.site, "barn");
        assert_string_equal(i->in.cause.link, "barn bridge");
        assert_true(i->opened_s - cut <= 15);
        assert_int_equal(i->in.affected_count, 3);
        assert_int_equal(world_state(w, "bridge-barn"), STATE_UNREACHABLE);
        assert_int_equal(world_state(w, "barn-cam"), STATE_UNREACHABLE);
        assert_string_equal(world_behind(w, "barn-cam"), "barn bridge");
        assert_int_equal(world_state(w, "bridge-house"), STATE_UP);
        world_run(w, cut + 300 + 60);
        assert_true(only_incident(w)->resolved_s > cut + 300);
        assert_true(only_incident(w)->resolved_s < cut + 300 + 60);
        assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
        assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
        assert_int_equal(world_messages(w, MESSAGE_CHANGED), 0);
        assert_int_equal(world_state(w, "barn-cam"), STATE_UP);
        world_destroy(w);
    }
}

/* The barn's nodes come back one after another, the first before anything else was looked at again. */
static void a_short_cut_stays_what_it_was(void **state)
{
    for (unsigned offset = 0; offset < 240; offset++) {
        struct world *w = world_create(offset + 1);
        double cut = 600 + offset / 4.0;
        world_node(w, "bridge-house", NULL, "house");
        world_node(w, "bridge-barn", "bridge-house", "barn");
        world_node(w, "barn-node", "bridge-barn", "barn");
        world_bridge(w, "barn bridge", "bridge-house", "bridge-barn");
        world_down(w, "bridge-barn", cut, cut + 17);
        world_down_alone(w, offset % 2 ? "bridge-barn" : "barn-node", cut + 16, cut + 19);
        world_begin(w);
        world_run(w, cut + 120);
        assert_cause(only_incident(w), CAUSE_SITE_CUT_OFF);
        assert_true(only_incident(w)->in.resolved.ns > 0);
        world_destroy(w);
    }
}

static void a_silent_near_radio_with_a_dead_port_names_the_port(void **state)
{
    struct world *w = farm();
    world_fact(w, "lan-switch", "snmp", 0, "port.oper", "p4", "up");
    world_fact(w, "lan-switch", "snmp", 600, "port.oper", "p4", "down");
    world_down(w, "bridge-house", 600, 900);
    world_begin(w);
    world_run(w, 615);
    const struct kept_incident *i = only_incident(w);
    assert_cause(i, CAUSE_RADIO_SILENT);
    assert_string_equal(i->in.cause.node, "bridge-house");
    assert_string_equal(i->in.cause.port, "p4");
    assert_int_equal(world_state(w, "bridge-house"), STATE_DOWN);
    assert_int_equal(world_state(w, "barn-node"), STATE_UNREACHABLE);
    world_destroy(w);
}

static void one_dead_camera_is_only_that_camera(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 700);
    world_begin(w);
    world_run(w, 1000);
    assert_cause(only_incident(w), CAUSE_NODE_DOWN);
    assert_string_equal(only_incident(w)->in.cause.node, "barn-cam");
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_far_radio_that_stays_dead_after_the_link_heals_is_told_within_the_same_incident(
    void **state)
{
    struct world *w = farm();
    world_down(w, "bridge-barn", 600, 800);
    world_down_alone(w, "barn-cam", 800, 3000);
    world_begin(w);
    world_run(w, 1000);
    const struct kept_incident *i = only_incident(w);
    assert_int_equal(i->in.resolved.ns, 0);
    assert_cause(i, CAUSE_NODE_DOWN);
    assert_string_equal(i->in.cause.node, "barn-cam");
    assert_int_equal(world_state(w, "barn-node"), STATE_UP);
    world_run(w, 3100);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_port_that_came_back_is_no_cause_any_more_after_a_minute(void **state)
{
    struct world *w = farm();
    world_fact(w, "lan-switch", "snmp", 0, "port.oper", "p7", "up");
    world_fact(w, "lan-switch", "snmp", 600, "port.oper", "p7", "down");
    world_fact(w, "lan-switch", "snmp", 700, "port.oper", "p7", "up");
    world_down(w, "nas", 600, 2000);
    world_begin(w);
    world_run(w, 615);
    assert_cause(only_incident(w), CAUSE_PORT_DOWN);
    world_run(w, 760); /* the poll has seen it come back */
    assert_cause(only_incident(w), CAUSE_PORT_DOWN);
    world_run(w, 821);
    assert_cause(only_incident(w), CAUSE_NODE_DOWN);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_came_back_is_no_cause_any_more_after_a_minute),
        cmocka_unit_test(a_cut_bridge_is_one_incident_within_15_seconds),
        cmocka_unit_test(a_short_cut_stays_what_it_was),
        cmocka_unit_test(a_silent_near_radio_with_a_dead_port_names_the_port),
        cmocka_unit_test(one_dead_camera_is_only_that_camera),
        cmocka_unit_test(
            a_far_radio_that_stays_dead_after_the_link_heals_is_told_within_the_same_incident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
