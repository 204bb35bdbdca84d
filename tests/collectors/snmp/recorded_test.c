/* The collector against agents that lack what a full one has, as small recordings: what is missing
 * is absent, what is there is true. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/buf.h"
#include "poller/base/utf8.h"
#include "tests/collectors/snmp/bed.h"

struct recorded {
    struct bed *bed;
    struct snmprec *recording;
    struct replay_agent agent;
};

static struct recorded it;

static void replay(void **state, const char *rows)
{
    it.bed = *state;
    it.recording = snmprec_read(rows, strlen(rows));
    assert_non_null(it.recording);
    assert_int_equal(it.recording->damaged, 0);
    replay_agent_init(&it.agent, it.recording);
    it.bed->replay = &it.agent;
}

static int down(void **state)
{
    int status = bed_down(state);
    snmprec_destroy(it.recording);
    it.recording = NULL;
    return status;
}

#define SYSTEM                                                                                     \
    "1.3.6.1.2.1.1.1.0|4|box\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9\n1.3.6.1.2.1.1.3.0|67|100000\n"

static void expect_fact(const struct report *r, const char *name, const char *port,
                        const char *want)
{
    const char *got = sim_fact(r, name, port);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    if (!want)
        assert_null(got);
    else
        assert_string_equal(got ? got : "(absent)", want);
}

static void an_old_agent_without_ifxtable_and_ifindex_is_read_by_its_32_bit_counters(void **state)
{
    replay(state, SYSTEM "1.3.6.1.2.1.2.2.1.2.4|4|eth0\n"
                         "1.3.6.1.2.1.2.2.1.3.4|2|6\n"
                         "1.3.6.1.2.1.2.2.1.5.4|66|100000000\n"
                         "1.3.6.1.2.1.2.2.1.8.4|2|1\n"
                         "1.3.6.1.2.1.2.2.1.10.4|65|4294967295\n"
                         "1.3.6.1.2.1.2.2.1.16.4|65|12\n");
    const struct report *r = bed_round(it.bed);
    expect_fact(r, "port.index", "eth0", "4");
    expect_fact(r, "port.in_octets", "eth0", "4294967295");
    expect_fact(r, "port.out_octets", "eth0", "12");
    expect_fact(r, "port.speed", "eth0", "100000000");
    expect_fact(r, "port.in_errors", "eth0", NULL);
}

static void a_type_that_is_not_told_is_absent(void **state)
{
    replay(state, SYSTEM "1.3.6.1.2.1.2.2.1.2.1|4|eth0\n"
                         "1.3.6.1.2.1.2.2.1.3.1|2|6\n"
                         "1.3.6.1.2.1.2.2.1.2.2|4|eth2\n"
                         "1.3.6.1.2.1.2.2.1.3.2|2|0\n"
                         "1.3.6.1.2.1.2.2.1.2.255|4|eth255\n");
    const struct report *r = bed_round(it.bed);
    expect_fact(r, "port.type", "eth0", "6");
    expect_fact(r, "port.type", "eth2", "0"); /* as it was told */
    expect_fact(r, "port.type", "eth255", NULL);
}

static char rows[16384];

static void put_cell(unsigned column, unsigned port, const char *value)
{
    size_t len = strlen(rows);
    snprintf(rows + len, sizeof rows - len, "1.3.6.1.2.1.2.2.1.%u.%u|%s\n", column, port, value);
}

static void put_x_cell(unsigned column, unsigned port, const char *value)
{
    size_t len = strlen(rows);
    snprintf(rows + len, sizeof rows - len, "1.3.6.1.2.1.31.1.1.1.%u.%u|%s\n", column, port, value);
}

static void put_port(unsigned i)
{
    char name[16];
    snprintf(name, sizeof name, "4|p%u", i);
    put_cell(2, i, name);
    put_cell(3, i, "2|6");
    put_cell(8, i, "2|1");
    put_cell(10, i, "65|70");
}

static void with_version_1_each_port_is_told_what_it_has(void **state)
{
    memcpy(rows, SYSTEM, sizeof SYSTEM);
    for (unsigned i = 1; i <= 9; i++) { /* the first and the last lack what the others have */
        put_port(i);
        if (i > 1) {
            put_cell(5, i, "66|100000000");
            put_cell(14, i, "65|5");
        }
        if (i < 9)
            put_cell(16, i, "65|80");
    }
    replay(state, rows);
    it.agent.fault = FAKE_V1_ONLY;
    const struct report *r = bed_round(it.bed);
    for (unsigned i = 1; i <= 9; i++) {
        char port[8];
        snprintf(port, sizeof port, "p%u", i);
        expect_fact(r, "port.in_octets", port, "70");
        expect_fact(r, "port.in_errors", port, i == 1 ? NULL : "5");
        expect_fact(r, "port.speed", port, i == 1 ? NULL : "100000000");
        expect_fact(r, "port.out_octets", port, i == 9 ? NULL : "80");
        expect_fact(r, "port.out_errors", port, NULL);
    }
    unsigned asked = it.agent.asked;
    expect_fact(bed_round(it.bed), "port.speed", "p5", "100000000");
    assert_true(it.agent.asked - asked < 10); /* what is lacking is not asked again */
}

static void version_1_without_sysuptime_is_read_by_our_clock(void **state)
{
    memcpy(rows, "1.3.6.1.2.1.1.1.0|4|box\n", sizeof "1.3.6.1.2.1.1.1.0|4|box\n");
    for (unsigned i = 1; i <= 3; i++)
        put_port(i);
    replay(state, rows);
    it.agent.fault = FAKE_V1_ONLY;
    it.agent.grows = true;
    replay_agent_rule(&it.agent, "1.3.6.1.2.1.2.2.1.10", 500);
    const struct report *r = bed_round(it.bed);
    expect_fact(r, "sys.descr", "", "box");
    expect_fact(r, "sys.uptime", "", NULL);
    assert_null(r->detail);
    assert_float_equal(bed_measure(bed_round(it.bed), "if-p3", "in_octets"), 500, 5);
    expect_fact(bed_ask(it.bed), "port.oper", "p3", "up");
}

/* 22 columns of one port with wide counters and a long index need more than the 484 bytes that
 * every agent must be able to send (RFC 3417 section 3.2). */
static void an_agent_of_small_answers_is_asked_for_what_matters(void **state)
{
    static const unsigned narrow[] = {10, 11, 12, 13, 14, 16, 17, 18, 19, 20};
    memcpy(rows, SYSTEM, sizeof SYSTEM);
    for (unsigned i = 50331648; i < 50331652; i++) {
        put_port(i);
        for (size_t k = 0; k < sizeof narrow / sizeof narrow[0]; k++)
            put_cell(narrow[k], i, "65|4000000000");
        for (unsigned column = 6; column <= 13; column++)
            put_x_cell(column, i, "70|18000000000000000000");
        put_x_cell(15, i, "66|1000");
        put_x_cell(19, i, "67|0");
    }
    replay(state, rows);
    it.agent.largest = 484;
    const struct report *r = bed_round(it.bed);
    expect_fact(r, "port.in_octets", "p50331651", "18000000000000000000");
    expect_fact(r, "port.in_errors", "p50331651", "4000000000");
    expect_fact(r, "port.speed", "p50331651", "1000000000");
    assert_string_equal(r->detail,
                        "its answers are too small to hold the packet counters of a port");
    assert_true(isnan(bed_measure(bed_round(it.bed), "if-p50331651", "in_packets")));
}

static void expect_unknown_column(void **state, unsigned column, const char *value,
                                  const char *fact, const char *said)
{
    memcpy(rows, SYSTEM, sizeof SYSTEM);
    put_port(1);
    put_x_cell(column, 1, value);
    replay(state, rows);
    const struct report *r = bed_round(it.bed);
    expect_fact(r, fact, "p1", NULL);
    assert_non_null(r->detail);
    assert_string_equal(r->detail, said);
    it.bed->replay = NULL;
    snmprec_destroy(it.recording);
    it.recording = NULL;
}

/* row 20: 9f78 04 and a float inside an Opaque is how net-snmp sends one */
static void a_value_of_a_type_its_column_cannot_have_is_unknown_and_said(void **state)
{
    static const struct {
        unsigned column;
        const char *value, *fact, *said;
    } wrong[] = {
        {10, "2|-5", "port.out_octets", "1 values of a wrong type (integer for a counter)"},
        {10, "68x|9f780442280000", "port.out_octets",
         "1 values of a wrong type (opaque for a counter)"},
        {10, "4|80 bytes", "port.out_octets", "1 values of a wrong type (octets for a counter)"},
        {10, "66|80", "port.out_octets", "1 values of a wrong type (gauge32 for a counter)"},
        {15, "67|1000", "port.speed", "1 values of a wrong type (ticks for a number)"},
        {15, "2|-1", "port.speed", "1 values of a wrong type (integer for a number)"},
        {15, "64|1.2.3.4", "port.speed", "1 values of a wrong type (ipaddress for a number)"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (i) {
            bed_down(state);
            bed_up(state);
        }
        expect_unknown_column(state, wrong[i].column, wrong[i].value, wrong[i].fact, wrong[i].said);
    }
}

/* The counter of port 1 reads `next` a minute later; its rate in that minute. */
static double rate_after(struct snmprec_row *counter, uint64_t next)
{
    counter->number = next;
    return bed_measure(bed_round(it.bed), "if-p1", "in_octets");
}

static struct snmprec_row *begin_counter(void **state, uint64_t first)
{
    memcpy(rows, SYSTEM, sizeof SYSTEM);
    put_port(1);
    put_x_cell(6, 1, "70|0");
    replay(state, rows);
    it.agent.grows = true; /* its clock runs, its counter goes where the test says */
    replay_agent_rule(&it.agent, "1.3.6.1.2.1.31", 0);
    struct snmprec_row *counter = &it.recording->rows[it.recording->count - 1];
    assert_true(isnan(rate_after(counter, first)));
    return counter;
}

/* row 23 */
static void a_64_bit_counter_that_wraps_at_32_bits_is_no_spike(void **state)
{
    struct snmprec_row *counter = begin_counter(state, 4294966296);
    double rate = rate_after(counter, 5000); /* 6000 octets, or whatever */
    assert_true(isnan(rate) || rate < 1000);
    assert_float_equal(rate_after(counter, 11000), 100, 1);
}

static void a_64_bit_counter_that_goes_back_is_unknown_for_that_minute(void **state)
{
    struct snmprec_row *counter = begin_counter(state, 700000000000);
    assert_float_equal(rate_after(counter, 700000006000), 100, 1);
    assert_true(isnan(rate_after(counter, 600000000000)));
    assert_float_equal(rate_after(counter, 600000006000), 100, 1);
}

static void a_counter_that_sticks_is_no_traffic(void **state)
{
    struct snmprec_row *counter = begin_counter(state, 4294967295);
    for (int i = 0; i < 3; i++)
        assert_true(rate_after(counter, 4294967295) == 0);
}

#define MANY 100000

/* Interfaces named by `prefix`, all up. */
static void replay_many(void **state, const char *prefix)
{
    struct buf text = {0};
    buf_text(&text, SYSTEM);
    for (unsigned i = 1; i <= MANY; i++)
        buf_printf(&text,
                   "1.3.6.1.2.1.2.2.1.2.%u|4|%s%u\n1.3.6.1.2.1.2.2.1.3.%u|2|6\n"
                   "1.3.6.1.2.1.2.2.1.8.%u|2|1\n",
                   i, prefix, i, i, i);
    assert_false(text.failed);
    snmprec_destroy(it.recording);
    replay(state, buf_string(&text));
    buf_fini(&text);
}

/* row 26 */
static void of_a_hundred_thousand_interfaces_the_first_are_read_and_it_is_said(void **state)
{
    replay_many(state, "subscriber");
    const struct report *r = bed_round(it.bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->detail, "more interfaces than we read (1024)");
    assert_int_equal(r->object_count, PORTS_MAX);
    assert_true(it.agent.asked < SNMP_WALK_REQUESTS_MAX);
    expect_fact(r, "port.oper", "subscriber1", "up");
}

static void interfaces_that_come_and_go_do_not_heap_up(void **state)
{
    static const char *const prefixes[] = {"monday", "tuesday", "wednesday"};
    for (size_t i = 0; i < 3; i++) {
        replay_many(state, prefixes[i]);
        const struct report *r = bed_round(it.bed);
        assert_int_equal(r->object_count, PORTS_MAX);
        assert_memory_equal(r->objects[0].object + 3, prefixes[i], strlen(prefixes[i]));
        sim_run(it.bed->sim, MINUTES(10)); /* the table is due again */
    }
}

/* row 33 */
static void a_text_of_64_kib_is_cut_and_made_fit_for_showing(void **state)
{
    static const char bait[] =
        "\x1b[2J<script>alert(1)</script>\xff\xe2\x80\xae'; DROP TABLE x;--\r\n$(id)`id`";
    struct buf text = {0};
    buf_text(&text, SYSTEM "1.3.6.1.2.1.1.5.0|4x|");
    for (size_t len = 0; len < 60000; len += sizeof bait)
        for (size_t i = 0; i < sizeof bait; i++) /* the NUL too */
            buf_printf(&text, "%02x", (unsigned char)bait[i]);
    buf_text(&text, "\n1.3.6.1.2.1.2.2.1.2.1|4|eth0\n1.3.6.1.2.1.2.2.1.3.1|2|6\n");
    replay(state, buf_string(&text));
    buf_fini(&text);
    const struct report *r = bed_round(it.bed);
    const char *name = sim_fact(r, "sys.name", "");
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_non_null(name);
    assert_true(strlen(name) <= DEVICE_TEXT_MAX);
    assert_true(utf8_is_valid(name, strlen(name)));
    for (const char *c = name; *c; c++)
        assert_true((unsigned char)*c >= 0x20);
    assert_null(strstr(name, "\xe2\x80\xae"));
    expect_fact(r, "port.type", "eth0", "6"); /* one bad text does not fail the device */
}

static void an_agent_without_any_interface_still_tells_who_it_is(void **state)
{
    replay(state, SYSTEM "1.3.6.1.4.1.9.1.0|2|5\n");
    const struct report *r = bed_round(it.bed);
    expect_fact(r, "sys.descr", "", "box");
    expect_fact(r, "sys.objectid", "", "1.3.6.1.4.1.9");
    assert_int_equal(r->object_count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bed_up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_old_agent_without_ifxtable_and_ifindex_is_read_by_its_32_bit_counters),
        TEST(a_type_that_is_not_told_is_absent),
        TEST(with_version_1_each_port_is_told_what_it_has),
        TEST(version_1_without_sysuptime_is_read_by_our_clock),
        TEST(an_agent_of_small_answers_is_asked_for_what_matters),
        TEST(a_value_of_a_type_its_column_cannot_have_is_unknown_and_said),
        TEST(a_64_bit_counter_that_wraps_at_32_bits_is_no_spike),
        TEST(a_64_bit_counter_that_goes_back_is_unknown_for_that_minute),
        TEST(a_counter_that_sticks_is_no_traffic),
        TEST(of_a_hundred_thousand_interfaces_the_first_are_read_and_it_is_said),
        TEST(interfaces_that_come_and_go_do_not_heap_up),
        TEST(a_text_of_64_kib_is_cut_and_made_fit_for_showing),
        TEST(an_agent_without_any_interface_still_tells_who_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
