/* A link flaps 30 times in ten minutes. */
#include "tests/sim/farm.h"

static void flap(unsigned period, double duty)
{
    struct world *w = farm();
    for (unsigned i = 0; i < 30; i++)
        world_down(w, "bridge-barn", 600 + i * period, 600 + i * period + period * duty);
    world_begin(w);
    world_run(w, 600 + 30 * period + 600);
    const struct kept_incident *i = only_incident(w);
    unsigned all = world_messages(w, MESSAGE_OPENED) + world_messages(w, MESSAGE_RESOLVED) +
                   world_messages(w, MESSAGE_CHANGED);
    assert_in_range(all, 1, 3);
    assert_true(i->in.resolved.ns > 0);
    assert_int_equal(world_last_message(w), MESSAGE_RESOLVED);
    assert_int_equal(world_state(w, "barn-cam"), STATE_UP);
    world_destroy(w);
}

static void thirty_flaps_are_one_incident_and_at_most_three_messages(void **state)
{
    static const double duties[] = {0.55, 0.6, 0.65, 0.7, 0.75};
    for (unsigned period = 18; period <= 24; period++)
        for (size_t i = 0; i < sizeof duties / sizeof *duties; i++)
            flap(period, duties[i]);
}

static void flapping_that_ends_down_ends_with_an_open_incident_told(void **state)
{
    struct world *w = farm();
    for (unsigned i = 0; i < 30; i++)
        world_down(w, "bridge-barn", 600 + i * 20, 614 + i * 20);
    world_down(w, "bridge-barn", 1200, 9000);
    world_begin(w);
    world_run(w, 5000);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    assert_int_equal(world_last_message(w), MESSAGE_OPENED);
    world_run(w, 9600);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_last_message(w), MESSAGE_RESOLVED);
    world_destroy(w);
}

static void what_fails_again_is_shown_open_at_once(void **state)
{
    struct world *w = farm();
    world_down(w, "barn-cam", 600, 680);
    world_down(w, "barn-cam", 730, 2000);
    world_begin(w);
    world_run(w, 725);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_run(w, 745);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1); /* told when it lasts */
    world_destroy(w);
}

static void a_day_of_flapping_sends_at_most_three_messages_per_ten_minutes(void **state)
{
    struct world *w = farm();
    for (unsigned i = 0; i < 24 * 12; i++)
        world_down(w, "barn-cam", 600 + i * 300, 600 + i * 300 + 60);
    world_begin(w);
    world_run(w, 86400 + 3600);
    unsigned all = world_messages(w, MESSAGE_OPENED) + world_messages(w, MESSAGE_RESOLVED);
    assert_in_range(all, 2, 24 * 6 * 3);
    assert_int_equal(world_last_message(w), MESSAGE_RESOLVED);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_flaps_are_one_incident_and_at_most_three_messages),
        cmocka_unit_test(flapping_that_ends_down_ends_with_an_open_incident_told),
        cmocka_unit_test(what_fails_again_is_shown_open_at_once),
        cmocka_unit_test(a_day_of_flapping_sends_at_most_three_messages_per_ten_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
