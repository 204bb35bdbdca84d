#include "poller/model/reading.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct reading_limits signal = {-75, -85, NAN, NAN, 3};
static const struct reading_limits band = {10, 5, 30, 40, 2};

static void outside_of_its_bounds_a_value_warns_or_is_bad(void **state)
{
    (void)state;
    assert_int_equal(reading_judge(&band, 20, READING_UNJUDGED), READING_GOOD);
    assert_int_equal(reading_judge(&band, 10, READING_UNJUDGED), READING_GOOD);
    assert_int_equal(reading_judge(&band, 9.9, READING_UNJUDGED), READING_WARN);
    assert_int_equal(reading_judge(&band, 4, READING_UNJUDGED), READING_BAD);
    assert_int_equal(reading_judge(&band, 30.1, READING_UNJUDGED), READING_WARN);
    assert_int_equal(reading_judge(&band, 41, READING_UNJUDGED), READING_BAD);
}

static void what_is_not_there_or_has_no_bound_is_not_judged(void **state)
{
    (void)state;
    assert_int_equal(reading_judge(&band, NAN, READING_BAD), READING_UNJUDGED);
    assert_int_equal(reading_judge(&reading_no_limits, 1e9, READING_BAD), READING_UNJUDGED);
    assert_int_equal(reading_judge(&signal, 1e9, READING_GOOD), READING_GOOD);
}

static void a_level_is_left_only_by_the_slack(void **state)
{
    (void)state;
    assert_int_equal(reading_judge(&signal, -76, READING_GOOD), READING_WARN);
    assert_int_equal(reading_judge(&signal, -74, READING_WARN), READING_WARN);
    assert_int_equal(reading_judge(&signal, -72.1, READING_WARN), READING_WARN);
    assert_int_equal(reading_judge(&signal, -72, READING_WARN), READING_GOOD);
    assert_int_equal(reading_judge(&signal, -74, READING_GOOD), READING_GOOD);
    assert_int_equal(reading_judge(&signal, -83, READING_BAD), READING_BAD);
    assert_int_equal(reading_judge(&signal, -82, READING_BAD), READING_WARN);
    assert_int_equal(reading_judge(&signal, -73, READING_BAD), READING_WARN); /* not yet well either */
}

/* A value that swings by less than the slack changes the level once. */
static void a_value_at_its_bound_does_not_flap(void **state)
{
    (void)state;
    enum reading_level level = READING_GOOD;
    int changes = 0;
    for (int i = 0; i < 1000; i++) {
        enum reading_level next = reading_judge(&signal, -75 + (i % 2 ? 1.4 : -1.4), level);
        changes += next != level;
        level = next;
    }
    assert_int_equal(changes, 1);
}

static void near_bounds_leave_a_way_back(void **state)
{
    (void)state;
    const struct reading_limits near = {10, NAN, 12, NAN, 5};
    assert_int_equal(reading_judge(&near, 13, READING_GOOD), READING_WARN);
    assert_int_equal(reading_judge(&near, 11, READING_WARN), READING_GOOD);
    const struct reading_limits crossed = {12, NAN, 10, NAN, 1};
    assert_int_equal(reading_judge(&crossed, 11, READING_GOOD), READING_WARN);
}

static void own_limits_stand_over_others(void **state)
{
    (void)state;
    struct reading_limits own = reading_no_limits;
    own.warn_low = -70;
    struct reading_limits l = reading_limits_over(&signal, &own);
    assert_true(l.warn_low == -70 && l.bad_low == -85 && isnan(l.warn_high) && l.slack == 3);
    own.slack = 1;
    own.bad_high = 5;
    l = reading_limits_over(&signal, &own);
    assert_true(l.slack == 1 && l.bad_high == 5);
}

/* Who moved the warning to -90 does not want -85 to be worse than that. */
static void a_warning_moved_past_the_bad_bound_takes_it_away(void **state)
{
    (void)state;
    struct reading_limits own = reading_no_limits;
    own.warn_low = -90;
    assert_true(isnan(reading_limits_over(&signal, &own).bad_low));
    own.bad_low = -80;
    assert_true(reading_limits_over(&signal, &own).bad_low == -80);
    own = reading_no_limits;
    own.warn_high = 50;
    assert_true(isnan(reading_limits_over(&band, &own).bad_high));
}

static void a_source_reads_as_words(void **state)
{
    char out[READING_WORDS_MAX];
    (void)state;
    assert_string_equal(reading_words("rx_rate", out), "rx rate");
    assert_string_equal(reading_words("cpu_load", out), "CPU load");
    assert_string_equal(reading_words("snr", out), "SNR");
    assert_string_equal(reading_words("a_name_much_longer_than_any_source", out), "a name much longer than");
    assert_string_equal(reading_words("", out), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_reads_as_words),
        cmocka_unit_test(outside_of_its_bounds_a_value_warns_or_is_bad),
        cmocka_unit_test(what_is_not_there_or_has_no_bound_is_not_judged),
        cmocka_unit_test(a_level_is_left_only_by_the_slack),
        cmocka_unit_test(a_value_at_its_bound_does_not_flap),
        cmocka_unit_test(near_bounds_leave_a_way_back),
        cmocka_unit_test(own_limits_stand_over_others),
        cmocka_unit_test(a_warning_moved_past_the_bad_bound_takes_it_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
