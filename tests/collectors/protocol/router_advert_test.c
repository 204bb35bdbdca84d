#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/router_advert.h"

/* IPv6 fe80::ff:fe00:b -> ff02::2, hop limit 255
 * ICMPv6 Router Solicitation, checksum [correct], source link-layer address 02:00:00:00:00:0b */
static const uint8_t golden_solicit[56] = {
    0x60, 0x00, 0x00, 0x00, 0x00, 0x10, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xfe, 0x00, 0x00, 0x0b, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x02, 0x85, 0x00, 0x7b, 0x18, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b};

/* IPv6 fe80::ff:fe00:a -> fe80::ff:fe00:b, hop limit 255 (dnsmasq 2.90)
 * ICMPv6 Router Advertisement, checksum 0xd1b9 [correct], hop limit 64, flags 0x40 (other configuration),
 *     router lifetime 1800 s, prefix fd51::/64 (on-link, autonomous, valid for ever), MTU 1500,
 *     source link-layer address 02:00:00:00:00:0a, recursive DNS server fd51::1 for ever */
static const uint8_t golden_advert[128] = {
    0x6c, 0x01, 0x38, 0x33, 0x00, 0x58, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xfe, 0x00, 0x00, 0x0a, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xfe, 0x00,
    0x00, 0x0b, 0x86, 0x00, 0xd1, 0xb9, 0x40, 0x40, 0x07, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
    0x04, 0x40, 0xc0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x51, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00, 0x05,
    0xdc, 0x01, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x19, 0x03, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xfd, 0x51,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01};

#define OPTIONS_AT (IPV6_HEADER_BYTES + 16)

static void a_solicitation_matches_the_golden_bytes(void **state)
{
    static const struct mac mac = {{2, 0, 0, 0, 0, 0x0b}};
    struct addr from;
    uint8_t out[ROUTER_SOLICIT_BYTES];
    addr_parse("fe80::ff:fe00:b", &from);
    router_solicit_write(&from, &mac, out);
    assert_memory_equal(out, golden_solicit + IPV6_HEADER_BYTES, sizeof out);
}

static void an_advertisement_gives_up_all_it_says(void **state)
{
    struct ip_packet p;
    struct router_advert a;
    char text[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    assert_true(ipv6_read(golden_advert, sizeof golden_advert, &p) && router_advert_read(&p, &a));
    assert_true(a.other && !a.managed);
    assert_int_equal(a.hop_limit, 64);
    assert_int_equal(a.lifetime_s, 1800);
    assert_int_equal(a.mtu, 1500);
    assert_string_equal(mac_text(&a.mac, mac), "02:00:00:00:00:0a");
    assert_string_equal(addr_text(&a.prefix.addr, text), "fd51::");
    assert_int_equal(a.prefix.length, 64);
    assert_int_equal(a.prefix_valid_s, UINT32_MAX);
    assert_int_equal(a.resolver_count, 1);
    assert_string_equal(addr_text(&a.resolvers[0], text), "fd51::1");
}

/* The golden one with one byte changed and the sum made right again, cut after so many bytes. */
static bool read_changed(size_t at, uint8_t value, size_t len, struct router_advert *out)
{
    static uint8_t bytes[sizeof golden_advert];
    struct ip_packet p;
    memcpy(bytes, golden_advert, sizeof bytes);
    bytes[at] = value;
    if (!ipv6_read(bytes, sizeof bytes, &p))
        return false;
    p.payload_len = len - IPV6_HEADER_BYTES;
    memset(bytes + IPV6_HEADER_BYTES + 2, 0, 2);
    uint16_t sum = checksum_transport(&p.from, &p.to, IP_ICMP6, p.payload, p.payload_len);
    memcpy(bytes + IPV6_HEADER_BYTES + 2, &sum, sizeof sum);
    return router_advert_read(&p, out);
}

static void what_hosts_drop_is_refused(void **state)
{
    struct router_advert a;
    struct ip_packet p;
    const size_t whole = sizeof golden_advert;
    assert_true(read_changed(0, 0x60, whole, &a));
    assert_false(read_changed(7, 254, whole, &a));  /* came over a router */
    assert_false(read_changed(8, 0xfd, whole, &a)); /* from no link-local address */
    assert_false(read_changed(41, 1, whole, &a));   /* a code */
    assert_false(read_changed(40, 133, whole, &a));
    assert_false(read_changed(57, 0, whole, &a));   /* an option of no length would never end */
    assert_true(ipv6_read(golden_advert, whole, &p));
    p.to.bytes[15]++;
    assert_false(router_advert_read(&p, &a)); /* its sum is for another */
}

static void what_is_cut_within_an_option_is_refused(void **state)
{
    struct router_advert a;
    for (size_t len = IPV6_HEADER_BYTES + 4; len < sizeof golden_advert; len++) {
        bool between = len == OPTIONS_AT || len == OPTIONS_AT + 32 || len == OPTIONS_AT + 40 || len == OPTIONS_AT + 48;
        assert_int_equal(read_changed(0, 0x60, len, &a), between);
    }
}

static void a_prefix_hosts_make_no_addresses_of_is_none(void **state)
{
    struct router_advert a;
    assert_true(read_changed(OPTIONS_AT + 3, 0x80, sizeof golden_advert, &a));
    assert_false(addr_is_set(&a.prefix.addr));
    assert_true(read_changed(OPTIONS_AT + 2, 129, sizeof golden_advert, &a));
    assert_false(addr_is_set(&a.prefix.addr));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solicitation_matches_the_golden_bytes),
        cmocka_unit_test(an_advertisement_gives_up_all_it_says),
        cmocka_unit_test(what_hosts_drop_is_refused),
        cmocka_unit_test(what_is_cut_within_an_option_is_refused),
        cmocka_unit_test(a_prefix_hosts_make_no_addresses_of_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
