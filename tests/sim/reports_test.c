/* Health reports by the local clock: once a day each, whatever the clock and the engine do. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/farm.h"

#define HOUR 3600.0
#define DAY 86400.0
#define SIM_BEGIN_S 1000.0 /* the world's first second */
#define SPRING_DAY 87 /* 2026-03-29, of the year the world begins in: 02:00 becomes 03:00 */
#define AUTUMN_DAY 297 /* 2026-10-25: 03:00 becomes 02:00 */

/* Begins two hours before that day of the year does in UTC, so before the report's time. */
static struct world *at_day(int day, const char *report)
{
    struct world *w = farm();
    world_report(w, report);
    world_step_clock(w, day * DAY - 2 * HOUR - SIM_BEGIN_S);
    world_begin(w);
    world_run(w, 60);
    return w;
}

static void a_report_goes_once_a_day(void **state)
{
    struct world *w = at_day(10, "07:00");
    world_run(w, 6 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 0);
    world_run(w, 9 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_run(w, 3 * DAY);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 3);
    world_destroy(w);
}

static void a_time_the_spring_leaves_out_is_not_left_out(void **state)
{
    struct world *w = at_day(SPRING_DAY, "02:30");
    world_run(w, 2.9 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 0);
    world_run(w, 3.1 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_run(w, 20 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_destroy(w);
}

static void a_time_the_autumn_repeats_is_not_repeated(void **state)
{
    struct world *w = at_day(AUTUMN_DAY, "02:30");
    world_run(w, 2.7 * HOUR); /* 02:42 summer time */
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_run(w, 20 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_destroy(w);
}

static void a_restart_sends_no_report_twice_and_leaves_none_out(void **state)
{
    struct world *w = at_day(10, "07:00");
    world_run(w, 9 * HOUR);
    world_restart(w);
    world_run(w, 20 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_step_clock(w, DAY);
    world_restart(w);
    world_run(w, 21 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 2);
    world_destroy(w);
}

static void the_clock_set_back_repeats_no_report(void **state)
{
    struct world *w = at_day(10, "07:00");
    world_run(w, 9 * HOUR);
    world_step_clock(w, -3 * HOUR);
    world_run(w, 14 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), 1);
    world_destroy(w);
}

static void it_says_what_is_open_what_is_over_and_who_is_missing(void **state)
{
    struct world *w = at_day(10, "07:00");
    world_down(w, "barn-node", 2 * HOUR, 2 * HOUR + 600);
    world_down(w, "barn-cam", 4.5 * HOUR, DAY);
    world_run(w, 9 * HOUR);
    const char *text = world_last_text(w);
    assert_non_null(strstr(text, "1 problem is open, 6 of 7 devices answer.\n"));
    assert_non_null(strstr(text, "Open now:\n"));
    assert_non_null(strstr(text, "Solved in the last 24 hours:\n"));
    assert_non_null(strstr(text, "- barn-cam: down for 3 h"));
    assert_non_null(strstr(text, "- barn: 2 of 3 answer\n"));
    world_destroy(w);
}

static void a_quiet_day_is_said_in_a_line(void **state)
{
    struct world *w = at_day(10, "07:00");
    world_run(w, 9 * HOUR);
    assert_non_null(strstr(world_last_text(w), "All is well, 7 of 7 devices answer.\n"));
    assert_non_null(strstr(world_last_text(w), "Nothing else was reported in the last 8 h"));
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_goes_once_a_day),
        cmocka_unit_test(a_time_the_spring_leaves_out_is_not_left_out),
        cmocka_unit_test(a_time_the_autumn_repeats_is_not_repeated),
        cmocka_unit_test(a_restart_sends_no_report_twice_and_leaves_none_out),
        cmocka_unit_test(the_clock_set_back_repeats_no_report),
        cmocka_unit_test(it_says_what_is_open_what_is_over_and_who_is_missing),
        cmocka_unit_test(a_quiet_day_is_said_in_a_line),
    };
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
