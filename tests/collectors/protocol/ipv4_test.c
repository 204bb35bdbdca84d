#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ipv4.h"

/* Internet Protocol Version 4, Src: 10.51.0.1, Dst: 10.51.0.53, ID 0, Don't fragment, TTL 64, TCP (6),
 *     checksum 0x2635 [correct]; TCP 81 -> 52468 [RST, ACK] */
static const uint8_t golden[40] = {
    0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0x35, 0x0a, 0x33, 0x00, 0x01, 0x0a, 0x33, 0x00,
    0x35, 0x00, 0x51, 0xcc, 0xf4, 0x00, 0x00, 0x00, 0x00, 0x1a, 0x74, 0x38, 0xae, 0x50, 0x14, 0x00, 0x00, 0x7a, 0xcd,
    0x00, 0x00};

static struct ip_packet head(void)
{
    struct ip_packet p = {.protocol = IP_TCP, .hops = 64, .dont_fragment = true, .payload_len = 20};
    addr_parse("10.51.0.1", &p.from);
    addr_parse("10.51.0.53", &p.to);
    return p;
}

static void a_header_matches_the_golden_bytes_and_reads_back(void **state)
{
    uint8_t out[IPV4_HEADER_BYTES];
    struct writer w = writer_over(out, sizeof out);
    struct ip_packet p = head(), back;
    assert_true(ipv4_write(&w, &p, 0));
    assert_memory_equal(out, golden, sizeof out);
    assert_true(ipv4_read(golden, sizeof golden, &back));
    assert_true(addr_equal(&back.from, &p.from) && addr_equal(&back.to, &p.to));
    assert_int_equal(back.protocol, IP_TCP);
    assert_int_equal(back.hops, 64);
    assert_true(back.dont_fragment && !back.fragment && !back.bad_sum);
    assert_int_equal(back.payload_len, 20);
}

static void padding_behind_a_packet_is_cut_off(void **state)
{
    uint8_t padded[60] = {0};
    struct ip_packet p;
    memcpy(padded, golden, sizeof golden);
    assert_true(ipv4_read(padded, sizeof padded, &p));
    assert_int_equal(p.payload_len, 20);
}

static void what_is_cut_or_lies_about_its_length_is_refused(void **state)
{
    uint8_t bytes[sizeof golden];
    struct ip_packet p;
    for (size_t len = 0; len < sizeof golden; len++)
        assert_false(ipv4_read(golden, len, &p));
    memcpy(bytes, golden, sizeof bytes);
    bytes[0] = 0x44; /* a header shorter than a header */
    assert_false(ipv4_read(bytes, sizeof bytes, &p));
    bytes[0] = 0x4f; /* one longer than the packet */
    assert_false(ipv4_read(bytes, sizeof bytes, &p));
    bytes[0] = 0x65;
    assert_false(ipv4_read(bytes, sizeof bytes, &p));
    bytes[0] = 0x45;
    bytes[3] = 19;
    assert_false(ipv4_read(bytes, sizeof bytes, &p));
}

static void a_wrong_sum_is_told_and_a_part_is_a_part(void **state)
{
    uint8_t bytes[sizeof golden];
    struct ip_packet p;
    memcpy(bytes, golden, sizeof bytes);
    bytes[8]--;
    assert_true(ipv4_read(bytes, sizeof bytes, &p));
    assert_true(p.bad_sum && !p.fragment);
    bytes[6] = 0x20; /* more follow */
    assert_true(ipv4_read(bytes, sizeof bytes, &p) && p.fragment);
    bytes[6] = 0;
    bytes[7] = 1; /* not the first */
    assert_true(ipv4_read(bytes, sizeof bytes, &p) && p.fragment);
}

static void a_packet_that_does_not_fit_is_not_written(void **state)
{
    uint8_t out[IPV4_HEADER_BYTES - 1];
    struct writer w = writer_over(out, sizeof out);
    struct ip_packet p = head();
    assert_false(ipv4_write(&w, &p, 0));
    p.payload_len = 65516;
    assert_false(ipv4_write(&w, &p, 0));
}

static bool is_private(const char *text)
{
    struct addr a;
    assert_true(addr_parse(text, &a));
    return ipv4_is_private(&a);
}

static void addresses_nobody_on_the_internet_has_are_known(void **state)
{
    assert_true(is_private("10.1.2.3") && is_private("172.31.255.255") && is_private("192.168.1.1"));
    assert_true(is_private("127.0.0.1") && is_private("169.254.1.1") && is_private("100.127.0.1"));
    assert_true(is_private("0.0.0.0") && is_private("255.255.255.255") && is_private("198.18.0.1"));
    assert_false(is_private("172.32.0.1") || is_private("93.184.216.34") || is_private("100.128.0.1"));
}

static void an_address_for_one_machine_is_told_from_others(void **state)
{
    static const char *const others[] = {"0.0.0.1", "127.0.0.1", "224.0.0.1", "255.255.255.255"};
    struct addr a;
    addr_parse("10.51.0.53", &a);
    assert_true(ipv4_is_host(&a));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_true(addr_parse(others[i], &a) && !ipv4_is_host(&a));
    assert_false(ipv4_is_host(&(struct addr){0}));
}

static void masks_are_lengths_unless_they_have_gaps(void **state)
{
    static const struct { const char *text; bool good; uint8_t bits; } masks[] = {
        {"255.255.255.0", true, 24}, {"255.255.255.255", true, 32}, {"128.0.0.0", true, 1},
        {"255.255.254.0", true, 23}, {"0.0.0.0", false, 0}, {"255.0.255.0", false, 0}, {"0.0.0.255", false, 0}};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        struct addr mask;
        uint8_t bits = 0;
        assert_true(addr_parse(masks[i].text, &mask));
        assert_int_equal(ipv4_mask_length(&mask, &bits), masks[i].good);
        assert_true(!masks[i].good || bits == masks[i].bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_matches_the_golden_bytes_and_reads_back),
        cmocka_unit_test(padding_behind_a_packet_is_cut_off),
        cmocka_unit_test(what_is_cut_or_lies_about_its_length_is_refused),
        cmocka_unit_test(a_wrong_sum_is_told_and_a_part_is_a_part),
        cmocka_unit_test(a_packet_that_does_not_fit_is_not_written),
        cmocka_unit_test(addresses_nobody_on_the_internet_has_are_known),
        cmocka_unit_test(an_address_for_one_machine_is_told_from_others),
        cmocka_unit_test(masks_are_lengths_unless_they_have_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
