/* The first message of an incident waits. */
#include <string.h>

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

static bool is_well(const struct kept_incident *i)
{
    return strncmp(i->in.timeline[i->in.timeline_count - 1].text, "well again", 10) == 0;
}

/* The camera is what stays silent of a barn that was cut off; then it answers too, before that is told. */
static void a_cause_that_is_another_is_not_told_of_what_is_well(void **state)
{
    unsigned held_back = 0;
    for (double back = 855; back < 885; back++) {
        struct world *w = farm();
        world_hold(w, 10);
        world_down(w, "bridge-barn", 600, 800);
        world_down_alone(w, "barn-cam", 790, back);
        world_begin(w);
        world_run(w, 850);
        for (double at = 851; at < 950 && !is_well(only_incident(w)); at++)
            world_run(w, at);
        assert_true(is_well(only_incident(w)));
        unsigned told = world_messages(w, MESSAGE_CHANGED);
        held_back += !told && only_incident(w)->in.cause.kind == CAUSE_NODE_DOWN;
        world_run(w, 1000);
        assert_int_equal(world_messages(w, MESSAGE_CHANGED), told);
        assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
        world_destroy(w);
    }
    assert_true(held_back > 0);
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
        cmocka_unit_test(a_cause_that_is_another_is_not_told_of_what_is_well),
        cmocka_unit_test(an_acknowledged_incident_stays_open_and_says_by_whom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
