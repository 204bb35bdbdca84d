#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/wire/wifi/wpa_words.h"

static void channels_are_those_of_their_band(void **state)
{
    static const struct { uint32_t mhz, channel; const char *band; } cases[] = {
        {2412, 1, "2.4 GHz"}, {2437, 6, "2.4 GHz"}, {2472, 13, "2.4 GHz"}, {2484, 14, "2.4 GHz"},
        {5180, 36, "5 GHz"}, {5825, 165, "5 GHz"}, {5955, 1, "6 GHz"}, {7115, 233, "6 GHz"},
        {0, 0, "an unknown band"}, {900, 0, "an unknown band"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(wpa_channel(cases[i].mhz), cases[i].channel);
        assert_string_equal(wpa_band(cases[i].mhz), cases[i].band);
    }
}

static void every_code_has_words(void **state)
{
    for (int64_t code = -1; code < 70000; code += code < 200 ? 1 : 997) {
        assert_true(strlen(wpa_status_words(code)) > 4);
        assert_true(strlen(wpa_reason_words(code)) > 4);
    }
    assert_non_null(strstr(wpa_status_words(17), "full"));
    assert_non_null(strstr(wpa_reason_words(15), "password"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_are_those_of_their_band),
        cmocka_unit_test(every_code_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
