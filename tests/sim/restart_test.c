/* The engine dies and comes back while something is wrong. */
#include "tests/sim/farm.h"

static void a_restart_while_firing_says_nothing_twice_and_still_resolves(void **state)
{
    struct world *w = farm();
    world_down(w, "bridge-barn", 600, 1200);
    world_begin(w);
    world_run(w, 700);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    world_restart(w);
    world_run(w, 1000);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    assert_cause(only_incident(w), CAUSE_SITE_CUT_OFF);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_state(w, "barn-cam"), STATE_UNREACHABLE);
    world_run(w, 1400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void a_restart_within_the_hold_still_tells(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 1200);
    world_begin(w);
    world_run(w, 620);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 0);
    world_restart(w);
    world_run(w, 700);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    only_incident(w);
    world_destroy(w);
}

static void what_healed_while_we_were_away_is_resolved(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 900);
    world_begin(w);
    world_run(w, 899.9);
    world_restart(w);
    world_run(w, 930);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void a_restart_of_a_quiet_world_commits_no_incident(void **state)
{
    struct world *w = farm();
    world_begin(w);
    world_run(w, 600);
    world_restart(w);
    world_run(w, 1200);
    assert_int_equal(world_incident_count(w), 0);
    assert_int_equal(world_state(w, "nas"), STATE_UP);
    world_destroy(w);
}

/* Opened, resolved, opened again: the third message, and the limit holds the fourth back for minutes. */
static struct world *flap_until_the_limit(void)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 680);
    world_down(w, "barn-cam", 730, 900);
    world_begin(w);
    world_run(w, 1100);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 2);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    return w;
}

static void an_end_that_waits_to_be_told_is_told_after_a_restart(void **state)
{
    struct world *w = flap_until_the_limit();
    world_restart(w);
    world_run(w, 1110);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1); /* the limit holds on */
    world_run(w, 1300);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 2);
    world_restart(w);
    world_run(w, 3000);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 2);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 2);
    only_incident(w);
    world_destroy(w);
}

static void what_fails_again_before_its_end_is_told_is_the_same_after_a_restart(void **state)
{
    struct world *w = flap_until_the_limit();
    world_down(w, "barn-cam", 1120, 2000);
    world_restart(w);
    world_run(w, 1900);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 2);
    world_run(w, 3000);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 2);
    world_destroy(w);
}

/* The barn is back but for its camera: what was a site cut off becomes a node that is down. */
static unsigned changes_told(double restart_at_s)
{
    struct world *w = farm();
    world_down(w, "bridge-barn", 600, 700);
    world_down(w, "barn-cam", 600, 5000);
    world_begin(w);
    world_run(w, restart_at_s);
    if (restart_at_s > 0)
        world_restart(w);
    world_run(w, 1500);
    assert_cause(only_incident(w), CAUSE_NODE_DOWN);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    unsigned changes = world_messages(w, MESSAGE_CHANGED);
    world_destroy(w);
    return changes;
}

static void a_new_cause_that_waits_to_be_told_is_told_after_a_restart(void **state)
{
    assert_int_equal(changes_told(0), 1);
    for (double at = 705; at < 900; at += 5)
        assert_int_equal(changes_told(at), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_while_firing_says_nothing_twice_and_still_resolves),
        cmocka_unit_test(a_restart_within_the_hold_still_tells),
        cmocka_unit_test(what_healed_while_we_were_away_is_resolved),
        cmocka_unit_test(a_restart_of_a_quiet_world_commits_no_incident),
        cmocka_unit_test(an_end_that_waits_to_be_told_is_told_after_a_restart),
        cmocka_unit_test(what_fails_again_before_its_end_is_told_is_the_same_after_a_restart),
        cmocka_unit_test(a_new_cause_that_waits_to_be_told_is_told_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
