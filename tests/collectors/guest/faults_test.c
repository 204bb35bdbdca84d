/* One test per thing that can be wrong with a guests' network, as seen from a port that carries it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/collectors/guest/guest_bed.h"

static struct guest_bed bed;

/* A round while all is well comes first: then the network is known. */
static int set_up(void **state)
{
    guest_bed_open(&bed, 5);
    prefix_parse("10.51.0.0/24", &bed.setting.subnet);
    guest_bed_adopt(&bed);
    guest_bed_expect_well(guest_bed_next(&bed));
    return 0;
}

static int tear_down(void **state)
{
    guest_bed_close(&bed);
    return 0;
}

static const struct report *expect(enum guest_step step, enum verdict verdict, enum guest_reason reason)
{
    const struct report *r = guest_bed_next(&bed);
    guest_bed_expect(r, step, verdict, reason);
    return r;
}

static void expect_outcome(const struct report *r, enum outcome outcome, enum guest_reason reason)
{
    assert_int_equal(r->outcome, outcome);
    assert_string_equal(r->reason, guest_reason_words[reason]);
}

static void expect_detail(const struct report *r, enum guest_step step, const char *part)
{
    const char *detail = guest_bed_step(r, step)->detail;
    if (!detail || !strstr(detail, part))
        fail_msg("'%s' does not hold '%s'", detail ? detail : "", part);
}

/* ---- the VLAN ---- */

static void eaten_tags_are_silence_either_way_and_the_control_is_well(void **state)
{
    for (unsigned way = SIM_OUT; way <= SIM_IN; way++) {
        bed.world->box_count = 0;
        sim_ether_box(bed.world, SIM_EATS, way, GUEST_VID, 0);
        const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
        expect_outcome(r, OUTCOME_SILENT, GUEST_SILENCE);
        guest_bed_expect(r, GUEST_CONTROL, VERDICT_OK, GUEST_NONE);
        assert_true(r->guest->armed);
        assert_false(guest_bed_step(r, GUEST_LEASE)->done);
        guest_bed_expect(r, GUEST_GATEWAY, VERDICT_FAILING, GUEST_SILENCE); /* so it is the way, and no server */
    }
}

static void silence_is_told_within_a_quarter_of_a_minute(void **state)
{
    sim_ether_box(bed.world, SIM_EATS, SIM_BOTH, GUEST_VID, 0);
    const struct report *r = guest_bed_next(&bed);
    assert_true(mono_since(r->ended, r->started) < SECONDS(13));
}

static void a_question_whose_tag_was_taken_is_answered_by_the_main_network(void **state)
{
    sim_ether_box(bed.world, SIM_STRIPS, SIM_OUT, GUEST_VID, 0);
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_STRIPPED);
    expect_outcome(r, OUTCOME_WRONG, GUEST_STRIPPED);
    expect_detail(r, GUEST_OFFER, "the question's tag was lost");
    assert_int_equal(r->guest->offers[0].vid, GUEST_UNTAGGED);
    assert_int_equal(bed.lan_dhcp->requests, 0); /* no lease is taken there */
}

static void an_answer_whose_tag_was_taken_is_told_apart(void **state)
{
    sim_ether_box(bed.world, SIM_STRIPS, SIM_IN, GUEST_VID, 0);
    expect_detail(expect(GUEST_OFFER, VERDICT_FAILING, GUEST_STRIPPED), GUEST_OFFER, "the answer's tag was lost");
}

static void an_answer_on_another_vlan_is_no_silence(void **state)
{
    sim_ether_box(bed.world, SIM_RETAGS, SIM_IN, GUEST_VID, 777);
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_OTHER_VLAN);
    assert_int_equal(r->guest->offers[0].vid, 777);
    expect_detail(r, GUEST_OFFER, "VLAN 777");
}

static void giants_that_are_dropped_are_found_each_way(void **state)
{
    for (unsigned way = SIM_OUT; way <= SIM_IN; way++) {
        bed.world->box_count = 0;
        sim_ether_box(bed.world, SIM_DROPS_GIANTS, way, GUEST_VID, 0);
        const struct report *r = expect(GUEST_FULLSIZE, VERDICT_FAILING, GUEST_GIANTS_DROPPED);
        expect_outcome(r, OUTCOME_WRONG, GUEST_GIANTS_DROPPED);
        guest_bed_expect(r, GUEST_HTTP, VERDICT_OK, GUEST_NONE); /* its pieces are small */
    }
}

static void giants_are_found_among_loss_and_loss_is_not_taken_for_them(void **state)
{
    bed.world->loss = 0.05;
    sim_ether_box(bed.world, SIM_DROPS_GIANTS, SIM_BOTH, GUEST_VID, 0);
    for (int i = 0; i < 20; i++)
        expect(GUEST_FULLSIZE, VERDICT_FAILING, GUEST_GIANTS_DROPPED);
    bed.world->box_count = 0;
    bed.world->loss = 0.3;
    for (int i = 0; i < 100; i++) {
        const struct guest_step_result *s = guest_bed_step(guest_bed_next(&bed), GUEST_FULLSIZE);
        assert_true(s->reason == GUEST_NONE || s->reason == GUEST_LOSSY);
    }
}

/* ---- addresses ---- */

static void a_dead_server_is_silence(void **state)
{
    bed.dhcp->dead = true;
    expect_outcome(expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE), OUTCOME_SILENT, GUEST_SILENCE);
}

static void where_nobody_offers_the_gateway_tells_the_server_from_the_way(void **state)
{
    bed.dhcp->dead = true;
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
    guest_bed_expect(r, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE);
    assert_true(mac_is_set(&r->guest->gateway_mac));
    assert_false(guest_bed_step(r, GUEST_DNS)->done); /* without an address nothing more is asked */
    bed.world->loss = 0.05;
    for (int i = 0; i < 50; i++)
        guest_bed_expect(expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE), GUEST_GATEWAY, VERDICT_OK, GUEST_NONE);
}

static void an_empty_pool_is_silence_too(void **state)
{
    bed.dhcp->pool = 0;
    bed.dhcp->lease_count = 0;
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
}

static void a_server_that_looks_first_is_waited_for(void **state)
{
    bed.dhcp->delay_ns = SECONDS(3);
    guest_bed_expect_well(guest_bed_next(&bed));
}

static void both_silent_is_told_of_both(void **state)
{
    bed.dhcp->dead = bed.lan_dhcp->dead = true;
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
    guest_bed_expect(r, GUEST_CONTROL, VERDICT_FAILING, GUEST_SILENCE);
}

static void a_main_network_that_never_offered_anything_is_no_fault(void **state)
{
    guest_bed_close(&bed);
    guest_bed_open(&bed, 5);
    bed.lan_dhcp->dead = true;
    const struct report *r = expect(GUEST_CONTROL, VERDICT_UNKNOWN, GUEST_SILENCE);
    expect_outcome(r, OUTCOME_ANSWERED, GUEST_NONE);
    assert_true(mono_since(r->ended, r->started) < SECONDS(12)); /* nor waited for each time */
}

static void another_subnet_than_the_networks_is_found(void **state)
{
    addr_parse("10.66.0.50", &bed.dhcp->first);
    addr_parse("10.66.0.1", &bed.dhcp->gateway);
    bed.dhcp->lease_count = 0;
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_OTHER_SUBNET);
    expect_detail(r, GUEST_OFFER, "10.51.0.0/24 expected");
    assert_int_equal(bed.dhcp->requests, 1); /* the one of the first round: nothing is taken there */
}

static void another_gateway_than_the_networks_is_found(void **state)
{
    addr_parse("10.51.0.1", &bed.setting.gateway);
    guest_bed_adopt(&bed);
    addr_parse("10.51.0.254", &bed.dhcp->gateway);
    expect_detail(expect(GUEST_OFFER, VERDICT_FAILING, GUEST_OTHER_SUBNET), GUEST_OFFER, "10.51.0.254");
}

static void no_gateway_or_one_outside_is_found(void **state)
{
    bed.dhcp->gateway = (struct addr){0};
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_NO_GATEWAY);
    addr_parse("192.168.1.1", &bed.dhcp->gateway);
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_NO_GATEWAY);
}

static void absurd_offers_are_found(void **state)
{
    struct addr mask = bed.dhcp->mask;
    bed.dhcp->lease_s = 0;
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_BAD_OFFER);
    bed.dhcp->lease_s = -1;
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_BAD_OFFER);
    bed.dhcp->lease_s = UINT32_MAX;
    expect(GUEST_OFFER, VERDICT_DEGRADED, GUEST_BAD_OFFER);
    bed.dhcp->lease_s = 3600;
    addr_parse("0.0.0.0", &bed.dhcp->mask);
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_BAD_OFFER);
    addr_parse("255.0.255.0", &bed.dhcp->mask);
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_BAD_OFFER);
    bed.dhcp->mask = mask;
    guest_bed_expect_well(guest_bed_next(&bed));
}

static void broken_options_are_a_finding_and_no_crash(void **state)
{
    static const uint8_t overlong[] = {54, 4, 10, 51, 0, 1, 51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 255, 0,
                                       3,  4, 10, 51, 0, 1, 6,  4, 10, 51, 0, 1, 12, 200, 'x'};
    bed.dhcp->options = overlong;
    bed.dhcp->options_len = sizeof overlong;
    const struct report *r = expect(GUEST_OFFER, VERDICT_DEGRADED, GUEST_BAD_OFFER);
    guest_bed_expect(r, GUEST_LEASE, VERDICT_OK, GUEST_NONE); /* the rest of it works */
    expect_outcome(r, OUTCOME_ANSWERED, GUEST_BAD_OFFER);
    bed.dhcp->options = NULL;
    bed.dhcp->no_cookie = true;
    expect_detail(expect(GUEST_OFFER, VERDICT_FAILING, GUEST_BAD_OFFER), GUEST_OFFER, "BOOTP");
}

static void a_relayed_offer_is_as_good_when_server_or_relay_is_expected(void **state)
{
    addr_parse("172.16.9.9", &bed.dhcp->server);
    bed.dhcp->relay = bed.gateway->addr;
    guest_bed_expect_well(guest_bed_next(&bed)); /* the relay is who was known */
}

static void a_stranger_that_is_faster_is_found_and_not_used(void **state)
{
    struct ether_host *stranger = sim_ether_host(bed.world, GUEST_VID, "02:66:66:66:66:66", "10.51.0.66");
    struct ether_dhcp *rogue = sim_ether_dhcp(bed.world, stranger, "10.51.0.200");
    bed.dhcp->delay_ns = MILLISECONDS(1500);
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_STRANGE_SERVER);
    expect_outcome(r, OUTCOME_WRONG, GUEST_STRANGE_SERVER);
    assert_int_equal(r->guest->offers_count, 2);
    assert_false(r->guest->offers[0].expected);
    assert_true(r->guest->offers[1].expected);
    expect_detail(r, GUEST_OFFER, "02:66:66:66:66:66");
    guest_bed_expect(r, GUEST_LEASE, VERDICT_OK, GUEST_NONE);
    assert_int_equal(rogue->requests, 0);
}

static void a_stranger_alone_is_not_taken_from(void **state)
{
    struct ether_host *stranger = sim_ether_host(bed.world, GUEST_VID, "02:66:66:66:66:66", "10.51.0.66");
    struct ether_dhcp *rogue = sim_ether_dhcp(bed.world, stranger, "10.51.0.200");
    bed.dhcp->dead = true;
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_STRANGE_SERVER);
    expect_detail(r, GUEST_OFFER, "nothing from 10.51.0.1");
    assert_false(guest_bed_step(r, GUEST_LEASE)->done);
    assert_int_equal(rogue->requests, 0);
}

static void two_servers_where_none_is_known_are_told_both(void **state)
{
    guest_bed_close(&bed);
    guest_bed_open(&bed, 5);
    sim_ether_dhcp(bed.world, sim_ether_host(bed.world, GUEST_VID, "02:66:66:66:66:66", "10.51.0.66"), "10.51.0.200");
    const struct report *r = expect(GUEST_OFFER, VERDICT_FAILING, GUEST_SEVERAL_SERVERS);
    assert_int_equal(r->guest->offers_count, 2);
    bed.setting.servers = &bed.gateway->addr;
    bed.setting.servers_count = 1;
    guest_bed_adopt(&bed);
    expect(GUEST_OFFER, VERDICT_FAILING, GUEST_STRANGE_SERVER);
}

static void two_servers_that_are_both_named_are_fine(void **state)
{
    struct ether_host *other = sim_ether_host(bed.world, GUEST_VID, "3c:84:6a:00:51:02", "10.51.0.2");
    struct addr both[] = {bed.gateway->addr, other->addr};
    struct ether_dhcp *second = sim_ether_dhcp(bed.world, other, "10.51.0.100");
    second->gateway = second->dns = bed.gateway->addr;
    bed.setting.servers = both;
    bed.setting.servers_count = 2;
    guest_bed_adopt(&bed);
    guest_bed_expect_well(guest_bed_next(&bed));
    bed.setting.servers_count = 0;
    guest_bed_adopt(&bed);
}

static void a_refusal_is_found_and_nothing_is_held(void **state)
{
    bed.dhcp->refuses = true;
    unsigned releases = bed.dhcp->releases;
    expect_outcome(expect(GUEST_LEASE, VERDICT_FAILING, GUEST_REFUSED), OUTCOME_WRONG, GUEST_REFUSED);
    assert_int_equal(bed.dhcp->releases, releases);
}

static void a_request_that_is_not_answered_is_found_and_given_back(void **state)
{
    unsigned releases = bed.dhcp->releases;
    bed.dhcp->silent_to_requests = true;
    expect(GUEST_LEASE, VERDICT_FAILING, GUEST_SILENCE);
    assert_int_equal(bed.dhcp->releases, releases + 1);
}

static void an_address_somebody_has_already_is_not_taken(void **state)
{
    unsigned requests = bed.dhcp->requests;
    sim_ether_host(bed.world, GUEST_VID, "02:00:00:00:00:77", "10.51.0.50");
    const struct report *r = expect(GUEST_LEASE, VERDICT_FAILING, GUEST_IN_USE);
    expect_detail(r, GUEST_LEASE, "02:00:00:00:00:77");
    assert_int_equal(bed.dhcp->requests, requests);
}

static void a_gateway_that_answers_for_everybody_does_not_hold_the_address(void **state)
{
    bed.gateway->proxy_arp = true;
    guest_bed_expect_well(guest_bed_next(&bed));
}

static void an_address_that_is_new_each_time_is_noticed(void **state)
{
    bed.dhcp->new_each_time = true;
    bed.dhcp->pool = 100;
    enum verdict last = VERDICT_OK;
    for (int i = 0; i < 6 && last == VERDICT_OK; i++)
        last = guest_bed_step(guest_bed_next(&bed), GUEST_OFFER)->verdict;
    const struct report *r = sim_last_report(bed.sim);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_DEGRADED, GUEST_BAD_OFFER);
    unsigned asked = bed.dhcp->discovers;
    for (int i = 0; i < 11; i++)
        assert_int_equal(guest_bed_next(&bed)->outcome, OUTCOME_CANCELLED);
    assert_int_equal(bed.dhcp->discovers, asked);
    bed.dhcp->new_each_time = false;
    guest_bed_next(&bed);
    guest_bed_expect_well(guest_bed_next(&bed)); /* and it is over when it is over */
}

/* ---- gateway, names, pages ---- */

static void a_silent_gateway_is_found_and_nothing_behind_it_blamed(void **state)
{
    struct ether_host *server = sim_ether_host(bed.world, GUEST_VID, "3c:84:6a:00:51:02", "10.51.0.2");
    bed.dhcp->host = server;
    bed.dhcp->server = bed.gateway->addr;
    bed.gateway->silent = true;
    const struct report *r = expect(GUEST_GATEWAY, VERDICT_FAILING, GUEST_SILENCE);
    expect_outcome(r, OUTCOME_WRONG, GUEST_SILENCE);
    assert_false(guest_bed_step(r, GUEST_DNS)->done || guest_bed_step(r, GUEST_HTTP)->done ||
                 guest_bed_step(r, GUEST_FULLSIZE)->done);
}

static void a_gateway_that_answers_no_echo_is_none_the_worse(void **state)
{
    bed.gateway->pingless = true;
    const struct report *r = expect(GUEST_FULLSIZE, VERDICT_UNKNOWN, GUEST_SILENCE);
    guest_bed_expect(r, GUEST_HTTP, VERDICT_OK, GUEST_NONE);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
}

static void a_resolver_that_is_silent_or_knows_nothing_is_found(void **state)
{
    bed.gateway->resolver = false;
    const struct report *r = expect(GUEST_DNS, VERDICT_FAILING, GUEST_DNS_FAILED);
    expect_outcome(r, OUTCOME_WRONG, GUEST_DNS_FAILED);
    guest_bed_expect(r, GUEST_HTTP, VERDICT_UNKNOWN, GUEST_DNS_FAILED);
    bed.gateway->resolver = true;
    bed.gateway->rcode = 2;
    expect_detail(expect(GUEST_DNS, VERDICT_FAILING, GUEST_DNS_FAILED), GUEST_DNS, "code 2");
    bed.dhcp->dns = (struct addr){0};
    expect_detail(expect(GUEST_DNS, VERDICT_FAILING, GUEST_DNS_FAILED), GUEST_DNS, "names no resolver");
}

static void a_resolver_beside_the_gateway_and_one_far_away_are_asked(void **state)
{
    struct ether_host *resolver = sim_ether_host(bed.world, GUEST_VID, "3c:84:6a:00:51:53", "10.51.0.53");
    resolver->resolver = true;
    resolver->name = bed.gateway->name;
    bed.dhcp->dns = resolver->addr;
    guest_bed_expect_well(guest_bed_next(&bed));
    resolver->vid = SIM_FAR;
    addr_parse("9.9.9.9", &resolver->addr);
    bed.dhcp->dns = resolver->addr;
    guest_bed_expect_well(guest_bed_next(&bed));
}

static void a_public_name_with_a_private_address_is_a_lie_when_its_page_is_not_there(void **state)
{
    bed.gateway->name = bed.gateway->addr;
    bed.gateway->ports[0] = 80;
    bed.gateway->page = "HTTP/1.0 200 OK\r\n\r\n<h1>Log in</h1>";
    const struct report *r = expect(GUEST_DNS, VERDICT_FAILING, GUEST_DNS_LIES);
    guest_bed_expect(r, GUEST_HTTP, VERDICT_FAILING, GUEST_PORTAL);
    bed.gateway->page = "HTTP/1.0 200 OK\r\n\r\nsuccess"; /* a mirror of one's own */
    guest_bed_expect_well(guest_bed_next(&bed));
    bed.gateway->ports[0] = 0;
    r = expect(GUEST_DNS, VERDICT_FAILING, GUEST_DNS_LIES);
    guest_bed_expect(r, GUEST_HTTP, VERDICT_FAILING, GUEST_REFUSED);
}

static void a_portal_in_place_of_the_page_is_found(void **state)
{
    bed.world->portal = "HTTP/1.1 302 Found\r\nLocation: http://10.51.0.1/login\r\nContent-Length: 0\r\n\r\n";
    const struct report *r = expect(GUEST_HTTP, VERDICT_FAILING, GUEST_PORTAL);
    expect_outcome(r, OUTCOME_WRONG, GUEST_PORTAL);
    expect_detail(r, GUEST_HTTP, "http://10.51.0.1/login");
    bed.world->portal = "HTTP/1.1 200 OK\r\n\r\n<html>Welcome, please pay</html>"; /* it answers 200 too */
    expect(GUEST_HTTP, VERDICT_FAILING, GUEST_PORTAL);
    bed.world->portal = "HTTP/1.1 511 Network Authentication Required\r\n\r\nno";
    expect(GUEST_HTTP, VERDICT_FAILING, GUEST_PORTAL);
}

static void a_portal_does_not_make_the_main_network_look_open(void **state)
{
    bed.world->portal = "HTTP/1.1 200 OK\r\n\r\n<html>Welcome</html>";
    const struct report *r = guest_bed_ask(&bed, ROUND_ASK);
    guest_bed_expect(r, GUEST_ISOLATION, VERDICT_OK, GUEST_NONE);
    assert_int_equal(r->guest->leaks_count, 0);
}

static void web_servers_that_are_dead_broken_or_closed_are_told_apart(void **state)
{
    bed.page->silent = true;
    expect_detail(expect(GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED), GUEST_HTTP, "does not answer");
    bed.page->silent = false;
    bed.page->page = NULL;
    expect_detail(expect(GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED), GUEST_HTTP, "says nothing");
    bed.page->page = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
    expect_detail(expect(GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED), GUEST_HTTP, "503");
    bed.page->page = "220 mail.example ESMTP\r\n";
    expect_detail(expect(GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED), GUEST_HTTP, "not answer as a web server");
    bed.page->ports[0] = 0;
    expect(GUEST_HTTP, VERDICT_FAILING, GUEST_REFUSED);
}

static void without_the_internet_the_network_itself_is_well(void **state)
{
    bed.world->internet_off = true;
    const struct report *r = expect(GUEST_HTTP, VERDICT_FAILING, GUEST_HTTP_FAILED);
    guest_bed_expect(r, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_DNS, VERDICT_OK, GUEST_NONE);
}

/* ---- isolation ---- */

static void a_node_that_answers_an_echo_is_a_leak(void **state)
{
    bed.world->leaks_icmp = true;
    const struct report *r = guest_bed_ask(&bed, ROUND_ASK);
    guest_bed_expect(r, GUEST_ISOLATION, VERDICT_FAILING, GUEST_LEAK_ICMP);
    expect_outcome(r, OUTCOME_WRONG, GUEST_LEAK_ICMP);
    assert_int_equal(r->guest->leaks_count, 1);
    assert_string_equal(r->guest->leaks[0].node, "nas");
    assert_string_equal(r->guest->leaks[0].how, "icmp");
}

static void a_node_that_lets_us_in_is_a_leak_though_it_answers_no_echo(void **state)
{
    bed.world->leaks_tcp = true;
    const struct report *r = guest_bed_ask(&bed, ROUND_ASK);
    guest_bed_expect(r, GUEST_ISOLATION, VERDICT_FAILING, GUEST_LEAK_TCP);
    assert_int_equal(r->guest->leaks_count, 1);
    assert_string_equal(r->guest->leaks[0].how, "tcp 443");
}

static void a_refusal_may_be_the_firewalls_and_is_no_leak(void **state)
{
    bed.world->leaks_tcp = true;
    bed.nas->ports[0] = 0;
    guest_bed_expect(guest_bed_ask(&bed, ROUND_ASK), GUEST_ISOLATION, VERDICT_OK, GUEST_NONE);
}

static void a_router_is_open_when_its_administration_is_not_when_it_answers_an_echo(void **state)
{
    guest_bed_expect(guest_bed_ask(&bed, ROUND_ASK), GUEST_ISOLATION, VERDICT_OK, GUEST_NONE);
    bed.router->ports[0] = 8443;
    const struct report *r = guest_bed_ask(&bed, ROUND_ASK);
    guest_bed_expect(r, GUEST_ISOLATION, VERDICT_FAILING, GUEST_ROUTER_OPEN);
    assert_string_equal(r->guest->leaks[0].node, "router");
    assert_string_equal(r->guest->leaks[0].how, "tcp 8443");
}

static void a_leak_is_tried_again_each_round_until_it_is_closed(void **state)
{
    bed.world->leaks_icmp = true;
    guest_bed_ask(&bed, ROUND_ASK);
    sim_run(bed.sim, MINUTES(5));
    expect(GUEST_ISOLATION, VERDICT_FAILING, GUEST_LEAK_ICMP);
    bed.world->leaks_icmp = false;
    expect(GUEST_ISOLATION, VERDICT_OK, GUEST_NONE);
    assert_false(guest_bed_step(guest_bed_next(&bed), GUEST_ISOLATION)->done);
}

static void where_nobody_is_known_isolation_is_not_tried(void **state)
{
    bed.world->target_count = 0;
    assert_false(guest_bed_step(guest_bed_ask(&bed, ROUND_ASK), GUEST_ISOLATION)->done);
}

#define FAULT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULT(eaten_tags_are_silence_either_way_and_the_control_is_well),
        FAULT(silence_is_told_within_a_quarter_of_a_minute),
        FAULT(a_question_whose_tag_was_taken_is_answered_by_the_main_network),
        FAULT(an_answer_whose_tag_was_taken_is_told_apart),
        FAULT(an_answer_on_another_vlan_is_no_silence),
        FAULT(giants_that_are_dropped_are_found_each_way),
        FAULT(giants_are_found_among_loss_and_loss_is_not_taken_for_them),
        FAULT(a_dead_server_is_silence),
        FAULT(where_nobody_offers_the_gateway_tells_the_server_from_the_way),
        FAULT(an_empty_pool_is_silence_too),
        FAULT(a_server_that_looks_first_is_waited_for),
        FAULT(both_silent_is_told_of_both),
        FAULT(a_main_network_that_never_offered_anything_is_no_fault),
        FAULT(another_subnet_than_the_networks_is_found),
        FAULT(another_gateway_than_the_networks_is_found),
        FAULT(no_gateway_or_one_outside_is_found),
        FAULT(absurd_offers_are_found),
        FAULT(broken_options_are_a_finding_and_no_crash),
        FAULT(a_relayed_offer_is_as_good_when_server_or_relay_is_expected),
        FAULT(a_stranger_that_is_faster_is_found_and_not_used),
        FAULT(a_stranger_alone_is_not_taken_from),
        FAULT(two_servers_where_none_is_known_are_told_both),
        FAULT(two_servers_that_are_both_named_are_fine),
        FAULT(a_refusal_is_found_and_nothing_is_held),
        FAULT(a_request_that_is_not_answered_is_found_and_given_back),
        FAULT(an_address_somebody_has_already_is_not_taken),
        FAULT(a_gateway_that_answers_for_everybody_does_not_hold_the_address),
        FAULT(an_address_that_is_new_each_time_is_noticed),
        FAULT(a_silent_gateway_is_found_and_nothing_behind_it_blamed),
        FAULT(a_gateway_that_answers_no_echo_is_none_the_worse),
        FAULT(a_resolver_that_is_silent_or_knows_nothing_is_found),
        FAULT(a_resolver_beside_the_gateway_and_one_far_away_are_asked),
        FAULT(a_public_name_with_a_private_address_is_a_lie_when_its_page_is_not_there),
        FAULT(a_portal_in_place_of_the_page_is_found),
        FAULT(a_portal_does_not_make_the_main_network_look_open),
        FAULT(web_servers_that_are_dead_broken_or_closed_are_told_apart),
        FAULT(without_the_internet_the_network_itself_is_well),
        FAULT(a_node_that_answers_an_echo_is_a_leak),
        FAULT(a_node_that_lets_us_in_is_a_leak_though_it_answers_no_echo),
        FAULT(a_refusal_may_be_the_firewalls_and_is_no_leak),
        FAULT(a_router_is_open_when_its_administration_is_not_when_it_answers_an_echo),
        FAULT(a_leak_is_tried_again_each_round_until_it_is_closed),
        FAULT(where_nobody_is_known_isolation_is_not_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
