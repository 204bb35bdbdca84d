/* A new configuration is adopted in place. */
#include "tests/sim/farm.h"

static void what_did_not_change_keeps_its_rounds_and_its_state(void **state)
{
    struct world *w = farm(), *quiet = farm();
    world_begin(w);
    world_begin(quiet);
    world_run(w, 300);
    world_run(quiet, 300);
    world_node(w, "new-cam", "lan-switch", "house");
    world_reload(w);
    world_run(w, 600);
    world_run(quiet, 600);
    assert_int_equal(world_starts(w, "nas", ROUND_REGULAR),
                     world_starts(quiet, "nas", ROUND_REGULAR));
    assert_int_equal(world_starts(w, "nas", ROUND_ASK), world_starts(quiet, "nas", ROUND_ASK));
    assert_int_equal(world_state(w, "new-cam"), STATE_UP);
    world_destroy(w);
    world_destroy(quiet);
}

static void a_node_taken_out_while_down_ends_its_incident(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 9000);
    world_begin(w);
    world_run(w, 700);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_unplug(w, "barn-cam");
    world_reload(w);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_run(w, 1500);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void reloading_during_an_outage_changes_nothing(void **state)
{
    struct world *w = farm();
    world_down(w, "bridge-barn", 600, 1000);
    world_begin(w);
    world_run(w, 605);
    world_reload(w);
    world_run(w, 700);
    world_reload(w);
    world_run(w, 1100);
    assert_cause(only_incident(w), CAUSE_SITE_CUT_OFF);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    world_destroy(w);
}

/* Or their files would have a gap between any two values. */
static void series_follow_another_interval(void **state)
{
    struct world *w = farm();
    world_samples(w);
    world_begin(w);
    world_run(w, 300);
    assert_true(world_last_step(w) == 60);
    world_interval(w, 300);
    world_reload(w);
    world_run(w, 1200);
    assert_true(world_last_step(w) == 300);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_did_not_change_keeps_its_rounds_and_its_state),
        cmocka_unit_test(a_node_taken_out_while_down_ends_its_incident),
        cmocka_unit_test(series_follow_another_interval),
        cmocka_unit_test(reloading_during_an_outage_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
