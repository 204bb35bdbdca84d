#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/arp.h"

/* Ethernet, IPv4, 6, 4, request; 02:00:00:00:00:01 192.0.2.2 asks who has 192.0.2.7 */
static const uint8_t golden[ARP_PACKET_BYTES] = {
    0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,
    192,  0,    2,    2,    0,    0,    0,    0,    0,    0,    192,  0,    2,    7};

static void a_request_matches_the_golden_bytes_and_reads_back(void **state)
{
    struct arp_packet p = {.operation = ARP_REQUEST, .sender_mac = {{2, 0, 0, 0, 0, 1}}}, back;
    uint8_t bytes[ARP_PACKET_BYTES];
    addr_parse("192.0.2.2", &p.sender);
    addr_parse("192.0.2.7", &p.target);
    arp_write(&p, bytes);
    assert_memory_equal(bytes, golden, sizeof golden);
    assert_true(arp_read(bytes, sizeof bytes, &back));
    assert_true(addr_equal(&back.sender, &p.sender) && addr_equal(&back.target, &p.target));
    assert_memory_equal(&back.sender_mac, &p.sender_mac, sizeof p.sender_mac);
}

static void anything_short_or_strange_is_refused(void **state)
{
    struct arp_packet p;
    uint8_t bytes[ARP_PACKET_BYTES];
    for (size_t len = 0; len < sizeof golden; len++)
        assert_false(arp_read(golden, len, &p));
    for (size_t at = 0; at < 8; at++) {
        memcpy(bytes, golden, sizeof bytes);
        bytes[at] ^= 0x40;
        assert_false(arp_read(bytes, sizeof bytes, &p));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_matches_the_golden_bytes_and_reads_back),
        cmocka_unit_test(anything_short_or_strange_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
