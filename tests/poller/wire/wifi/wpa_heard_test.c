#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/utf8.h"
#include "poller/wire/wifi/wpa_heard.h"

static struct wpa_heard heard;

static void hear(unsigned last_byte, const char *name, int32_t dbm, unsigned security)
{
    struct wpa_bss b = {.bssid = {{2, 0, 0, 0, (uint8_t)(last_byte >> 8), (uint8_t)last_byte}}, .freq_mhz = 2437,
                        .level_dbm = dbm, .security = security, .ssid = ssid_of(name)};
    wpa_heard_add(&heard, &b);
}

static int fresh(void **state)
{
    heard.count = 0;
    return 0;
}

static void the_strongest_of_a_name_is_the_best(void **state)
{
    struct ssid guest = ssid_of("guest"), absent = ssid_of("absent");
    hear(1, "guest", -80, WPA_PSK);
    hear(2, "guest", -50, WPA_SAE);
    hear(3, "other", -20, WPA_PLAIN);
    assert_int_equal(wpa_heard_best(&heard, &guest)->bssid.bytes[5], 2);
    assert_null(wpa_heard_best(&heard, &absent));
    assert_int_equal(wpa_heard_security(&heard, &guest), WPA_PSK | WPA_SAE);
}

static void one_heard_again_replaces_itself(void **state)
{
    hear(1, "guest", -80, WPA_PSK);
    hear(1, "guest", -60, WPA_PSK);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.at[0].level_dbm, -60);
}

static void when_too_many_are_heard_the_weakest_are_forgotten(void **state)
{
    struct ssid guest = ssid_of("guest");
    for (unsigned i = 0; i < WPA_HEARD_MAX; i++)
        hear(i, "crowd", -90 + (int32_t)i % 10, WPA_PSK);
    hear(1000, "guest", -40, WPA_PSK);
    assert_int_equal(heard.count, WPA_HEARD_MAX);
    assert_non_null(wpa_heard_best(&heard, &guest));
    hear(1001, "faint", -95, WPA_PSK);
    struct ssid faint = ssid_of("faint");
    assert_null(wpa_heard_best(&heard, &faint));
}

static void what_is_present_is_told_with_channel_band_and_signal(void **state)
{
    char text[WIFI_TEXT_MAX];
    struct ssid guest = ssid_of("guest");
    hear(1, "guest", -80, WPA_PSK);
    hear(2, "guest", -50, WPA_PSK);
    hear(3, "other", -20, WPA_PSK);
    wpa_tell_present(&heard, &guest, text);
    assert_string_equal(text, "02:00:00:00:00:02 on channel 6 (2.4 GHz), -50 dBm; "
                              "02:00:00:00:00:01 on channel 6 (2.4 GHz), -80 dBm");
}

static void what_is_heard_instead_is_told_with_names(void **state)
{
    char text[WIFI_TEXT_MAX];
    wpa_tell_absent(&heard, text);
    assert_non_null(strstr(text, "no network at all is heard"));
    hear(1, "barn", -50, WPA_PSK);
    hear(2, "", -60, WPA_PSK);
    wpa_tell_absent(&heard, text);
    assert_string_equal(text, "heard instead: 'barn', 02:00:00:00:00:01 on channel 6 (2.4 GHz), -50 dBm; "
                              "one without a name, 02:00:00:00:00:02 on channel 6 (2.4 GHz), -60 dBm");
}

/* Equal ones are told each once, and the worst names fit. */
static void the_longest_text_is_whole(void **state)
{
    char text[WIFI_TEXT_MAX], name[SSID_BYTES_MAX + 1];
    memset(name, 1, SSID_BYTES_MAX); /* each byte is shown by three */
    name[SSID_BYTES_MAX] = '\0';
    for (unsigned i = 0; i < WPA_HEARD_MAX; i++)
        hear(i, name, -100, WPA_PSK);
    wpa_tell_absent(&heard, text);
    assert_true(utf8_is_valid(text, strlen(text)));
    assert_non_null(strstr(text, "02:00:00:00:00:02"));
    assert_non_null(strstr(text, "; and 61 more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_strongest_of_a_name_is_the_best, fresh),
        cmocka_unit_test_setup(one_heard_again_replaces_itself, fresh),
        cmocka_unit_test_setup(when_too_many_are_heard_the_weakest_are_forgotten, fresh),
        cmocka_unit_test_setup(what_is_present_is_told_with_channel_band_and_signal, fresh),
        cmocka_unit_test_setup(what_is_heard_instead_is_told_with_names, fresh),
        cmocka_unit_test_setup(the_longest_text_is_whole, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
