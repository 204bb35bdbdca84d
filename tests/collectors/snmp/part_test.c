#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/snmp/part.h"
#include "tests/support/fake_agent.h"

#define PORTS 6
#define HC_OCTETS (IF_BIT(IF_HC_IN_OCTETS) | IF_BIT(IF_HC_OUT_OCTETS) | IF_BIT(IF_OPER_STATUS))

static struct fake_agent fake;
static struct snmp_agent agent;
static struct port_table table;
static struct port ports[PORTS];
static struct part_answer got;
static struct part_sheet sheet;

static int up(void **state)
{
    struct addr addr = {0};
    fake_agent_init(&fake, PORTS);
    fake.booted_s = -100;
    for (uint32_t i = 0; i < PORTS; i++)
        ports[i] = (struct port){.index = i + 1, .present = HC_OCTETS};
    table = (struct port_table){.ports = ports, .count = PORTS, .learned = true};
    return snmp_agent_init(&agent, &addr, SNMP_PORT, SNMP_V2C, "public") ? 0 : -1;
}

static int down(void **state)
{
    snmp_agent_fini(&agent);
    return 0;
}

static enum part_fate exchange(const struct part *p)
{
    static uint8_t request[PART_REQUEST_MAX], answer[FAKE_ANSWER_MAX];
    struct snmp_written out;
    struct snmp_message m;
    assert_true(part_write(p, &table, &agent, &sheet, request, sizeof request, &out));
    size_t len = fake_agent_answer(&fake, 0, out.bytes, out.len, answer);
    assert_true(snmp_message_read(answer, len, &m));
    return part_read(p, &table, &m.pdu, (struct mono){0}, &sheet, &got);
}

static void expect_ports(unsigned first, unsigned count)
{
    assert_int_equal(got.ports, count);
    assert_int_equal(got.ticks, 10000);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(got.readings[i].have, HC_OCTETS);
        assert_int_equal(got.readings[i].value[IF_HC_IN_OCTETS], 5000000000u + 100000u * (first + i + 1));
    }
}

static void a_get_and_a_getbulk_read_the_same(void **state)
{
    struct part get = {.first = 1, .count = 3, .learned = true, .columns = IF_ALL_BITS};
    struct part bulk = {.first = 1, .count = 3, .learned = true, .columns = HC_OCTETS, .bulk = true};
    assert_int_equal(exchange(&get), PART_TAKEN);
    expect_ports(1, 3);
    assert_int_equal(exchange(&bulk), PART_TAKEN);
    expect_ports(1, 3);
}

static void an_absent_cell_is_not_taken_for_what_was_there_before(void **state)
{
    struct part p = {.count = 2, .learned = true, .columns = IF_ALL_BITS};
    assert_int_equal(exchange(&p), PART_TAKEN);
    expect_ports(0, 2);
    fake.ports[0].narrow = true;
    assert_int_equal(exchange(&p), PART_TAKEN);
    assert_int_equal(got.readings[0].have, IF_BIT(IF_OPER_STATUS));
    assert_int_equal(got.readings[0].value[IF_HC_IN_OCTETS], 0);
    assert_int_equal(got.readings[0].value[IF_HC_OUT_OCTETS], 0);
    assert_int_equal(got.readings[1].have, HC_OCTETS);
}

/* What is written over the last request is what would have been written anew. */
static void a_request_from_the_sheet_is_the_same(void **state)
{
    static uint8_t from_sheet[PART_REQUEST_MAX], anew[PART_REQUEST_MAX];
    static const uint32_t indexes[] = {1, 2, 127, 128, 16383, 70000};
    struct snmp_written one, other;
    for (unsigned i = 0; i < PORTS; i++)
        ports[i].index = indexes[i];
    for (unsigned round = 0; round < 200; round++) {
        struct part_sheet clean = {0};
        struct part p = {.first = (uint16_t)(round % PORTS),
                         .count = (uint16_t)(1 + round / 7 % 2),
                         .learned = true,
                         .bulk = round % 5 != 4,
                         .with_change = round / 3 % 5 == 0,
                         .no_uptime = round / 11 % 5 == 0,
                         .columns = round / 13 % 3 ? HC_OCTETS : IF_ALL_BITS & ~IF_NARROW_BITS};
        if (p.first + p.count > PORTS)
            p.count = 1;
        struct addr addr = agent.addr;
        snmp_agent_fini(&agent);
        snmp_agent_init(&agent, &addr, SNMP_PORT, round / 17 % 3 ? SNMP_V2C : SNMP_V3,
                        round / 19 % 2 ? "public" : "a community longer than others");
        assert_true(part_write(&p, &table, &agent, &sheet, from_sheet, sizeof from_sheet, &one));
        assert_true(part_write(&p, &table, &agent, &clean, anew, sizeof anew, &other));
        assert_int_equal(one.len, other.len);
        assert_int_equal(one.id_offset, other.id_offset);
        assert_memory_equal(one.bytes, other.bytes, one.len);
    }
}

static void all_parts_of_a_table_are_equally_long(void **state)
{
    static uint8_t request[PART_REQUEST_MAX];
    struct snmp_written out;
    size_t len = 0;
    for (uint16_t first = 0; first < PORTS; first += 2) {
        struct part p = {.first = first, .count = 2, .learned = true, .columns = HC_OCTETS, .bulk = true};
        assert_true(part_write(&p, &table, &agent, &sheet, request, sizeof request, &out));
        assert_true(!len || out.len == len);
        len = out.len;
    }
}

static void the_time_of_the_last_table_change_comes_along(void **state)
{
    struct part p = {.count = 2, .learned = true, .columns = HC_OCTETS, .bulk = true, .with_change = true};
    fake.table_change = 4242;
    assert_int_equal(exchange(&p), PART_TAKEN);
    assert_true(got.has_change);
    assert_int_equal(got.change, 4242);
    expect_ports(0, 2);
}

static void rows_that_moved_are_noticed(void **state)
{
    struct part p = {.count = 3, .learned = true, .columns = HC_OCTETS, .bulk = true};
    fake.ports[1].index = 77;
    assert_int_equal(exchange(&p), PART_MOVED);
}

static void a_short_answer_has_the_rows_it_has(void **state)
{
    struct part p = {.count = PORTS, .learned = true, .columns = HC_OCTETS, .bulk = true};
    fake.largest = 250;
    assert_int_equal(exchange(&p), PART_TAKEN);
    assert_in_range(got.ports, 1, PORTS - 1);
    expect_ports(0, got.ports);
}

static void a_get_must_be_answered_exactly(void **state)
{
    static const enum fake_fault faults[] = {FAKE_WRONG_OID, FAKE_MISSING, FAKE_EXTRA, FAKE_EMPTY};
    struct part p = {.count = 2, .learned = true, .columns = IF_ALL_BITS};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        fake.fault = faults[i];
        assert_int_equal(exchange(&p), PART_WRONG);
    }
}

static void an_error_index_names_port_and_column(void **state)
{
    struct part p = {.first = 2, .count = 2, .learned = true, .columns = IF_ALL_BITS, .with_change = true};
    size_t port;
    enum if_polled column;
    assert_false(part_blame(&p, &table, 2, &port, &column)); /* sysUpTime and ifTableLastChange */
    assert_true(part_blame(&p, &table, 3, &port, &column));
    assert_int_equal(port, 2);
    assert_int_equal(column, IF_HC_IN_OCTETS);
    assert_true(part_blame(&p, &table, 8, &port, &column));
    assert_int_equal(port, 3);
    assert_int_equal(column, IF_OPER_STATUS);
    assert_false(part_blame(&p, &table, 9, &port, &column));
    assert_false(part_blame(&p, &table, -1, &port, &column));
}

static void a_part_stays_below_one_datagram(void **state)
{
    for (int i = 0; i < PORTS; i++)
        ports[i].present = IF_ALL_BITS;
    assert_int_equal(part_ports(&table, 0, true, IF_ALL_BITS, PART_ANSWER_BYTES), 4); /* of 15 columns */
    assert_int_equal(part_ports(&table, 4, true, IF_ALL_BITS, PART_ANSWER_BYTES), 2);
    assert_int_equal(part_ports(&table, 0, true, IF_BIT(IF_OPER_STATUS), PART_ANSWER_BYTES), PORTS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_get_and_a_getbulk_read_the_same),
        TEST(an_absent_cell_is_not_taken_for_what_was_there_before),
        TEST(a_request_from_the_sheet_is_the_same),
        TEST(all_parts_of_a_table_are_equally_long),
        TEST(the_time_of_the_last_table_change_comes_along),
        TEST(rows_that_moved_are_noticed),
        TEST(a_short_answer_has_the_rows_it_has),
        TEST(a_get_must_be_answered_exactly),
        TEST(an_error_index_names_port_and_column),
        TEST(a_part_stays_below_one_datagram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
