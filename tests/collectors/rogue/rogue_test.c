#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/host_frame.h"
#include "tests/support/sim_ether.h"

#define INTERVAL_NS SECONDS(60)
#define ASK_ROUNDS 10 /* so many rounds from one question to the next */

static struct sim *sim;
static struct sim_ether *world;
static struct ether_host *router;
static struct ether_dhcp *dhcp;
static struct guest_setting setting;
static const struct collector *kind;
static struct collector_instance *instance;
static uint32_t number;

static void adopt(void)
{
    struct check_setting s = {.check = 7, .node = "lan", .label = "", .options = &setting, .interval_ns = INTERVAL_NS};
    assert_true(kind->adopt(instance, &s));
}

static int set_up(void **state)
{
    sim = sim_create(21);
    world = sim_ether_create(sim);
    router = sim_ether_host(world, ETHER_UNTAGGED, "3c:84:6a:00:01:01", "192.168.1.1");
    dhcp = sim_ether_dhcp(world, router, "192.168.1.100");
    kind = collector_find("rogue");
    assert_non_null(kind);
    setting = (struct guest_setting){.network = "lan", .vid = GUEST_UNTAGGED, .ipv6 = true};
    instance = kind->create(sim_env(sim));
    adopt();
    number = 0;
    return 0;
}

static int tear_down(void **state)
{
    kind->destroy(instance);
    sim_ether_destroy(world);
    sim_destroy(sim);
    return 0;
}

static const struct report *ask(enum round_kind how)
{
    size_t before = sim_reports(sim);
    kind->start(instance, 7, ++number, how, mono_after(sim_now(sim).mono, SECONDS(30)));
    sim_run(sim, INTERVAL_NS);
    assert_int_equal(sim_reports(sim), before + 1);
    const struct report *r = sim_last_report(sim);
    assert_int_equal(r->round, number);
    assert_int_equal(r->check, 7);
    return r;
}

static const struct report *next(void)
{
    return ask(ROUND_REGULAR);
}

static void expect(const struct report *r, enum outcome outcome, const char *reason)
{
    if (r->outcome != outcome || strcmp(r->reason, reason) != 0)
        fail_msg("outcome %d, %s (%s)", r->outcome, r->reason, r->detail ? r->detail : "");
    assert_non_null(r->guest);
}

static struct ether_dhcp *add_stranger(void)
{
    struct ether_host *host = sim_ether_host(world, ETHER_UNTAGGED, "02:66:66:66:66:66", "192.168.1.66");
    return sim_ether_dhcp(world, host, "192.168.1.200");
}

static void use_default_route(const char *gateway)
{
    sim_place(sim)->default_route[0].ifindex = 2;
    addr_parse(gateway, &sim_place(sim)->default_route[0].gateway);
}

static void one_server_is_well_and_known_from_then_on(void **state)
{
    const struct report *r = next();
    expect(r, OUTCOME_ANSWERED, "");
    assert_int_equal(r->guest->offers_count, 1);
    assert_true(r->guest->offers[0].expected && r->guest->armed);
    assert_int_equal(r->guest->steps[GUEST_OFFER].verdict, VERDICT_OK);
    assert_int_equal(r->guest->control.bytes[0] & 3, 2);
    assert_int_equal(r->object_count, 0);
    add_stranger();
    for (int i = 0; i < ASK_ROUNDS; i++)
        r = next();
    expect(r, OUTCOME_WRONG, "strange-server");
}

static void it_asks_seldom_and_takes_nothing(void **state)
{
    for (int i = 0; i < 60; i++)
        expect(next(), OUTCOME_ANSWERED, "");
    assert_int_equal(dhcp->discovers, 12); /* six times, each once more */
    assert_int_equal(dhcp->requests + dhcp->releases, 0);
    assert_int_equal(dhcp->lease_count, 1);
    assert_int_equal(world->strange + world->from_own, 0);
}

static void a_stranger_is_told_with_all_that_leads_to_it_and_until_it_is_gone(void **state)
{
    next();
    struct ether_dhcp *rogue = add_stranger();
    const struct report *r = ask(ROUND_ASK);
    char text[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    expect(r, OUTCOME_WRONG, "strange-server");
    assert_int_equal(r->guest->offers_count, 2);
    const struct guest_offer *o = &r->guest->offers[r->guest->offers[0].expected];
    assert_string_equal(addr_text(&o->server, text), "192.168.1.66");
    assert_string_equal(addr_text(&o->gateway, text), "192.168.1.66");
    assert_string_equal(mac_text(&o->mac, mac), "02:66:66:66:66:66");
    assert_non_null(strstr(r->detail, "192.168.1.66 (02:66:66:66:66:66)"));
    expect(next(), OUTCOME_WRONG, "strange-server");
    rogue->dead = true;
    expect(next(), OUTCOME_ANSWERED, "");
}

static void a_stranger_is_heard_answering_others(void **state)
{
    uint8_t frame[ETHER_BYTES_MAX], message[300] = {2, 1, 6, 0, 1, 2, 3, 4};
    static const uint8_t options[] = {0x63, 0x82, 0x53, 0x63, 53, 1, 6, 54, 4, 192, 168, 1, 66, 255}; /* it refuses */
    struct host_end from = {{{2, 0x66, 0, 0, 0, 6}}, {.family = AF_INET, .bytes = {192, 168, 1, 66}}};
    struct host_end to = {ethernet_broadcast, {.family = AF_INET, .bytes = {255, 255, 255, 255}}};
    struct udp_datagram d = {.from = 67, .to = 68, .payload = message, .payload_len = sizeof message};
    next();
    memset(message + 28, 9, 6);
    memcpy(message + 236, options, sizeof options);
    sim_ether_deliver(world, ETHER_UNTAGGED, frame, host_frame_udp(&from, &to, &d, frame), 0);
    sim_run(sim, SECONDS(1));
    expect(next(), OUTCOME_WRONG, "strange-server"); /* without a question of ours */
}

static void the_default_gateway_is_expected_where_nobody_is_named(void **state)
{
    use_default_route("192.168.1.1");
    add_stranger();
    const struct report *r = next();
    expect(r, OUTCOME_WRONG, "strange-server");
    assert_non_null(strstr(r->detail, "192.168.1.66"));
}

static void a_server_beside_the_gateway_is_no_stranger_where_it_is_the_only_one(void **state)
{
    use_default_route("192.168.1.1");
    dhcp->dead = true;
    add_stranger();
    expect(next(), OUTCOME_ANSWERED, "");
    dhcp->dead = false; /* a router that was reset hands out addresses again */
    const struct report *r = ask(ROUND_ASK);
    expect(r, OUTCOME_WRONG, "strange-server");
    assert_non_null(strstr(r->detail, "192.168.1.1 "));
}

static void several_of_whom_none_is_known_are_told_as_such(void **state)
{
    add_stranger();
    expect(next(), OUTCOME_WRONG, "several-servers");
    expect(next(), OUTCOME_WRONG, "several-servers"); /* none is learned of them */
}

static void who_is_named_is_expected_and_nobody_else(void **state)
{
    struct addr named;
    addr_parse("192.168.1.66", &named);
    setting.servers = &named;
    setting.servers_count = 1;
    adopt();
    add_stranger();
    const struct report *r = next();
    expect(r, OUTCOME_WRONG, "strange-server");
    assert_non_null(strstr(r->detail, "192.168.1.1 "));
    setting.servers_count = 0;
    adopt();
}

static void nobody_who_hands_out_addresses_is_no_fault(void **state)
{
    dhcp->dead = true;
    const struct report *r = next();
    expect(r, OUTCOME_ANSWERED, "");
    assert_int_equal(r->guest->steps[GUEST_OFFER].verdict, VERDICT_UNKNOWN);
    assert_int_equal(r->guest->steps[GUEST_OFFER].reason, GUEST_SILENCE);
}

static void a_strange_router_of_ipv6_is_found_and_the_known_one_is_not(void **state)
{
    struct ether_router *real = sim_ether_router(world, router, "fe80::1");
    addr_parse("fd01::", &real->prefix);
    expect(next(), OUTCOME_ANSWERED, "");
    struct ether_host *host = sim_ether_host(world, ETHER_UNTAGGED, "02:66:66:66:66:66", "192.168.1.66");
    struct ether_router *rogue = sim_ether_router(world, host, "fe80::bad");
    addr_parse("fd66::", &rogue->prefix);
    sim_ether_advertise(world, rogue);
    sim_run(sim, SECONDS(1));
    const struct report *r = next();
    expect(r, OUTCOME_WRONG, "rogue-ra");
    assert_int_equal(r->guest->routers_count, 2);
    assert_non_null(strstr(r->detail, "fe80::bad (02:66:66:66:66:66)"));
    rogue->off = true;
    next();
    expect(next(), OUTCOME_ANSWERED, "");
}

static void the_only_router_is_no_stranger_before_one_is_known(void **state)
{
    expect(next(), OUTCOME_ANSWERED, ""); /* asked, and none answered; the next rounds only listen */
    struct ether_router *real = sim_ether_router(world, router, "fe80::1");
    sim_ether_advertise(world, real);
    sim_run(sim, SECONDS(1));
    const struct report *r = next();
    expect(r, OUTCOME_ANSWERED, "");
    assert_int_equal(r->guest->routers_count, 1);
    assert_true(r->guest->routers[0].expected);
}

static void the_router_of_our_own_route_is_expected(void **state)
{
    sim_place(sim)->default_route[1].ifindex = 2;
    addr_parse("fe80::1", &sim_place(sim)->default_route[1].gateway);
    sim_place(sim)->default_route[1].gateway.scope = 2;
    sim_ether_router(world, router, "fe80::1");
    struct ether_host *host = sim_ether_host(world, ETHER_UNTAGGED, "02:66:66:66:66:66", "192.168.1.66");
    sim_ether_router(world, host, "fe80::bad");
    const struct report *r = next();
    expect(r, OUTCOME_WRONG, "rogue-ra");
    assert_non_null(strstr(r->detail, "fe80::bad"));
}

static void one_that_is_no_router_is_left_alone(void **state)
{
    expect(next(), OUTCOME_ANSWERED, "");
    sim_ether_router(world, router, "fe80::1")->lifetime_s = 0;
    struct ether_router *border = sim_ether_router(world, router, "fe80::7");
    border->lifetime_s = 0;
    addr_parse("fd77::", &border->prefix);
    const struct report *r = ask(ROUND_ASK);
    expect(r, OUTCOME_ANSWERED, "");
    assert_int_equal(r->guest->routers_count, 0);
}

static void a_vlan_is_watched_with_the_guests_own_address(void **state)
{
    struct ether_host *gateway = sim_ether_host(world, 501, "3c:84:6a:00:51:01", "10.51.0.1");
    struct ether_dhcp *guests = sim_ether_dhcp(world, gateway, "10.51.0.50");
    const struct env *env = sim_env(sim);
    env->remember(env->ctx, "lan", "guest-501 mac", "02:11:22:33:44:55");
    setting.vid = 501;
    adopt();
    const struct report *r = next();
    char mac[MAC_TEXT_MAX];
    expect(r, OUTCOME_ANSWERED, "");
    assert_true(r->guest->armed);
    assert_string_equal(mac_text(&r->guest->probe, mac), "02:11:22:33:44:55");
    assert_int_equal(guests->discovers, 2);
    assert_int_equal(dhcp->discovers, 0);
    sim_ether_dhcp(world, sim_ether_host(world, 501, "02:66:66:66:66:66", "10.51.0.66"), "10.51.0.200");
    expect(ask(ROUND_ASK), OUTCOME_WRONG, "strange-server");
}

static void a_vlan_that_was_never_heard_is_not_armed(void **state)
{
    setting.vid = 777;
    adopt();
    assert_false(next()->guest->armed);
}

static void without_link_or_right_it_is_our_own_fault(void **state)
{
    world->port.link = false;
    expect(next(), OUTCOME_OWN_FAULT, "no-link");
    world->port.open = false;
    snprintf(world->port.reason, sizeof world->port.reason, "CAP_NET_RAW is missing");
    const struct report *r = next();
    expect(r, OUTCOME_OWN_FAULT, "no-right");
    assert_string_equal(r->detail, "CAP_NET_RAW is missing");
    assert_int_equal(dhcp->discovers, 0);
}

static void rounds_end_at_their_deadline_and_when_cancelled(void **state)
{
    kind->start(instance, 7, 1, ROUND_REGULAR, mono_after(sim_now(sim).mono, SECONDS(2)));
    sim_run(sim, SECONDS(3));
    assert_int_equal(sim_reports(sim), 1);
    kind->start(instance, 7, 2, ROUND_ASK, mono_after(sim_now(sim).mono, SECONDS(30)));
    kind->start(instance, 7, 3, ROUND_ASK, mono_after(sim_now(sim).mono, SECONDS(30)));
    kind->cancel(instance, 7, 2);
    assert_int_equal(sim_last_report(sim)->outcome, OUTCOME_CANCELLED);
    sim_run(sim, SECONDS(30));
    assert_int_equal(sim_reports(sim), 3);
    assert_int_equal(sim_last_report(sim)->round, 3);
    kind->start(instance, 7, 4, ROUND_ASK, mono_after(sim_now(sim).mono, SECONDS(30)));
    kind->cancel(instance, 7, 4);
    sim_run(sim, SECONDS(30));
    assert_int_equal(sim_reports(sim), 4);
}

static void loss_makes_no_stranger(void **state)
{
    sim_ether_router(world, router, "fe80::1");
    next();
    world->loss = 0.05;
    for (int i = 0; i < 1000; i++)
        expect(ask(i % 7 ? ROUND_REGULAR : ROUND_ASK), OUTCOME_ANSWERED, "");
}

#define ROUND(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUND(one_server_is_well_and_known_from_then_on),
        ROUND(it_asks_seldom_and_takes_nothing),
        ROUND(a_stranger_is_told_with_all_that_leads_to_it_and_until_it_is_gone),
        ROUND(a_stranger_is_heard_answering_others),
        ROUND(the_default_gateway_is_expected_where_nobody_is_named),
        ROUND(a_server_beside_the_gateway_is_no_stranger_where_it_is_the_only_one),
        ROUND(several_of_whom_none_is_known_are_told_as_such),
        ROUND(who_is_named_is_expected_and_nobody_else),
        ROUND(nobody_who_hands_out_addresses_is_no_fault),
        ROUND(a_strange_router_of_ipv6_is_found_and_the_known_one_is_not),
        ROUND(the_only_router_is_no_stranger_before_one_is_known),
        ROUND(the_router_of_our_own_route_is_expected),
        ROUND(one_that_is_no_router_is_left_alone),
        ROUND(a_vlan_is_watched_with_the_guests_own_address),
        ROUND(a_vlan_that_was_never_heard_is_not_armed),
        ROUND(without_link_or_right_it_is_our_own_fault),
        ROUND(rounds_end_at_their_deadline_and_when_cancelled),
        ROUND(loss_makes_no_stranger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
