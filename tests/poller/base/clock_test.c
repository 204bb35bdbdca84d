#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "poller/base/clock.h"

static void a_stamp_survives_text_and_back(void **state)
{
    char text[CLOCK_TEXT_MAX];
    struct wall t = {INT64_C(1732437510) * NS_PER_S}, back;
    wall_rfc3339(t, text);
    assert_true(wall_parse(text, &back));
    assert_int_equal(back.ns, t.ns);
}

static void offsets_and_fractions_are_read(void **state)
{
    struct wall a, b;
    assert_true(wall_parse("2026-11-24T10:38:30.25+01:00", &a));
    assert_true(wall_parse("2026-11-24T09:38:30Z", &b));
    assert_int_equal(a.ns - b.ns, NS_PER_S / 4);
}

static void nonsense_is_no_stamp(void **state)
{
    struct wall t;
    assert_false(wall_parse("yesterday", &t));
    assert_false(wall_parse("2026-11-24T09:38:30", &t));
    assert_false(wall_parse("2026-11-24T09:38:30Zebra", &t));
}

static void never_stays_never(void **state)
{
    assert_int_equal(mono_after(MONO_NEVER, SECONDS(5)).ns, INT64_MAX);
}

static void spans_read_well(void **state)
{
    char t[CLOCK_TEXT_MAX];
    assert_string_equal(span_text(SECONDS(45), t), "45 s");
    assert_string_equal(span_text(MINUTES(12), t), "12 min");
    assert_string_equal(span_text(MINUTES(200), t), "3 h 20 min");
    assert_string_equal(span_text(MINUTES(60 * 52), t), "2 d 4 h");
}

static void a_moment_has_the_stamp_of_the_clock_as_it_is(void **state)
{
    struct instant now = {{SECONDS(100)}, {SECONDS(1800000000)}};
    assert_int_equal(wall_at(now, (struct mono){SECONDS(70)}).ns, SECONDS(1800000000 - 30));
}

static void a_clock_found_wrong_gives_way_to_what_is_reckoned(void **state)
{
    struct instant at = {clock_mono(), {SECONDS(2000000000)}};
    assert_true(clock_is_set());
    clock_reckon(&at);
    assert_false(clock_is_set());
    int64_t ran_ns = clock_wall().ns - SECONDS(2000000000);
    assert_in_range(ran_ns, 0, SECONDS(60));
    struct instant now = clock_now();
    assert_int_equal(now.wall.ns - now.mono.ns, at.wall.ns - at.mono.ns);
    assert_true(clock_system().wall.ns != clock_wall().ns);
    clock_reckon(NULL);
    assert_true(clock_is_set());
    assert_in_range(clock_system().wall.ns - clock_wall().ns + SECONDS(60), 0, SECONDS(60));
}

/* So a clock that was ahead when it built this may be set back at once, and is right. */
static void this_program_was_made_a_day_before_now_at_least(void **state)
{
    int64_t day_ns = MINUTES(24 * 60);
    assert_in_range(clock_built().ns, SECONDS(1735689600), clock_system().wall.ns - day_ns);
    assert_in_range(clock_uptime_ns(), 1, clock_system().wall.ns);
}

int main(void)
{
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_survives_text_and_back),
        cmocka_unit_test(offsets_and_fractions_are_read),
        cmocka_unit_test(nonsense_is_no_stamp),
        cmocka_unit_test(never_stays_never),
        cmocka_unit_test(spans_read_well),
        cmocka_unit_test(a_moment_has_the_stamp_of_the_clock_as_it_is),
        cmocka_unit_test(a_clock_found_wrong_gives_way_to_what_is_reckoned),
        cmocka_unit_test(this_program_was_made_a_day_before_now_at_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
