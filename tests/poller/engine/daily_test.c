#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "poller/engine/daily.h"

static struct wall at(const char *text)
{
    struct wall t;
    assert_true(wall_parse(text, &t));
    return t;
}

static void it_is_due_from_its_time_of_day_on(void **state)
{
    char day[DAY_TEXT_MAX];
    assert_false(daily_is_past("07:00", at("2026-06-01T06:59:59+02:00"), day));
    assert_true(daily_is_past("07:00", at("2026-06-01T07:00:00+02:00"), day));
    assert_string_equal(day, "2026-06-01");
    assert_true(daily_is_past("07:00", at("2026-06-01T23:59:59+02:00"), day));
    assert_false(daily_is_past("07:00", at("2026-06-02T00:00:00+02:00"), day));
}

static void a_time_left_out_in_spring_is_due_when_the_gap_ends(void **state)
{
    char day[DAY_TEXT_MAX];
    assert_false(daily_is_past("02:30", at("2026-03-29T00:59:59Z"), day));
    assert_true(daily_is_past("02:30", at("2026-03-29T01:00:00Z"), day));
    assert_string_equal(day, "2026-03-29");
}

static void the_wait_reaches_to_that_time(void **state)
{
    assert_int_equal(daily_wait_s("07:00", at("2026-06-01T06:59:00+02:00")), 60);
    assert_int_equal(daily_wait_s("07:00", at("2026-06-01T07:00:00+02:00")), 86400);
}

static void what_is_no_time_of_day_is_never_due(void **state)
{
    char day[DAY_TEXT_MAX];
    static const char *const bad[] = {"", "7", "24:00", "07:60", "07:00x", "soon"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(daily_is_past(bad[i], at("2026-06-01T23:59:59+02:00"), day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_due_from_its_time_of_day_on),
        cmocka_unit_test(a_time_left_out_in_spring_is_due_when_the_gap_ends),
        cmocka_unit_test(the_wait_reaches_to_that_time),
        cmocka_unit_test(what_is_no_time_of_day_is_never_due),
    };
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
