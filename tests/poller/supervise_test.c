#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "poller/supervise.h"

static const struct mono start = {SECONDS(1000)};
#define POLICY (&supervise_standard)

static struct supervised running(bool on_demand)
{
    struct supervised s;
    supervise_init(&s, on_demand);
    supervise_want(&s, start);
    supervise_started(&s, POLICY, start);
    return s;
}

static void nothing_runs_that_nobody_wants(void **state)
{
    struct supervised s;
    supervise_init(&s, true);
    assert_int_equal(supervise_step(&s, POLICY, start), SUPERVISE_NOTHING);
    supervise_want(&s, start);
    assert_int_equal(supervise_step(&s, POLICY, start), SUPERVISE_START);
}

static void a_first_start_may_wait_for_another_role_but_not_for_ever(void **state)
{
    struct supervised s;
    struct mono later = mono_after(start, MILLISECONDS(100));
    supervise_init(&s, false);
    supervise_want_at(&s, start, later);
    assert_int_equal(supervise_step(&s, POLICY, start), SUPERVISE_NOTHING);
    assert_int_equal(supervise_due(&s, POLICY).ns, later.ns);
    assert_int_equal(supervise_step(&s, POLICY, later), SUPERVISE_START);
}

static void a_start_that_waits_for_another_role_is_hastened(void **state)
{
    struct supervised s;
    supervise_init(&s, false);
    supervise_want_at(&s, start, mono_after(start, MILLISECONDS(100)));
    struct mono now = mono_after(start, MILLISECONDS(20));
    supervise_hasten(&s, now);
    assert_int_equal(supervise_step(&s, POLICY, now), SUPERVISE_START);
}

static void nothing_hastens_a_role_that_runs_or_crashes(void **state)
{
    struct supervised s = running(false);
    supervise_hasten(&s, start);
    assert_int_equal(s.state, SUPERVISE_RUNNING);
    supervise_ended(&s, POLICY, SUPERVISE_FAILED, start);
    supervise_started(&s, POLICY, start);
    supervise_ended(&s, POLICY, SUPERVISE_FAILED, start);
    supervise_hasten(&s, start);
    assert_int_equal(supervise_step(&s, POLICY, start), SUPERVISE_NOTHING);
}

static void a_first_early_end_is_forgiven(void **state)
{
    struct supervised s = running(false);
    struct mono now = mono_after(start, SECONDS(1));
    supervise_ended(&s, POLICY, SUPERVISE_FAILED, now);
    assert_int_equal(supervise_step(&s, POLICY, now), SUPERVISE_START);
}

/* Ends each start after a moment; returns the waits in seconds. */
static int64_t wait_after_end(struct supervised *s, enum supervise_end how, struct mono *now)
{
    *now = mono_after(*now, MILLISECONDS(10));
    supervise_ended(s, POLICY, how, *now);
    int64_t wait = mono_since(supervise_due(s, POLICY), *now);
    *now = supervise_due(s, POLICY);
    assert_int_equal(supervise_step(s, POLICY, *now), SUPERVISE_START);
    supervise_started(s, POLICY, *now);
    return wait / NS_PER_S;
}

static void a_crash_loop_waits_longer_each_time_up_to_a_minute(void **state)
{
    static const int64_t expected[] = {0, 1, 2, 4, 8, 16, 32, 60, 60};
    struct supervised s = running(false);
    struct mono now = start;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(wait_after_end(&s, SUPERVISE_FAILED, &now), expected[i]);
    assert_true(supervise_looping(&s));
    for (int i = 0; i < 100; i++)
        assert_int_equal(wait_after_end(&s, SUPERVISE_FAILED, &now), 60);
}

static void what_is_killed_from_outside_is_back_within_a_second(void **state)
{
    struct supervised s = running(false);
    struct mono now = start;
    for (int i = 0; i < 20; i++)
        assert_true(wait_after_end(&s, SUPERVISE_KILLED, &now) <= 1);
}

static void a_role_that_settled_starts_with_a_clean_sheet(void **state)
{
    struct supervised s = running(false);
    struct mono now = start;
    for (int i = 0; i < 6; i++)
        wait_after_end(&s, SUPERVISE_FAILED, &now);
    now = mono_after(now, POLICY->settled_ns);
    assert_int_equal(wait_after_end(&s, SUPERVISE_FAILED, &now), 0);
    assert_false(supervise_looping(&s));
}

static void a_role_that_answers_is_asked_again_and_lives(void **state)
{
    struct supervised s = running(false);
    struct mono now = start;
    for (int i = 0; i < 100; i++) {
        now = supervise_due(&s, POLICY);
        assert_int_equal(supervise_step(&s, POLICY, now), SUPERVISE_ASK);
        supervise_answered(&s);
    }
    assert_int_equal(mono_since(now, start), 100 * POLICY->ask_ns);
}

static void a_silent_role_is_killed_once_it_had_its_time(void **state)
{
    struct supervised s = running(false);
    struct mono asked = supervise_due(&s, POLICY);
    assert_int_equal(supervise_step(&s, POLICY, asked), SUPERVISE_ASK);
    struct mono before = mono_after(asked, POLICY->hung_ns - 1);
    assert_int_equal(supervise_step(&s, POLICY, before), SUPERVISE_NOTHING);
    assert_int_equal(supervise_step(&s, POLICY, supervise_due(&s, POLICY)), SUPERVISE_KILL);
    assert_int_equal(supervise_step(&s, POLICY, mono_after(asked, MINUTES(9))), SUPERVISE_NOTHING);
}

static void a_parent_that_slept_asks_before_it_kills(void **state)
{
    struct supervised s = running(false);
    assert_int_equal(supervise_step(&s, POLICY, mono_after(start, MINUTES(60))), SUPERVISE_ASK);
}

/* Lets it end early n times; returns when it was started last. */
static struct mono crash(struct supervised *s, unsigned n)
{
    struct mono now = start;
    for (unsigned i = 0; i < n; i++) {
        supervise_ended(s, POLICY, SUPERVISE_FAILED, now);
        assert_int_equal(supervise_news(s, POLICY, now),
                         i == 3 ? SUPERVISE_LOOPS : SUPERVISE_NO_NEWS);
        now = supervise_due(s, POLICY);
        assert_int_equal(supervise_step(s, POLICY, now), SUPERVISE_START);
        supervise_started(s, POLICY, now);
    }
    return now;
}

static void a_crash_loop_is_told_once_and_is_over_when_the_role_has_settled(void **state)
{
    struct supervised s = running(false);
    struct mono now = crash(&s, 6);
    assert_int_equal(supervise_news(&s, POLICY, now), SUPERVISE_NO_NEWS);
    struct mono settled = mono_after(now, POLICY->settled_ns);
    assert_int_equal(supervise_due(&s, POLICY).ns, settled.ns);
    assert_int_equal(supervise_news(&s, POLICY, settled), SUPERVISE_LOOPS_NO_MORE);
    assert_int_equal(supervise_news(&s, POLICY, settled), SUPERVISE_NO_NEWS);
    assert_int_not_equal(supervise_due(&s, POLICY).ns, settled.ns);
}

static void a_crash_loop_of_a_role_nobody_wants_is_over(void **state)
{
    struct supervised s = running(false);
    struct mono now = crash(&s, 4);
    supervise_dismiss(&s);
    assert_int_equal(supervise_news(&s, POLICY, now), SUPERVISE_LOOPS_NO_MORE);
}

static void an_idle_role_may_leave(void **state)
{
    struct supervised s = running(true);
    struct mono now = mono_after(start, MINUTES(1));
    supervise_ended(&s, POLICY, SUPERVISE_CLEAN, now);
    assert_int_equal(s.state, SUPERVISE_ABSENT);
    assert_int_equal(supervise_due(&s, POLICY).ns, MONO_NEVER.ns);
}

static void a_wish_that_crosses_an_idle_role_leaving_is_kept(void **state)
{
    struct supervised s = running(true);
    struct mono now = mono_after(start, MINUTES(1));
    supervise_want(&s, now);
    supervise_ended(&s, POLICY, SUPERVISE_CLEAN, now);
    assert_int_equal(supervise_step(&s, POLICY, now), SUPERVISE_START);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_runs_that_nobody_wants),
        cmocka_unit_test(a_first_start_may_wait_for_another_role_but_not_for_ever),
        cmocka_unit_test(a_start_that_waits_for_another_role_is_hastened),
        cmocka_unit_test(nothing_hastens_a_role_that_runs_or_crashes),
        cmocka_unit_test(a_first_early_end_is_forgiven),
        cmocka_unit_test(a_crash_loop_waits_longer_each_time_up_to_a_minute),
        cmocka_unit_test(what_is_killed_from_outside_is_back_within_a_second),
        cmocka_unit_test(a_role_that_settled_starts_with_a_clean_sheet),
        cmocka_unit_test(a_role_that_answers_is_asked_again_and_lives),
        cmocka_unit_test(a_silent_role_is_killed_once_it_had_its_time),
        cmocka_unit_test(a_parent_that_slept_asks_before_it_kills),
        cmocka_unit_test(a_crash_loop_is_told_once_and_is_over_when_the_role_has_settled),
        cmocka_unit_test(a_crash_loop_of_a_role_nobody_wants_is_over),
        cmocka_unit_test(an_idle_role_may_leave),
        cmocka_unit_test(a_wish_that_crosses_an_idle_role_leaving_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
