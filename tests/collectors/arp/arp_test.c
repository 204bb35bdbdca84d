#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/protocol/arp.h"
#include "tests/support/check_bed.h"

static struct {
    int64_t listen_ns;
} options = {SECONDS(1)};

static struct check_bed bed;
static struct mac tellers[2];
static size_t teller_count;

static void answer(void *ctx, struct sim *s, const struct packet *asked)
{
    struct arp_packet question, reply;
    uint8_t bytes[ARP_PACKET_BYTES];
    assert_true(arp_read(asked->data, asked->len, &question));
    assert_int_equal(asked->ifindex, 2);
    for (size_t i = 0; i < teller_count; i++) {
        reply = (struct arp_packet){.operation = ARP_REPLY, .sender_mac = tellers[i],
                                    .sender = question.target, .target_mac = question.sender_mac,
                                    .target = question.sender};
        arp_write(&reply, bytes);
        struct packet p = {.ifindex = 2, .data = bytes, .len = sizeof bytes};
        sim_deliver(s, PACKETS_ARP, &p, MILLISECONDS(1));
    }
}

static int set_up(void **state)
{
    check_bed_open(&bed, "arp", &options, sizeof options);
    struct sim_place *place = sim_place(bed.sim);
    prefix_parse("192.0.2.0/24", &place->on_link);
    addr_parse("192.0.2.2", &place->own);
    place->link = (struct netinfo_link){.name = "eth0", .carrier = true, .mac = {{2, 0, 0, 0, 0, 1}}};
    sim_on(bed.sim, PACKETS_ARP, answer, NULL);
    mac_parse("3c:84:6a:01:02:03", &tellers[0]);
    mac_parse("3c:84:6a:01:02:04", &tellers[1]);
    teller_count = 1;
    return 0;
}

static int tear_down(void **state)
{
    check_bed_close(&bed);
    return 0;
}

static void one_holder_is_well(void **state)
{
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_ANSWERED);
}

static void two_holders_are_a_conflict_and_both_are_named(void **state)
{
    teller_count = 2;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "conflict");
    assert_string_equal(sim_fact(r, "arp.conflict", "192.0.2.7"),
                        "3c:84:6a:01:02:03 3c:84:6a:01:02:04");
}

static void a_holder_that_changes_back_and_forth_is_a_conflict_too(void **state)
{
    struct mac one = tellers[0], two = tellers[1];
    enum outcome last = OUTCOME_ANSWERED;
    for (int i = 0; i < 5; i++) {
        tellers[0] = i % 2 ? two : one;
        last = check_bed_ask(&bed, ROUND_REGULAR)->outcome;
        if (i < 3)
            assert_int_equal(last, OUTCOME_ANSWERED);
    }
    assert_int_equal(last, OUTCOME_WRONG);
}

static void a_replaced_device_is_no_conflict(void **state)
{
    check_bed_ask(&bed, ROUND_REGULAR);
    tellers[0] = tellers[1];
    for (int i = 0; i < 5; i++)
        assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_ANSWERED);
}

static void what_cannot_be_asked_says_nothing(void **state)
{
    teller_count = 0;
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_CANCELLED);
    sim_place(bed.sim)->on_link.length = 32;
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_CANCELLED);
    sim_close_door(bed.sim, PACKETS_ARP);
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(one_holder_is_well), T(two_holders_are_a_conflict_and_both_are_named),
        T(a_holder_that_changes_back_and_forth_is_a_conflict_too), T(a_replaced_device_is_no_conflict),
        T(what_cannot_be_asked_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
