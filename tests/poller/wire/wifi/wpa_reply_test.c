#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/wire/wifi/wpa_reply.h"
#include "tests/poller/wire/wifi/golden.h"

static void status_tells_what_it_is_in(void **state)
{
    struct wpa_status s;
    struct ssid guest = ssid_of("barn-guest");
    assert_true(wpa_status_read(wpa_text_of(golden_status), &s));
    assert_true(s.completed && !s.disabled && !s.handshake);
    assert_true(ssid_equal(&s.ssid, &guest));
    assert_int_equal(s.freq_mhz, 2437);
    assert_int_equal(s.id, 0);
    assert_int_equal(s.bssid.bytes[0], 2);
}

static void status_without_a_network_is_free(void **state)
{
    struct wpa_status s;
    assert_true(wpa_status_read(wpa_text_of(golden_status_free), &s));
    assert_false(s.completed || s.disabled || s.handshake);
    assert_int_equal(s.id, -1);
    assert_true(wpa_status_read(wpa_text_of("wpa_state=INTERFACE_DISABLED\n"), &s) && s.disabled);
    assert_true(wpa_status_read(wpa_text_of(golden_status_handshake), &s) && s.handshake);
    assert_false(wpa_status_read(wpa_text_of("FAIL\n"), &s));
}

static void networks_are_listed_with_what_they_are(void **state)
{
    struct wpa_networks n;
    struct ssid odd = ssid_of("off\\tit");
    assert_true(wpa_networks_read(wpa_text_of(golden_networks), &n));
    assert_int_equal(n.count, 2);
    assert_true(n.at[0].current && !n.at[0].disabled);
    assert_true(n.at[1].id == 1 && n.at[1].disabled && ssid_equal(&n.at[1].ssid, &odd));
    assert_true(wpa_networks_read(wpa_text_of(golden_no_networks), &n) && n.count == 0);
    assert_false(wpa_networks_read(wpa_text_of("FAIL\n"), &n));
}

static void networks_beyond_the_limit_are_counted(void **state)
{
    struct buf text = {0};
    struct wpa_networks n;
    buf_text(&text, golden_no_networks);
    for (int i = 0; i < WPA_NETWORKS_MAX + 3; i++)
        buf_printf(&text, "%d\tn\tany\t\n", i);
    assert_true(wpa_networks_read(wpa_text_of(buf_string(&text)), &n));
    assert_int_equal(n.count, WPA_NETWORKS_MAX);
    assert_int_equal(n.seen, WPA_NETWORKS_MAX + 3);
    buf_fini(&text);
}

static void access_points_come_one_by_one(void **state)
{
    struct wpa_text rest = wpa_text_of(golden_bss);
    struct wpa_bss b;
    static const char hostile[] = "a\\n\\x00\x1b<b>\\\\\xff\t\"e";
    assert_true(wpa_bss_next(&rest, &b));
    assert_true(b.id == 0 && b.freq_mhz == 2437 && b.level_dbm == -30 && b.age_s == 4 && b.security == WPA_PSK);
    assert_true(wpa_bss_next(&rest, &b));
    assert_true(b.id == 1 && b.level_dbm == -71 && b.security == WPA_SAE && b.bssid.bytes[5] == 1);
    assert_int_equal(b.ssid.len, sizeof hostile - 1);
    assert_memory_equal(b.ssid.bytes, hostile, sizeof hostile - 1);
    assert_false(wpa_bss_next(&rest, &b));
}

/* A name with a line break in it, were it not escaped, would be two lines: nothing is made of halves. */
static void an_entry_that_is_not_whole_is_left_out(void **state)
{
    struct wpa_text rest = wpa_text_of("id=0\nbssid=02:00:00:00:00:00\nfreq=2437\n====\nid=1\nbssid=zz\nfreq=2437\n"
                                       "level=-3\nage=1\nflags=[ESS]\nssid=a\n====\nid=2\nbssid=02:00:00:00:00:02\n"
                                       "freq=2437\nlevel=-3\nage=1\nflags=[ESS]\nssid=b\n####\n");
    struct wpa_bss b;
    assert_true(wpa_bss_next(&rest, &b) && b.id == 2 && b.security == WPA_PLAIN);
    assert_false(wpa_bss_next(&rest, &b));
}

static void no_cut_of_it_is_read_beyond_its_end(void **state)
{
    for (size_t len = 0; len < sizeof golden_bss; len++) {
        char *exact = malloc(len ? len : 1);
        memcpy(exact, golden_bss, len);
        struct wpa_text rest = {exact, len};
        struct wpa_bss b;
        size_t found = 0;
        while (wpa_bss_next(&rest, &b))
            found++;
        assert_true(found <= 2);
        free(exact);
    }
}

static void scan_results_of_an_old_one_are_read_too(void **state)
{
    struct wpa_text rest = wpa_text_of(golden_scan_results);
    struct wpa_bss b;
    struct ssid odd = ssid_of("a\\n\t\"e");
    assert_true(wpa_scan_results_next(&rest, &b) && b.security == WPA_PSK && b.freq_mhz == 2437);
    assert_true(wpa_scan_results_next(&rest, &b) && b.security == WPA_PLAIN && ssid_equal(&b.ssid, &odd));
    assert_false(wpa_scan_results_next(&rest, &b));
}

static void what_an_access_point_asks_for_is_read_from_its_flags(void **state)
{
    static const struct { const char *flags; unsigned security; } cases[] = {
        {"[ESS]", WPA_PLAIN}, {"[WPS][ESS]", WPA_PLAIN}, {"[WEP][ESS]", WPA_WEP}, {"", WPA_PLAIN},
        {"[WPA2-PSK+SAE-CCMP][ESS]", WPA_PSK | WPA_SAE}, {"[WPA-PSK-TKIP][WPA2-PSK-CCMP][ESS]", WPA_PSK},
        {"[WPA2-EAP-CCMP][ESS]", WPA_EAP}, {"[WPA2-OWE-CCMP][ESS]", WPA_OWE}, {"[OWE-TRANS][ESS]", WPA_PLAIN},
        {"[RSN-SAE-CCMP][ESS]", WPA_SAE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[128];
        struct wpa_bss b;
        snprintf(line, sizeof line, "02:00:00:00:00:00\t2437\t-30\t%s\tx", cases[i].flags);
        struct wpa_text rest = wpa_text_of(line);
        assert_true(wpa_scan_results_next(&rest, &b));
        assert_int_equal(b.security, cases[i].security);
    }
}

static void short_answers_are_known(void **state)
{
    int64_t id;
    assert_true(wpa_is_ok(wpa_text_of("OK\n")) && !wpa_is_ok(wpa_text_of("FAIL\n")) && !wpa_is_ok(wpa_text_of("")));
    assert_true(wpa_is_unknown(wpa_text_of("UNKNOWN COMMAND\n")));
    assert_true(wpa_id_read(wpa_text_of("7\n"), &id) && id == 7);
    assert_false(wpa_id_read(wpa_text_of("FAIL\n"), &id) || wpa_id_read(wpa_text_of("-1\n"), &id) ||
                 wpa_id_read(wpa_text_of(""), &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_tells_what_it_is_in),
        cmocka_unit_test(status_without_a_network_is_free),
        cmocka_unit_test(networks_are_listed_with_what_they_are),
        cmocka_unit_test(networks_beyond_the_limit_are_counted),
        cmocka_unit_test(access_points_come_one_by_one),
        cmocka_unit_test(an_entry_that_is_not_whole_is_left_out),
        cmocka_unit_test(no_cut_of_it_is_read_beyond_its_end),
        cmocka_unit_test(scan_results_of_an_old_one_are_read_too),
        cmocka_unit_test(what_an_access_point_asks_for_is_read_from_its_flags),
        cmocka_unit_test(short_answers_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
