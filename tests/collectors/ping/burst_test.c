#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collectors/ping/burst.h"

static const struct burst_plan ten = {10, SECONDS(6), SECONDS(1), false};
static const struct burst_plan confirm = {7, SECONDS(1), SECONDS(1), true};
static const struct mono start = {SECONDS(100)};

static struct mono after(int64_t ns)
{
    return mono_after(start, ns);
}

static void echoes_are_due_one_gap_apart(void **state)
{
    struct burst *b = burst_create(&ten, start, MONO_NEVER);
    assert_true(burst_send_due(b, start));
    burst_sent(b, start);
    assert_false(burst_send_due(b, after(SECONDS(5))));
    assert_int_equal(burst_due(b).ns, after(SECONDS(1)).ns); /* its time-out comes first */
    burst_answer(b, 0, after(MILLISECONDS(3)));
    assert_int_equal(burst_due(b).ns, after(SECONDS(6)).ns);
    assert_true(burst_send_due(b, after(SECONDS(6))));
    free(b);
}

static void after_a_pause_of_ours_echoes_do_not_bunch(void **state)
{
    struct burst *b = burst_create(&ten, start, MONO_NEVER);
    burst_sent(b, start);
    burst_answer(b, 0, start);
    burst_sent(b, after(SECONDS(40)));
    assert_false(burst_send_due(b, after(SECONDS(42))));
    assert_true(burst_send_due(b, after(SECONDS(43))));
    free(b);
}

static void all_lost_is_silent_and_one_answer_ends_a_confirmation(void **state)
{
    struct burst *b = burst_create(&confirm, start, MONO_NEVER);
    for (unsigned i = 0; i < 7; i++) {
        burst_sent(b, after(SECONDS(i)));
        assert_false(burst_done(b, after(SECONDS(i))));
        assert_int_equal(burst_overdue(b, after(SECONDS(i + 1))), i);
        burst_lose(b, i);
    }
    assert_true(burst_done(b, after(SECONDS(7))));
    assert_int_equal(burst_outcome(b), OUTCOME_SILENT);
    free(b);
    b = burst_create(&confirm, start, MONO_NEVER);
    burst_sent(b, start);
    burst_answer(b, 0, after(1));
    assert_true(burst_done(b, after(2)));
    assert_int_equal(burst_outcome(b), OUTCOME_ANSWERED);
    free(b);
}

static void a_round_trip_is_never_negative(void **state)
{
    struct burst *b = burst_create(&ten, start, MONO_NEVER);
    burst_sent(b, start);
    assert_int_equal(burst_answer(b, 0, after(-500)), 0);
    free(b);
}

static void own_faults_accuse_nobody(void **state)
{
    struct burst *b = burst_create(&confirm, start, MONO_NEVER);
    for (unsigned i = 0; i < 7; i++)
        burst_sent(b, after(SECONDS(i)));
    for (unsigned i = 0; i < 6; i++)
        burst_lose(b, i);
    burst_doubt(b);
    burst_lose(b, 6);
    assert_int_equal(b->lost, 6);
    assert_int_equal(b->ours, 1);
    assert_int_equal(burst_outcome(b), OUTCOME_OWN_FAULT);
    free(b);
}

static void the_summary_has_quartiles_jitter_and_loss(void **state)
{
    struct burst_plan five = {6, SECONDS(1), SECONDS(1), false};
    static const int64_t rtts_ms[] = {10, 30, 20, 50, 40};
    struct burst *b = burst_create(&five, start, MONO_NEVER);
    for (unsigned i = 0; i < 5; i++) {
        burst_sent(b, start);
        burst_answer(b, i, after(MILLISECONDS(rtts_ms[i])));
    }
    burst_sent(b, start);
    burst_lose(b, 5);
    struct burst_summary s = burst_summarise(b);
    assert_true(fabs(s.min - 0.010) < 1e-9);
    assert_true(fabs(s.q1 - 0.020) < 1e-9);
    assert_true(fabs(s.median - 0.030) < 1e-9);
    assert_true(fabs(s.q3 - 0.040) < 1e-9);
    assert_true(fabs(s.max - 0.050) < 1e-9);
    assert_true(fabs(s.jitter - 0.0175) < 1e-9); /* 20 10 30 10 */
    assert_true(fabs(s.loss - 1.0 / 6) < 1e-9);
    free(b);
}

static void nothing_answered_has_no_times(void **state)
{
    struct burst *b = burst_create(&ten, start, MONO_NEVER);
    burst_sent(b, start);
    burst_lose(b, 0);
    struct burst_summary s = burst_summarise(b);
    assert_true(isnan(s.median) && isnan(s.jitter));
    assert_true(s.loss == 1);
    free(b);
}

static void the_deadline_ends_it_without_blame(void **state)
{
    struct burst *b = burst_create(&ten, start, after(SECONDS(8)));
    burst_sent(b, start);
    burst_answer(b, 0, after(1));
    burst_sent(b, after(SECONDS(7) + MILLISECONDS(500)));
    assert_int_equal(burst_due(b).ns, after(SECONDS(8)).ns);
    assert_true(burst_done(b, after(SECONDS(8))));
    assert_int_equal(b->lost, 0);
    assert_true(burst_summarise(b).loss == 0);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes_are_due_one_gap_apart),
        cmocka_unit_test(after_a_pause_of_ours_echoes_do_not_bunch),
        cmocka_unit_test(all_lost_is_silent_and_one_answer_ends_a_confirmation),
        cmocka_unit_test(a_round_trip_is_never_negative),
        cmocka_unit_test(own_faults_accuse_nobody),
        cmocka_unit_test(the_summary_has_quartiles_jitter_and_loss),
        cmocka_unit_test(nothing_answered_has_no_times),
        cmocka_unit_test(the_deadline_ends_it_without_blame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
