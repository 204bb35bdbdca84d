/* The wall clock jumps; the watch goes by the other one. */
#include "tests/sim/farm.h"

static void jumps_of_the_clock_raise_nothing_and_hide_nothing(void **state)
{
    static const double jumps[] = {-3600, -1, 7200, 86400.0 * 365, -86400.0 * 900};
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        struct sim_world *w = farm();
        sim_down(w, "barn-cam", 600, 700);
        sim_begin(w);
        sim_run(w, 300);
        sim_step_clock(w, jumps[i]);
        sim_run(w, 590);
        assert_int_equal(sim_incident_count(w), 0);
        sim_run(w, 620);
        assert_cause(only_incident(w), CAUSE_NODE_DOWN);
        sim_step_clock(w, -jumps[i]);
        sim_run(w, 900);
        assert_true(only_incident(w)->in.resolved.ns > 0);
        sim_destroy(w);
    }
}

static void sleep_raises_nothing_at_waking(void **state)
{
    struct sim_world *w = farm();
    sim_down(w, "router", 600, 620);
    sim_begin(w);
    sim_run(w, 600);
    sim_take(w, &(struct input){.kind = INPUT_RESUMED});
    sim_run(w, 900);
    assert_int_equal(sim_incident_count(w), 0);
    sim_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jumps_of_the_clock_raise_nothing_and_hide_nothing),
        cmocka_unit_test(sleep_raises_nothing_at_waking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
