/* A parent with twenty children dies. */
#include <stdio.h>

#include "tests/sim/farm.h"

static void a_dead_parent_is_one_incident_and_its_children_are_unreachable(void **state)
{
    struct world *w = world_create(3);
    char name[16];
    world_node(w, "router", NULL, NULL);
    world_node(w, "big-switch", "router", NULL);
    for (unsigned i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "child%u", i);
        world_node(w, name, "big-switch", NULL);
    }
    world_loss(w, 0.01);
    world_down(w, "big-switch", 1000, 1500);
    world_begin(w);
    world_run(w, 1015);
    const struct kept_incident *i = only_incident(w);
    assert_cause(i, CAUSE_NODE_DOWN);
    assert_string_equal(i->in.cause.node, "big-switch");
    assert_int_equal(i->in.affected_count, 21);
    assert_int_equal(world_state(w, "big-switch"), STATE_DOWN);
    assert_int_equal(world_state(w, "child7"), STATE_UNREACHABLE);
    assert_string_equal(world_behind(w, "child7"), "big-switch");
    assert_int_equal(world_state(w, "router"), STATE_UP);
    world_run(w, 1700);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    assert_int_equal(world_state(w, "child7"), STATE_UP);
    world_destroy(w);
}

static void a_child_dead_before_its_parent_keeps_its_own_incident(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 9000);
    world_down(w, "bridge-barn", 2000, 2500);
    world_begin(w);
    world_run(w, 3000);
    assert_int_equal(world_incident_count(w), 2);
    assert_string_equal(world_incident(w, 0)->in.cause.node, "barn-cam");
    assert_int_equal(world_incident(w, 0)->in.resolved.ns, 0);
    assert_true(world_incident(w, 1)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "barn-cam"), STATE_DOWN);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_parent_is_one_incident_and_its_children_are_unreachable),
        cmocka_unit_test(a_child_dead_before_its_parent_keeps_its_own_incident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
