/* What is read from the kernel's tables, and answers of resolvers and agents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/discover/ask_names.h"
#include "poller/command/discover/ask_snmp.h"
#include "poller/command/discover/own.h"

static void assert_addr(const struct addr *a, const char *text)
{
    char got[ADDR_TEXT_MAX];
    assert_string_equal(addr_text(a, got), text);
}

static void the_default_route_names_the_gateway(void **state)
{
    struct addr a;
    /* the kernel prints the address as a number of this machine: tests run on little-endian ones */
    assert_true(
        own_route_line("eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n", &a));
    assert_addr(&a, "192.168.1.1");
    assert_false(
        own_route_line("eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n", &a));
    assert_false(own_route_line("Iface\tDestination\tGateway \tFlags\n", &a));
}

static void resolvers_are_those_of_resolv_conf(void **state)
{
    struct addr a;
    assert_true(own_resolver_line("nameserver 192.168.1.1\n", &a));
    assert_addr(&a, "192.168.1.1");
    assert_false(own_resolver_line("# nameserver 192.168.1.1\n", &a));
    assert_false(own_resolver_line("nameserver localhost\n", &a));
}

static void a_neighbour_counts_when_it_answered(void **state)
{
    struct addr a;
    struct mac m;
    assert_true(own_neighbour_line("192.168.1.7  0x1  0x2  aa:bb:cc:00:11:22  *  eth0\n", &a, &m));
    assert_addr(&a, "192.168.1.7");
    assert_false(own_neighbour_line("192.168.1.8  0x1  0x0  00:00:00:00:00:00  *  eth0\n", &a, &m));
    assert_false(
        own_neighbour_line("IP address  HW type  Flags  HW address  Mask  Device\n", &a, &m));
}

/* id 0x0102, one question, one answer that points back at the question's name */
static const uint8_t ptr_answer[] = "\x01\x02\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00"
                                    "\x01"
                                    "7"
                                    "\x01"
                                    "1"
                                    "\x03"
                                    "168"
                                    "\x03"
                                    "192"
                                    "\x07"
                                    "in-addr"
                                    "\x04"
                                    "arpa"
                                    "\x00"
                                    "\x00\x0c\x00\x01"
                                    "\xc0\x0c\x00\x0c\x00\x01\x00\x00\x00\x3c\x00\x0b"
                                    "\x03"
                                    "cam"
                                    "\x05"
                                    "local";

static void a_pointer_answer_gives_the_name(void **state)
{
    uint16_t id;
    char name[FOUND_TEXT_MAX];
    assert_true(ask_names_read(ptr_answer, sizeof ptr_answer, &id, name));
    assert_int_equal(id, 0x0102);
    assert_string_equal(name, "cam.local");
    for (size_t len = 0; len < sizeof ptr_answer; len++)
        assert_false(ask_names_read(ptr_answer, len, &id, name));
}

static void a_question_is_no_answer(void **state)
{
    uint8_t message[sizeof ptr_answer];
    uint16_t id;
    char name[FOUND_TEXT_MAX];
    memcpy(message, ptr_answer, sizeof message);
    message[2] = 0;
    assert_false(ask_names_read(message, sizeof message, &id, name));
}

/* version 2c, "public", response, id 0x40000005: sysName.0 = "sw\x1b1", sysServices.0 = 2 */
static const uint8_t snmp_answer[] = {
    0x30, 0x3c, 0x02, 0x01, 0x01, 0x04, 0x06, 0x70, 0x75, 0x62, 0x6c, 0x69, 0x63, 0xa2, 0x2f, 0x02,
    0x04, 0x40, 0x00, 0x00, 0x05, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x21, 0x30, 0x10, 0x06,
    0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x05, 0x00, 0x04, 0x04, 0x73, 0x77, 0x1b, 0x31, 0x30,
    0x0d, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x07, 0x00, 0x02, 0x01, 0x02};

static void an_agents_answer_gives_its_name_without_control_characters(void **state)
{
    struct found f = {0};
    uint32_t id;
    assert_true(ask_snmp_read(snmp_answer, sizeof snmp_answer, &id, &f));
    assert_int_equal(id, 0x40000005);
    assert_string_equal(f.sysname, "sw 1");
    assert_int_equal(f.sysservices, 2);
    for (size_t len = 0; len < sizeof snmp_answer; len++)
        assert_false(ask_snmp_read(snmp_answer, len, &id, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_route_names_the_gateway),
        cmocka_unit_test(resolvers_are_those_of_resolv_conf),
        cmocka_unit_test(a_neighbour_counts_when_it_answered),
        cmocka_unit_test(a_pointer_answer_gives_the_name),
        cmocka_unit_test(a_question_is_no_answer),
        cmocka_unit_test(an_agents_answer_gives_its_name_without_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
