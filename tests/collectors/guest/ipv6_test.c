/* Routers of IPv6 on a guests' network: who announces itself, and what is kept of what it promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/collectors/guest/guest_bed.h"

static struct guest_bed bed;
static struct ether_router *router;

static int set_up(void **state)
{
    guest_bed_open(&bed, 11);
    router = sim_ether_router(bed.world, bed.gateway, "fe80::51");
    addr_parse("fd51::", &router->prefix);
    bed.setting.ipv6 = true;
    guest_bed_adopt(&bed);
    return 0;
}

static int tear_down(void **state)
{
    guest_bed_close(&bed);
    return 0;
}

static void expect_detail(const struct report *r, enum guest_step step, const char *part)
{
    const char *detail = guest_bed_step(r, step)->detail;
    if (!detail || !strstr(detail, part))
        fail_msg("'%s' does not hold '%s'", detail ? detail : "", part);
}

static void a_router_that_keeps_its_promises_is_well(void **state)
{
    router->other = true;
    addr_parse("fd51::1", &router->resolver);
    const struct report *r = guest_bed_next(&bed);
    char text[ADDR_TEXT_MAX];
    guest_bed_expect_well(r);
    assert_int_equal(r->guest->routers_count, 1);
    assert_string_equal(addr_text(&r->guest->routers[0].addr, text), "fe80::51");
    assert_true(r->guest->routers[0].expected);
    assert_int_equal(r->guest->routers[0].vid, GUEST_VID);
    assert_true(router->echoed == 1 && router->named == 1 && router->configured == 1);
    assert_int_equal(bed.world->strange, 0);
}

static void a_router_that_announces_itself_and_is_silent_makes_the_gateway_worse(void **state)
{
    bed.gateway->pingless = true;
    const struct report *r = guest_bed_next(&bed);
    guest_bed_expect(r, GUEST_GATEWAY, VERDICT_DEGRADED, GUEST_SILENCE);
    expect_detail(r, GUEST_GATEWAY, "fe80::51");
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
}

static void its_resolver_and_its_dhcpv6_server_are_missed(void **state)
{
    router->managed = router->resolver_silent = router->dhcpv6_silent = true;
    addr_parse("fd51::1", &router->resolver);
    const struct report *r = guest_bed_next(&bed);
    guest_bed_expect(r, GUEST_DNS, VERDICT_DEGRADED, GUEST_DNS_FAILED);
    expect_detail(r, GUEST_DNS, "fd51::1");
    guest_bed_expect(r, GUEST_OFFER, VERDICT_DEGRADED, GUEST_SILENCE);
    expect_detail(r, GUEST_OFFER, "DHCPv6");
}

static void a_stranger_that_says_it_is_a_router_is_found(void **state)
{
    guest_bed_expect_well(guest_bed_next(&bed));
    struct ether_host *host = sim_ether_host(bed.world, GUEST_VID, "02:66:66:66:66:66", "10.51.0.66");
    struct ether_router *rogue = sim_ether_router(bed.world, host, "fe80::bad");
    addr_parse("fd66::", &rogue->prefix);
    const struct report *r = guest_bed_next(&bed);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_FAILING, GUEST_ROGUE_RA);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "rogue-ra");
    expect_detail(r, GUEST_OFFER, "fe80::bad (02:66:66:66:66:66)");
    expect_detail(r, GUEST_OFFER, "fd66::");
    assert_int_equal(r->guest->routers_count, 2);
    assert_true(r->guest->routers[0].expected != r->guest->routers[1].expected);
    guest_bed_expect(r, GUEST_HTTP, VERDICT_OK, GUEST_NONE);
    rogue->off = true;
    guest_bed_next(&bed);
    guest_bed_expect_well(guest_bed_next(&bed)); /* and it is over when it is over */
}

static void a_stranger_is_heard_unasked_and_between_rounds(void **state)
{
    bed.setting.ipv6 = false;
    guest_bed_adopt(&bed);
    guest_bed_next(&bed);
    sim_ether_advertise(bed.world, router);
    guest_bed_expect_well(guest_bed_next(&bed)); /* the first one that is heard is known from now on */
    struct ether_host *host = sim_ether_host(bed.world, GUEST_VID, "02:66:66:66:66:66", "10.51.0.66");
    sim_ether_advertise(bed.world, sim_ether_router(bed.world, host, "fe80::bad"));
    sim_run(bed.sim, SECONDS(1));
    guest_bed_expect(guest_bed_next(&bed), GUEST_OFFER, VERDICT_FAILING, GUEST_ROGUE_RA);
}

static void of_several_unknown_ones_the_gateway_itself_is_trusted(void **state)
{
    struct ether_host *host = sim_ether_host(bed.world, GUEST_VID, "02:66:66:66:66:66", "10.51.0.66");
    sim_ether_router(bed.world, host, "fe80::bad");
    const struct report *r = guest_bed_next(&bed);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_FAILING, GUEST_ROGUE_RA);
    expect_detail(r, GUEST_OFFER, "fe80::bad");
}

static void routers_that_are_named_are_expected_and_no_others(void **state)
{
    struct addr named;
    addr_parse("fe80::77", &named);
    bed.setting.routers = &named;
    bed.setting.routers_count = 1;
    guest_bed_adopt(&bed);
    guest_bed_expect(guest_bed_next(&bed), GUEST_OFFER, VERDICT_FAILING, GUEST_ROGUE_RA);
    addr_parse("fe80::51", &named);
    guest_bed_adopt(&bed);
    guest_bed_next(&bed);
    guest_bed_expect_well(guest_bed_next(&bed));
    bed.setting.routers_count = 0;
    guest_bed_adopt(&bed);
}

static void an_advertisement_on_another_vlan_is_none_of_this_one(void **state)
{
    bed.gateway->vid = ETHER_UNTAGGED;
    sim_ether_advertise(bed.world, router);
    bed.gateway->vid = GUEST_VID;
    router->off = true;
    const struct report *r = guest_bed_next(&bed);
    assert_int_equal(r->guest->routers_count, 0);
}

#define ROUND(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUND(a_router_that_keeps_its_promises_is_well),
        ROUND(a_router_that_announces_itself_and_is_silent_makes_the_gateway_worse),
        ROUND(its_resolver_and_its_dhcpv6_server_are_missed),
        ROUND(a_stranger_that_says_it_is_a_router_is_found),
        ROUND(a_stranger_is_heard_unasked_and_between_rounds),
        ROUND(of_several_unknown_ones_the_gateway_itself_is_trusted),
        ROUND(routers_that_are_named_are_expected_and_no_others),
        ROUND(an_advertisement_on_another_vlan_is_none_of_this_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
