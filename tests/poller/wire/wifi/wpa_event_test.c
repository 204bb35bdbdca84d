#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/wire/wifi/wpa_event.h"
#include "tests/poller/wire/wifi/golden.h"

static struct wpa_event read(const char *datagram)
{
    struct wpa_event e;
    size_t len = strlen(datagram);
    char *exact = malloc(len); /* without the NUL, so that a checker of memory sees an over-read */
    memcpy(exact, datagram, len);
    assert_true(wpa_event_read((struct wpa_text){exact, len}, &e));
    free(exact);
    return e;
}

static void assert_ap(const struct wpa_event *e)
{
    static const struct mac ap = {{2, 0, 0, 0, 0, 0}};
    assert_memory_equal(&e->bssid, &ap, sizeof ap);
}

static void each_kind_is_known(void **state)
{
    assert_int_equal(read(golden_scanned).kind, WPA_SCANNED);
    assert_int_equal(read(golden_scan_failed).kind, WPA_SCAN_FAILED);
    assert_int_equal(read(golden_scan_failed).code, -16);
    assert_int_equal(read(golden_not_found).kind, WPA_NOT_FOUND);
    assert_int_equal(read(golden_terminating).kind, WPA_TERMINATING);
    assert_int_equal(read("<3>CTRL-EVENT-NETWORK-ADDED 0").kind, WPA_OTHER);
    assert_int_equal(read("<3>").kind, WPA_OTHER);
}

static void joining_tells_by_whom_and_which_network(void **state)
{
    struct wpa_event e = read(golden_connected), trying = read(golden_trying);
    assert_int_equal(e.kind, WPA_CONNECTED);
    assert_int_equal(e.id, 0);
    assert_ap(&e);
    assert_int_equal(trying.kind, WPA_TRYING);
    assert_ap(&trying);
    e = read("<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:00 completed [id=12 id_str=]");
    assert_int_equal(e.id, 12);
}

static void refusals_tell_their_code(void **state)
{
    struct wpa_event e = read(golden_full);
    assert_int_equal(e.kind, WPA_AUTH_REJECTED);
    assert_int_equal(e.code, 17);
    assert_ap(&e);
    assert_int_equal(read(golden_sae_wrong).auth_type, WPA_AUTH_SAE);
    e = read("<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:00:00 status_code=31");
    assert_int_equal(e.kind, WPA_ASSOC_REJECTED);
    assert_int_equal(e.code, 31);
    assert_ap(&e);
    assert_int_equal(read("<3>CTRL-EVENT-ASSOC-REJECT status_code=1").code, 1);
}

static void being_put_out_tells_by_whom(void **state)
{
    struct wpa_event e = read(golden_handshake_failed);
    assert_int_equal(e.kind, WPA_DISCONNECTED);
    assert_int_equal(e.code, 15);
    assert_false(e.local);
    assert_true(read(golden_removed).local);
}

static void giving_up_tells_whether_the_key_is_wrong(void **state)
{
    assert_true(read(golden_wrong_key).wrong_key);
    assert_int_equal(read(golden_wrong_key).kind, WPA_TEMP_DISABLED);
    assert_false(read(golden_conn_failed).wrong_key);
    assert_false(read("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"a reason=WRONG_KEY\" auth_failures=1 "
                      "duration=10 reason=CONN_FAILED").wrong_key);
    assert_int_equal(read("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=2 ssid=\"x\\\" id=7\" duration=10").id, 2);
}

static void an_answer_is_no_event(void **state)
{
    struct wpa_event e;
    static const char *const answers[] = {"OK\n", "FAIL\n", "", "<", "<3", "<x>CTRL-EVENT-TERMINATING ", golden_status};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        assert_false(wpa_event_read(wpa_text_of(answers[i]), &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_known),
        cmocka_unit_test(joining_tells_by_whom_and_which_network),
        cmocka_unit_test(refusals_tell_their_code),
        cmocka_unit_test(being_put_out_tells_by_whom),
        cmocka_unit_test(giving_up_tells_whether_the_key_is_wrong),
        cmocka_unit_test(an_answer_is_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
