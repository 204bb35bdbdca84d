#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/utf8.h"
#include "poller/wire/wifi/wpa_join.h"
#include "tests/poller/wire/wifi/golden.h"

static const struct wifi_wish guest = {.interface = "wlan1", .ssid = "barn-guest", .password = "right password"};
static const struct wifi_wish plain = {.interface = "wlan1", .ssid = "barn-guest"};

static struct wpa_join *join;
static struct mono now;

static void begin(const struct wifi_wish *wish)
{
    now = (struct mono){SECONDS(1000)};
    join = wpa_join_create(wish, now);
    assert_non_null(join);
}

static int over(void **state)
{
    wpa_join_destroy(join);
    join = NULL;
    return 0;
}

/* Without the NUL, so that a checker of memory sees an over-read. */
static void says(const char *datagram)
{
    size_t len = strlen(datagram);
    char *exact = malloc(len ? len : 1);
    memcpy(exact, datagram, len);
    wpa_join_take(join, exact, len, now);
    free(exact);
}

static void asks(const char *command, const char *answer)
{
    assert_string_equal(wpa_join_command(join, now), command);
    assert_string_equal(wpa_join_command(join, now), "");
    says(answer);
}

static void asks_nothing(void)
{
    assert_string_equal(wpa_join_command(join, now), "");
}

static void later(int64_t span_ns)
{
    now = mono_after(now, span_ns);
    wpa_join_tick(join, now);
}

static struct wifi_state state_now(void)
{
    struct wifi_state s;
    wpa_join_state(join, now, &s);
    assert_true(utf8_is_valid(s.heard, strlen(s.heard)));
    assert_true(utf8_is_valid(s.detail, strlen(s.detail)));
    return s;
}

static void ends(enum wifi_stage stage, const char *words)
{
    struct wifi_state s = state_now();
    asks_nothing();
    assert_int_equal(s.stage, stage);
    if (!strstr(s.detail, words))
        fail_msg("'%s' is not in '%s'", words, s.detail);
}

static void finds_a_free_card(void)
{
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", golden_no_networks);
    asks("STATUS", golden_status_free);
}

static void scans(const char *table)
{
    asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "OK\n");
    asks_nothing();
    says("<3>CTRL-EVENT-SCAN-STARTED ");
    later(SECONDS(4));
    says(golden_scanned);
    asks("BSS RANGE=0- MASK=0x21a87", table);
}

static void scans_and_hears_it(void)
{
    scans(golden_bss);
    asks("BSS RANGE=2- MASK=0x21a87", "");
}

static void sets_a_network_up(const char *psk)
{
    asks("ADD_NETWORK", "0\n");
    asks("SET_NETWORK 0 id_str \"hayloft\"", "OK\n");
    asks("SET_NETWORK 0 ssid 6261726e2d6775657374", "OK\n");
    asks("SET_NETWORK 0 scan_ssid 1", "OK\n");
    asks("SET_NETWORK 0 mac_addr 0", "OK\n");
    asks(psk, "OK\n");
    asks("SET_NETWORK 0 key_mgmt WPA-PSK", "OK\n");
    asks("SET_NETWORK 0 key_mgmt WPA-PSK WPA-PSK-SHA256", "OK\n");
    asks("SET_NETWORK 0 key_mgmt WPA-PSK WPA-PSK-SHA256 SAE", "FAIL\n"); /* an old one */
    asks("SET_NETWORK 0 ieee80211w 1", "OK\n");
    asks("ENABLE_NETWORK 0", "OK\n");
    asks("RECONNECT", "OK\n");
    asks_nothing();
}

static void comes_to_the_door(void)
{
    begin(&guest);
    finds_a_free_card();
    scans_and_hears_it();
    sets_a_network_up("SET_NETWORK 0 psk \"right password\"");
    says(golden_trying);
}

static void it_scans_joins_and_leaves_nothing(void **state)
{
    comes_to_the_door();
    assert_int_equal(state_now().stage, WIFI_JOINING);
    later(SECONDS(2));
    says(golden_connected);
    asks("STATUS", golden_status);
    ends(WIFI_JOINED, "");
    struct wifi_state s = state_now();
    assert_false(s.as_found);
    assert_int_equal(s.freq_mhz, 2437);
    assert_int_equal(s.scan_ns, SECONDS(4));
    assert_int_equal(s.join_ns, SECONDS(2));
    assert_string_equal(s.heard, "02:00:00:00:00:00 on channel 6 (2.4 GHz), -30 dBm");
    wpa_join_leave(join, now);
    asks("REMOVE_NETWORK 0", "OK\n");
    says(golden_removed);
    assert_false(wpa_join_has_left(join));
    asks("DETACH", "OK\n");
    assert_true(wpa_join_has_left(join));
}

static void a_connection_told_before_the_answer_counts(void **state)
{
    begin(&guest);
    finds_a_free_card();
    scans_and_hears_it();
    asks("ADD_NETWORK", "0\n");
    while (strcmp(wpa_join_command(join, now), "ENABLE_NETWORK 0") != 0)
        says("OK\n");
    says(golden_connected);
    says("OK\n");
    asks("RECONNECT", "OK\n");
    asks("STATUS", golden_status);
    ends(WIFI_JOINED, "");
}

static void what_the_system_joined_is_used_as_it_is_found(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", golden_networks);
    asks("GET_NETWORK 0 id_str", "FAIL\n");
    asks("GET_NETWORK 1 id_str", "\"home\"");
    asks("STATUS", golden_status);
    ends(WIFI_JOINED, "");
    assert_true(state_now().as_found);
    wpa_join_leave(join, now);
    asks("DETACH", "OK\n");
    assert_true(wpa_join_has_left(join));
    assert_string_equal(wpa_join_abandon(join), "");
}

static void a_card_joined_to_another_network_is_not_taken(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", "network id / ssid / bssid / flags\n0\thome\tany\t[CURRENT]\n");
    asks("GET_NETWORK 0 id_str", "FAIL\n");
    asks("STATUS", "ssid=home\nid=0\nwpa_state=COMPLETED\n");
    ends(WIFI_UNUSABLE, "joins 'home'");
}

static void a_card_the_system_may_join_elsewhere_is_not_taken(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", "network id / ssid / bssid / flags\n0\toff\tany\t[DISABLED]\n1\thome\tany\t\n");
    asks("GET_NETWORK 0 id_str", "FAIL\n");
    asks("GET_NETWORK 1 id_str", "FAIL\n");
    asks("STATUS", golden_status_free);
    ends(WIFI_UNUSABLE, "joins 'home'");
}

static void networks_that_are_switched_off_are_no_hindrance(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", "network id / ssid / bssid / flags\n0\toff\tany\t[DISABLED]\n");
    asks("GET_NETWORK 0 id_str", "FAIL\n");
    asks("STATUS", golden_status_free);
    scans_and_hears_it();
    asks("ADD_NETWORK", "1\n");
    asks("SET_NETWORK 1 id_str \"hayloft\"", "OK\n");
}

/* The system tries the same network: we look on, and change nothing. */
static void a_network_of_the_systems_own_is_watched(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", "network id / ssid / bssid / flags\n5\tbarn-guest\tany\t\n");
    asks("GET_NETWORK 5 id_str", "FAIL\n");
    asks("STATUS", golden_status_free);
    scans_and_hears_it();
    asks_nothing();
    says(golden_trying);
    says(golden_handshake_failed);
    says("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=5 ssid=\"barn-guest\" auth_failures=1 duration=10 reason=WRONG_KEY");
    asks_nothing();
    says(golden_handshake_failed);
    ends(WIFI_REFUSED, "password is wrong");
    wpa_join_leave(join, now);
    asks("DETACH", "OK\n");
}

static void what_a_killed_process_left_is_taken_away_first(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", "network id / ssid / bssid / flags\n0\told-guest\tany\t[CURRENT]\n1\thome\tany\t"
                          "[DISABLED]\n2\tbarn-guest\tany\t[DISABLED]\n");
    asks("GET_NETWORK 0 id_str", "\"hayloft\"");
    asks("REMOVE_NETWORK 0", "OK\n");
    says(golden_removed);
    asks("GET_NETWORK 2 id_str", "\"hayloft\"");
    asks("REMOVE_NETWORK 2", "OK\n");
    asks("GET_NETWORK 1 id_str", "FAIL\n");
    asks("STATUS", golden_status_free);
    scans_and_hears_it();
    asks("ADD_NETWORK", "3\n");
}

static void a_name_that_is_not_heard_three_times_is_absent(void **state)
{
    static const char others[] = "id=0\nbssid=02:00:00:00:00:01\nfreq=5180\nlevel=-71\nage=0\nflags=[ESS]\n"
                                 "ssid=barn\n####\n";
    begin(&guest);
    finds_a_free_card();
    for (int i = 0; i < WPA_SCANS; i++) {
        scans(others);
        asks("BSS RANGE=1- MASK=0x21a87", "");
    }
    ends(WIFI_ABSENT, "");
    assert_string_equal(state_now().heard,
                        "heard instead: 'barn', 02:00:00:00:00:01 on channel 36 (5 GHz), -71 dBm");
    wpa_join_leave(join, now);
    asks("DETACH", "OK\n");
}

/* wpa_supplicant keeps what it heard for minutes. */
static void what_was_heard_before_we_listened_proves_nothing(void **state)
{
    begin(&guest);
    finds_a_free_card();
    scans("id=0\nbssid=02:00:00:00:00:00\nfreq=2437\nlevel=-30\nage=60\nflags=[WPA2-PSK-CCMP][ESS]\n"
          "ssid=barn-guest\n####\n");
    asks("BSS RANGE=1- MASK=0x21a87", "");
    asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "OK\n");
}

static void a_busy_radio_is_asked_again(void **state)
{
    begin(&guest);
    finds_a_free_card();
    asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "FAIL-BUSY\n");
    asks_nothing();
    later(WPA_PAUSE_NS);
    asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "OK\n");
    says(golden_scan_failed);
    asks_nothing();
    later(WPA_PAUSE_NS);
    asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "OK\n");
    later(WPA_SCAN_NS);
    scans_and_hears_it();
    asks("ADD_NETWORK", "0\n");
}

static void a_card_that_never_scans_is_our_own_fault(void **state)
{
    begin(&guest);
    finds_a_free_card();
    for (int64_t spent = 0; state_now().stage == WIFI_SCANNING && spent < SECONDS(100); spent += WPA_PAUSE_NS) {
        asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "FAIL\n");
        later(WPA_PAUSE_NS);
    }
    ends(WIFI_UNUSABLE, "does not scan");
}

static void an_old_wpa_supplicant_tells_its_results_in_another_way(void **state)
{
    begin(&guest);
    finds_a_free_card();
    scans("UNKNOWN COMMAND\n");
    asks("SCAN_RESULTS", golden_scan_results);
    asks("ADD_NETWORK", "0\n");
}

static void a_wrong_password_is_said_after_the_second_handshake(void **state)
{
    comes_to_the_door();
    says(golden_handshake_failed);
    says("<3>WPA: 4-Way Handshake failed - pre-shared key may be incorrect");
    says(golden_wrong_key);
    asks("DISABLE_NETWORK 0", "OK\n");
    asks("ENABLE_NETWORK 0", "OK\n");
    asks("RECONNECT", "OK\n");
    says(golden_trying);
    asks_nothing();
    says(golden_handshake_failed);
    ends(WIFI_REFUSED, "the password is wrong: access point 02:00:00:00:00:00 did not accept it "
                       "(4-way handshake, reason 15)");
    wpa_join_leave(join, now);
    asks("REMOVE_NETWORK 0", "OK\n");
    asks("DETACH", "OK\n");
}

static void one_failed_handshake_is_not_the_end(void **state)
{
    comes_to_the_door();
    says(golden_handshake_failed);
    says(golden_wrong_key);
    asks("DISABLE_NETWORK 0", "OK\n");
    asks("ENABLE_NETWORK 0", "OK\n");
    asks("RECONNECT", "OK\n");
    says(golden_connected);
    asks("STATUS", golden_status);
    ends(WIFI_JOINED, "");
}

static void each_refusal_has_its_words(void **state)
{
    static const struct { const char *event, *words; } cases[] = {
        {golden_full, "02:00:00:00:00:00 is full: it takes no further station (status 17)"},
        {golden_denied, "a list of MAC addresses is often the reason (status 1)"},
        {golden_sae_wrong, "the password is wrong: access point 02:00:00:00:00:00 did not accept it (WPA3, status 1)"},
        {"<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:00:00 status_code=31", "PMF"},
        {golden_put_out, "(reason 2)"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        comes_to_the_door();
        says(cases[i].event);
        asks_nothing();
        assert_int_equal(state_now().stage, WIFI_JOINING);
        says(golden_trying);
        says(cases[i].event);
        ends(WIFI_REFUSED, cases[i].words);
        over(state);
    }
}

/* Each of several is tried, as a phone does, before it is said that none lets us in. */
static void another_access_point_may_let_us_in(void **state)
{
    comes_to_the_door();
    says(golden_full);
    says("<3>CTRL-EVENT-AUTH-REJECT 02:00:00:00:00:07 auth_type=0 auth_transaction=2 status_code=17");
    asks_nothing();
    says(golden_connected);
    asks("STATUS", golden_status);
    ends(WIFI_JOINED, "");
}

static void an_access_point_that_does_not_answer_is_named_when_time_is_up(void **state)
{
    comes_to_the_door();
    says(golden_trying);
    says(golden_not_found);
    later(WPA_JOIN_NS - 1);
    asks_nothing();
    later(1);
    asks("STATUS", golden_status_free);
    ends(WIFI_REFUSED, "access point 02:00:00:00:00:00 does not answer: asked 2 times");
}

static void a_handshake_without_end_is_said_when_time_is_up(void **state)
{
    comes_to_the_door();
    later(WPA_JOIN_NS);
    asks("STATUS", golden_status_handshake);
    ends(WIFI_REFUSED, "does not end the handshake");
}

static void an_event_that_was_missed_is_no_refusal(void **state)
{
    comes_to_the_door();
    later(WPA_JOIN_NS);
    asks("STATUS", golden_status);
    ends(WIFI_JOINED, "");
}

static void a_connection_that_is_gone_again_when_we_look_counts_as_none(void **state)
{
    comes_to_the_door();
    says(golden_connected);
    assert_string_equal(wpa_join_command(join, now), "STATUS");
    says(golden_put_out);
    says(golden_status_free);
    asks_nothing();
    assert_int_equal(state_now().stage, WIFI_JOINING);
    says(golden_put_out);
    ends(WIFI_REFUSED, "(reason 2)");
}

static void being_put_out_again_is_a_refusal(void **state)
{
    comes_to_the_door();
    says(golden_connected);
    asks("STATUS", golden_status);
    says("<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:00:00 reason=5");
    ends(WIFI_REFUSED, "it was joined, then access point 02:00:00:00:00:00 is full (reason 5)");
    wpa_join_leave(join, now);
    asks("REMOVE_NETWORK 0", "OK\n");
}

static void an_access_point_out_of_earshot_is_said_so(void **state)
{
    comes_to_the_door();
    says(golden_connected);
    asks("STATUS", golden_status);
    says("<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:00:00 reason=4 locally_generated=1");
    ends(WIFI_REFUSED, "was heard no more");
}

static void the_password_goes_to_nobody_who_does_not_ask_for_it(void **state)
{
    begin(&guest);
    finds_a_free_card();
    scans("id=0\nbssid=02:00:00:00:00:00\nfreq=2437\nlevel=-30\nage=1\nflags=[ESS]\nssid=barn-guest\n####\n");
    asks("BSS RANGE=1- MASK=0x21a87", "");
    ends(WIFI_REFUSED, "asks for no password");
}

static void a_network_that_asks_for_a_password_is_not_joined_without(void **state)
{
    begin(&plain);
    finds_a_free_card();
    scans_and_hears_it();
    ends(WIFI_REFUSED, "asks for a password, and none is configured");
}

static void an_open_network_is_joined_without_a_password(void **state)
{
    begin(&plain);
    finds_a_free_card();
    scans("id=0\nbssid=02:00:00:00:00:00\nfreq=2437\nlevel=-30\nage=1\nflags=[ESS]\nssid=barn-guest\n####\n");
    asks("BSS RANGE=1- MASK=0x21a87", "");
    asks("ADD_NETWORK", "4\n");
    bool open = false;
    const char *command;
    while (strncmp(command = wpa_join_command(join, now), "SET_NETWORK", 11) == 0) {
        open |= strcmp(command, "SET_NETWORK 4 key_mgmt NONE") == 0;
        assert_null(strstr(command, "psk"));
        says("OK\n");
    }
    assert_true(open);
    assert_string_equal(command, "ENABLE_NETWORK 4");
}

static void the_digits_of_a_key_do_not_do_for_wpa3(void **state)
{
    struct wifi_wish key = guest;
    key.password = "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f";
    begin(&key);
    finds_a_free_card();
    scans("id=0\nbssid=02:00:00:00:00:00\nfreq=2437\nlevel=-30\nage=1\nflags=[WPA2-SAE-CCMP][ESS]\n"
          "ssid=barn-guest\n####\n");
    asks("BSS RANGE=1- MASK=0x21a87", "");
    ends(WIFI_REFUSED, "WPA3 only");
}

static void what_it_does_not_take_is_our_own_fault(void **state)
{
    begin(&guest);
    finds_a_free_card();
    scans_and_hears_it();
    asks("ADD_NETWORK", "0\n");
    asks("SET_NETWORK 0 id_str \"hayloft\"", "FAIL\n");
    ends(WIFI_UNUSABLE, "does not take what is configured");
    wpa_join_leave(join, now);
    asks("REMOVE_NETWORK 0", "OK\n");
}

static void a_card_that_is_switched_off_is_our_own_fault(void **state)
{
    begin(&guest);
    asks("ATTACH", "OK\n");
    asks("LIST_NETWORKS", golden_no_networks);
    asks("STATUS", "wpa_state=INTERFACE_DISABLED\n");
    ends(WIFI_UNUSABLE, "switched off");
}

static void silence_of_wpa_supplicant_is_our_own_fault(void **state)
{
    begin(&guest);
    assert_string_equal(wpa_join_command(join, now), "ATTACH");
    later(WPA_ANSWER_NS - 1);
    assert_int_equal(state_now().stage, WIFI_SCANNING);
    later(1);
    ends(WIFI_UNUSABLE, "does not answer");
    wpa_join_leave(join, now);
    assert_string_equal(wpa_join_command(join, now), "DETACH");
    later(WPA_ANSWER_NS);
    assert_true(wpa_join_has_left(join));
}

static void its_end_is_our_own_fault(void **state)
{
    comes_to_the_door();
    says(golden_connected);
    asks("STATUS", golden_status);
    says(golden_terminating);
    ends(WIFI_UNUSABLE, "wpa_supplicant ended");
}

/* ADD_NETWORK is under way: its answer says what has to be taken away. */
static void leaving_in_between_waits_for_the_answer_that_is_under_way(void **state)
{
    begin(&guest);
    finds_a_free_card();
    scans_and_hears_it();
    assert_string_equal(wpa_join_command(join, now), "ADD_NETWORK");
    wpa_join_leave(join, now);
    asks_nothing();
    says("9\n");
    asks("REMOVE_NETWORK 9", "OK\n");
    asks("DETACH", "OK\n");
    assert_true(wpa_join_has_left(join));
}

static void leaving_while_it_scans_takes_no_time(void **state)
{
    begin(&guest);
    finds_a_free_card();
    asks("SCAN TYPE=ONLY ssid 6261726e2d6775657374", "OK\n");
    wpa_join_leave(join, now);
    asks("DETACH", "OK\n");
    assert_true(wpa_join_has_left(join));
}

static void there_is_one_word_for_leaving_without_time(void **state)
{
    comes_to_the_door();
    assert_string_equal(wpa_join_abandon(join), "REMOVE_NETWORK 0");
}

static void there_is_no_wpa_supplicant_at_all(void **state)
{
    begin(&guest);
    wpa_join_fail(join, "no wpa_supplicant has wlan1", now);
    ends(WIFI_UNUSABLE, "no wpa_supplicant has wlan1");
    wpa_join_leave(join, now);
    wpa_join_fail(join, "", now);
    assert_true(wpa_join_has_left(join));
}

#define CASE(name) cmocka_unit_test_teardown(name, over)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_scans_joins_and_leaves_nothing),
        CASE(a_connection_told_before_the_answer_counts),
        CASE(what_the_system_joined_is_used_as_it_is_found),
        CASE(a_card_joined_to_another_network_is_not_taken),
        CASE(a_card_the_system_may_join_elsewhere_is_not_taken),
        CASE(networks_that_are_switched_off_are_no_hindrance),
        CASE(a_network_of_the_systems_own_is_watched),
        CASE(what_a_killed_process_left_is_taken_away_first),
        CASE(a_name_that_is_not_heard_three_times_is_absent),
        CASE(what_was_heard_before_we_listened_proves_nothing),
        CASE(a_busy_radio_is_asked_again),
        CASE(a_card_that_never_scans_is_our_own_fault),
        CASE(an_old_wpa_supplicant_tells_its_results_in_another_way),
        CASE(a_wrong_password_is_said_after_the_second_handshake),
        CASE(one_failed_handshake_is_not_the_end),
        CASE(each_refusal_has_its_words),
        CASE(another_access_point_may_let_us_in),
        CASE(an_access_point_that_does_not_answer_is_named_when_time_is_up),
        CASE(a_handshake_without_end_is_said_when_time_is_up),
        CASE(an_event_that_was_missed_is_no_refusal),
        CASE(a_connection_that_is_gone_again_when_we_look_counts_as_none),
        CASE(being_put_out_again_is_a_refusal),
        CASE(an_access_point_out_of_earshot_is_said_so),
        CASE(the_password_goes_to_nobody_who_does_not_ask_for_it),
        CASE(a_network_that_asks_for_a_password_is_not_joined_without),
        CASE(an_open_network_is_joined_without_a_password),
        CASE(the_digits_of_a_key_do_not_do_for_wpa3),
        CASE(what_it_does_not_take_is_our_own_fault),
        CASE(a_card_that_is_switched_off_is_our_own_fault),
        CASE(silence_of_wpa_supplicant_is_our_own_fault),
        CASE(its_end_is_our_own_fault),
        CASE(leaving_in_between_waits_for_the_answer_that_is_under_way),
        CASE(leaving_while_it_scans_takes_no_time),
        CASE(there_is_one_word_for_leaving_without_time),
        CASE(there_is_no_wpa_supplicant_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
