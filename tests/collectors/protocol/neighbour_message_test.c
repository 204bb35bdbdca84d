#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/neighbour_message.h"

/* IPv6 fe80::ff:fe00:b -> ff02::1:ff00:a, hop limit 255; ICMPv6 Neighbor Solicitation for fe80::ff:fe00:a
 *     from 02:00:00:00:00:0b, checksum [correct] */
static const uint8_t golden_solicit[72] = {
    0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xfe, 0x00, 0x00, 0x0b, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xff, 0x00,
    0x00, 0x0a, 0x87, 0x00, 0x7c, 0x73, 0x00, 0x00, 0x00, 0x00, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0xff, 0xfe, 0x00, 0x00, 0x0a, 0x01, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b};

/* IPv6 fe80::ff:fe00:b -> fe80::ff:fe00:a, hop limit 255; ICMPv6 Neighbor Advertisement (sol, ovr)
 *     fe80::ff:fe00:b is at 02:00:00:00:00:0b, checksum [correct] */
static const uint8_t golden_advert[72] = {
    0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xfe, 0x00, 0x00, 0x0b, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xfe, 0x00,
    0x00, 0x0a, 0x88, 0x00, 0x1a, 0xf6, 0x60, 0x00, 0x00, 0x00, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0xff, 0xfe, 0x00, 0x00, 0x0b, 0x02, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b};

static void both_match_the_golden_bytes_and_read_back(void **state)
{
    static const uint8_t *const golden[] = {golden_solicit, golden_advert};
    static const struct mac mac = {{2, 0, 0, 0, 0, 0x0b}};
    for (int i = 0; i < 2; i++) {
        uint8_t out[NEIGHBOUR_MESSAGE_BYTES];
        struct ip_packet p;
        struct neighbour_message m = {.advert = i, .mac = mac}, back;
        addr_parse(i ? "fe80::ff:fe00:b" : "fe80::ff:fe00:a", &m.target);
        assert_true(ipv6_read(golden[i], sizeof golden_solicit, &p));
        neighbour_write(&p.from, &p.to, &m, out);
        assert_memory_equal(out, p.payload, sizeof out);
        assert_true(neighbour_read(&p, &back));
        assert_int_equal(back.advert, i);
        assert_true(addr_equal(&back.target, &m.target));
        assert_memory_equal(&back.mac, &mac, sizeof mac);
    }
}

static void what_is_cut_forged_or_from_afar_is_refused(void **state)
{
    struct ip_packet p, changed;
    struct neighbour_message m;
    assert_true(ipv6_read(golden_advert, sizeof golden_advert, &p));
    for (size_t len = 0; len < p.payload_len; len++) {
        changed = p;
        changed.payload_len = len;
        assert_false(neighbour_read(&changed, &m));
    }
    changed = p;
    changed.hops = 64;
    assert_false(neighbour_read(&changed, &m));
    changed = p;
    changed.from.bytes[15] ^= 1;
    assert_false(neighbour_read(&changed, &m));
    changed = p;
    changed.protocol = IP_UDP;
    assert_false(neighbour_read(&changed, &m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_match_the_golden_bytes_and_read_back),
        cmocka_unit_test(what_is_cut_forged_or_from_afar_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
