/* Figures and states of devices that go bad, and well again. */
#include <math.h>
#include <string.h>

#include "tests/sim/farm.h"

#define EVER 1e9

static const struct reading_limits heat = {NAN, NAN, 70, 85, 5}, charge = {50, 20, NAN, NAN, 5};

static struct world_reading hot(double value, double noise)
{
    return (struct world_reading){.meaning = "cpu-temperature", .class_ = "temperature", .label = "CPU", .unit = "C",
                                  .value = value, .noise = noise, .limits = heat};
}

static struct world_reading on_line(bool mains)
{
    return (struct world_reading){.meaning = "output-source", .class_ = "state", .label = "Output", .unit = "",
                                  .value = NAN, .state = mains ? "on mains" : "on battery",
                                  .level = mains ? READING_GOOD : READING_BAD};
}

static struct world *run_farm(struct world *w, double until_s)
{
    world_begin(w);
    world_run(w, until_s);
    return w;
}

static void assert_evidence(const struct kept_incident *i, const char *one, const char *other)
{
    assert_int_equal(i->in.evidence_count, 1);
    assert_non_null(strstr(i->in.evidence[0].fact, one));
    assert_non_null(strstr(i->in.evidence[0].fact, other));
}

static void heat_is_one_incident_with_its_sentence_and_its_end(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, 3600, hot(60, 2));
    world_reading(w, "lan-switch", "snmp", 3600, 7200, hot(91, 2));
    world_reading(w, "lan-switch", "snmp", 7200, EVER, hot(60, 2));
    run_farm(w, 4200);
    assert_cause(only_incident(w), CAUSE_TEMPERATURE);
    assert_evidence(only_incident(w), "CPU is ", "above 85 \302\260C is bad");
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, 9000);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void a_warning_is_nobodys_message(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, EVER, hot(78, 3));
    run_farm(w, 86400);
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void days_around_the_limit_are_one_incident(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, EVER, hot(85, 4));
    run_farm(w, 3 * 86400);
    only_incident(w);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 0);
    world_destroy(w);
}

static void one_bad_round_is_no_incident(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, 3600, hot(60, 0));
    world_reading(w, "lan-switch", "snmp", 3600, 3659, hot(120, 0));
    world_reading(w, "lan-switch", "snmp", 3659, EVER, hot(60, 0));
    run_farm(w, 7200);
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void what_is_unavailable_opens_nothing_and_ends_nothing(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, 3600, hot(NAN, 0));
    world_reading(w, "lan-switch", "snmp", 3600, 7200, hot(91, 0));
    world_reading(w, "lan-switch", "snmp", 7200, 10800, hot(NAN, 0));
    world_reading(w, "lan-switch", "snmp", 14400, EVER, hot(60, 0)); /* before, not told at all */
    run_farm(w, 3500);
    assert_int_equal(world_incident_count(w), 0);
    world_run(w, 14300);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, 16000);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

static void a_ups_without_mains_wakes_and_then_its_battery_does(void **state)
{
    struct world *w = farm();
    struct world_reading full = {.meaning = "battery-charge", .class_ = "charge", .label = "Battery", .unit = "%",
                                 .value = 100, .limits = charge}, empty = full;
    empty.value = 12;
    world_reading(w, "lan-switch", "snmp", 0, 3600, on_line(true));
    world_reading(w, "lan-switch", "snmp", 3600, EVER, on_line(false));
    world_reading(w, "lan-switch", "snmp", 0, 7200, full);
    world_reading(w, "lan-switch", "snmp", 7200, EVER, empty);
    run_farm(w, 7000);
    assert_cause(only_incident(w), CAUSE_UPS_ON_BATTERY);
    assert_int_equal(only_incident(w)->in.severity, SEVERITY_WAKE);
    world_run(w, 8000);
    assert_int_equal(world_incident_count(w), 2);
    assert_cause(world_incident(w, 1), CAUSE_BATTERY_LOW);
    assert_evidence(world_incident(w, 1), "Battery is 12 %", "below 20 % is bad");
    world_destroy(w);
}

static void several_hot_parts_of_a_device_are_one_incident(void **state)
{
    struct world *w = farm();
    struct world_reading board = hot(90, 0);
    board.label = "Board";
    world_reading(w, "lan-switch", "snmp", 0, EVER, hot(91, 0));
    world_reading(w, "lan-switch", "snmp", 600, 7200, board);
    world_reading(w, "lan-switch", "snmp", 7200, EVER, hot(60, 0)); /* a second row of the same: the later counts */
    run_farm(w, 7000);
    only_incident(w);
    world_destroy(w);
}

static void a_restart_in_the_heat_says_nothing_twice_and_still_ends(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, 7200, hot(91, 0));
    world_reading(w, "lan-switch", "snmp", 7200, 9000, hot(82, 0)); /* within the slack */
    world_reading(w, "lan-switch", "snmp", 9000, EVER, hot(60, 0));
    run_farm(w, 3600);
    world_restart(w);
    world_run(w, 7300);
    world_restart(w);
    world_run(w, 8900);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_run(w, 10800);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void a_hot_device_that_falls_silent_is_told_as_silent(void **state)
{
    struct world *w = farm();
    world_reading(w, "lan-switch", "snmp", 0, EVER, hot(91, 0));
    world_down(w, "lan-switch", 3600, 7200);
    run_farm(w, 7000);
    assert_int_equal(world_incident_count(w), 2);
    assert_int_equal(world_incident(w, 0)->in.resolved.ns, 0); /* nobody knows that it cooled down */
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heat_is_one_incident_with_its_sentence_and_its_end),
        cmocka_unit_test(a_warning_is_nobodys_message),
        cmocka_unit_test(days_around_the_limit_are_one_incident),
        cmocka_unit_test(one_bad_round_is_no_incident),
        cmocka_unit_test(what_is_unavailable_opens_nothing_and_ends_nothing),
        cmocka_unit_test(a_ups_without_mains_wakes_and_then_its_battery_does),
        cmocka_unit_test(several_hot_parts_of_a_device_are_one_incident),
        cmocka_unit_test(a_restart_in_the_heat_says_nothing_twice_and_still_ends),
        cmocka_unit_test(a_hot_device_that_falls_silent_is_told_as_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
