#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/collector.h"
#include "collectors/protocol/arp.h"
#include "tests/support/sim_packets.h"

struct bed {
    struct sim *sim;
    const struct collector *kind;
    struct collector_instance *ping;
    struct addr addresses[2];
    struct check_setting setting;
};

static int set_up(void **state)
{
    static struct bed bed;
    bed.sim = sim_create(42);
    bed.kind = collector_find("ping");
    bed.ping = bed.kind->create(sim_env(bed.sim));
    addr_parse("192.0.2.7", &bed.addresses[0]);
    addr_parse("2001:db8::7", &bed.addresses[1]);
    bed.setting = (struct check_setting){.check = 3,
                                         .node = "cam",
                                         .label = "",
                                         .addresses = bed.addresses,
                                         .address_count = 1,
                                         .interval_ns = SECONDS(60),
                                         .watched_hard = true};
    assert_true(bed.kind->adopt(bed.ping, &bed.setting));
    *state = &bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    bed->kind->destroy(bed->ping);
    sim_destroy(bed->sim);
    return 0;
}

static void start(struct bed *bed, uint32_t round, enum round_kind kind)
{
    struct mono deadline = mono_after(sim_now(bed->sim).mono, SECONDS(60));
    bed->kind->start(bed->ping, 3, round, kind, deadline);
    bed->kind->flush(bed->ping);
}

static void a_regular_round_asks_ten_times_and_reports_once(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    start(bed, 1, ROUND_REGULAR);
    assert_int_equal(cam->asked, 1);
    sim_run(bed->sim, SECONDS(59));
    assert_int_equal(cam->asked, 10);
    assert_int_equal(sim_reports(bed->sim), 1);
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_int_equal(r->sent, 10);
    assert_int_equal(r->lost, 0);
    assert_string_equal(r->objects[0].object, "ping");
    assert_true(fabs(sim_measure(r, "rtt_median") - 0.001) < 1e-6);
    assert_true(sim_measure(r, "loss") == 0 && sim_measure(r, "sent") == 10);
}

static void silence_hints_once_and_a_confirmation_finds_it_in_seven_seconds(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->silent = true;
    start(bed, 1, ROUND_REGULAR);
    sim_run(bed->sim, MILLISECONDS(1100));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_LOSS), 1);
    start(bed, 2, ROUND_CONFIRM);
    sim_run(bed->sim, MILLISECONDS(7100));
    const struct report *r = sim_last_report(bed->sim);
    assert_non_null(r);
    assert_int_equal(r->kind, ROUND_CONFIRM);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
    assert_int_equal(r->lost, 7);
    assert_int_equal(r->object_count, 0); /* not in the series */
    sim_run(bed->sim, SECONDS(52));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_LOSS), 1);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_SILENT);
    assert_true(sim_measure(sim_last_report(bed->sim), "loss") == 1);
}

static void the_first_answer_after_silence_is_hinted_and_recovery_counts_five(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    cam->silent = true;
    start(bed, 1, ROUND_REGULAR);
    start(bed, 2, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(10));
    cam->silent = false;
    sim_run(bed->sim, SECONDS(4));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_ANSWER), 1);
    sim_run(bed->sim, SECONDS(8));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_ANSWER), 1);
    start(bed, 3, ROUND_RECOVER);
    sim_run(bed->sim, MILLISECONDS(4200));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->round, 3);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_int_equal(r->sent, 5);
    assert_int_equal(r->lost, 0);
}

static void asking_ends_with_the_first_answer(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7");
    start(bed, 9, ROUND_ASK);
    sim_run(bed->sim, MILLISECONDS(100));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_ANSWERED);
    assert_int_equal(sim_sent(bed->sim, PACKETS_ICMP4), 1);
}

static void asking_a_silent_one_takes_less_than_two_seconds(void **state)
{
    struct bed *bed = *state;
    start(bed, 9, ROUND_ASK);
    sim_run(bed->sim, MILLISECONDS(1700));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_SILENT);
    assert_int_equal(sim_sent(bed->sim, PACKETS_ICMP4), 3);
}

/* Fault 1 */
static void an_answer_from_the_wrong_address_is_no_answer(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    addr_parse("192.0.2.8", &cam->answers_from);
    start(bed, 1, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(59));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_non_null(strstr(r->detail, "10 from a wrong source"));
}

/* Fault 3 */
static void duplicates_count_once(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->duplicate = 1;
    start(bed, 1, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(59));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->sent, 10);
    assert_int_equal(r->lost, 0);
    assert_true(sim_measure(r, "rtt_max") < 0.0011);
    assert_non_null(strstr(r->detail, "9 duplicate")); /* the last one comes after the report */
}

/* Fault 4 */
static void late_answers_stay_lost_and_never_serve_a_newer_echo(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->rtt_ns = MILLISECONDS(6500);
    start(bed, 1, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(59));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->lost, 10);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_non_null(strstr(r->detail, "9 late"));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_ANSWER), 0);
}

static void a_late_answer_is_life_to_a_confirmation(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->rtt_ns = MILLISECONDS(2500);
    start(bed, 1, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(3));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->reason, "late");
}

/* Fault 5 */
static void an_icmp_error_gives_reason_and_offender(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    cam->icmp_error = true;
    cam->icmp_type = 3;
    cam->icmp_code = 13;
    cam->quote_bytes = 8;
    addr_parse("192.0.2.1", &cam->offender);
    start(bed, 1, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(8));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "prohibited");
    assert_non_null(strstr(r->detail, "192.0.2.1"));
}

/* Fault 6 */
static void a_failed_send_is_our_own_fault_and_names_the_firewall(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->send_errno = EPERM;
    start(bed, 1, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(59));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_int_equal(r->lost, 0);
    assert_int_equal(r->object_count, 0);
    assert_non_null(strstr(r->detail, "firewall"));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_LOSS), 0);
}

/* Fault 7 */
static void an_overflow_of_ours_is_no_loss(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->silent = true;
    start(bed, 1, ROUND_ASK);
    sim_run(bed->sim, MILLISECONDS(650));
    sim_overflow(bed->sim, PACKETS_ICMP4);
    sim_run(bed->sim, SECONDS(2));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_OWN_FAULT);
    assert_int_equal(sim_last_report(bed->sim)->lost, 0);
}

static void without_a_socket_it_is_our_own_fault(void **state)
{
    struct bed *bed = *state;
    sim_close_door(bed->sim, PACKETS_ICMP4);
    start(bed, 1, ROUND_ASK);
    sim_run(bed->sim, SECONDS(2));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_OWN_FAULT);
}

static void standing_still_loses_nothing_that_came_in_time(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7");
    start(bed, 1, ROUND_REGULAR);
    sim_stall(bed->sim, SECONDS(5));
    sim_run(bed->sim, SECONDS(1));
    assert_int_equal(sim_hints(bed->sim, HINT_FIRST_LOSS), 0);
    sim_run(bed->sim, SECONDS(54));
    const struct report *r = sim_last_report(bed->sim);
    assert_int_equal(r->lost, 0);
    assert_true(sim_measure(r, "rtt_max") < 0.002);
}

static void the_second_address_speaks_for_a_node_whose_first_is_silent(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7")->silent = true;
    struct sim_host *six = sim_host(bed->sim, "2001:db8::7");
    bed->setting.address_count = 2;
    assert_true(bed->kind->adopt(bed->ping, &bed->setting));
    start(bed, 1, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(3));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_ANSWERED);
    start(bed, 2, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(59));
    assert_int_equal(sim_last_report(bed->sim)->lost, 0);
    assert_int_equal(six->asked, 11);
}

static void an_answer_to_arp_since_the_silence_began_is_told(void **state)
{
    struct bed *bed = *state;
    struct sim_place *place = sim_place(bed->sim);
    prefix_parse("192.0.2.0/24", &place->on_link);
    place->neighbour = bed->addresses[0];
    place->entry = (struct netinfo_neighbour){.mac = {{2, 0, 0, 0, 0, 7}},
                                              .confirmed_ago_ns = SECONDS(3)};
    start(bed, 1, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(8));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_SILENT);
    assert_true(sim_last_report(bed->sim)->resolved_by_neighbour);
    place->entry.confirmed_ago_ns = SECONDS(60); /* from before it fell silent */
    start(bed, 2, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(8));
    assert_false(sim_last_report(bed->sim)->resolved_by_neighbour);
}

static void answer_arp(void *ctx, struct sim *sim, const struct packet *asked)
{
    struct arp_packet question, reply;
    uint8_t bytes[ARP_PACKET_BYTES];
    assert_true(arp_read(asked->data, asked->len, &question));
    reply = (struct arp_packet){.operation = ARP_REPLY, .sender_mac = {{2, 0, 0, 0, 0, 7}},
                                .sender = question.target, .target_mac = question.sender_mac,
                                .target = question.sender};
    arp_write(&reply, bytes);
    sim_deliver(sim, PACKETS_ARP, &(struct packet){.ifindex = 2, .data = bytes, .len = sizeof bytes},
                MILLISECONDS(1));
}

static void a_confirmation_asks_by_arp_itself(void **state)
{
    struct bed *bed = *state;
    struct sim_place *place = sim_place(bed->sim);
    prefix_parse("192.0.2.0/24", &place->on_link);
    place->link.mac.bytes[0] = 2;
    sim_on(bed->sim, PACKETS_ARP, answer_arp, NULL);
    start(bed, 1, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(8));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_SILENT);
    assert_true(sim_last_report(bed->sim)->resolved_by_neighbour);
    assert_int_equal(sim_sent(bed->sim, PACKETS_ARP), 3);
    sim_on(bed->sim, PACKETS_ARP, NULL, NULL);
    start(bed, 2, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(60));
    start(bed, 3, ROUND_CONFIRM);
    sim_run(bed->sim, SECONDS(8));
    assert_int_equal(sim_sent(bed->sim, PACKETS_ARP), 6);
}

static void confirm_at_once(void *ctx, const struct hint *h)
{
    if (h->kind == HINT_FIRST_LOSS)
        start(ctx, 50, ROUND_CONFIRM);
}

static void an_engine_that_acts_inside_a_hint_does_no_harm(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    cam->icmp_error = true; /* the loss is seen while receiving */
    cam->icmp_type = 3;
    addr_parse("192.0.2.1", &cam->offender);
    sim_on_hint(bed->sim, confirm_at_once, bed);
    bed->kind->start(bed->ping, 3, 1, ROUND_REGULAR, mono_after(sim_now(bed->sim).mono, 1));
    bed->kind->flush(bed->ping); /* over with its first echo */
    sim_stall(bed->sim, SECONDS(1)); /* so that it is due when the error is read */
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(sim_reports(bed->sim), 2);
    assert_int_equal(sim_last_report(bed->sim)->round, 50);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_SILENT);
}

static void cancel_at_once(void *ctx, const struct hint *h)
{
    struct bed *bed = ctx;
    if (h->kind == HINT_FIRST_LOSS)
        bed->kind->cancel(bed->ping, 3, 1);
}

static void an_engine_that_cancels_the_round_inside_its_hint_does_no_harm(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    cam->silent = true; /* the loss is seen when its time is over */
    sim_on_hint(bed->sim, cancel_at_once, bed);
    start(bed, 1, ROUND_REGULAR);
    sim_run(bed->sim, SECONDS(20));
    assert_int_equal(sim_reports(bed->sim), 1);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_CANCELLED);
    bed->kind->start(bed->ping, 3, 1, ROUND_REGULAR, mono_after(sim_now(bed->sim).mono, SECONDS(60)));
    cam->silent = false; /* one answer, so that the next loss is a first one again */
    bed->kind->flush(bed->ping);
    sim_run(bed->sim, SECONDS(1));
    cam->icmp_error = true; /* and while receiving */
    cam->icmp_type = 3;
    addr_parse("192.0.2.1", &cam->offender);
    sim_run(bed->sim, SECONDS(20));
    assert_int_equal(sim_reports(bed->sim), 2);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_CANCELLED);
}

static void random_loss_is_counted_exactly(void **state)
{
    struct bed *bed = *state;
    struct sim_host *cam = sim_host(bed->sim, "192.0.2.7");
    cam->loss = 0.5;
    uint32_t sent = 0, lost = 0;
    for (uint32_t round = 1; round <= 20; round++) {
        start(bed, round, ROUND_REGULAR);
        sim_run(bed->sim, SECONDS(60));
        assert_int_equal(sim_reports(bed->sim), round);
        sent += sim_last_report(bed->sim)->sent;
        lost += sim_last_report(bed->sim)->lost;
    }
    assert_int_equal(sent, 200);
    assert_in_range(lost, 70, 130);
}

static void a_cancelled_or_dropped_round_reports_once(void **state)
{
    struct bed *bed = *state;
    start(bed, 1, ROUND_REGULAR);
    bed->kind->cancel(bed->ping, 3, 1);
    assert_int_equal(sim_reports(bed->sim), 1);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_CANCELLED);
    start(bed, 2, ROUND_REGULAR);
    bed->kind->drop(bed->ping, 3);
    assert_int_equal(sim_reports(bed->sim), 2);
    sim_run(bed->sim, SECONDS(60));
    assert_int_equal(sim_reports(bed->sim), 2);
}

static void the_deadline_ends_a_round_with_one_report(void **state)
{
    struct bed *bed = *state;
    sim_host(bed->sim, "192.0.2.7");
    bed->kind->start(bed->ping, 3, 5, ROUND_REGULAR, mono_after(sim_now(bed->sim).mono, SECONDS(20)));
    bed->kind->flush(bed->ping);
    sim_run(bed->sim, MILLISECONDS(20100));
    assert_int_equal(sim_reports(bed->sim), 1);
    assert_int_equal(sim_last_report(bed->sim)->sent, 4);
    assert_int_equal(sim_last_report(bed->sim)->lost, 0);
}

/* The cost of many nodes is wake-ups: 1,000 nodes share the slots of the grid. */
static void many_nodes_share_wakeups(void **state)
{
    struct bed *bed = *state;
    static struct addr addresses[1000];
    for (uint32_t i = 0; i < 1000; i++) {
        char text[ADDR_TEXT_MAX];
        snprintf(text, sizeof text, "10.1.%u.%u", i / 250, i % 250 + 1);
        sim_host(bed->sim, text);
        addr_parse(text, &addresses[i]);
        struct check_setting s = bed->setting;
        s.check = 10 + i;
        s.addresses = &addresses[i];
        bed->kind->adopt(bed->ping, &s);
        bed->kind->start(bed->ping, s.check, 1, ROUND_REGULAR, MONO_NEVER);
        bed->kind->flush(bed->ping);
        sim_run(bed->sim, MILLISECONDS(60));
    }
    assert_int_equal(sim_reports(bed->sim) > 80, true);
    assert_true(sim_timer_wakeups(bed->sim) < 60 * 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_regular_round_asks_ten_times_and_reports_once),
        T(silence_hints_once_and_a_confirmation_finds_it_in_seven_seconds),
        T(the_first_answer_after_silence_is_hinted_and_recovery_counts_five),
        T(asking_ends_with_the_first_answer),
        T(asking_a_silent_one_takes_less_than_two_seconds),
        T(an_answer_from_the_wrong_address_is_no_answer),
        T(duplicates_count_once),
        T(late_answers_stay_lost_and_never_serve_a_newer_echo),
        T(a_late_answer_is_life_to_a_confirmation),
        T(an_icmp_error_gives_reason_and_offender),
        T(a_failed_send_is_our_own_fault_and_names_the_firewall),
        T(an_overflow_of_ours_is_no_loss),
        T(without_a_socket_it_is_our_own_fault),
        T(standing_still_loses_nothing_that_came_in_time),
        T(the_second_address_speaks_for_a_node_whose_first_is_silent),
        T(an_answer_to_arp_since_the_silence_began_is_told),
        T(a_confirmation_asks_by_arp_itself),
        T(an_engine_that_acts_inside_a_hint_does_no_harm),
        T(an_engine_that_cancels_the_round_inside_its_hint_does_no_harm),
        T(random_loss_is_counted_exactly),
        T(a_cancelled_or_dropped_round_reports_once),
        T(the_deadline_ends_a_round_with_one_report),
        T(many_nodes_share_wakeups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
