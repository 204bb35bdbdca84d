#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/walk/standins.h"

static struct standins *s;

static int begin(void **state)
{
    s = standins_create();
    return s ? 0 : -1;
}

static int end(void **state)
{
    standins_destroy(s);
    return 0;
}

static void mac(const char *hex, uint8_t out[static 6])
{
    unsigned o[6];
    assert_int_equal(sscanf(hex, "%x:%x:%x:%x:%x:%x", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5]), 6);
    for (int i = 0; i < 6; i++)
        out[i] = (uint8_t)o[i];
}

static void ip4(const char *text, uint8_t out[static 4])
{
    assert_int_equal(inet_pton(AF_INET, text, out), 1);
}

static const char *ip4_after(const char *text)
{
    static char out[4][INET_ADDRSTRLEN];
    static unsigned turn;
    uint8_t a[4];
    ip4(text, a);
    assert_true(standins_replace(s, STANDIN_IP4, a, 4));
    return inet_ntop(AF_INET, a, out[turn++ % 4], INET_ADDRSTRLEN);
}

static const char *ip6_after(const char *text)
{
    static char out[4][INET6_ADDRSTRLEN];
    static unsigned turn;
    uint8_t a[16];
    assert_int_equal(inet_pton(AF_INET6, text, a), 1);
    assert_true(standins_replace(s, STANDIN_IP6, a, 16));
    return inet_ntop(AF_INET6, a, out[turn++ % 4], INET6_ADDRSTRLEN);
}

static const char *text_after(const char *text)
{
    static char out[4][64];
    static unsigned turn;
    char *to = out[turn++ % 4];
    snprintf(to, 64, "%s", text);
    assert_true(standins_replace(s, STANDIN_TEXT, (uint8_t *)to, strlen(to)));
    return to;
}

static void a_mac_keeps_its_maker_and_is_always_the_same(void **state)
{
    uint8_t a[6], b[6], again[6];
    mac("3c:84:6a:01:02:03", a);
    mac("3c:84:6a:01:02:04", b);
    mac("3c:84:6a:01:02:03", again);
    assert_true(standins_replace(s, STANDIN_MAC, a, 6));
    assert_true(standins_replace(s, STANDIN_MAC, b, 6));
    assert_true(standins_replace(s, STANDIN_MAC, again, 6));
    assert_memory_equal(a, "\x3c\x84\x6a", 3);
    assert_memory_equal(a, again, 6);
    assert_memory_not_equal(a, b, 6);
    assert_memory_not_equal(a + 3, "\x01\x02\x03", 3);
    assert_int_equal(standins_count(s, STANDIN_MAC), 2);
}

static void a_random_mac_keeps_nothing_but_that_it_is_one(void **state)
{
    uint8_t a[6];
    mac("da:12:34:56:78:9a", a);
    assert_true(standins_replace(s, STANDIN_MAC, a, 6));
    assert_memory_equal(a, "\xda\x00\x00", 3);
}

static void groups_and_nothing_stay(void **state)
{
    static const char *const macs[] = {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
                                       "01:80:c2:00:00:0e", "01:00:5e:00:00:01"};
    static const char *const ip4s[] = {"0.0.0.0", "127.0.0.1", "255.255.255.0",   "224.0.0.251",
                                       "8.8.8.8", "1.1.1.1",   "255.255.255.255", "128.0.0.0"};
    static const char *const ip6s[] = {"::", "::1", "ff02::1", "ff02::fb"};
    for (size_t i = 0; i < sizeof macs / sizeof macs[0]; i++) {
        uint8_t before[6], after[6];
        mac(macs[i], before);
        memcpy(after, before, 6);
        assert_true(standins_replace(s, STANDIN_MAC, after, 6));
        assert_memory_equal(before, after, 6);
    }
    for (size_t i = 0; i < sizeof ip4s / sizeof ip4s[0]; i++)
        assert_string_equal(ip4_after(ip4s[i]), ip4s[i]);
    for (size_t i = 0; i < sizeof ip6s / sizeof ip6s[0]; i++)
        assert_string_equal(ip6_after(ip6s[i]), ip6s[i]);
}

static void the_group_that_ends_like_an_address_does_not_stay(void **state)
{
    uint8_t a[6];
    mac("33:33:ff:12:34:56", a);
    assert_true(standins_replace(s, STANDIN_MAC, a, 6));
    assert_memory_not_equal(a + 3, "\x12\x34\x56", 3);
    assert_null(strstr(ip6_after("ff02::1:ff12:3456"), "3456"));
}

static void addresses_of_one_network_stay_in_one(void **state)
{
    const char *a = ip4_after("192.168.17.5"), *b = ip4_after("192.168.17.9"),
               *c = ip4_after("192.168.18.5");
    const char *last_a = strrchr(a, '.'), *last_b = strrchr(b, '.');
    assert_int_equal(last_a - a, last_b - b);
    assert_memory_equal(a, b, (size_t)(last_a - a));
    assert_string_equal(last_a, ".5");
    assert_string_equal(last_b, ".9");
    assert_string_not_equal(a, c);
    assert_memory_equal(a, "192.168.", 8);
    assert_memory_equal(ip4_after("10.77.3.2"), "10.", 3);
    assert_memory_equal(ip4_after("172.20.3.2"), "172.", 4);
    assert_memory_equal(ip4_after("93.184.216.34"), "100.", 4);
}

static void a_stand_in_is_never_somebody_elses_address(void **state)
{
    char text[32];
    uint8_t a[4];
    for (unsigned i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "192.168.%u.7", i);
        ip4(text, a);
        assert_true(standins_note(s, STANDIN_IP4, a, 4));
    }
    for (unsigned i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "192.168.%u.7", i);
        ip4(ip4_after(text), a);
        assert_false(standins_knows(s, STANDIN_IP4, a, 4));
    }
    uint8_t first[6], other[6];
    mac("3c:84:6a:00:00:01", first);
    mac("3c:84:6a:01:02:03", other);
    assert_true(standins_note(s, STANDIN_MAC, first, 6));
    assert_true(standins_replace(s, STANDIN_MAC, other, 6));
    assert_memory_not_equal(first, other, 6);
}

static void where_private_networks_run_out_others_are_taken(void **state)
{
    char text[32];
    for (unsigned i = 0; i < 256; i++) {
        uint8_t a[4];
        snprintf(text, sizeof text, "192.168.%u.1", i);
        ip4(text, a);
        assert_true(standins_note(s, STANDIN_IP4, a, 4));
    }
    assert_memory_equal(ip4_after("192.168.0.1"), "100.", 4);
    assert_string_not_equal(ip4_after("192.168.0.1"), ip4_after("192.168.1.1"));
}

static void ends_made_of_a_mac_follow_the_mac(void **state)
{
    uint8_t a[6], six[16];
    mac("3c:84:6a:01:02:03", a);
    assert_true(standins_replace(s, STANDIN_MAC, a, 6));
    assert_int_equal(inet_pton(AF_INET6, ip6_after("fe80::3e84:6aff:fe01:203"), six), 1);
    assert_memory_equal(six, "\xfe\x80", 2);
    assert_int_equal(six[8], a[0] ^ 2);
    assert_memory_equal(six + 13, a + 3, 3);
    assert_memory_equal(ip6_after("2a02:810d:1234:5678::1"), "2001:db8:", 9);
    assert_string_equal(strrchr(ip6_after("2a02:810d:1234:5678::53"), ':'), ":53");
    assert_memory_equal(ip6_after("fd12:3456:789a::9:1"), "fd00:", 5);
    assert_null(strstr(ip6_after("::ffff:93.184.216.34"), "184"));
}

static void a_text_keeps_length_marks_and_where_digits_are(void **state)
{
    const char *a = text_after("AB-12x"), *b = text_after("AB-13x");
    assert_int_equal(strlen(a), 6);
    assert_true(a[0] >= 'A' && a[0] <= 'Z' && a[2] == '-' && a[3] >= '0' && a[3] <= '9' &&
                a[5] >= 'a');
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, "AB-12x");
    assert_string_equal(text_after("AB-12x"), a);
    assert_string_equal(text_after("--"), "--");
}

static void a_thousand_texts_have_a_thousand_stand_ins(void **state)
{
    char text[16], seen[1000][8];
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "nam%03u", i);
        assert_true(standins_note(s, STANDIN_TEXT, (const uint8_t *)text, 6));
    }
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "nam%03u", i);
        snprintf(seen[i], sizeof seen[i], "%s", text_after(text));
        assert_false(standins_knows(s, STANDIN_TEXT, (const uint8_t *)seen[i], 6));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(seen[i], seen[j]);
    }
}

static void texts_too_short_for_all_end_nevertheless(void **state)
{
    char text[8];
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(text, sizeof text, "%c%02u", 'a' + (int)(i % 26), i / 26);
        assert_int_equal(strlen(text_after(text)), 3);
    }
    assert_true(standins_count(s, STANDIN_TEXT) == 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mac_keeps_its_maker_and_is_always_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_random_mac_keeps_nothing_but_that_it_is_one, begin, end),
        cmocka_unit_test_setup_teardown(groups_and_nothing_stay, begin, end),
        cmocka_unit_test_setup_teardown(the_group_that_ends_like_an_address_does_not_stay, begin,
                                        end),
        cmocka_unit_test_setup_teardown(addresses_of_one_network_stay_in_one, begin, end),
        cmocka_unit_test_setup_teardown(a_stand_in_is_never_somebody_elses_address, begin, end),
        cmocka_unit_test_setup_teardown(where_private_networks_run_out_others_are_taken, begin,
                                        end),
        cmocka_unit_test_setup_teardown(ends_made_of_a_mac_follow_the_mac, begin, end),
        cmocka_unit_test_setup_teardown(a_text_keeps_length_marks_and_where_digits_are, begin, end),
        cmocka_unit_test_setup_teardown(a_thousand_texts_have_a_thousand_stand_ins, begin, end),
        cmocka_unit_test_setup_teardown(texts_too_short_for_all_end_nevertheless, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
