#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "poller/engine/network_plan.h"

static int64_t vlans[] = {501, 502};
static struct config_network networks[] = {
    {.name = (char *)"guest", .vlans = vlans, .vlans_count = 2, .depth = GUEST_DEPTH_INTERNET,
     .every_ns = MINUTES(5), .discover_gap_ns = MINUTES(7), .http = {(char *)"http://farm.example/", NULL}},
    {.name = (char *)"shed", .interface = (char *)"eth1", .every_ns = SECONDS(30), .port_security = true},
};
static struct config config = {
    .networks = networks, .networks_count = 2, .lan = {.rogue = true},
    .internet = {.page_url = (char *)"http://portal.example/", .page_expect = (char *)"success",
                 .dns_name = (char *)"example.com"}};

static const struct guest_setting *setting(const struct network_plan *p, size_t i)
{
    return p->checks[i].kind.value;
}

static void each_vlan_has_a_guest_and_a_listener(void **state)
{
    struct arena *a = arena_create(0);
    struct network_plan *plans;
    assert_int_equal(network_plans(&config, a, &plans), 3);
    assert_string_equal(plans[0].name, "guest");
    assert_int_equal(plans[0].check_count, 4);
    assert_string_equal(plans[0].checks[0].kind.kind, "guest");
    assert_string_equal(plans[0].checks[0].label, "501");
    assert_int_equal(plans[0].checks[0].interval_ns, MINUTES(5));
    assert_string_equal(plans[0].checks[1].kind.kind, "rogue");
    assert_string_equal(plans[0].checks[1].label, "501");
    assert_int_equal(plans[0].checks[1].interval_ns, SECONDS(60));
    assert_string_equal(plans[0].checks[2].label, "502");
    assert_int_equal(setting(&plans[0], 2)->vid, 502);
    assert_int_equal(setting(&plans[0], 2)->discover_gap_ns, MINUTES(7));
    arena_destroy(a);
}

static void a_network_without_vlans_is_untagged(void **state)
{
    struct arena *a = arena_create(0);
    struct network_plan *plans;
    network_plans(&config, a, &plans);
    assert_string_equal(plans[1].checks[0].label, "");
    assert_int_equal(setting(&plans[1], 0)->vid, GUEST_UNTAGGED);
    assert_string_equal(setting(&plans[1], 0)->interface, "eth1");
    assert_true(setting(&plans[1], 0)->port_security);
    assert_int_equal(network_vid(""), GUEST_UNTAGGED);
    assert_int_equal(network_vid("501"), 501);
    arena_destroy(a);
}

static void on_the_air_a_guest_is_played_beside_the_vlans(void **state)
{
    struct arena *a = arena_create(0);
    struct network_plan *plans;
    struct config_network on_air[] = {networks[0], networks[1]};
    struct config with = config;
    with.networks = on_air;
    on_air[0].wifi = (struct config_wifi){(char *)"wlan1", (char *)"Barn guests", (char *)"quarter past nine"};
    on_air[1].wifi = on_air[0].wifi;
    assert_int_equal(network_plans(&with, a, &plans), 3);
    assert_int_equal(plans[0].check_count, 5);
    assert_string_equal(plans[0].checks[4].kind.kind, "guest");
    assert_string_equal(plans[0].checks[4].label, "");
    assert_string_equal(setting(&plans[0], 4)->interface, "wlan1");
    assert_string_equal(setting(&plans[0], 4)->ssid, "Barn guests");
    assert_string_equal(setting(&plans[0], 4)->password, "quarter past nine");
    assert_int_equal(setting(&plans[0], 4)->vid, GUEST_UNTAGGED);
    assert_null(setting(&plans[0], 0)->ssid);
    assert_int_equal(plans[1].check_count, 1); /* without VLANs there is no other way in */
    arena_destroy(a);
}

static void name_and_page_are_the_internet_s_unless_said(void **state)
{
    struct arena *a = arena_create(0);
    struct network_plan *plans;
    struct config c = config;
    network_plans(&c, a, &plans);
    assert_string_equal(setting(&plans[0], 0)->page_url, "http://farm.example/");
    assert_null(setting(&plans[0], 0)->page_expect);
    assert_string_equal(setting(&plans[1], 0)->page_url, "http://portal.example/");
    assert_string_equal(setting(&plans[1], 0)->page_expect, "success");
    assert_string_equal(setting(&plans[1], 0)->dns_name, "example.com");
    c.internet.page_url = (char *)"https://portal.example/";
    network_plans(&c, a, &plans);
    assert_null(setting(&plans[1], 0)->page_url); /* a guest fetches none with TLS */
    arena_destroy(a);
}

static void where_we_stand_is_listened_to_by_default_once(void **state)
{
    struct arena *a = arena_create(0);
    struct network_plan *plans;
    struct config c = config;
    network_plans(&c, a, &plans);
    assert_string_equal(plans[2].name, "lan");
    assert_null(plans[2].network);
    assert_int_equal(plans[2].check_count, 1);
    assert_string_equal(plans[2].checks[0].kind.kind, "rogue");
    assert_string_equal(setting(&plans[2], 0)->network, "lan");
    c.lan.interface = (char *)"eth1"; /* then the shed's network is it */
    assert_int_equal(network_plans(&c, a, &plans), 2);
    assert_ptr_equal(config_lan_network(&c), &networks[1]);
    c.lan = (struct config_lan){.rogue = false};
    assert_int_equal(network_plans(&c, a, &plans), 2);
    arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vlan_has_a_guest_and_a_listener),
        cmocka_unit_test(a_network_without_vlans_is_untagged),
        cmocka_unit_test(on_the_air_a_guest_is_played_beside_the_vlans),
        cmocka_unit_test(name_and_page_are_the_internet_s_unless_said),
        cmocka_unit_test(where_we_stand_is_listened_to_by_default_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
