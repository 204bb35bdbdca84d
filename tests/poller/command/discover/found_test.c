#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/discover/found.h"

static struct household *home;

static int set_up(void **state)
{
    home = calloc(1, sizeof *home);
    return home ? 0 : -1;
}

static int tear_down(void **state)
{
    free(home);
    return 0;
}

static struct found *add(const char *address)
{
    struct addr a;
    assert_true(addr_parse(address, &a));
    return household_entry(home, &a);
}

static struct found *judged(const char *address)
{
    household_judge(home);
    return add(address);
}

static void a_name_keeps_letters_digits_and_dashes(void **state)
{
    char name[FOUND_NAME_MAX];
    found_sane_name("Kitchen  PC.fritz.box", name);
    assert_string_equal(name, "kitchen-pc");
    found_sane_name("<script>alert(1)</script>", name);
    assert_string_equal(name, "script-alert-1-script");
    found_sane_name("\xff\xfe\x1b[2J", name);
    assert_string_equal(name, "2j");
    found_sane_name("...", name);
    assert_string_equal(name, "");
}

static void the_gateway_is_watched_comes_first_and_has_a_name(void **state)
{
    add("192.168.1.2")->pinged = true;
    add("192.168.1.254")->gateway = true;
    household_judge(home);
    assert_string_equal(home->items[0].name, "router");
    assert_true(home->items[0].watched);
    assert_int_equal(home->items[0].class, CLASS_NETWORK);
}

static void network_gear_is_known_by_its_maker_or_its_words(void **state)
{
    snprintf(add("192.168.1.2")->vendor, FOUND_TEXT_MAX, "Ubiquiti Inc");
    snprintf(add("192.168.1.3")->host, FOUND_TEXT_MAX, "barn-switch.lan");
    struct found *radio = add("192.168.1.4");
    radio->snmp = true;
    radio->sysservices = 2;
    household_judge(home);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(home->items[i].class, CLASS_NETWORK);
        assert_true(home->items[i].watched);
    }
}

static void what_speaks_snmp_is_watched_but_not_called_network(void **state)
{
    struct found *nas = add("192.168.1.9");
    nas->snmp = true;
    snprintf(nas->sysdescr, FOUND_TEXT_MAX, "Linux nas 5.10");
    nas = judged("192.168.1.9");
    assert_int_equal(nas->class, CLASS_FIXED);
    assert_true(nas->watched);
}

static void phones_are_roaming_and_not_watched(void **state)
{
    snprintf(add("192.168.1.20")->host, FOUND_TEXT_MAX, "Annas-iPhone.local");
    mac_parse("da:a1:19:00:00:01", &add("192.168.1.21")->mac); /* made up by the phone */
    snprintf(add("192.168.1.22")->host, FOUND_TEXT_MAX, "camera");
    assert_int_equal(judged("192.168.1.20")->class, CLASS_ROAMING);
    assert_int_equal(judged("192.168.1.21")->class, CLASS_ROAMING);
    assert_int_equal(judged("192.168.1.22")->class, CLASS_FIXED);
    assert_false(judged("192.168.1.22")->watched);
}

static void names_are_unique_and_never_that_of_the_internet(void **state)
{
    snprintf(add("192.168.1.2")->host, FOUND_TEXT_MAX, "cam.a");
    snprintf(add("192.168.1.3")->host, FOUND_TEXT_MAX, "cam.b");
    snprintf(add("192.168.1.4")->host, FOUND_TEXT_MAX, "internet");
    snprintf(add("192.168.1.5")->vendor, FOUND_TEXT_MAX, "Acme, Inc.");
    household_judge(home);
    assert_string_equal(home->items[0].name, "cam");
    assert_string_equal(home->items[1].name, "cam-2");
    assert_string_equal(home->items[2].name, "internet-2");
    assert_string_equal(home->items[3].name, "acme-5");
}

static void what_does_not_fit_is_counted(void **state)
{
    char address[32];
    for (unsigned i = 0; i < FOUND_MAX + 3; i++) {
        snprintf(address, sizeof address, "10.0.%u.%u", i / 256, i % 256);
        struct found *f = add(address);
        assert_true(i < FOUND_MAX ? f != NULL : f == NULL);
    }
    assert_int_equal(home->dropped, 3);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_name_keeps_letters_digits_and_dashes),
        CASE(the_gateway_is_watched_comes_first_and_has_a_name),
        CASE(network_gear_is_known_by_its_maker_or_its_words),
        CASE(what_speaks_snmp_is_watched_but_not_called_network),
        CASE(phones_are_roaming_and_not_watched),
        CASE(names_are_unique_and_never_that_of_the_internet),
        CASE(what_does_not_fit_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
