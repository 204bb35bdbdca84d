#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/wifi_card.h"

static void each_hindrance_comes_with_the_way_out(void **state)
{
    const struct wifi_card_look well = {.interface = "wlan1", .user = "_hayloft-wire", .there = true, .wifi = true,
                                        .may = true, .group = "netdev"};
    struct wifi_card_look absent = well, wired = well, barred = well, hidden = well, alone = well, stale = well;
    absent.there = absent.wifi = false;
    wired.wifi = false;
    barred.may = false;
    hidden.error = EACCES;
    alone.group = NULL;
    alone.may = false;
    alone.error = ENOENT;
    stale.error = ENOENT;
    const struct { struct wifi_card_look look; const char *says; } all[] = {
        {well, "_hayloft-wire may ask wpa_supplicant to join by wlan1"},
        {absent, "there is no interface wlan1"},
        {wired, "wlan1 is no Wi-Fi card"},
        {barred, "usermod -aG netdev _hayloft-wire"},
        {hidden, "ask as root"},
        {alone, "systemctl enable --now wpa_supplicant@wlan1"},
        {stale, "systemctl enable --now wpa_supplicant@wlan1"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char text[WIFI_CARD_TEXT_MAX];
        assert_int_equal(wifi_card_says(&all[i].look, text), i == 0);
        if (!strstr(text, all[i].says))
            fail_msg("'%s' is not in '%s'", all[i].says, text);
    }
}

static void what_this_machine_has_is_looked_at(void **state)
{
    struct wifi_card_look lo = wifi_card_look("lo"), none = wifi_card_look("no-such-card");
    assert_true(lo.there && !lo.wifi);
    assert_false(none.there || none.wifi);
    assert_true(lo.error != 0 && strlen(lo.user) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hindrance_comes_with_the_way_out),
        cmocka_unit_test(what_this_machine_has_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
