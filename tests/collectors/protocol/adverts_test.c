#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/adverts.h"
#include "collectors/protocol/checksum.h"
#include "collectors/protocol/ipv6.h"

/* Ethernet 02:00:00:00:00:0a -> 02:00:00:00:00:0b, IPv6 fe80::ff:fe00:a -> fe80::ff:fe00:b, hop limit 255,
 *     ICMPv6 Router Advertisement of dnsmasq 2.90, prefix fd51::/64, router lifetime 1800 s */
static const uint8_t golden[142] = {
    0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x86, 0xdd, 0x6c, 0x01, 0x38, 0x33, 0x00,
    0x58, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xfe, 0x00, 0x00, 0x0a,
    0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xfe, 0x00, 0x00, 0x0b, 0x86, 0x00, 0xd1,
    0xb9, 0x40, 0x40, 0x07, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x04, 0x40, 0xc0, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x51, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00, 0x05, 0xdc, 0x01, 0x01, 0x02, 0x00,
    0x00, 0x00, 0x00, 0x0a, 0x19, 0x03, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xfd, 0x51, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01};

static struct adverts adverts;

static bool take(const uint8_t *frame, size_t len, int32_t vid, int64_t at_s)
{
    struct ether_frame f = {.vid = vid, .data = frame, .len = len, .at = {SECONDS(at_s)}};
    struct heard_frame h;
    heard_frame_read(&f, &h);
    return adverts_take(&adverts, &h);
}

static void a_routers_next_advertisement_takes_the_place_of_the_last(void **state)
{
    char text[ADDR_TEXT_MAX];
    adverts = (struct adverts){0};
    assert_true(take(golden, sizeof golden, 501, 5) && take(golden, sizeof golden, 501, 9));
    assert_int_equal(adverts.count, 1);
    assert_string_equal(addr_text(&adverts.list[0].addr, text), "fe80::ff:fe00:a");
    assert_int_equal(adverts.list[0].heard.ns, SECONDS(9));
    assert_int_equal(adverts.list[0].says.lifetime_s, 1800);
    assert_true(take(golden, sizeof golden, 502, 9));
    assert_int_equal(adverts.count, 2);
    assert_false(take(golden, sizeof golden - 1, 501, 9));
}

static void who_was_not_heard_for_long_is_forgotten(void **state)
{
    adverts = (struct adverts){0};
    take(golden, sizeof golden, 501, 5);
    take(golden, sizeof golden, 502, 9);
    adverts_forget(&adverts, (struct mono){SECONDS(9)});
    assert_int_equal(adverts.count, 1);
    assert_int_equal(adverts.list[0].vid, 502);
}

/* The golden one with another lifetime, no resolver, and the sum for that. */
static bool take_changed(uint8_t lifetime_s)
{
    uint8_t bytes[sizeof golden - 24];
    struct ip_packet p;
    memcpy(bytes, golden, sizeof bytes);
    bytes[14 + 5] -= 24;
    bytes[14 + 40 + 6] = 0;
    bytes[14 + 40 + 7] = lifetime_s;
    memset(bytes + 14 + 40 + 2, 0, 2);
    assert_true(ipv6_read(bytes + 14, sizeof bytes - 14, &p));
    uint16_t sum = checksum_transport(&p.from, &p.to, IP_ICMP6, p.payload, p.payload_len);
    memcpy(bytes + 14 + 40 + 2, &sum, sizeof sum);
    return take(bytes, sizeof bytes, 501, 9);
}

static void who_is_no_router_is_left_out_and_who_ceases_to_be_one_goes(void **state)
{
    adverts = (struct adverts){0};
    assert_true(take_changed(0));
    assert_int_equal(adverts.count, 0);
    assert_true(take_changed(9));
    assert_int_equal(adverts.count, 1);
    assert_true(take_changed(0));
    assert_int_equal(adverts.count, 0);
}

static void the_only_one_or_the_one_known_otherwise_is_likely(void **state)
{
    struct mac known = {{2, 0, 0, 0, 0, 0x0a}}, none = {{0}};
    adverts = (struct adverts){0};
    assert_null(adverts_likely(&adverts, &known));
    take(golden, sizeof golden, 501, 5);
    assert_ptr_equal(adverts_likely(&adverts, &none), &adverts.list[0]);
    adverts.list[1] = adverts.list[0];
    adverts.list[0].mac.bytes[5]++;
    adverts.count = 2;
    assert_null(adverts_likely(&adverts, &none));
    assert_ptr_equal(adverts_likely(&adverts, &known), &adverts.list[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routers_next_advertisement_takes_the_place_of_the_last),
        cmocka_unit_test(who_was_not_heard_for_long_is_forgotten),
        cmocka_unit_test(who_is_no_router_is_left_out_and_who_ceases_to_be_one_goes),
        cmocka_unit_test(the_only_one_or_the_one_known_otherwise_is_likely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
