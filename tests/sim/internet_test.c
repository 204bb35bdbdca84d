/* The Internet goes, in its several ways. */
#include "tests/sim/farm.h"

static struct world *online(void)
{
    struct world *w = farm();
    world_internet(w, "router");
    return w;
}

static void a_dead_line_is_one_incident_and_the_router_is_not_blamed(void **state)
{
    struct world *w = online();
    world_fail(w, "internet", "internet", 600, 1200, OUTCOME_WRONG, "isp");
    world_begin(w);
    world_run(w, 900);
    assert_cause(only_incident(w), CAUSE_INTERNET_DOWN);
    assert_int_equal(only_incident(w)->in.severity, SEVERITY_WAKE);
    assert_int_equal(world_state(w, "internet"), STATE_DOWN);
    assert_int_equal(world_state(w, "router"), STATE_UP);
    world_run(w, 1400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "internet"), STATE_UP);
    world_destroy(w);
}

static void a_dead_modem_is_named(void **state)
{
    struct world *w = online();
    world_fail(w, "internet", "internet", 600, 1200, OUTCOME_WRONG, "modem");
    world_begin(w);
    world_run(w, 900);
    assert_cause(only_incident(w), CAUSE_MODEM_DOWN);
    world_destroy(w);
}

static void names_that_fail_are_no_dead_line(void **state)
{
    struct world *w = online();
    world_fail(w, "internet", "internet", 600, 1200, OUTCOME_WRONG, "dns");
    world_begin(w);
    world_run(w, 900);
    assert_cause(only_incident(w), CAUSE_DNS_DOWN);
    assert_int_equal(world_state(w, "internet"), STATE_DEGRADED);
    world_run(w, 1400);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_dead_router_is_not_an_internet_incident(void **state)
{
    struct world *w = online();
    world_node(w, "other", NULL, NULL);
    world_down(w, "router", 600, 1200);
    world_begin(w);
    world_run(w, 1100);
    const struct kept_incident *i = only_incident(w);
    assert_cause(i, CAUSE_NODE_DOWN);
    assert_string_equal(i->in.cause.node, "router");
    assert_int_equal(world_state(w, "internet"), STATE_UNREACHABLE);
    world_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
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
