/* What we cannot send is a fault of our own, never a device's (fault 6). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/sim/day.h"

#define NODE "barn-switch-4"

static struct network *cannot_send(const char *node, int error, double from_s, double to_s)
{
    struct network *n = network_create(4);
    day_farm_of_packets(n);
    network_send_error(n, error);
    network_fault(n, FAULT_SENDING, node, from_s, to_s);
    network_begin(n);
    network_run(n, to_s - 1);
    return n;
}

static void assert_no_device_is_blamed(const struct network *n)
{
    const struct keeper *k = network_keeper(n);
    assert_int_equal(keeper_transitions(k, STATE_DOWN), 0);
    assert_int_equal(keeper_transitions(k, STATE_UNREACHABLE), 0);
    for (size_t i = 0; i < keeper_incident_count(k); i++)
        assert_string_equal(cause_kind_words[keeper_incident(k, i)->in.cause.kind],
                            cause_kind_words[CAUSE_OWN_FAULT]);
}

static void queues_that_are_full_are_one_fault_of_ours(void **state)
{
    static const int errors[] = {ENOBUFS, EPERM, ENETUNREACH, EAGAIN};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct network *n = cannot_send(NULL, errors[i], 1800, 2400);
        assert_no_device_is_blamed(n);
        assert_int_equal(keeper_incident_count(network_keeper(n)), 1);
        assert_int_equal(keeper_open(network_keeper(n)), 1);
        assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_UNKNOWN);
        network_run(n, 2400 + SETTLED_S);
        assert_no_device_is_blamed(n);
        assert_int_equal(keeper_open(network_keeper(n)), 0);
        assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_UP);
        assert_int_equal(keeper_state(network_keeper(n), "internet"), STATE_UP);
        network_destroy(n);
    }
}

static void a_firewall_before_one_node_leaves_the_others_alone(void **state)
{
    struct network *n = cannot_send(NODE, EPERM, 1800, 2400);
    assert_no_device_is_blamed(n);
    assert_int_equal(keeper_open(network_keeper(n)), 1);
    assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_UNKNOWN);
    assert_int_equal(keeper_transitions(network_keeper(n), STATE_UNKNOWN), 1);
    network_run(n, 2400 + SETTLED_S);
    assert_int_equal(keeper_open(network_keeper(n)), 0);
    assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_UP);
    network_destroy(n);
}

static void a_moment_of_it_is_not_worth_a_word(void **state)
{
    for (unsigned offset = 0; offset < 60; offset += 13) {
        struct network *n = cannot_send(NULL, ENOBUFS, 1800 + offset, 1803 + offset);
        network_run(n, 2100);
        assert_int_equal(day_compare(network_keeper(n), NULL, 0), 0);
        assert_no_device_is_blamed(n);
        network_destroy(n);
    }
}

/* A node dies while we cannot send: it is found when we can again. */
static void what_dies_meanwhile_is_found_afterwards(void **state)
{
    struct network *n = cannot_send(NULL, ENOBUFS, 1800, 2400);
    network_fault(n, FAULT_HUNG, NODE, network_now(n), 3000);
    network_run(n, 2400 + 60 + TOLD_SILENT_S);
    assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_DOWN);
    network_destroy(n);
}

static void our_own_cable_is_told_as_ours(void **state)
{
    for (unsigned unreachable_s = 0; unreachable_s <= 40; unreachable_s += 10) {
        struct network *n = network_create(4);
        day_farm_of_packets(n);
        network_send_error(n, ENETUNREACH);
        network_fault(n, FAULT_OWN_CABLE, NULL, 1800, 2100);
        network_fault(n, FAULT_SENDING, NULL, 1800 + unreachable_s, 2100);
        network_begin(n);
        network_run(n, 2090);
        const struct keeper *k = network_keeper(n);
        assert_int_equal(keeper_transitions(k, STATE_DOWN), 0);
        assert_int_equal(keeper_open(k), 1);
        network_run(n, 2100 + SETTLED_S);
        assert_int_equal(keeper_incident_count(k), 1);
        assert_int_equal(keeper_incident(k, 0)->in.cause.kind, CAUSE_WATCHER_ISOLATED);
        assert_int_equal(keeper_open(k), 0);
        assert_int_equal(keeper_state(k, NODE), STATE_UP);
        assert_int_equal(keeper_state(k, "internet"), STATE_UP);
        network_destroy(n);
    }
}

static void a_cable_without_errors_names_our_interface(void **state)
{
    struct network *n = network_create(4);
    day_farm_of_packets(n);
    network_fault(n, FAULT_OWN_CABLE, NULL, 1800, 2100);
    network_begin(n);
    network_run(n, 1800 + TOLD_SILENT_S);
    assert_int_equal(keeper_incident_count(network_keeper(n)), 1);
    const struct kept_incident *i = keeper_incident(network_keeper(n), 0);
    assert_int_equal(i->in.cause.kind, CAUSE_WATCHER_ISOLATED);
    assert_int_equal(i->in.cause.confidence, CONFIDENCE_CERTAIN);
    assert_string_equal(i->in.cause.port, "eth0");
    network_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queues_that_are_full_are_one_fault_of_ours),
        cmocka_unit_test(a_firewall_before_one_node_leaves_the_others_alone),
        cmocka_unit_test(a_moment_of_it_is_not_worth_a_word),
        cmocka_unit_test(what_dies_meanwhile_is_found_afterwards),
        cmocka_unit_test(our_own_cable_is_told_as_ours),
        cmocka_unit_test(a_cable_without_errors_names_our_interface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
