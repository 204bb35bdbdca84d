#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "graphs/axis.h"

static void steps_are_one_two_or_five(void **state)
{
    assert_float_equal(axis_step(10, 5), 2, 1e-9);
    assert_float_equal(axis_step(0.0009, 4), 0.0005, 1e-9);
    assert_float_equal(axis_step(7, 7), 1, 1e-9);
    assert_float_equal(axis_step(95e6, 4), 50e6, 1);
    assert_float_equal(axis_step(0, 4), 1, 1e-9);
    assert_float_equal(axis_step(NAN, 4), 1, 1e-9);
}

static void values_read_as_people_write_them(void **state)
{
    static const struct {
        double value;
        enum axis_unit unit;
        const char *text;
    } cases[] = {
        {0.0015, AXIS_SECONDS, "1.5\xc2\xa0ms"},  {0.25, AXIS_SECONDS, "250\xc2\xa0ms"},
        {12e-6, AXIS_SECONDS, "12\xc2\xa0\xc2\xb5s"}, {940e6, AXIS_BIT_PER_S, "940\xc2\xa0Mbit/s"},
        {1e9, AXIS_BIT_PER_S, "1\xc2\xa0Gbit/s"}, {0.034, AXIS_RATIO, "3.4\xc2\xa0%"},
        {0, AXIS_SECONDS, "0"},                   {NAN, AXIS_SECONDS, "\xe2\x80\x93"},
        {-20e3, AXIS_BIT_PER_S, "-20\xc2\xa0kbit/s"}, {100, AXIS_PLAIN, "100"},
    };
    char text[AXIS_TEXT_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(axis_value_text(cases[i].value, cases[i].unit, text), cases[i].text);
}

static struct wall at(const char *text)
{
    struct wall t = {0};
    assert_true(wall_parse(text, &t));
    return t;
}

static void hours_stand_at_round_local_hours(void **state)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    size_t n = axis_times(at("2026-11-23T10:17:00+01:00"), at("2026-11-24T10:17:00+01:00"), 9, ticks);
    assert_int_equal(n, 8);
    assert_string_equal(ticks[0].text, "12:00");
    assert_string_equal(ticks[4].text, "00:00");
    assert_int_equal(ticks[4].at.ns, at("2026-11-24T00:00:00+01:00").ns);
}

static void midnight_stays_midnight_when_the_clock_is_turned(void **state)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    size_t n = axis_times(at("2026-10-22T12:00:00+02:00"), at("2026-10-28T12:00:00+01:00"), 8, ticks);
    assert_int_equal(n, 6);
    assert_int_equal(ticks[2].at.ns, at("2026-10-25T00:00:00+02:00").ns);
    assert_int_equal(ticks[3].at.ns, at("2026-10-26T00:00:00+01:00").ns);
}

static void months_begin_on_their_first_day(void **state)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    size_t n = axis_times(at("2025-11-24T10:00:00+01:00"), at("2026-11-24T10:00:00+01:00"), 14, ticks);
    assert_int_equal(n, 12);
    assert_string_equal(ticks[0].text, "Dec");
    assert_int_equal(ticks[1].at.ns, at("2026-01-01T00:00:00+01:00").ns);
}

static void a_strange_span_ends(void **state)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    assert_true(axis_times((struct wall){0}, (struct wall){INT64_MAX / 2}, 10, ticks) <= 10);
    assert_true(axis_times((struct wall){SECONDS(10)}, (struct wall){SECONDS(5)}, 10, ticks) == 0);
}

int main(void)
{
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_one_two_or_five),
        cmocka_unit_test(values_read_as_people_write_them),
        cmocka_unit_test(hours_stand_at_round_local_hours),
        cmocka_unit_test(midnight_stays_midnight_when_the_clock_is_turned),
        cmocka_unit_test(months_begin_on_their_first_day),
        cmocka_unit_test(a_strange_span_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
