/* The first message of an incident waits. */
#include "tests/sim/farm.h"

static void what_heals_within_the_hold_is_shown_and_never_told(void **state)
{
    struct world *w = farm();
    world_hold(w, 60);
    world_down(w, "barn-cam", 600, 630);
    world_begin(w);
    world_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 0);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 0);
    world_destroy(w);
}

static void an_acknowledged_incident_stays_open_and_says_by_whom(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 5000);
    world_begin(w);
    world_run(w, 700);
    char by[] = "anna";
    struct we_ack ack = {1, only_incident(w)->in.id, by};
    world_take(w, &(struct input){.kind = INPUT_ACK, .ack = &ack});
    assert_string_equal(only_incident(w)->in.acknowledged_by, "anna");
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, 5200);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_heals_within_the_hold_is_shown_and_never_told),
        cmocka_unit_test(an_acknowledged_incident_stays_open_and_says_by_whom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
