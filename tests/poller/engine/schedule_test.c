#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "poller/engine/schedule.h"

static void rounds_of_many_nodes_spread_evenly_on_slots(void **state)
{
    unsigned seconds[60] = {0};
    for (unsigned i = 0; i < 6000; i++) {
        char name[32];
        snprintf(name, sizeof name, "node-%u", i);
        int64_t phase = schedule_phase(name, "ping", "", MINUTES(1));
        assert_int_equal(phase % SCHEDULE_SLOT_NS, 0);
        assert_in_range(phase, 0, MINUTES(1) - 1);
        seconds[phase / NS_PER_S]++;
    }
    for (unsigned i = 0; i < 60; i++)
        assert_in_range(seconds[i], 60, 150); /* 100 each on average */
}

static void the_place_of_a_check_does_not_move(void **state)
{
    assert_int_equal(schedule_phase("nas", "tcp", "445", MINUTES(1)),
                     schedule_phase("nas", "tcp", "445", MINUTES(1)));
    assert_int_not_equal(schedule_phase("nas", "tcp", "445", MINUTES(1)),
                         schedule_phase("nas", "tcp", "80", MINUTES(1)));
}

static void late_callers_skip_what_they_missed(void **state)
{
    struct mono next = schedule_next((struct mono){SECONDS(3607)}, SECONDS(5), MINUTES(1));
    assert_int_equal(next.ns, SECONDS(3665));
    next = schedule_next(next, SECONDS(5), MINUTES(1));
    assert_int_equal(next.ns, SECONDS(3725));
    assert_int_equal(schedule_next((struct mono){SECONDS(2)}, SECONDS(5), MINUTES(1)).ns,
                     SECONDS(5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_of_many_nodes_spread_evenly_on_slots),
        cmocka_unit_test(the_place_of_a_check_does_not_move),
        cmocka_unit_test(late_callers_skip_what_they_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
