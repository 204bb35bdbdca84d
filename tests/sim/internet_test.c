/* The Internet goes, in its several ways. */
#include "tests/sim/farm.h"

static struct sim_world *online(void)
{
    struct sim_world *w = farm();
    sim_internet(w, "router");
    return w;
}

static void a_dead_line_is_one_incident_and_the_router_is_not_blamed(void **state)
{
    struct sim_world *w = online();
    sim_fail(w, "internet", "internet", 600, 1200, OUTCOME_WRONG, "isp");
    sim_begin(w);
    sim_run(w, 900);
    assert_cause(only_incident(w), CAUSE_INTERNET_DOWN);
    assert_int_equal(only_incident(w)->in.severity, SEVERITY_WAKE);
    assert_int_equal(sim_state(w, "internet"), STATE_DOWN);
    assert_int_equal(sim_state(w, "router"), STATE_UP);
    sim_run(w, 1400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(sim_state(w, "internet"), STATE_UP);
    sim_destroy(w);
}

static void a_dead_modem_is_named(void **state)
{
    struct sim_world *w = online();
    sim_fail(w, "internet", "internet", 600, 1200, OUTCOME_WRONG, "modem");
    sim_begin(w);
    sim_run(w, 900);
    assert_cause(only_incident(w), CAUSE_MODEM_DOWN);
    sim_destroy(w);
}

static void names_that_fail_are_no_dead_line(void **state)
{
    struct sim_world *w = online();
    sim_fail(w, "internet", "internet", 600, 1200, OUTCOME_WRONG, "dns");
    sim_begin(w);
    sim_run(w, 900);
    assert_cause(only_incident(w), CAUSE_DNS_DOWN);
    assert_int_equal(sim_state(w, "internet"), STATE_DEGRADED);
    sim_run(w, 1400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    sim_destroy(w);
}

static void a_dead_router_is_not_an_internet_incident(void **state)
{
    struct sim_world *w = online();
    sim_node(w, "other", NULL, NULL);
    sim_down(w, "router", 600, 1200);
    sim_begin(w);
    sim_run(w, 1100);
    const struct sim_incident *i = only_incident(w);
    assert_cause(i, CAUSE_NODE_DOWN);
    assert_string_equal(i->in.cause.node, "router");
    assert_int_equal(sim_state(w, "internet"), STATE_UNREACHABLE);
    sim_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    sim_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_line_is_one_incident_and_the_router_is_not_blamed),
        cmocka_unit_test(a_dead_modem_is_named),
        cmocka_unit_test(names_that_fail_are_no_dead_line),
        cmocka_unit_test(a_dead_router_is_not_an_internet_incident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
