/* What a receiver wants, and what it does not take. */
#include <string.h>

#include "tests/sim/farm.h"

static void reminders_come_as_often_as_asked_for_until_it_is_over(void **state)
{
    struct world *w = farm();
    world_receiver(w, SEVERITY_REPORT, 3600);
    world_down(w, "barn-cam", 600, 600 + 3.5 * 3600);
    world_begin(w);
    world_run(w, 600 + 3.4 * 3600);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(w, MESSAGE_REMINDER), 3);
    world_run(w, 600 + 9 * 3600);
    assert_int_equal(world_messages(w, MESSAGE_REMINDER), 3);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void an_acknowledged_incident_reminds_nobody(void **state)
{
    struct world *w = farm();
    world_receiver(w, SEVERITY_REPORT, 3600);
    world_down(w, "barn-cam", 600, 40000);
    world_begin(w);
    world_run(w, 600 + 1.5 * 3600);
    assert_int_equal(world_messages(w, MESSAGE_REMINDER), 1);
    char by[] = "anna";
    struct we_ack ack = {1, only_incident(w)->in.id, by};
    world_take(w, &(struct input){.kind = INPUT_ACK, .ack = &ack});
    world_run(w, 30000);
    assert_int_equal(world_messages(w, MESSAGE_REMINDER), 1);
    world_destroy(w);
}

static void what_weighs_less_than_asked_for_is_shown_and_not_sent(void **state)
{
    struct world *w = farm();
    world_receiver(w, SEVERITY_WAKE, 0);
    world_down(w, "barn-cam", 600, 700);
    world_down(w, "bridge-barn", 2000, 2300);
    world_begin(w);
    world_run(w, 1500);
    assert_int_equal(only_incident(w)->in.severity, SEVERITY_DAY);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 0);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 0);
    world_run(w, 3000);
    assert_int_equal(world_incident_count(w), 2);
    assert_int_equal(world_incident(w, 1)->in.severity, SEVERITY_WAKE);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    world_destroy(w);
}

static void deliver(struct world *w, bool sent, int64_t retry_ns)
{
    struct se_delivery d = {.key = (char *)"k", .receiver = (char *)"me", .sent = sent, .attempts = 1,
                            .retry_at = {retry_ns}, .error = (char *)(sent ? "" : "550 no such user")};
    world_take(w, &(struct input){.kind = INPUT_DELIVERY, .delivery = &d});
}

static void a_refused_message_is_a_fault_of_ours_until_one_is_taken(void **state)
{
    struct world *w = farm();
    world_begin(w);
    world_run(w, 300);
    deliver(w, false, SECONDS(1));
    world_run(w, 310);
    assert_int_equal(world_incident_count(w), 0); /* it is tried again */
    deliver(w, false, 0);
    deliver(w, false, 0);
    world_run(w, 400);
    const struct kept_incident *i = only_incident(w);
    assert_cause(i, CAUSE_OWN_FAULT);
    assert_non_null(strstr(i->in.evidence[0].fact, "message to me: refused: 550 no such user"));
    assert_int_equal(i->in.resolved.ns, 0);
    deliver(w, true, 0);
    world_run(w, 500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reminders_come_as_often_as_asked_for_until_it_is_over),
        cmocka_unit_test(an_acknowledged_incident_reminds_nobody),
        cmocka_unit_test(what_weighs_less_than_asked_for_is_shown_and_not_sent),
        cmocka_unit_test(a_refused_message_is_a_fault_of_ours_until_one_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
