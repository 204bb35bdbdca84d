#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/model/guest_says.h"
#include "tests/support/told_guest.h"

static struct told_guest t;
static struct mac usual;

static enum verdict verdict(enum guest_matter m)
{
    return guest_says_beside(&t.result, m, &usual).verdict;
}

static void a_probe_that_is_well_says_so_of_every_matter(void **state)
{
    told_well(&t, 501);
    for (int m = 0; m < GUEST_MATTERS; m++)
        assert_int_equal(verdict((enum guest_matter)m), VERDICT_OK);
    assert_int_equal(guest_says_nothing(&t.result), GUEST_NONE);
}

static void the_first_step_that_fails_is_what_fails(void **state)
{
    told_failing(&t, 501, GUEST_DNS, GUEST_DNS_FAILED);
    t.steps[GUEST_FULLSIZE] = (struct guest_step_result){true, VERDICT_FAILING, GUEST_GIANTS_DROPPED, NULL, 0};
    struct guest_saying said = guest_says_beside(&t.result, GUEST_MATTER_SERVICE, &usual);
    assert_int_equal(said.verdict, VERDICT_FAILING);
    assert_int_equal(said.step, GUEST_DNS);
    assert_int_equal(said.reason, GUEST_DNS_FAILED);
}

static void what_was_not_its_turn_says_nothing(void **state)
{
    told_failing(&t, 501, GUEST_OFFER, GUEST_SILENCE);
    assert_int_equal(verdict(GUEST_MATTER_ISOLATION), VERDICT_UNKNOWN);
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_UNKNOWN); /* strangers too may not have heard us */
    assert_int_equal(verdict(GUEST_MATTER_RA), VERDICT_UNKNOWN);
}

static void loss_is_no_failure(void **state)
{
    told_well(&t, 501);
    t.steps[GUEST_FULLSIZE].verdict = VERDICT_DEGRADED;
    t.steps[GUEST_FULLSIZE].reason = GUEST_LOSSY;
    struct guest_saying said = guest_says_beside(&t.result, GUEST_MATTER_SERVICE, &usual);
    assert_int_equal(said.verdict, VERDICT_DEGRADED);
    assert_int_equal(said.reason, GUEST_LOSSY);
}

static void a_control_that_fails_is_no_failure_of_the_network(void **state)
{
    told_failing(&t, 501, GUEST_CONTROL, GUEST_SILENCE);
    assert_int_equal(verdict(GUEST_MATTER_SERVICE), VERDICT_OK);
}

static void a_stranger_that_offers_is_not_the_service_s_failure(void **state)
{
    told_failing(&t, 501, GUEST_OFFER, GUEST_STRANGE_SERVER);
    told_stranger(&t, "10.9.9.1");
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_FAILING);
    assert_int_equal(verdict(GUEST_MATTER_SERVICE), VERDICT_UNKNOWN);
    told_failing(&t, 501, GUEST_LEASE, GUEST_OTHER_SUBNET); /* what the stranger gave */
    told_stranger(&t, "10.9.9.1");
    assert_int_equal(verdict(GUEST_MATTER_SERVICE), VERDICT_OK);
}

static void a_wrong_subnet_without_a_stranger_is_the_service_s_failure(void **state)
{
    told_failing(&t, 501, GUEST_OFFER, GUEST_OTHER_SUBNET);
    assert_int_equal(guest_says_beside(&t.result, GUEST_MATTER_SERVICE, &usual).reason, GUEST_OTHER_SUBNET);
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_OK);
}

static void the_usual_server_with_other_settings_is_no_stranger(void **state)
{
    told_well(&t, 501);
    usual = guest_server_mac(&t.result);
    assert_true(mac_is_set(&usual));
    told_failing(&t, 501, GUEST_OFFER, GUEST_STRANGE_SERVER);
    t.offers[0].server = told_addr("10.66.0.1");
    t.offers[0].expected = false;
    struct guest_saying said = guest_says_beside(&t.result, GUEST_MATTER_SERVICE, &usual);
    assert_int_equal(said.verdict, VERDICT_FAILING);
    assert_int_equal(said.reason, GUEST_OTHER_SUBNET);
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_OK);
    told_stranger(&t, "10.9.9.1"); /* and there is one besides */
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_FAILING);
    usual = (struct mac){{0}};
    t.result.offers_count = 1;
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_FAILING); /* nobody knows whom it is like */
}

static void an_offer_on_another_vlan_is_no_stranger_here(void **state)
{
    told_failing(&t, 501, GUEST_OFFER, GUEST_STRIPPED);
    told_stranger(&t, "192.168.1.1");
    t.offers[1].vid = GUEST_UNTAGGED;
    assert_int_equal(verdict(GUEST_MATTER_DHCP), VERDICT_OK);
    assert_int_equal(guest_says_beside(&t.result, GUEST_MATTER_SERVICE, &usual).reason, GUEST_STRIPPED);
}

static void a_strange_router_is_heard_even_where_the_rest_cannot_be_told(void **state)
{
    told_well(&t, GUEST_UNTAGGED);
    told_router(&t, "fe80::1", true);
    assert_int_equal(verdict(GUEST_MATTER_RA), VERDICT_OK);
    told_router(&t, "fe80::666", false);
    t.result.armed = false;
    assert_int_equal(verdict(GUEST_MATTER_RA), VERDICT_FAILING);
    assert_int_equal(verdict(GUEST_MATTER_SERVICE), VERDICT_UNKNOWN);
}

static void what_is_ours_says_nothing_of_the_network(void **state)
{
    const enum guest_reason ours[] = {GUEST_NO_LINK, GUEST_NO_RIGHT, GUEST_NOT_HEARD};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        told_failing(&t, 501, GUEST_LINK, ours[i]);
        t.result.own_fault = true;
        assert_int_equal(guest_says_nothing(&t.result), ours[i]);
        for (int m = 0; m < GUEST_MATTERS; m++)
            assert_int_equal(verdict((enum guest_matter)m), VERDICT_UNKNOWN);
    }
}

static void a_vlan_that_never_reached_us_says_nothing(void **state)
{
    told_failing(&t, 501, GUEST_OFFER, GUEST_NOT_CARRIED);
    t.result.armed = false;
    t.result.offers_count = 0;
    assert_int_equal(guest_says_nothing(&t.result), GUEST_NOT_CARRIED);
    assert_int_equal(verdict(GUEST_MATTER_SERVICE), VERDICT_UNKNOWN);
}

static void a_result_without_steps_is_no_trouble(void **state)
{
    t = (struct told_guest){.result = {.armed = true}};
    for (int m = 0; m < GUEST_MATTERS; m++)
        assert_int_equal(verdict((enum guest_matter)m), VERDICT_UNKNOWN);
    assert_false(guest_step_of(&t.result, GUEST_TRACE).done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_probe_that_is_well_says_so_of_every_matter),
        cmocka_unit_test(the_first_step_that_fails_is_what_fails),
        cmocka_unit_test(what_was_not_its_turn_says_nothing),
        cmocka_unit_test(loss_is_no_failure),
        cmocka_unit_test(a_control_that_fails_is_no_failure_of_the_network),
        cmocka_unit_test(a_stranger_that_offers_is_not_the_service_s_failure),
        cmocka_unit_test(a_wrong_subnet_without_a_stranger_is_the_service_s_failure),
        cmocka_unit_test(the_usual_server_with_other_settings_is_no_stranger),
        cmocka_unit_test(an_offer_on_another_vlan_is_no_stranger_here),
        cmocka_unit_test(a_strange_router_is_heard_even_where_the_rest_cannot_be_told),
        cmocka_unit_test(what_is_ours_says_nothing_of_the_network),
        cmocka_unit_test(a_vlan_that_never_reached_us_says_nothing),
        cmocka_unit_test(a_result_without_steps_is_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
