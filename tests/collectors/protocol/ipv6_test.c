#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ipv6.h"

/* Internet Protocol Version 6, Src: fe80::ff:fe00:b, Dst: ff02::2, Hop Limit: 255, Next Header: ICMPv6 (58),
 *     Payload Length: 16; ICMPv6 Router Solicitation from 02:00:00:00:00:0b */
static const uint8_t golden[56] = {
    0x60, 0x00, 0x00, 0x00, 0x00, 0x10, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xfe, 0x00, 0x00, 0x0b, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x02, 0x85, 0x00, 0x7b, 0x18, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b};

static void a_header_matches_the_golden_bytes_and_reads_back(void **state)
{
    uint8_t out[IPV6_HEADER_BYTES];
    struct writer w = writer_over(out, sizeof out);
    struct ip_packet p = {.to = ipv6_all_routers, .protocol = IP_ICMP6, .hops = 255, .payload_len = 16}, back;
    addr_parse("fe80::ff:fe00:b", &p.from);
    assert_true(ipv6_write(&w, &p));
    assert_memory_equal(out, golden, sizeof out);
    assert_true(ipv6_read(golden, sizeof golden, &back));
    assert_true(addr_equal(&back.from, &p.from) && addr_equal(&back.to, &p.to));
    assert_int_equal(back.protocol, IP_ICMP6);
    assert_int_equal(back.hops, 255);
    assert_int_equal(back.payload_len, 16);
    assert_false(back.fragment);
}

static void what_is_cut_is_refused_and_padding_is_cut_off(void **state)
{
    uint8_t padded[60] = {0};
    struct ip_packet p;
    for (size_t len = 0; len < sizeof golden; len++)
        assert_false(ipv6_read(golden, len, &p));
    memcpy(padded, golden, sizeof golden);
    assert_true(ipv6_read(padded, sizeof padded, &p));
    assert_int_equal(p.payload_len, 16);
    padded[0] = 0x45;
    assert_false(ipv6_read(padded, sizeof padded, &p));
}

/* The golden header with so many bytes behind it, the first header of which is of that kind. */
static bool read_behind(uint8_t kind, const uint8_t *behind, uint8_t len, struct ip_packet *out)
{
    static uint8_t packet[128];
    memcpy(packet, golden, IPV6_HEADER_BYTES);
    memcpy(packet + IPV6_HEADER_BYTES, behind, len);
    packet[5] = len;
    packet[6] = kind;
    return ipv6_read(packet, IPV6_HEADER_BYTES + len, out);
}

static void extension_headers_are_stepped_over(void **state)
{
    /* hop-by-hop of 8 bytes (router alert), destination options of 16, then UDP */
    static const uint8_t chain[] = {60, 0, 5, 2, 0, 0, 1, 0, 17, 1, 1, 4, 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, 0, 0xaa};
    struct ip_packet p;
    assert_true(read_behind(0, chain, sizeof chain, &p));
    assert_int_equal(p.protocol, IP_UDP);
    assert_int_equal(p.payload_len, 1);
    assert_int_equal(p.payload[0], 0xaa);
    for (uint8_t len = 0; len < sizeof chain - 1; len++)
        assert_false(read_behind(0, chain, len, &p));
}

static void a_part_of_a_packet_is_told(void **state)
{
    static const uint8_t first[] = {17, 0, 0, 1, 0, 0, 0, 7, 0xaa}, whole[] = {17, 0, 0, 0, 0, 0, 0, 7, 0xaa};
    struct ip_packet p;
    assert_true(read_behind(44, first, sizeof first, &p) && p.fragment);
    assert_true(read_behind(44, whole, sizeof whole, &p) && !p.fragment); /* an atomic one, RFC 6946 */
    assert_int_equal(p.protocol, IP_UDP);
}

static void addresses_of_a_link_are_known(void **state)
{
    struct addr a, group;
    char text[ADDR_TEXT_MAX];
    addr_parse("fd51::12:3456", &a);
    group = ipv6_solicited_node(&a);
    assert_string_equal(addr_text(&group, text), "ff02::1:ff12:3456");
    assert_false(ipv6_is_link_local(&a));
    addr_parse("febf::1", &a);
    assert_true(ipv6_is_link_local(&a));
    assert_string_equal(addr_text(&ipv6_all_nodes, text), "ff02::1");
    assert_string_equal(addr_text(&ipv6_dhcp_servers, text), "ff02::1:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_matches_the_golden_bytes_and_reads_back),
        cmocka_unit_test(what_is_cut_is_refused_and_padding_is_cut_off),
        cmocka_unit_test(extension_headers_are_stepped_over),
        cmocka_unit_test(a_part_of_a_packet_is_told),
        cmocka_unit_test(addresses_of_a_link_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
