#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/engine/guest_watch.h"
#include "tests/support/told_guest.h"

static struct told_guest t;
static struct guest_watch *w;
static int64_t now_s;

static int begin(void **state)
{
    w = guest_watch_create();
    now_s = 1000;
    return 0;
}

static int end(void **state)
{
    guest_watch_destroy(w);
    return 0;
}

static bool take(enum round_kind kind)
{
    struct report r = {.kind = kind, .outcome = OUTCOME_ANSWERED, .reason = "", .guest = &t.result};
    now_s += 10;
    return guest_watch_take(w, &r, (struct mono){SECONDS(now_s)});
}

static bool well(enum round_kind kind)
{
    told_well(&t, 501);
    return take(kind);
}

static bool failing(enum round_kind kind, enum guest_step step, enum guest_reason reason)
{
    told_failing(&t, 501, step, reason);
    return take(kind);
}

static bool lossy(enum round_kind kind)
{
    told_well(&t, 501);
    t.steps[GUEST_FULLSIZE].verdict = VERDICT_DEGRADED;
    t.steps[GUEST_FULLSIZE].reason = GUEST_LOSSY;
    return take(kind);
}

static enum verdict service(void)
{
    return w->matters[GUEST_MATTER_SERVICE].verdict;
}

static const char *reason(enum verdict expected)
{
    const char *reason;
    assert_int_equal(guest_watch_verdict(w, &reason), expected);
    return reason;
}

static void a_failure_takes_two_probes_and_its_end_one(void **state)
{
    assert_string_equal(reason(VERDICT_UNKNOWN), "");
    assert_false(well(ROUND_REGULAR));
    assert_true(failing(ROUND_REGULAR, GUEST_DNS, GUEST_DNS_FAILED));
    assert_int_equal(service(), VERDICT_OK);
    assert_false(failing(ROUND_ASK, GUEST_DNS, GUEST_DNS_FAILED));
    assert_string_equal(reason(VERDICT_FAILING), "dns-failed");
    assert_false(well(ROUND_REGULAR));
    assert_string_equal(reason(VERDICT_OK), "");
}

static void one_bad_probe_among_good_ones_is_forgotten(void **state)
{
    for (int i = 0; i < 50; i++) {
        well(ROUND_REGULAR);
        assert_true(failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE));
        assert_false(well(ROUND_ASK));
        assert_int_equal(service(), VERDICT_OK);
    }
}

static void two_different_failures_are_settled_by_a_third(void **state)
{
    well(ROUND_REGULAR);
    failing(ROUND_REGULAR, GUEST_HTTP, GUEST_HTTP_FAILED);
    assert_true(failing(ROUND_ASK, GUEST_OFFER, GUEST_SILENCE));
    assert_int_equal(service(), VERDICT_OK);
    assert_false(failing(ROUND_ASK, GUEST_OFFER, GUEST_SILENCE));
    assert_string_equal(reason(VERDICT_FAILING), "silence");
}

static void what_fails_otherwise_for_once_keeps_its_name(void **state)
{
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    failing(ROUND_ASK, GUEST_GATEWAY, GUEST_SILENCE);
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    well(ROUND_REGULAR);
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    failing(ROUND_ASK, GUEST_GATEWAY, GUEST_SILENCE);
    w->matters[GUEST_MATTER_SERVICE].bad_in_row = 0; /* as after a sleep */
    assert_true(failing(ROUND_REGULAR, GUEST_OFFER, GUEST_SILENCE));
    assert_int_equal(w->matters[GUEST_MATTER_SERVICE].failure.step, GUEST_GATEWAY);
    assert_false(failing(ROUND_ASK, GUEST_OFFER, GUEST_SILENCE));
    assert_int_equal(w->matters[GUEST_MATTER_SERVICE].failure.step, GUEST_OFFER);
}

static void too_much_loss_is_no_failure_and_no_end_of_one(void **state)
{
    well(ROUND_REGULAR);
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    assert_true(lossy(ROUND_ASK)); /* it may hide either */
    assert_int_equal(service(), VERDICT_OK);
    failing(ROUND_ASK, GUEST_GATEWAY, GUEST_SILENCE);
    assert_int_equal(service(), VERDICT_OK);
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    assert_int_equal(service(), VERDICT_FAILING);
    lossy(ROUND_REGULAR);
    assert_int_equal(service(), VERDICT_FAILING);
}

static void loss_that_lasts_is_degraded(void **state)
{
    well(ROUND_REGULAR);
    lossy(ROUND_REGULAR);
    lossy(ROUND_REGULAR);
    assert_int_equal(service(), VERDICT_OK);
    lossy(ROUND_REGULAR);
    assert_string_equal(reason(VERDICT_DEGRADED), "lossy");
    well(ROUND_REGULAR);
    assert_int_equal(service(), VERDICT_OK);
}

static void a_stranger_is_believed_at_once_and_must_be_missed_twice(void **state)
{
    well(ROUND_REGULAR);
    told_well(&t, 501);
    told_stranger(&t, "10.9.9.1");
    assert_false(take(ROUND_REGULAR));
    assert_string_equal(reason(VERDICT_FAILING), "strange-server");
    assert_true(well(ROUND_REGULAR));
    assert_string_equal(reason(VERDICT_FAILING), "strange-server");
    assert_int_equal(w->matters[GUEST_MATTER_DHCP].failed.result.offers_count, 2); /* what is told of it stays */
    assert_false(well(ROUND_ASK));
    assert_string_equal(reason(VERDICT_OK), "");
}

static void an_end_of_a_leak_is_asked_for(void **state)
{
    failing(ROUND_REGULAR, GUEST_ISOLATION, GUEST_LEAK_TCP);
    failing(ROUND_ASK, GUEST_ISOLATION, GUEST_LEAK_TCP);
    told_well(&t, 501);
    t.steps[GUEST_ISOLATION].done = false; /* not its turn: it is looked at once an hour */
    assert_true(take(ROUND_REGULAR));
    assert_string_equal(reason(VERDICT_FAILING), "leak-tcp");
    assert_false(well(ROUND_ASK));
    assert_string_equal(reason(VERDICT_OK), "");
    t.steps[GUEST_ISOLATION].done = false;
    assert_false(take(ROUND_REGULAR));
}

static void nobody_asks_for_ever(void **state)
{
    unsigned asks = 0;
    well(ROUND_REGULAR);
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    while (lossy(ROUND_ASK) || (asks % 2 && failing(ROUND_ASK, GUEST_GATEWAY, GUEST_SILENCE)))
        assert_in_range(++asks, 1, WATCH_ASKS);
}

static void what_is_ours_is_said_and_changes_nothing_else(void **state)
{
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    failing(ROUND_ASK, GUEST_GATEWAY, GUEST_SILENCE);
    told_failing(&t, 501, GUEST_LINK, GUEST_NO_RIGHT);
    t.steps[GUEST_LINK].detail = (char *)"needs CAP_NET_RAW";
    t.result.own_fault = true;
    assert_false(take(ROUND_REGULAR));
    assert_string_equal(reason(VERDICT_UNKNOWN), "no-right");
    assert_string_equal(w->detail, "needs CAP_NET_RAW");
    assert_int_equal(service(), VERDICT_FAILING);
}

static void a_kind_that_cannot_be_had_is_unknown(void **state)
{
    struct report r = {.outcome = OUTCOME_OWN_FAULT, .reason = "own fault",
                       .detail = "this kind of check cannot be used here"};
    assert_false(guest_watch_take(w, &r, (struct mono){SECONDS(1)}));
    assert_string_equal(reason(VERDICT_UNKNOWN), "own fault");
    assert_string_equal(w->detail, "this kind of check cannot be used here");
}

static void a_vlan_that_never_reached_us_is_unknown(void **state)
{
    told_failing(&t, 501, GUEST_OFFER, GUEST_NOT_CARRIED);
    t.steps[GUEST_OFFER].verdict = VERDICT_UNKNOWN;
    t.result.armed = false;
    assert_false(take(ROUND_REGULAR));
    assert_string_equal(reason(VERDICT_UNKNOWN), "not-carried");
    assert_int_equal(service(), VERDICT_UNKNOWN);
}

static void what_was_restored_stays_until_it_is_heard_of(void **state)
{
    guest_watch_restore(w, GUEST_MATTER_SERVICE, (struct mono){SECONDS(5)});
    assert_int_equal(service(), VERDICT_FAILING);
    assert_int_equal(w->matters[GUEST_MATTER_SERVICE].failure.reason, GUEST_NONE);
    well(ROUND_REGULAR);
    guest_watch_restore(w, GUEST_MATTER_SERVICE, (struct mono){SECONDS(5)}); /* we know better */
    assert_int_equal(service(), VERDICT_OK);
}

static void what_was_only_suspected_before_a_sleep_proves_nothing(void **state)
{
    well(ROUND_REGULAR);
    failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE);
    guest_watch_forget_suspicion(w);
    assert_true(failing(ROUND_REGULAR, GUEST_GATEWAY, GUEST_SILENCE));
    assert_int_equal(service(), VERDICT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_failure_takes_two_probes_and_its_end_one, begin, end),
        cmocka_unit_test_setup_teardown(one_bad_probe_among_good_ones_is_forgotten, begin, end),
        cmocka_unit_test_setup_teardown(two_different_failures_are_settled_by_a_third, begin, end),
        cmocka_unit_test_setup_teardown(what_fails_otherwise_for_once_keeps_its_name, begin, end),
        cmocka_unit_test_setup_teardown(too_much_loss_is_no_failure_and_no_end_of_one, begin, end),
        cmocka_unit_test_setup_teardown(loss_that_lasts_is_degraded, begin, end),
        cmocka_unit_test_setup_teardown(a_stranger_is_believed_at_once_and_must_be_missed_twice, begin, end),
        cmocka_unit_test_setup_teardown(an_end_of_a_leak_is_asked_for, begin, end),
        cmocka_unit_test_setup_teardown(nobody_asks_for_ever, begin, end),
        cmocka_unit_test_setup_teardown(what_is_ours_is_said_and_changes_nothing_else, begin, end),
        cmocka_unit_test_setup_teardown(a_kind_that_cannot_be_had_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_vlan_that_never_reached_us_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(what_was_restored_stays_until_it_is_heard_of, begin, end),
        cmocka_unit_test_setup_teardown(what_was_only_suspected_before_a_sleep_proves_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
