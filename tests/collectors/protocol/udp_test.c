#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/udp.h"

/* Internet Protocol Version 6, Src: fe80::ff:fe00:b, Dst: ff02::1:2, Hop Limit: 1
 * User Datagram Protocol, Src Port: 546, Dst Port: 547, Length: 38, Checksum: [correct]
 * DHCPv6: Information-request, XID 0xabcdef, CID 0003000102000000000b */
static const uint8_t golden6[78] = {
    0x60, 0x00, 0x00, 0x00, 0x00, 0x26, 0x11, 0x01, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xfe, 0x00, 0x00, 0x0b, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x02, 0x02, 0x22, 0x02, 0x23, 0x00, 0x26, 0x22, 0xee, 0x0b, 0xab, 0xcd, 0xef, 0x00, 0x01, 0x00, 0x0a, 0x00,
    0x03, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x00, 0x08, 0x00, 0x02, 0x00, 0x00, 0x00, 0x06, 0x00, 0x02,
    0x00, 0x17};

static void a_datagram_matches_the_golden_bytes_and_reads_back(void **state)
{
    struct ip_packet p;
    struct udp_datagram d;
    uint8_t out[128];
    struct writer w = writer_over(out, sizeof out);
    assert_true(ipv6_read(golden6, sizeof golden6, &p) && udp_read(&p, &d));
    assert_int_equal(d.from, 546);
    assert_int_equal(d.to, 547);
    assert_int_equal(d.payload_len, 30);
    assert_false(d.bad_sum);
    assert_true(udp_write(&w, &p.from, &p.to, &d));
    assert_int_equal(wr_len(&w), p.payload_len);
    assert_memory_equal(out, p.payload, p.payload_len);
}

static void a_wrong_sum_is_told_and_none_is_fine_over_ipv4(void **state)
{
    uint8_t bytes[sizeof golden6];
    struct ip_packet p;
    struct udp_datagram d;
    memcpy(bytes, golden6, sizeof bytes);
    bytes[sizeof bytes - 1]++;
    assert_true(ipv6_read(bytes, sizeof bytes, &p) && udp_read(&p, &d) && d.bad_sum);
    static const uint8_t none[] = {0, 53, 0x12, 0x34, 0, 9, 0, 0, 'x'};
    p = (struct ip_packet){.from = {.family = AF_INET}, .to = {.family = AF_INET}, .protocol = IP_UDP,
                           .payload = none, .payload_len = sizeof none};
    assert_true(udp_read(&p, &d));
    assert_false(d.bad_sum);
}

static void what_is_cut_or_lies_about_its_length_is_refused(void **state)
{
    uint8_t bytes[9] = {0, 53, 0x12, 0x34, 0, 9, 0, 0, 'x'};
    struct ip_packet p = {.from = {.family = AF_INET}, .to = {.family = AF_INET}, .protocol = IP_UDP, .payload = bytes};
    struct udp_datagram d;
    for (p.payload_len = 0; p.payload_len < sizeof bytes; p.payload_len++)
        assert_false(udp_read(&p, &d));
    assert_true(udp_read(&p, &d));
    bytes[5] = 7;
    assert_false(udp_read(&p, &d));
    bytes[5] = 8;
    assert_true(udp_read(&p, &d) && d.payload_len == 0);
    p.fragment = true;
    assert_false(udp_read(&p, &d));
    p.fragment = false;
    p.protocol = IP_TCP;
    assert_false(udp_read(&p, &d));
}

static void a_sum_of_zero_is_written_as_all_ones(void **state)
{
    struct addr none = {.family = AF_INET};
    /* 0x0011 (UDP) + 0x000a twice (length) + the payload: the sum of all is 0xffff */
    static const uint8_t payload[] = {0xff, 0xda};
    uint8_t out[16];
    struct writer w = writer_over(out, sizeof out);
    assert_true(udp_write(&w, &none, &none, &(struct udp_datagram){.payload = payload, .payload_len = 2}));
    assert_int_equal(out[6] << 8 | out[7], 0xffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_matches_the_golden_bytes_and_reads_back),
        cmocka_unit_test(a_wrong_sum_is_told_and_none_is_fine_over_ipv4),
        cmocka_unit_test(what_is_cut_or_lies_about_its_length_is_refused),
        cmocka_unit_test(a_sum_of_zero_is_written_as_all_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
