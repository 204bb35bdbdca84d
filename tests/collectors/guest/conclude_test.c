#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/guest/conclude.h"

static struct guest_step_result steps[GUEST_STEPS];
static struct guest_result result = {.steps = steps, .steps_count = GUEST_STEPS, .armed = true};

static int all_well(void **state)
{
    for (size_t i = GUEST_LINK; i <= GUEST_CONTROL; i++)
        steps[i] = (struct guest_step_result){.done = true, .verdict = VERDICT_OK};
    result.own_fault = false;
    return 0;
}

static void set(enum guest_step step, enum verdict verdict, enum guest_reason reason)
{
    steps[step] = (struct guest_step_result){.done = true, .verdict = verdict, .reason = reason};
}

static void expect(enum outcome outcome, const char *word)
{
    const char *reason, *detail;
    assert_int_equal(conclude_outcome(&result, &reason, &detail), outcome);
    assert_string_equal(reason, word);
}

static void what_is_well_is_answered_without_a_reason(void **state)
{
    assert_int_equal(conclude_worst(&result), GUEST_STEPS);
    expect(OUTCOME_ANSWERED, "");
}

static void the_first_failing_step_tells_and_explains_those_behind_it(void **state)
{
    set(GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED);
    set(GUEST_FULLSIZE, VERDICT_FAILING, GUEST_GIANTS_DROPPED);
    expect(OUTCOME_WRONG, "giants-dropped");
}

static void failing_comes_before_degraded_and_that_before_unknown(void **state)
{
    set(GUEST_FULLSIZE, VERDICT_UNKNOWN, GUEST_SILENCE);
    expect(OUTCOME_ANSWERED, "silence");
    set(GUEST_HTTP, VERDICT_DEGRADED, GUEST_LOSSY);
    expect(OUTCOME_ANSWERED, "lossy");
    set(GUEST_ISOLATION, VERDICT_FAILING, GUEST_LEAK_ICMP);
    expect(OUTCOME_WRONG, "leak-icmp");
}

static void the_control_is_no_part_of_the_network(void **state)
{
    set(GUEST_CONTROL, VERDICT_FAILING, GUEST_SILENCE);
    expect(OUTCOME_ANSWERED, "");
}

static void silence_is_silence_only_where_nobody_offers(void **state)
{
    set(GUEST_GATEWAY, VERDICT_FAILING, GUEST_SILENCE);
    expect(OUTCOME_WRONG, "silence");
    set(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
    expect(OUTCOME_SILENT, "silence");
}

static void our_own_fault_is_told_whatever_else_is(void **state)
{
    result.own_fault = true;
    set(GUEST_LINK, VERDICT_FAILING, GUEST_NO_LINK);
    expect(OUTCOME_OWN_FAULT, "no-link");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_well_is_answered_without_a_reason, all_well),
        cmocka_unit_test_setup(the_first_failing_step_tells_and_explains_those_behind_it, all_well),
        cmocka_unit_test_setup(failing_comes_before_degraded_and_that_before_unknown, all_well),
        cmocka_unit_test_setup(the_control_is_no_part_of_the_network, all_well),
        cmocka_unit_test_setup(silence_is_silence_only_where_nobody_offers, all_well),
        cmocka_unit_test_setup(our_own_fault_is_told_whatever_else_is, all_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
