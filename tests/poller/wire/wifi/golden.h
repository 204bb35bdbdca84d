/* What wpa_supplicant 2.10 of Debian 12 said to its control socket, of cards and access points of mac80211_hwsim. */
#ifndef HAYLOFT_TESTS_WIRE_WIFI_GOLDEN_H
#define HAYLOFT_TESTS_WIRE_WIFI_GOLDEN_H

static const char golden_status[] = "bssid=02:00:00:00:00:00\n"
                                    "freq=2437\n"
                                    "ssid=barn-guest\n"
                                    "id=0\n"
                                    "id_str=hayloft\n"
                                    "mode=station\n"
                                    "pairwise_cipher=CCMP\n"
                                    "group_cipher=CCMP\n"
                                    "key_mgmt=WPA2-PSK\n"
                                    "wpa_state=COMPLETED\n"
                                    "p2p_device_address=42:00:00:00:01:00\n"
                                    "address=02:00:00:00:01:00\n"
                                    "uuid=572cf82f-c957-5653-9b16-b5cfb298abf1\n";
static const char golden_status_free[] = "wpa_state=DISCONNECTED\n"
                                         "p2p_device_address=42:00:00:00:01:00\n"
                                         "address=02:00:00:00:01:00\n"
                                         "uuid=572cf82f-c957-5653-9b16-b5cfb298abf1\n";
static const char golden_status_handshake[] = "bssid=02:00:00:00:00:00\n"
                                              "freq=2437\n"
                                              "ssid=barn-guest\n"
                                              "id=0\n"
                                              "wpa_state=4WAY_HANDSHAKE\n";
static const char golden_networks[] = "network id / ssid / bssid / flags\n"
                                      "0\tbarn-guest\tany\t[CURRENT]\n"
                                      "1\toff\\\\tit\tany\t[DISABLED]\n";
static const char golden_no_networks[] = "network id / ssid / bssid / flags\n";

/* The second names itself in bytes that shall hurt whoever reads them. */
static const char golden_bss[] = "id=0\n"
                                 "bssid=02:00:00:00:00:00\n"
                                 "freq=2437\n"
                                 "level=-30\n"
                                 "age=4\n"
                                 "flags=[WPA2-PSK-CCMP][ESS]\n"
                                 "ssid=barn-guest\n"
                                 "====\n"
                                 "id=1\n"
                                 "bssid=02:00:00:00:00:01\n"
                                 "freq=5180\n"
                                 "level=-71\n"
                                 "age=3\n"
                                 "flags=[WPA2-SAE-CCMP][ESS]\n"
                                 "ssid=a\\\\n\\\\x00\\e<b>\\\\\\\\\\xff\\t\\\"e\n"
                                 "####\n";
static const char golden_scan_results[] = "bssid / frequency / signal level / flags / ssid\n"
                                          "02:00:00:00:00:00\t2437\t-30\t[WPA2-PSK-CCMP][ESS]\tbarn-guest\n"
                                          "02:00:00:00:00:01\t2437\t-30\t[ESS]\ta\\\\n\\t\\\"e\n";

static const char golden_scanned[] = "<3>CTRL-EVENT-SCAN-RESULTS ";
static const char golden_scan_failed[] = "<3>CTRL-EVENT-SCAN-FAILED ret=-16";
static const char golden_trying[] =
    "<3>SME: Trying to authenticate with 02:00:00:00:00:00 (SSID='barn-guest' freq=2437 MHz)";
static const char golden_connected[] =
    "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:00 completed [id=0 id_str=hayloft]";
static const char golden_full[] =
    "<3>CTRL-EVENT-AUTH-REJECT 02:00:00:00:00:00 auth_type=0 auth_transaction=2 status_code=17";
static const char golden_denied[] =
    "<3>CTRL-EVENT-AUTH-REJECT 02:00:00:00:00:00 auth_type=0 auth_transaction=2 status_code=1";
static const char golden_sae_wrong[] =
    "<3>CTRL-EVENT-AUTH-REJECT 02:00:00:00:00:00 auth_type=3 auth_transaction=2 status_code=1";
static const char golden_handshake_failed[] = "<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:00:00 reason=15";
static const char golden_wrong_key[] = "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"barn-guest\" auth_failures=1 "
                                       "duration=10 reason=WRONG_KEY";
static const char golden_conn_failed[] = "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"barn-guest\" auth_failures=1 "
                                         "duration=10 reason=CONN_FAILED";
static const char golden_removed[] =
    "<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:00:00 reason=3 locally_generated=1";
static const char golden_put_out[] = "<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:00:00 reason=2";
static const char golden_not_found[] = "<3>CTRL-EVENT-NETWORK-NOT-FOUND ";
static const char golden_terminating[] = "<3>CTRL-EVENT-TERMINATING ";

#endif
