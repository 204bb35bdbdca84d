#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/guest/judge_offer.h"

static struct guest_setting setting;
static struct trusted servers;
static struct offers offers;
static struct offer_judgement judgement;

static struct addr at(const char *text)
{
    struct addr a;
    assert_true(addr_parse(text, &a));
    return a;
}

static struct offer good(void)
{
    return (struct offer){.is = {.mac = {{2, 0, 0, 0, 0, 1}}, .server = at("10.51.0.1"), .address = at("10.51.0.53"),
                                 .gateway = at("10.51.0.1"), .dns = at("10.51.0.1"), .mask = at("255.255.255.0"),
                                 .lease_ns = SECONDS(3600), .vid = 501}};
}

static int begin(void **state)
{
    setting = (struct guest_setting){.network = "guest", .vid = 501};
    servers = (struct trusted){0};
    offers = (struct offers){.list = {good()}, .count = 1};
    return 0;
}

static void expect(enum verdict verdict, enum guest_reason reason)
{
    judge_offer(&setting, &servers, &offers, &judgement);
    if (judgement.verdict != verdict || judgement.reason != reason)
        fail_msg("%s %s (%s)", verdict_words[judgement.verdict], guest_reason_words[judgement.reason],
                 judgement.detail);
}

static void the_first_good_offer_is_chosen_and_its_server_known_from_then_on(void **state)
{
    struct addr server = at("10.51.0.1");
    expect(VERDICT_OK, GUEST_NONE);
    assert_ptr_equal(judgement.chosen, &offers.list[0]);
    assert_true(addr_equal(&judgement.first, &server) && offers.list[0].is.expected);
    servers.first = server;
    expect(VERDICT_OK, GUEST_NONE);
    assert_false(addr_is_set(&judgement.first)); /* nothing new */
}

static void a_server_whose_first_offer_is_bad_is_not_learned(void **state)
{
    offers.list[0].is.gateway = (struct addr){0};
    expect(VERDICT_FAILING, GUEST_NO_GATEWAY);
    assert_false(addr_is_set(&judgement.first));
    assert_null(judgement.chosen);
}

static void an_offer_that_also_comes_untagged_is_told_beside_the_good_one(void **state)
{
    offers.list[1] = good();
    offers.list[1].is.vid = GUEST_UNTAGGED;
    offers.count = 2;
    expect(VERDICT_DEGRADED, GUEST_STRIPPED);
    assert_ptr_equal(judgement.chosen, &offers.list[0]);
}

static void a_bootp_server_beside_the_expected_one_is_a_stranger(void **state)
{
    servers.first = at("10.51.0.1");
    offers.list[1] = good();
    offers.list[1].is.server = (struct addr){0};
    offers.list[1].flaws = DHCP_FLAW_NO_COOKIE;
    offers.count = 2;
    expect(VERDICT_FAILING, GUEST_STRANGE_SERVER);
    assert_ptr_equal(judgement.chosen, &offers.list[0]);
}

static void addresses_no_guest_can_have_are_bad(void **state)
{
    static const char *const bad[] = {"0.0.0.5", "127.0.0.1", "224.0.0.9", "255.255.255.255"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        offers.list[0].is.address = at(bad[i]);
        expect(VERDICT_FAILING, GUEST_BAD_OFFER);
    }
    offers.list[0].is.address = (struct addr){0};
    expect(VERDICT_FAILING, GUEST_BAD_OFFER);
}

static void a_mask_of_another_length_than_the_networks_is_another_network(void **state)
{
    prefix_parse("10.51.0.0/24", &setting.subnet);
    expect(VERDICT_OK, GUEST_NONE);
    offers.list[0].is.mask = at("255.255.0.0");
    expect(VERDICT_FAILING, GUEST_OTHER_SUBNET);
}

static void a_gateway_that_is_the_guest_itself_is_none(void **state)
{
    offers.list[0].is.gateway = offers.list[0].is.address;
    expect(VERDICT_FAILING, GUEST_NO_GATEWAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_good_offer_is_chosen_and_its_server_known_from_then_on, begin),
        cmocka_unit_test_setup(a_server_whose_first_offer_is_bad_is_not_learned, begin),
        cmocka_unit_test_setup(an_offer_that_also_comes_untagged_is_told_beside_the_good_one, begin),
        cmocka_unit_test_setup(a_bootp_server_beside_the_expected_one_is_a_stranger, begin),
        cmocka_unit_test_setup(addresses_no_guest_can_have_are_bad, begin),
        cmocka_unit_test_setup(a_mask_of_another_length_than_the_networks_is_another_network, begin),
        cmocka_unit_test_setup(a_gateway_that_is_the_guest_itself_is_none, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
