/* The round for tables, from the first question to its report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/collectors/snmp/bed.h"

/* A switch of two ports that knows a VLAN, hears a camera, and has a radio on its first port. */
#define SWITCH                                                                                               \
    "1.3.6.1.2.1.1.1.0|4|a switch\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1\n1.3.6.1.2.1.1.3.0|67|100000\n"       \
    "1.3.6.1.2.1.2.2.1.2.101|4|gi1\n1.3.6.1.2.1.2.2.1.2.102|4|gi2\n"                                         \
    "1.3.6.1.2.1.2.2.1.8.101|2|1\n1.3.6.1.2.1.2.2.1.8.102|2|1\n"                                             \
    "1.3.6.1.2.1.2.2.1.10.101|65|1000\n1.3.6.1.2.1.2.2.1.10.102|65|1000\n"                                   \
    "1.3.6.1.2.1.4.22.1.2.101.10.0.0.5|4x|020000000005\n"
#define BRIDGE                                                                                               \
    "1.3.6.1.2.1.17.1.1.0|4x|020000000003\n"                                                                 \
    "1.3.6.1.2.1.17.1.4.1.2.1|2|101\n1.3.6.1.2.1.17.1.4.1.2.2|2|102\n"                                       \
    "1.3.6.1.2.1.17.2.15.1.3.1|2|5\n1.3.6.1.2.1.17.2.15.1.3.2|2|2\n"
#define FDB                                                                                                  \
    "1.3.6.1.2.1.17.7.1.2.2.1.2.20.2.0.0.0.0.1|2|2\n1.3.6.1.2.1.17.7.1.2.2.1.3.20.2.0.0.0.0.1|2|3\n"
#define VLAN                                                                                                 \
    "1.3.6.1.2.1.17.7.1.4.3.1.1.20|4|cameras\n1.3.6.1.2.1.17.7.1.4.3.1.2.20|4x|c0\n"                         \
    "1.3.6.1.2.1.17.7.1.4.3.1.4.20|4x|40\n1.3.6.1.2.1.17.7.1.4.5.1.1.2|66|20\n"
#define POWER "1.3.6.1.2.1.105.1.1.1.3.1.1|2|1\n1.3.6.1.2.1.105.1.1.1.6.1.1|2|3\n1.3.6.1.2.1.105.1.1.1.10.1.1|2|4\n"
#define NEIGHBOUR                                                                                            \
    "1.0.8802.1.1.2.1.4.1.1.4.0.1.1|2|4\n1.0.8802.1.1.2.1.4.1.1.5.0.1.1|4x|020000000009\n"                   \
    "1.0.8802.1.1.2.1.4.1.1.6.0.1.1|2|5\n1.0.8802.1.1.2.1.4.1.1.7.0.1.1|4|ath0\n"                            \
    "1.0.8802.1.1.2.1.4.1.1.9.0.1.1|4|barn\n"
#define ALL NEIGHBOUR SWITCH BRIDGE FDB VLAN POWER

/* As in a request: 1.3.6.1.2.1.17.1.1, 1.3.6.1.2.1.17.7.1.2.2, 1.3.6.1.2.1.105 */
#define DEAF_TO_BRIDGE (struct bed_deaf){"\x2b\x06\x01\x02\x01\x11\x01\x01", 8}
#define DEAF_TO_FDB (struct bed_deaf){"\x2b\x06\x01\x02\x01\x11\x07\x01\x02\x02", 10}
#define DEAF_TO_POWER (struct bed_deaf){"\x2b\x06\x01\x02\x01\x69", 6}

static struct snmprec *recording;
static struct replay_agent agent;

static void replay(struct bed *bed, const char *rows)
{
    snmprec_destroy(recording);
    recording = snmprec_read(rows, strlen(rows));
    assert_non_null(recording);
    assert_int_equal(recording->damaged, 0);
    unsigned asked = agent.asked;
    replay_agent_init(&agent, recording);
    agent.asked = asked;
    bed->replay = &agent;
}

static int down(void **state)
{
    int status = bed_down(state);
    snmprec_destroy(recording);
    recording = NULL;
    agent = (struct replay_agent){0};
    return status;
}

static const struct wiring *whole(const struct report *r)
{
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->reason, "");
    assert_non_null(r->wiring);
    return r->wiring;
}

static void each_list_is_read_with_its_time_and_the_ports_names(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    const struct report *r = bed_round(bed);
    assert_null(r->wiring); /* the round of the counters does not wait for them */
    const struct wiring *w = whole(bed_tables(bed, ROUND_TABLES));
    for (int i = 0; i < WIRING_LISTS; i++) {
        assert_true(w->at[i].ns > 0);
        assert_int_equal(wiring_count(w, (enum wiring_list)i), i == WIRING_LIST_STP ? 2 : 1);
    }
    assert_int_equal(w->cut, 0);
    assert_string_equal(wiring_port_name(w, w->addresses[0].port), "gi2");
    assert_int_equal(w->addresses[0].vid, 20);
    assert_string_equal(w->neighbours[0].name, "barn");
    assert_string_equal(wiring_port_name(w, w->neighbours[0].port), "gi1");
    assert_string_equal(w->vlans[0].name, "cameras");
    assert_int_equal(w->bridge_ports[1].pvid, 20);
    assert_int_equal(w->bridge_ports[0].stp, WIRING_STP_FORWARDING);
    assert_int_equal(w->poe_ports[0].detection, WIRING_POE_DELIVERING);
    assert_int_equal(w->arps[0].port, 101);
}

static void its_ports_are_told_to_be_others_once(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    assert_true(bed_round(bed)->tables_outdated); /* nobody knew them before */
    assert_false(bed_round(bed)->tables_outdated);
    replay(bed, ALL "1.3.6.1.2.1.2.2.1.2.103|4|gi3\n");
    replay_agent_reboot(&agent, (double)sim_now(bed->sim).mono.ns / 1e9);
    agent.grows = true;
    bool told = false;
    for (int i = 0; i < 3 && !told; i++)
        told = bed_round(bed)->tables_outdated;
    assert_true(told);
    assert_false(bed_round(bed)->tables_outdated);
}

static void a_table_that_is_not_answered_costs_its_list_alone(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    bed_round(bed);
    bed->deaf_to = DEAF_TO_FDB;
    const struct report *r = bed_tables(bed, ROUND_TABLES);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->reason, "partial");
    assert_int_equal(r->wiring->at[WIRING_LIST_FDB].ns, 0);
    assert_int_equal(r->wiring->address_count, 0);
    assert_int_equal(r->wiring->vlan_count, 1);
    assert_int_equal(r->wiring->neighbour_count, 1);
}

static void without_the_bridge_s_ports_nothing_is_told_by_their_numbers(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    bed_round(bed);
    assert_non_null(bed_tables(bed, ROUND_TABLES)->wiring);
    bed->deaf_to = DEAF_TO_BRIDGE;
    const struct report *r = bed_tables(bed, ROUND_ALL_TABLES);
    assert_null(r->wiring); /* nothing was answered at all: it is gone */
    assert_int_equal(r->outcome, OUTCOME_SILENT);
}

static void a_device_that_is_silent_says_so_and_brings_nothing(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    bed_round(bed);
    agent.fault = FAKE_SILENT;
    const struct report *r = bed_tables(bed, ROUND_TABLES);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
    assert_null(r->wiring);
}

static void what_is_configured_and_was_empty_is_spared_what_fills_by_itself_is_not(void **state)
{
    struct bed *bed = *state;
    replay(bed, SWITCH BRIDGE);
    bed_round(bed);
    whole(bed_tables(bed, ROUND_ALL_TABLES));
    unsigned before = agent.asked;
    replay(bed, ALL);
    const struct wiring *w = whole(bed_tables(bed, ROUND_TABLES));
    unsigned spared = agent.asked - before;
    assert_int_equal(w->neighbour_count, 1);
    assert_int_equal(w->address_count, 1);
    assert_int_equal(w->vlan_count, 0);
    assert_int_equal(w->poe_port_count, 0);
    before = agent.asked;
    w = whole(bed_tables(bed, ROUND_ALL_TABLES));
    assert_int_equal(w->vlan_count, 1);
    assert_int_equal(w->poe_port_count, 1);
    assert_true(agent.asked - before > spared);
}

static void counters_are_read_while_the_tables_are(void **state)
{
    struct bed *bed = *state;
    size_t regular = 0, tables = 0;
    replay(bed, ALL);
    bed->delay_ns = MILLISECONDS(100);
    bed_round(bed);
    size_t before = sim_reports(bed->sim);
    snmp_collector.start(bed->snmp, BED_CHECK, 100, ROUND_TABLES, mono_after(sim_now(bed->sim).mono, SECONDS(50)));
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, MILLISECONDS(550)); /* between two of its questions */
    snmp_collector.start(bed->snmp, BED_CHECK, 101, ROUND_REGULAR, mono_after(sim_now(bed->sim).mono, SECONDS(50)));
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, SECONDS(20));
    for (size_t i = before; i < sim_reports(bed->sim); i++) {
        const struct report *r = sim_report(bed->sim, i);
        assert_int_equal(r->outcome, OUTCOME_ANSWERED);
        regular += r->kind == ROUND_REGULAR;
        tables += r->kind == ROUND_TABLES && r->wiring;
    }
    assert_int_equal(regular, 1);
    assert_int_equal(tables, 1);
}

static void before_any_port_is_known_they_wait_for_their_names(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    struct mono deadline = mono_after(sim_now(bed->sim).mono, SECONDS(50));
    snmp_collector.start(bed->snmp, BED_CHECK, 100, ROUND_REGULAR, deadline);
    snmp_collector.start(bed->snmp, BED_CHECK, 101, ROUND_TABLES, deadline);
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, SECONDS(20));
    assert_int_equal(sim_reports(bed->sim), 2);
    assert_string_equal(wiring_port_name(whole(sim_last_report(bed->sim)), 102), "gi2");
}

static void it_ends_at_its_deadline_or_when_cancelled_in_one_report(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    bed->delay_ns = SECONDS(1);
    bed_round(bed);
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        size_t before = sim_reports(bed->sim);
        snmp_collector.start(bed->snmp, BED_CHECK, 200, ROUND_TABLES, mono_after(sim_now(bed->sim).mono, SECONDS(3)));
        snmp_collector.flush(bed->snmp);
        sim_run(bed->sim, SECONDS(2));
        assert_int_equal(sim_reports(bed->sim), before);
        if (cancelled)
            snmp_collector.cancel(bed->snmp, BED_CHECK, 200);
        sim_run(bed->sim, SECONDS(30));
        assert_int_equal(sim_reports(bed->sim), before + 1);
        assert_int_equal(sim_last_report(bed->sim)->outcome, cancelled ? OUTCOME_CANCELLED : OUTCOME_WRONG);
    }
}

/* Every tenth round, not every eleventh: what it has to be told by is when rounds begin. */
static void ports_are_read_again_after_ten_minutes(void **state)
{
    struct bed *bed = *state;
    unsigned asked[22], before = 0;
    replay(bed, ALL);
    for (int i = 0; i < 22; i++) {
        bed_round(bed);
        asked[i] = agent.asked - before;
        before = agent.asked;
    }
    for (int i = 2; i < 22; i++)
        assert_int_equal(asked[i] > asked[5], i % 10 == 0);
}

static void a_check_that_is_dropped_meanwhile_ends_it(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    bed_round(bed);
    snmp_collector.start(bed->snmp, BED_CHECK, 300, ROUND_TABLES, mono_after(sim_now(bed->sim).mono, SECONDS(30)));
    snmp_collector.flush(bed->snmp);
    size_t before = sim_reports(bed->sim);
    snmp_collector.drop(bed->snmp, BED_CHECK);
    sim_run(bed->sim, SECONDS(60));
    assert_int_equal(sim_reports(bed->sim), before + 1);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_CANCELLED);
}

static void power_is_left_out_when_nobody_answers_for_it(void **state)
{
    struct bed *bed = *state;
    replay(bed, ALL);
    bed_round(bed);
    bed->deaf_to = DEAF_TO_POWER;
    const struct report *r = bed_tables(bed, ROUND_TABLES);
    assert_string_equal(r->reason, "partial");
    assert_int_equal(r->wiring->at[WIRING_LIST_POE].ns, 0);
    assert_int_equal(r->wiring->arp_count, 1); /* what is asked after it */
}

#define test_of(f) cmocka_unit_test_setup_teardown(f, bed_up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(each_list_is_read_with_its_time_and_the_ports_names),
        test_of(its_ports_are_told_to_be_others_once),
        test_of(a_table_that_is_not_answered_costs_its_list_alone),
        test_of(without_the_bridge_s_ports_nothing_is_told_by_their_numbers),
        test_of(a_device_that_is_silent_says_so_and_brings_nothing),
        test_of(what_is_configured_and_was_empty_is_spared_what_fills_by_itself_is_not),
        test_of(counters_are_read_while_the_tables_are),
        test_of(before_any_port_is_known_they_wait_for_their_names),
        test_of(it_ends_at_its_deadline_or_when_cancelled_in_one_report),
        test_of(ports_are_read_again_after_ten_minutes),
        test_of(a_check_that_is_dropped_meanwhile_ends_it),
        test_of(power_is_left_out_when_nobody_answers_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
