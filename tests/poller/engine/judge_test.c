#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "poller/engine/judge.h"
#include "poller/model/false_alarm.h"

#define NODES 60
#define ROUNDS_A_YEAR 525600.0
#define ECHOES 10
#define LOSS 0.01
#define ACCEPTED 1e-3 /* false alarms per 60 nodes and year */

static struct instant at(double s)
{
    return (struct instant){{(int64_t)(s * 1e9)}, {(int64_t)(s * 1e9)}};
}

static struct report echoes(enum round_kind kind, uint32_t sent, uint32_t lost)
{
    return (struct report){.kind = kind, .sent = sent, .lost = lost, .reason = "",
                           .outcome = lost < sent ? OUTCOME_ANSWERED : OUTCOME_SILENT};
}

static struct report round_of(enum outcome outcome)
{
    return (struct report){.kind = ROUND_REGULAR, .outcome = outcome, .reason = "refused"};
}

static enum judge_step take(const char *kind, struct judgement *v, struct report r, double s)
{
    return judge_report(judge_for(kind), v, &r, at(s));
}

static enum judge_step first_loss(struct judgement *v, double s)
{
    struct hint h = {.kind = HINT_FIRST_LOSS, .at = at(s).mono};
    return judge_hint(judge_for("ping"), v, &h, at(s));
}

static void chance_alone_stays_below_what_is_accepted(void **state)
{
    assert_true(false_alarms_in_a_row(NODES, ROUNDS_A_YEAR * ECHOES, LOSS, CONFIRM_ECHOES) <
                ACCEPTED);
    assert_true(false_alarms_windows(NODES, ROUNDS_A_YEAR, LOSS,
                                     (unsigned)(LOSSY_RATIO * ECHOES + 0.5), ECHOES,
                                     LOSSY_ROUNDS) < ACCEPTED);
    const struct judge *service = judge_for("tcp");
    double both_tries = LOSS * LOSS;
    assert_true(false_alarms_in_a_row(NODES, ROUNDS_A_YEAR, both_tries,
                                      service->bad_rounds - 1u) < ACCEPTED);
    assert_true(false_alarms_in_a_row(NODES, ROUNDS_A_YEAR, both_tries,
                                      judge_for("snmp")->bad_rounds - 1u) < ACCEPTED);
    assert_true(false_alarms_in_a_row(1, ROUNDS_A_YEAR, both_tries, /* names asked of the router */
                                      judge_for("internet")->bad_rounds - 1u) < ACCEPTED);
}

static void a_loss_that_a_burst_disproves_is_only_a_disturbance(void **state)
{
    struct judgement v = {0};
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 60);
    assert_int_equal(first_loss(&v, 70), JUDGE_CONFIRM);
    assert_int_equal(first_loss(&v, 71), JUDGE_NOTHING);
    take("ping", &v, echoes(ROUND_CONFIRM, 3, 2), 73);
    assert_int_equal(v.verdict, VERDICT_OK);
    assert_int_equal(v.stage, STAGE_STEADY);
    assert_int_equal(v.disturbances, 1);
}

static void a_silent_burst_fails_and_a_good_one_recovers(void **state)
{
    struct judgement v = {0};
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 60);
    first_loss(&v, 70);
    take("ping", &v, echoes(ROUND_CONFIRM, 7, 7), 78);
    assert_int_equal(v.verdict, VERDICT_FAILING);
    assert_string_equal(v.reason, "timeout");
    struct hint h = {.kind = HINT_FIRST_ANSWER};
    assert_int_equal(judge_hint(judge_for("ping"), &v, &h, at(100)), JUDGE_RECOVER);
    assert_int_equal(take("ping", &v, echoes(ROUND_RECOVER, 5, 2), 105), JUDGE_RECOVER_LATER);
    assert_int_equal(v.verdict, VERDICT_FAILING);
    take("ping", &v, echoes(ROUND_RECOVER, 5, 1), 115);
    assert_int_equal(v.verdict, VERDICT_OK);
}

static void the_last_word_decides_when_it_comes_after_the_burst(void **state)
{
    for (unsigned answered = 0; answered < 2; answered++) {
        struct judgement v = {0};
        take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 60);
        first_loss(&v, 70);
        judge_word_begins(&v);
        take("ping", &v, echoes(ROUND_CONFIRM, 7, 7), 78);
        assert_int_equal(v.verdict, VERDICT_OK);
        take("ping", &v, echoes(ROUND_ASK, 3, 3 - answered), 78.3);
        assert_int_equal(v.verdict, answered ? VERDICT_OK : VERDICT_FAILING);
    }
}

static void a_lost_last_word_does_not_hide_a_silence(void **state)
{
    struct judgement v = {0};
    first_loss(&v, 70);
    judge_word_begins(&v);
    take("ping", &v, echoes(ROUND_CONFIRM, 7, 7), 78);
    judge_word_lost(&v, at(82));
    assert_int_equal(v.verdict, VERDICT_FAILING);
}

static void lossy_rounds_degrade_and_clean_ones_mend(void **state)
{
    struct judgement v = {0};
    for (unsigned i = 0; i < 2; i++)
        take("ping", &v, echoes(ROUND_REGULAR, 10, 4), 60 * i);
    assert_int_equal(v.verdict, VERDICT_OK);
    take("ping", &v, echoes(ROUND_REGULAR, 10, 4), 180);
    assert_int_equal(v.verdict, VERDICT_DEGRADED);
    take("ping", &v, echoes(ROUND_REGULAR, 10, 2), 240);
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 300);
    take("ping", &v, echoes(ROUND_REGULAR, 10, 1), 360);
    assert_int_equal(v.verdict, VERDICT_DEGRADED);
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 420);
    assert_int_equal(v.verdict, VERDICT_OK);
}

static void our_own_faults_never_fail_a_device(void **state)
{
    struct judgement v = {0};
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 0);
    for (unsigned i = 1; i < 10; i++) {
        struct report r = {.kind = ROUND_REGULAR, .outcome = OUTCOME_OWN_FAULT, .reason = ""};
        take("ping", &v, r, 60 * i);
        assert_int_equal(v.verdict, i < OWN_FAULT_ROUNDS ? VERDICT_OK : VERDICT_UNKNOWN);
    }
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 900);
    assert_int_equal(v.verdict, VERDICT_OK);
}

static void what_many_ask_at_once_is_one_fault_of_ours(void **state)
{
    struct judgement v = {0};
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 0);
    for (unsigned i = 0; i < 2 * OWN_FAULT_ROUNDS; i++)
        take("ping", &v, (struct report){.kind = ROUND_ASK, .outcome = OUTCOME_OWN_FAULT, .reason = ""}, 10 + i);
    assert_int_equal(v.verdict, VERDICT_OK);
}

static void a_name_without_address_is_unknown_at_once_and_no_fault_of_ours(void **state)
{
    struct judgement v = {0};
    for (unsigned i = 0; i < 10; i++) {
        struct report r = {.kind = ROUND_REGULAR, .outcome = OUTCOME_OWN_FAULT, .reason = JUDGE_NO_ADDRESS};
        take("ping", &v, r, 60 * i);
        assert_int_equal(v.verdict, VERDICT_UNKNOWN);
        assert_string_equal(v.reason, JUDGE_NO_ADDRESS);
        assert_true(v.own_in_row < OWN_FAULT_ROUNDS);
    }
    take("ping", &v, echoes(ROUND_REGULAR, 10, 0), 900);
    assert_int_equal(v.verdict, VERDICT_OK);
}

static void a_service_fails_after_three_bad_rounds_and_mends_after_two(void **state)
{
    struct judgement v = {0};
    take("tcp", &v, round_of(OUTCOME_ANSWERED), 0);
    assert_int_equal(take("tcp", &v, round_of(OUTCOME_WRONG), 60), JUDGE_CONFIRM);
    assert_int_equal(take("tcp", &v, round_of(OUTCOME_WRONG), 65), JUDGE_CONFIRM);
    assert_int_equal(v.verdict, VERDICT_OK);
    take("tcp", &v, round_of(OUTCOME_WRONG), 70);
    assert_int_equal(v.verdict, VERDICT_FAILING);
    assert_int_equal(take("tcp", &v, round_of(OUTCOME_ANSWERED), 130), JUDGE_RECOVER);
    assert_int_equal(v.verdict, VERDICT_FAILING);
    take("tcp", &v, round_of(OUTCOME_ANSWERED), 135);
    assert_int_equal(v.verdict, VERDICT_OK);
}

static struct report internet(enum outcome outcome, const char *reason)
{
    return (struct report){.kind = ROUND_REGULAR, .outcome = outcome, .reason = reason,
                           .detail = reason};
}

static void what_answers_wrongly_is_not_called_silent_by_one_round(void **state)
{
    struct judgement v = {0};
    take("internet", &v, internet(OUTCOME_ANSWERED, ""), 0);
    for (unsigned i = 0; i < 3; i++)
        take("internet", &v, internet(OUTCOME_WRONG, "dns"), 60 + i * 6);
    assert_int_equal(v.verdict, VERDICT_FAILING);
    for (unsigned i = 0; i < 2; i++) {
        take("internet", &v, internet(OUTCOME_SILENT, "isp"), 120 + i * 60);
        assert_string_equal(v.reason, "dns");
        assert_string_equal(v.detail, "dns");
    }
    take("internet", &v, internet(OUTCOME_WRONG, "dns"), 240);
    for (unsigned i = 0; i < 3; i++)
        take("internet", &v, internet(OUTCOME_SILENT, "isp"), 300 + i * 60);
    assert_string_equal(v.reason, "isp");
    assert_string_equal(v.detail, "isp");
    take("internet", &v, internet(OUTCOME_WRONG, "dns"), 480); /* an answer counts at once */
    assert_string_equal(v.reason, "dns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chance_alone_stays_below_what_is_accepted),
        cmocka_unit_test(a_loss_that_a_burst_disproves_is_only_a_disturbance),
        cmocka_unit_test(a_silent_burst_fails_and_a_good_one_recovers),
        cmocka_unit_test(the_last_word_decides_when_it_comes_after_the_burst),
        cmocka_unit_test(a_lost_last_word_does_not_hide_a_silence),
        cmocka_unit_test(lossy_rounds_degrade_and_clean_ones_mend),
        cmocka_unit_test(our_own_faults_never_fail_a_device),
        cmocka_unit_test(what_many_ask_at_once_is_one_fault_of_ours),
        cmocka_unit_test(a_name_without_address_is_unknown_at_once_and_no_fault_of_ours),
        cmocka_unit_test(a_service_fails_after_three_bad_rounds_and_mends_after_two),
        cmocka_unit_test(what_answers_wrongly_is_not_called_silent_by_one_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
