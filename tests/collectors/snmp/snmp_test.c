/* The collector against an agent that behaves, and against one that does not: each fault has its test, and
 * each asserts that values are right or unknown, never wrong, and that the reason is named. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/collectors/snmp/bed.h"

#define assert_near(value, want) assert_float_equal(value, want, (want) * 0.005 + 0.001)

static void expect_well(const struct report *r)
{
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    for (int i = 0; i < BED_PORTS; i++) {
        char object[16];
        snprintf(object, sizeof object, "if-eth%d", i);
        assert_near(bed_measure(r, object, "in_octets"), 1000.0 * (i + 1));
        assert_near(bed_measure(r, object, "out_octets"), 2000.0 * (i + 1));
        assert_near(bed_measure(r, object, "out_packets"), 20.0 * (i + 1));
        assert_near(bed_measure(r, object, "in_errors"), 0.0);
        assert_near(bed_measure(r, object, "speed"), 1e9);
        assert_near(bed_measure(r, object, "oper"), 1.0);
    }
}

/* Known or unknown, but never another number than the true one. */
static void expect_true_or_unknown(const struct report *r)
{
    for (size_t i = 0; i < r->object_count; i++) {
        char want[16];
        double in = bed_measure(r, r->objects[i].object, "in_octets");
        int port = r->objects[i].object[strlen("if-eth")] - '0';
        snprintf(want, sizeof want, "if-eth%d", port);
        assert_string_equal(r->objects[i].object, want);
        if (!isnan(in))
            assert_near(in, 1000.0 * (port + 1));
    }
}

static void the_first_round_tells_who_it_is(void **state)
{
    const struct report *r = bed_round(*state);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(sim_fact(r, "sys.name", ""), "fake");
    assert_string_equal(sim_fact(r, "sys.objectid", ""), "1.3.6.1.4.1.8072.3.2.10");
    assert_string_equal(sim_fact(r, "sys.location", ""), "shed");
    assert_string_equal(sim_fact(r, "port.oper", "eth3"), "up");
    assert_string_equal(sim_fact(r, "port.speed", "eth3"), "1000000000");
    assert_string_equal(sim_fact(r, "port.mac", "eth3"), "02:00:00:00:00:04");
    assert_string_equal(sim_fact(r, "port.index", "eth3"), "4");
    assert_null(sim_fact(r, "sys.rebooted", ""));
}

static void the_second_round_has_the_rates(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    expect_well(bed_round(bed));
}

static void a_known_device_is_read_in_one_round_trip_once_it_proved_it_can(void **state)
{
    struct bed *bed = *state;
    bed->delay_ns = MILLISECONDS(50);
    for (int i = 0; i < 4; i++)
        bed_round(bed);
    const struct report *r = bed_round(bed);
    expect_well(r);
    assert_true(mono_since(r->ended, r->started) <= MILLISECONDS(60));
}

static void rate_times_time_is_what_was_counted(void **state)
{
    struct bed *bed = *state;
    double octets = 0;
    int64_t first = bed_round(bed)->objects[0].at.ns, last = first;
    for (int i = 0; i < 30; i++) {
        bed->delay_ns = MILLISECONDS(2 + 40 * (i % 7)); /* answers come sooner and later */
        const struct report *r = bed_round(bed);
        octets += bed_measure(r, "if-eth0", "in_octets") * (double)(r->objects[0].at.ns - last) / 1e9;
        last = r->objects[0].at.ns;
    }
    assert_float_equal(octets, 1000.0 * (double)(last - first) / 1e9, 1000);
}

static void how_long_the_agent_was_busy_is_told(void **state)
{
    struct bed *bed = *state;
    bed->delay_ns = MILLISECONDS(300);
    for (int i = 0; i < 6; i++)
        bed_round(bed);
    const struct report *r = bed_round(bed);
    assert_in_range(r->busy_ns, MILLISECONDS(300), MILLISECONDS(900)); /* the ports, and a part of the tables */
    assert_int_equal(bed_ask(bed)->busy_ns, 0);
}

static void silence_is_no_load(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->silent_from = 1;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_in_range(r->busy_ns, 0, MILLISECONDS(10)); /* the part of what was read before */
}

static unsigned table_readings(struct bed *bed, unsigned rounds, int64_t apart_ns)
{
    unsigned count = 0;
    for (unsigned i = 0; i < rounds; i++) {
        count += sim_fact(bed_round(bed), "sys.name", "") != NULL;
        sim_run(bed->sim, apart_ns - SECONDS(60));
    }
    return count;
}

static void tables_are_read_as_much_less_often_as_the_rest(void **state)
{
    struct bed *bed = *state;
    assert_in_range(table_readings(bed, 40, MINUTES(1)), 4, 5);
    snmp_collector.pace(bed->snmp, BED_CHECK, 4);
    assert_in_range(table_readings(bed, 40, MINUTES(4)), 3, 4);
    snmp_collector.pace(bed->snmp, BED_CHECK, 1);
    assert_in_range(table_readings(bed, 10, MINUTES(4)), 3, 4);
}

static void a_quick_round_asks_states_only(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    assert_non_null(sim_fact(bed_round(bed), "port.in_bps", "eth1"));
    unsigned asked = bed->agent.asked;
    bed->agent.ports[2].oper = 2;
    const struct report *r = bed_ask(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_int_equal(bed->agent.asked - asked, 1);
    assert_string_equal(sim_fact(r, "port.oper", "eth2"), "down");
    assert_string_equal(sim_fact(r, "port.oper", "eth1"), "up");
    assert_null(sim_fact(r, "port.in_bps", "eth1")); /* what was so a while ago is no news */
    assert_int_equal(r->object_count, 0);
}

static void a_quick_round_before_any_other_finds_the_ports(void **state)
{
    struct bed *bed = *state;
    const struct report *r = bed_ask(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(sim_fact(r, "port.oper", "eth2"), "up");
    assert_string_equal(sim_fact(r, "sys.name", ""), "fake");
    expect_well(bed_round(bed)); /* which has rates at once */
}

/* a UPS card says 7 where only up, down and testing may be */
static void a_state_that_is_in_no_mib_is_unknown(void **state)
{
    struct bed *bed = *state;
    bed->agent.ports[1].admin = 7;
    bed->agent.ports[2].oper = 9;
    const struct report *r = bed_round(bed);
    assert_string_equal(sim_fact(r, "port.admin", "eth1"), "unknown");
    assert_string_equal(sim_fact(r, "port.oper", "eth1"), "up");
    assert_string_equal(sim_fact(r, "port.admin", "eth2"), "up");
    assert_string_equal(sim_fact(r, "port.oper", "eth2"), "unknown");
}

static void loopback_and_ports_that_never_lived_get_no_series(void **state)
{
    struct bed *bed = *state;
    struct fake_port *p = bed->agent.ports;
    p[0].type = 24;
    p[1].oper = 2;
    p[1].in_base = p[1].out_base = 0;
    p[1].in_rate = p[1].out_rate = 0;
    p[2].oper = 2; /* down now, but it moved something once */
    const struct report *r = bed_round(bed);
    assert_false(bed_has_object(r, "if-eth0"));
    assert_false(bed_has_object(r, "if-eth1"));
    assert_true(bed_has_object(r, "if-eth2"));
    assert_near(bed_measure(r, "if-eth2", "oper"), 0.0);
    assert_string_equal(sim_fact(r, "port.oper", "eth1"), "down");
}

/* row 13 */
static void a_mute_agent_is_silent_and_the_words_say_what_it_may_be(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_SILENT;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
    assert_string_equal(r->detail, "no answer: down, filtered or wrong community");
    bed->agent.fault = FAKE_WELL;
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
    expect_well(bed_round(bed));
}

static void a_wrong_community_is_silence(void **state)
{
    struct bed *bed = *state;
    bed->agent.community = "other";
    assert_string_equal(bed_round(bed)->reason, "timeout");
}

static void a_closed_port_is_refused_at_once(void **state)
{
    struct bed *bed = *state;
    bed->deaf = true;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "refused");
    assert_true(mono_since(r->ended, r->started) < SECONDS(1));
}

/* row 16 */
static void a_table_that_goes_in_circles_is_kept_up_to_there_and_the_place_is_named(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_CYCLE;
    const struct report *r = bed_round(bed);
    assert_string_equal(sim_fact(r, "port.oper", "eth2"), "up");
    assert_non_null(strstr(r->detail, "1.3.6.1.2.1.2.2.1.2.3 is followed by 1.3.6.1.2.1.2.2.1.2.1"));
}

static void walks_that_never_end_are_ended(void **state)
{
    static const enum fake_fault faults[] = {FAKE_CYCLE, FAKE_SAME_OID, FAKE_ENDLESS};
    struct bed *bed = *state;
    for (int i = 0; i < 3; i++) {
        bed->agent.fault = faults[i];
        unsigned asked = bed->agent.asked;
        const struct report *r = bed_round(bed);
        assert_true(bed->agent.asked - asked <= SNMP_WALK_REQUESTS_MAX + 100);
        assert_int_equal(r->outcome, OUTCOME_ANSWERED);
        expect_true_or_unknown(r);
        sim_run(bed->sim, MINUTES(10)); /* the table is due again */
    }
}

/* row 17 */
static void answers_to_other_questions_are_not_used(void **state)
{
    static const enum fake_fault faults[] = {FAKE_WRONG_OID, FAKE_MISSING,           FAKE_EXTRA,
                                             FAKE_EMPTY,     FAKE_WRONG_COMMUNITY,   FAKE_WRONG_VERSION,
                                             FAKE_WRONG_ID,  FAKE_REPORT};
    struct bed *bed = *state;
    bed_round(bed);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        bed->agent.fault = faults[i];
        const struct report *r = bed_round(bed);
        expect_true_or_unknown(r);
        bed->agent.fault = FAKE_WELL;
        bed_round(bed);
        expect_well(bed_round(bed));
    }
}

static void an_answer_from_another_address_is_not_used(void **state)
{
    struct bed *bed = *state;
    bed->from = "192.0.2.66";
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_int_equal(r->fact_count, 0);
}

static void one_wrong_answer_does_not_hide_the_right_one(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->agent.fault = FAKE_WRONG_OID;
    bed->agent.fault_first = bed->agent.asked + 1;
    bed->agent.fault_count = 1;
    expect_well(bed_round(bed));
}

/* row 18 */
static void too_big_is_answered_by_asking_less(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_TOO_BIG;
    bed_round(bed);
    expect_well(bed_round(bed));
    bed->agent.fault = FAKE_WELL;
    bed->agent.largest = 484; /* the least RFC 3417 demands */
    sim_run(bed->sim, MINUTES(10));
    bed_round(bed);
    expect_well(bed_round(bed));
}

static void a_column_with_gen_err_costs_only_that_column(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_GEN_ERR;
    bed_round(bed);
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_near(bed_measure(r, "if-eth1", "in_octets"), 2000.0);
    assert_true(isnan(bed_measure(r, "if-eth1", "in_errors")));
    assert_near(bed_measure(r, "if-eth1", "out_errors"), 0.0);
}

static void more_rows_than_asked_are_ignored(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_OVERSIZED;
    bed_round(bed);
    expect_well(bed_round(bed));
}

/* row 19 */
static void an_absent_counter_is_unknown_and_not_zero(void **state)
{
    struct bed *bed = *state;
    bed->agent.ports[0].narrow = true; /* only this port lacks the 64-bit form */
    bed_round(bed);
    expect_well(bed_round(bed));
    bed->agent.no_table_change = true;
    sim_run(bed->sim, MINUTES(10));
    bed_round(bed);
    expect_well(bed_round(bed));
}

static void an_agent_without_sysuptime_is_read_by_our_clock(void **state)
{
    struct bed *bed = *state;
    bed->agent.no_uptime = true;
    const struct report *r = bed_round(bed);
    assert_string_equal(sim_fact(r, "sys.name", ""), "fake");
    assert_null(sim_fact(r, "sys.uptime", ""));
    expect_well(bed_round(bed));
    expect_well(bed_round(bed));
}

/* row 20 */
static void text_in_a_counter_is_unknown_and_said(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->agent.fault = FAKE_WRONG_TYPE;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_true(isnan(bed_measure(r, "if-eth1", "in_octets")));
    assert_non_null(strstr(r->detail, "wrong type (octets for a counter)"));
    bed->agent.fault = FAKE_WELL;
    expect_well(bed_round(bed)); /* over both intervals */
}

/* row 21 */
static void bytes_that_are_no_snmp_are_called_malformed(void **state)
{
    static const enum fake_fault faults[] = {FAKE_TRUNCATED, FAKE_LENGTH_LIE, FAKE_INDEFINITE,
                                             FAKE_GARBAGE, FAKE_TRAILING};
    struct bed *bed = *state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        bed->agent.fault = faults[i];
        const struct report *r = bed_round(bed);
        assert_int_equal(r->outcome, OUTCOME_WRONG);
        if (strcmp(r->reason, "wrong-answer") != 0)
            assert_string_equal(r->reason, "malformed");
        assert_int_equal(r->fact_count, 0);
    }
}

static void a_counter_of_six_bytes_is_unknown(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->agent.fault = FAKE_LONG_COUNTER;
    const struct report *r = bed_round(bed);
    assert_true(isnan(bed_measure(r, "if-eth0", "in_errors")));
    assert_near(bed_measure(r, "if-eth0", "in_octets"), 1000.0);
}

/* rows 22 and 24 */
static void a_reboot_costs_one_interval_and_is_told(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    expect_well(bed_round(bed));
    fake_agent_reboot(&bed->agent, (double)sim_now(bed->sim).mono.ns / 1e9 - 20);
    const struct report *r = bed_round(bed);
    assert_non_null(sim_fact(r, "sys.rebooted", ""));
    assert_true(isnan(bed_measure(r, "if-eth0", "in_octets")));
    expect_well(bed_round(bed));
}

static void the_wrap_of_sysuptime_is_no_reboot(void **state)
{
    struct bed *bed = *state;
    bed->agent.ticks_base = 4294967296u - 10000000 - 9000; /* wraps in 90 s */
    bed_round(bed);
    for (int i = 0; i < 3; i++) {
        const struct report *r = bed_round(bed);
        expect_well(r);
        assert_null(sim_fact(r, "sys.rebooted", ""));
    }
}

static void a_32_bit_agent_is_read_over_its_wraps(void **state)
{
    struct bed *bed = *state;
    for (int i = 0; i < BED_PORTS; i++) {
        bed->agent.ports[i].narrow = true;
        bed->agent.ports[i].speed_bps = 100e6;
        bed->agent.ports[i].in_base = 4294967296u - (uint64_t)(1000.0 * (i + 1)) * 100090;
    }
    bed_round(bed);
    for (int i = 0; i < 4; i++) {
        const struct report *r = bed_round(bed);
        assert_near(bed_measure(r, "if-eth0", "in_octets"), 1000.0);
        assert_near(bed_measure(r, "if-eth7", "in_octets"), 8000.0);
    }
}

/* row 23 */
static void a_single_zero_is_skipped(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->agent.ports[0].zero = true;
    assert_true(isnan(bed_measure(bed_round(bed), "if-eth0", "in_octets")));
    bed->agent.ports[0].zero = false;
    expect_well(bed_round(bed));
}

static void a_discontinuity_drops_the_interval(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->agent.ports[1].discontinuity = 12345;
    bed->agent.ports[1].in_base += 100000;
    const struct report *r = bed_round(bed);
    assert_true(isnan(bed_measure(r, "if-eth1", "in_octets")));
    assert_near(bed_measure(r, "if-eth2", "in_octets"), 3000.0);
    expect_well(bed_round(bed));
}

static void a_counter_faster_than_its_line_is_unknown_until_the_claim_is_disbelieved(void **state)
{
    struct bed *bed = *state;
    bed->agent.ports[0].speed_bps = 1e6;
    bed->agent.ports[0].in_rate = bed->agent.ports[0].out_rate = 5e6;
    bed_round(bed);
    for (int i = 0; i < 3; i++)
        assert_true(isnan(bed_measure(bed_round(bed), "if-eth0", "in_octets")));
    const struct report *r = bed_round(bed);
    assert_near(bed_measure(r, "if-eth0", "in_octets"), 5e6);
    assert_true(isnan(bed_measure(r, "if-eth0", "speed")));
}

/* row 25 */
static void series_follow_the_name_when_indexes_are_swapped(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    expect_well(bed_round(bed));
    struct fake_port *p = bed->agent.ports, first = p[0];
    uint32_t index = p[1].index;
    p[0] = p[1];
    p[0].index = first.index;
    p[1] = first;
    p[1].index = index;
    bed->agent.table_change = 777;
    expect_true_or_unknown(bed_round(bed));
    const struct report *r = bed_round(bed);
    expect_well(r);
    assert_string_equal(sim_fact(bed_round(bed), "port.oper", "eth0"), "up");
}

static void rows_that_moved_without_a_word_are_found_out(void **state)
{
    struct bed *bed = *state;
    bed->agent.no_table_change = true;
    bed_round(bed);
    bed_round(bed);
    for (int i = 0; i < BED_PORTS; i++)
        bed->agent.ports[i].index += 100;
    expect_true_or_unknown(bed_round(bed));
    bed_round(bed);
    expect_well(bed_round(bed));
}

static void two_ports_of_one_name_are_told_apart(void **state)
{
    struct bed *bed = *state;
    bed->agent.ports[1].name = bed->agent.ports[0].name;
    const struct report *r = bed_round(bed);
    assert_non_null(strstr(r->detail, "share their name"));
    assert_true(bed_has_object(r, "if-eth0@02:00:00:00:00:01"));
    assert_true(bed_has_object(r, "if-eth0@02:00:00:00:00:02"));
}

static void ports_without_ifname_are_called_by_ifdescr(void **state)
{
    struct bed *bed = *state;
    bed->agent.ports[4].name = NULL;
    bed->agent.ports[4].descr = "Slot 1 Port 5";
    assert_true(bed_has_object(bed_round(bed), "if-Slot 1 Port 5"));
}

/* row 30 */
static void an_agent_that_needs_three_seconds_is_still_heard(void **state)
{
    struct bed *bed = *state;
    bed->delay_ns = SECONDS(3);
    bed->options.timeout_ns = SECONDS(2);
    bed->agent.port_count = 2;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(sim_fact(r, "sys.name", ""), "fake");
}

static void an_answer_that_comes_twice_counts_once(void **state)
{
    struct bed *bed = *state;
    bed->twice = true;
    bed_round(bed);
    expect_well(bed_round(bed));
}

#define FLEET 200

/* Half of them silent: the others are as fast as if none were, and the silent ones end in time. */
static void silent_devices_delay_nobody(void **state)
{
    struct bed *bed = *state;
    size_t before = sim_reports(bed->sim), quick = 0, silent = 0;
    bed->silent_from = FLEET / 2;
    for (uint32_t i = 0; i < FLEET; i++) {
        struct addr a = {.family = AF_INET, .bytes = {192, 0, 2, (uint8_t)i}};
        struct check_setting s = {.check = 10 + i,
                                  .node = "one of many",
                                  .addresses = &a,
                                  .address_count = 1,
                                  .options = &bed->options};
        assert_true(snmp_collector.adopt(bed->snmp, &s));
        snmp_collector.start(bed->snmp, 10 + i, 1, ROUND_REGULAR, MONO_NEVER);
    }
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, SECONDS(60));
    assert_int_equal(sim_reports(bed->sim) - before, FLEET);
    int64_t tries_ns = 2 * 3 * bed->options.timeout_ns; /* by 2c, then by 1 */
    for (size_t i = before; i < before + FLEET; i++) {
        const struct report *r = sim_report(bed->sim, i);
        int64_t took_ns = mono_since(r->ended, r->started);
        quick += r->outcome == OUTCOME_ANSWERED && took_ns < SECONDS(1);
        silent += r->outcome == OUTCOME_SILENT && took_ns <= tries_ns + tries_ns / 20;
    }
    assert_int_equal(quick, FLEET / 2);
    assert_int_equal(silent, FLEET / 2);
}

/* row 31 */
static void a_new_agent_is_asked_one_thing_at_a_time(void **state)
{
    struct bed *bed = *state;
    bed->delay_ns = MILLISECONDS(200);
    bed_round(bed);
    assert_int_equal(bed->overlaps, 0);
    bed_round(bed);
    bed_round(bed);
    assert_true(bed->overlaps > 0); /* it proved that it can */
    bed->agent.fault = FAKE_SILENT;
    bed->agent.fault_first = bed->agent.asked + 1;
    bed->agent.fault_count = 1; /* and then lost one */
    bed_round(bed);
    bed->overlaps = 0;
    bed_round(bed);
    assert_int_equal(bed->overlaps, 0);
}

/* row 32 */
static void a_version_1_agent_is_found_once_and_remembered(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_V1_ONLY;
    bed_round(bed);
    unsigned asked = bed->agent.asked;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_near(bed_measure(r, "if-eth0", "in_octets"), 1000.0);
    assert_true(bed->agent.asked - asked < 20);
    const struct env *env = sim_env(bed->sim);
    assert_memory_equal(env->recall(env->ctx, "switch", "snmp.agent"), "1 ", 2);
}

/* Another daemon, after a restart: the same memory, a device that was never asked. */
static void begin_anew(struct bed *bed)
{
    assert_true(bed_adopt(bed, BED_CHECK, "switch", BED_AGENT));
}

static const char *memory_of(struct bed *bed)
{
    const struct env *env = sim_env(bed->sim);
    return env->recall(env->ctx, "switch", "snmp.agent");
}

static void what_was_learned_of_an_agent_outlives_a_restart(void **state)
{
    struct bed *bed = *state;
    bed->delay_ns = MILLISECONDS(700);
    for (int i = 0; i < 5; i++)
        bed_round(bed);
    assert_memory_equal(memory_of(bed), "2c 8 40 10 bulk 7", 17);
    begin_anew(bed);
    bed->overlaps = 0;
    bed_round(bed);
    assert_true(bed->overlaps > 0); /* proved before */
    assert_memory_equal(memory_of(bed), "2c 8 40 10 bulk 7", 17);
    sim_run(bed->sim, MINUTES(10));
    bed->agent.fault = FAKE_SILENT;
    bed_round(bed);
    assert_memory_equal(memory_of(bed), "2c 8 40 10 bulk 7", 17);
}

static void small_answers_and_a_missing_getbulk_outlive_a_restart(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_NO_BULK;
    bed->agent.largest = 700;
    for (int i = 0; i < 2; i++)
        bed_round(bed);
    unsigned ports = 0;
    assert_int_equal(sscanf(memory_of(bed), "2c %*u %u %*u next", &ports), 1);
    assert_true(ports < BED_PORTS);
    assert_non_null(strstr(memory_of(bed), " next "));
    begin_anew(bed);
    unsigned bulk = bed->agent.asked_bulk;
    assert_int_equal(bed_round(bed)->lost, 0);
    assert_int_equal(bed->agent.asked_bulk, bulk);
}

static void a_memory_of_nobodys_is_not_believed(void **state)
{
    struct bed *bed = *state;
    static const char *const texts[] = {"", "2c", "2c 900 4000 70000 bulk 1 1", "2c 0 0 0 next -5 -9",
                                        "2c 4 40 10 bulk 999999999999 1", "x y z"};
    const struct env *env = sim_env(bed->sim);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        env->remember(env->ctx, "switch", "snmp.agent", texts[i]);
        begin_anew(bed);
        assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
        assert_true(bed_has_object(sim_last_report(bed->sim), "if-eth0"));
    }
}

static void an_agent_that_learns_another_version_is_found_again(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    bed->agent.fault = FAKE_V1_ONLY; /* other firmware: version 2c is gone */
    sim_run(bed->sim, MINUTES(10));
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_SILENT);
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
}

static void an_agent_without_getbulk_is_walked_by_getnext(void **state)
{
    struct bed *bed = *state;
    bed->agent.fault = FAKE_NO_BULK;
    bed_round(bed);
    expect_well(bed_round(bed));
}

/* row 33 */
static void hostile_names_do_no_harm(void **state)
{
    struct bed *bed = *state;
    static const char ugly[] = "a\0b\x1b[31m<script>\xff\xe2\x80\xae|`id`";
    bed->agent.ports[0].name = ugly;
    bed->agent.ports[0].name_len = sizeof ugly - 1;
    bed->agent.name = "x\r\nBcc: you";
    const struct report *r = bed_round(bed);
    assert_string_equal(sim_fact(r, "sys.name", ""), "x??Bcc: you");
    assert_true(bed_has_object(r, "if-a?b?[31m<script>??|`id`"));
    assert_near(bed_measure(bed_round(bed), "if-eth1", "in_octets"), 2000.0);
}

static void a_cancelled_round_says_so_and_the_next_one_works(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    snmp_collector.start(bed->snmp, 5, 99, ROUND_REGULAR, MONO_NEVER);
    snmp_collector.cancel(bed->snmp, 5, 99);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_CANCELLED);
    expect_well(bed_round(bed));
}

static void a_check_without_an_address_is_our_own_fault(void **state)
{
    struct bed *bed = *state;
    struct check_setting s = {.check = 9, .node = "nowhere", .options = &bed->options};
    assert_true(snmp_collector.adopt(bed->snmp, &s));
    snmp_collector.start(bed->snmp, 9, 1, ROUND_REGULAR, MONO_NEVER);
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_OWN_FAULT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bed_up, bed_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_round_tells_who_it_is),
        TEST(the_second_round_has_the_rates),
        TEST(a_known_device_is_read_in_one_round_trip_once_it_proved_it_can),
        TEST(rate_times_time_is_what_was_counted),
        TEST(how_long_the_agent_was_busy_is_told),
        TEST(silence_is_no_load),
        TEST(tables_are_read_as_much_less_often_as_the_rest),
        TEST(a_quick_round_asks_states_only),
        TEST(a_quick_round_before_any_other_finds_the_ports),
        TEST(a_state_that_is_in_no_mib_is_unknown),
        TEST(loopback_and_ports_that_never_lived_get_no_series),
        TEST(a_mute_agent_is_silent_and_the_words_say_what_it_may_be),
        TEST(a_wrong_community_is_silence),
        TEST(a_closed_port_is_refused_at_once),
        TEST(a_table_that_goes_in_circles_is_kept_up_to_there_and_the_place_is_named),
        TEST(walks_that_never_end_are_ended),
        TEST(answers_to_other_questions_are_not_used),
        TEST(an_answer_from_another_address_is_not_used),
        TEST(one_wrong_answer_does_not_hide_the_right_one),
        TEST(too_big_is_answered_by_asking_less),
        TEST(a_column_with_gen_err_costs_only_that_column),
        TEST(more_rows_than_asked_are_ignored),
        TEST(an_absent_counter_is_unknown_and_not_zero),
        TEST(an_agent_without_sysuptime_is_read_by_our_clock),
        TEST(text_in_a_counter_is_unknown_and_said),
        TEST(bytes_that_are_no_snmp_are_called_malformed),
        TEST(a_counter_of_six_bytes_is_unknown),
        TEST(a_reboot_costs_one_interval_and_is_told),
        TEST(the_wrap_of_sysuptime_is_no_reboot),
        TEST(a_32_bit_agent_is_read_over_its_wraps),
        TEST(a_single_zero_is_skipped),
        TEST(a_discontinuity_drops_the_interval),
        TEST(a_counter_faster_than_its_line_is_unknown_until_the_claim_is_disbelieved),
        TEST(series_follow_the_name_when_indexes_are_swapped),
        TEST(rows_that_moved_without_a_word_are_found_out),
        TEST(two_ports_of_one_name_are_told_apart),
        TEST(ports_without_ifname_are_called_by_ifdescr),
        TEST(an_agent_that_needs_three_seconds_is_still_heard),
        TEST(an_answer_that_comes_twice_counts_once),
        TEST(silent_devices_delay_nobody),
        TEST(a_new_agent_is_asked_one_thing_at_a_time),
        TEST(a_version_1_agent_is_found_once_and_remembered),
        TEST(what_was_learned_of_an_agent_outlives_a_restart),
        TEST(small_answers_and_a_missing_getbulk_outlive_a_restart),
        TEST(a_memory_of_nobodys_is_not_believed),
        TEST(an_agent_that_learns_another_version_is_found_again),
        TEST(an_agent_without_getbulk_is_walked_by_getnext),
        TEST(hostile_names_do_no_harm),
        TEST(a_cancelled_round_says_so_and_the_next_one_works),
        TEST(a_check_without_an_address_is_our_own_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
