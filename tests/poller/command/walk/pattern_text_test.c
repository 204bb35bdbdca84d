#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/walk/pattern_text.h"

static struct span span(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

static size_t mac(const char *text, size_t at)
{
    static const uint8_t expected[] = {0x3c, 0x84, 0x6a, 1, 2, 0xb3};
    uint8_t out[6];
    size_t took = pattern_mac(span(text), at, out);
    if (took)
        assert_memory_equal(out, expected, sizeof out);
    return took;
}

static void macs_are_known_in_every_hand(void **state)
{
    assert_int_equal(mac("3c:84:6a:01:02:b3", 0), 17);
    assert_int_equal(mac("3C-84-6A-01-02-B3", 0), 17);
    assert_int_equal(mac("3c 84 6a 01 02 b3", 0), 17);
    assert_int_equal(mac("3C.84.6A.01.02.B3", 0), 17);
    assert_int_equal(mac("3c:84:6a:1:2:b3", 0), 15);
    assert_int_equal(mac("3c84.6a01.02b3", 0), 14);
    assert_int_equal(mac("3c846a0102b3", 0), 12);
    assert_int_equal(mac("br0@3c:84:6a:01:02:b3, up", 4), 17);
}

static void what_only_begins_like_a_mac_is_none(void **state)
{
    assert_int_equal(mac("3c:84:6a:01:02", 0), 0);
    assert_int_equal(mac("3c:84:6a:01:02:b3:04", 0), 0);
    assert_int_equal(mac("x3c846a0102b3", 1), 0);
    assert_int_equal(mac("3c846a0102b34", 0), 0);
    assert_int_equal(mac("123456789012", 0), 0);      /* a number */
    assert_int_equal(mac("10 20 30 40 50 60", 0), 0); /* six numbers */
    assert_int_equal(mac("12:30:45", 0), 0);
    assert_int_equal(mac("", 0), 0);
}

static void a_mac_is_written_as_the_other_stood_there(void **state)
{
    static const uint8_t other[] = {0x3c, 0x84, 0x6a, 0, 0, 0x0f};
    static const char *const pairs[][2] = {{"3C-84-6A-01-02-B3", "3C-84-6A-00-00-0F"},
                                           {"3c84.6a01.02b3", "3c84.6a00.000f"},
                                           {"3c:84:6a:1:2:b3", "3c:84:6a:0:0:0f"},
                                           {"3c846a0102b3", "3c846a00000f"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct buf out = {0};
        pattern_put_mac(span(pairs[i][0]), other, &out);
        assert_string_equal(buf_string(&out), pairs[i][1]);
        buf_fini(&out);
    }
}

static void addresses_have_their_bounds(void **state)
{
    uint8_t a[16];
    assert_int_equal(pattern_ip4(span("192.168.1.20/24"), 0, a), 12);
    assert_int_equal(pattern_ip4(span("at 10.0.0.1."), 3, a), 8);
    assert_int_equal(pattern_ip4(span("10.0.0.256"), 0, a), 0);
    assert_int_equal(pattern_ip4(span("10.0.0.1.5"), 0, a), 0);
    assert_int_equal(pattern_ip4(span("v10.0.0.1"), 1, a), 0);
    assert_int_equal(pattern_ip4(span("10.0.0"), 0, a), 0);
    assert_int_equal(pattern_ip6(span("fe80::1%eth0"), 0, a), 7);
    assert_int_equal(pattern_ip6(span("2001:db8::7 up"), 0, a), 11);
    assert_int_equal(pattern_ip6(span("12:30:45"), 0, a), 0);
    assert_int_equal(pattern_ip6(span("::ffff:10.0.0.1"), 0, a), 15);
}

static void people_and_places_are_seen(void **state)
{
    size_t at, len;
    assert_int_equal(pattern_email(span("hans@mueller.example, barn"), 0), 20);
    assert_int_equal(pattern_email(span("5 @ 3"), 0), 0);
    assert_int_equal(pattern_place(span("47.923066, -91.956194"), 0), 21);
    assert_int_equal(pattern_place(span("N48.13743"), 1), 8);
    assert_int_equal(pattern_place(span("48.13743E"), 0), 8);
    assert_int_equal(pattern_place(span("0.224931"), 0), 0);
    assert_int_equal(pattern_place(span("1.25 2.50"), 0), 0);
    assert_int_equal(pattern_dialled(span("<pppoe-hans>"), 0, &at, &len), 11);
    assert_int_equal(at, 7);
    assert_int_equal(len, 4);
    assert_int_equal(pattern_dialled(span("pppoe-out1"), 0, &at, &len), 0);
}

static void a_text_of_hexadecimal_is_known_as_a_whole(void **state)
{
    uint8_t out[16];
    char mark;
    assert_int_equal(pattern_hex_dump(span("42 72 69 64 67 65 20 52"), out, sizeof out, &mark), 8);
    assert_memory_equal(out, "Bridge R", 8);
    assert_int_equal(mark, ' ');
    assert_int_equal(pattern_hex_dump(span("42 72 69 64 67 65"), out, sizeof out, &mark),
                     0); /* a MAC */
    assert_int_equal(pattern_hex_dump(span("42 72 69 64 67 65 20 5"), out, sizeof out, &mark), 0);
    assert_int_equal(pattern_hex_dump(span("42 72 69 64 67 65 20 52 and"), out, sizeof out, &mark),
                     0);
    assert_int_equal(pattern_hex_dump(span(""), out, sizeof out, &mark), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(macs_are_known_in_every_hand),
        cmocka_unit_test(what_only_begins_like_a_mac_is_none),
        cmocka_unit_test(a_mac_is_written_as_the_other_stood_there),
        cmocka_unit_test(addresses_have_their_bounds),
        cmocka_unit_test(people_and_places_are_seen),
        cmocka_unit_test(a_text_of_hexadecimal_is_known_as_a_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
