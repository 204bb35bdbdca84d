/* A new configuration is adopted in place. */
#include "tests/sim/farm.h"

static void what_did_not_change_keeps_its_rounds_and_its_state(void **state)
{
    struct sim_world *w = farm(), *quiet = farm();
    sim_begin(w);
    sim_begin(quiet);
    sim_run(w, 300);
    sim_run(quiet, 300);
    sim_node(w, "new-cam", "lan-switch", "house");
    sim_reload(w);
    sim_run(w, 600);
    sim_run(quiet, 600);
    assert_int_equal(sim_starts(w, "nas", ROUND_REGULAR), sim_starts(quiet, "nas", ROUND_REGULAR));
    assert_int_equal(sim_starts(w, "nas", ROUND_ASK), sim_starts(quiet, "nas", ROUND_ASK));
    assert_int_equal(sim_state(w, "new-cam"), STATE_UP);
    sim_destroy(w);
    sim_destroy(quiet);
}

static void a_node_taken_out_while_down_ends_its_incident(void **state)
{
    struct sim_world *w = farm();
    sim_down(w, "barn-cam", 600, 9000);
    sim_begin(w);
    sim_run(w, 700);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    sim_unplug(w, "barn-cam");
    sim_reload(w);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    sim_run(w, 1500);
    assert_int_equal(sim_messages(w, MESSAGE_RESOLVED), 1);
    sim_destroy(w);
}

static void reloading_during_an_outage_changes_nothing(void **state)
{
    struct sim_world *w = farm();
    sim_down(w, "bridge-barn", 600, 1000);
    sim_begin(w);
    sim_run(w, 605);
    sim_reload(w);
    sim_run(w, 700);
    sim_reload(w);
    sim_run(w, 1100);
    assert_cause(only_incident(w), CAUSE_SITE_CUT_OFF);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(sim_messages(w, MESSAGE_OPENED), 1);
    sim_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_did_not_change_keeps_its_rounds_and_its_state),
        cmocka_unit_test(a_node_taken_out_while_down_ends_its_incident),
        cmocka_unit_test(reloading_during_an_outage_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
