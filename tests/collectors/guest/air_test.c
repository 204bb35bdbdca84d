/* A guest on the air: the network is joined before it is played on, and left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/utf8.h"
#include "tests/collectors/guest/guest_bed.h"
#include "tests/support/sim_wifi.h"

static struct guest_bed bed;
static struct sim_wifi *air;

/* The link of a card is up while it is in a network. */
static void on_stage(void *ctx, enum wifi_stage stage)
{
    bed.world->port.link = stage == WIFI_JOINED;
    sim_ether_state_changed(bed.world);
}

static int set_up(void **state)
{
    guest_bed_open(&bed, 5);
    air = sim_wifi_create(bed.sim);
    air->on_stage = on_stage;
    bed.world->port.link = false;
    snprintf(bed.world->port.interface, sizeof bed.world->port.interface, "wlan1");
    bed.gateway->vid = GUEST_UNTAGGED; /* the air leads to the guests' network, without a tag */
    bed.router->vid = bed.nas->vid = 1;
    bed.setting.vid = GUEST_UNTAGGED;
    bed.setting.interface = (char *)"wlan1";
    bed.setting.ssid = (char *)"barn-guest";
    bed.setting.password = (char *)"right password";
    guest_bed_adopt(&bed);
    return 0;
}

static int tear_down(void **state)
{
    bed.kind->drop(bed.instance, 3);
    sim_wifi_destroy(air);
    guest_bed_close(&bed);
    return 0;
}

static void a_network_on_the_air_is_joined_played_on_and_left(void **state)
{
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_JOIN, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_LINK, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_true(r->guest->armed && !r->guest->own_fault);
    assert_string_equal(guest_bed_step(r, GUEST_SCAN)->detail, air->end.heard);
    assert_int_equal(guest_bed_step(r, GUEST_SCAN)->took_ns, SIM_WIFI_SCAN_NS);
    assert_string_equal(guest_bed_step(r, GUEST_JOIN)->detail, "by 02:00:00:00:00:01");
    assert_int_equal(guest_bed_step(r, GUEST_JOIN)->took_ns, SIM_WIFI_JOIN_NS);
    assert_string_equal(air->interface, "wlan1");
    assert_string_equal(air->ssid, "barn-guest");
    assert_string_equal(air->password, "right password");
    assert_int_equal(air->joins, 1);
    assert_int_equal(air->leaves, 1);
}

/* Nobody but us uses the card's address there: then a guest goes all the way. */
static void where_a_lease_may_be_taken_a_guest_goes_all_the_way(void **state)
{
    bed.world->port.own_free = true;
    bed.world->target_count = 0;
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_LEASE, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_FULLSIZE, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_DNS, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_HTTP, VERDICT_OK, GUEST_NONE);
    assert_int_equal(bed.dhcp->requests, 1);
    assert_int_equal(bed.dhcp->releases, 1);
    assert_int_equal(sim_ether_taken(bed.dhcp), 0);
    assert_int_equal(bed.world->sent, bed.world->from_own);
}

static void where_this_machine_uses_the_address_nothing_is_requested(void **state)
{
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    assert_false(guest_bed_step(r, GUEST_LEASE)->done);
    assert_int_equal(bed.dhcp->requests + bed.dhcp->releases, 0);
}

/* An access point takes frames from no other address than the one that joined. */
static void only_the_cards_own_address_is_played_with(void **state)
{
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    assert_true(bed.world->sent > 0);
    assert_int_equal(bed.world->sent, bed.world->from_own);
    assert_int_equal(bed.world->strange, 0);
    assert_memory_equal(&r->guest->probe, &bed.world->port.own, sizeof(struct mac));
}

static void each_probe_joins_anew(void **state)
{
    guest_bed_next(&bed);
    guest_bed_next(&bed);
    guest_bed_next(&bed);
    assert_int_equal(air->joins, 3);
    assert_int_equal(air->leaves, 3);
}

/* Too often asked: then nothing is joined either. */
static void what_would_be_too_soon_is_not_joined_for(void **state)
{
    guest_bed_ask(&bed, ROUND_REGULAR);
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_CANCELLED);
    assert_int_equal(air->joins, 1);
}

static void what_the_system_has_joined_is_said_so(void **state)
{
    air->end = (struct wifi_state){.stage = WIFI_JOINED, .as_found = true};
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_JOIN, VERDICT_OK, GUEST_NONE);
    assert_string_equal(guest_bed_step(r, GUEST_SCAN)->detail, "the system is in it already");
    assert_string_equal(guest_bed_step(r, GUEST_JOIN)->detail, "as the system had joined it");
}

static void be_absent(void)
{
    air->end = (struct wifi_state){.stage = WIFI_ABSENT, .heard = "heard instead: 'barn', 02:00:00:00:00:09 on "
                                                                  "channel 36 (5 GHz), -71 dBm"};
}

static void a_name_that_was_never_heard_here_proves_nothing(void **state)
{
    be_absent();
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_UNKNOWN, GUEST_NOT_CARRIED);
    assert_false(r->guest->armed || guest_bed_step(r, GUEST_JOIN)->done || guest_bed_step(r, GUEST_LINK)->done);
    assert_int_equal(r->object_count, 0);
    assert_int_equal(air->leaves, 1);
}

static void a_name_that_is_heard_no_more_is_absent(void **state)
{
    guest_bed_next(&bed);
    be_absent();
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_FAILING, GUEST_WIFI_ABSENT);
    const char *detail = guest_bed_step(r, GUEST_SCAN)->detail;
    assert_non_null(strstr(detail, "'barn-guest' is not on the air; heard instead: 'barn'"));
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "wifi-absent");
    assert_false(guest_bed_step(r, GUEST_OFFER)->done);
}

static void it_is_known_after_a_restart_but_not_by_another_name(void **state)
{
    guest_bed_next(&bed);
    be_absent();
    guest_bed_adopt(&bed);
    guest_bed_expect(guest_bed_next(&bed), GUEST_SCAN, VERDICT_FAILING, GUEST_WIFI_ABSENT);
    bed.setting.ssid = (char *)"another";
    guest_bed_adopt(&bed);
    guest_bed_expect(guest_bed_ask(&bed, ROUND_REGULAR), GUEST_SCAN, VERDICT_UNKNOWN, GUEST_NOT_CARRIED);
}

static void one_that_is_said_to_be_there_must_be(void **state)
{
    be_absent();
    bed.setting.carried = true;
    guest_bed_adopt(&bed);
    guest_bed_expect(guest_bed_ask(&bed, ROUND_REGULAR), GUEST_SCAN, VERDICT_FAILING, GUEST_WIFI_ABSENT);
}

static void a_refusal_comes_with_its_words(void **state)
{
    air->end.stage = WIFI_REFUSED;
    snprintf(air->end.detail, sizeof air->end.detail, "the password is wrong: access point 02:00:00:00:00:01 did not "
                                                      "accept it (4-way handshake, reason 15)");
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_JOIN, VERDICT_FAILING, GUEST_WIFI_REFUSED);
    assert_string_equal(guest_bed_step(r, GUEST_JOIN)->detail, air->end.detail);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "wifi-refused");
    assert_true(r->guest->armed);
    assert_int_equal(air->leaves, 1);
}

static void a_card_that_cannot_be_used_says_nothing_of_the_network(void **state)
{
    air->end = (struct wifi_state){.stage = WIFI_UNUSABLE, .detail = "wlan1 is the system's: it joins 'home' with it"};
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE);
    assert_true(r->guest->own_fault);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
}

static void without_anybody_who_joins_it_is_our_own_fault(void **state)
{
    air->impossible = true;
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    air->impossible = false;
    air->silent = true;
    guest_bed_adopt(&bed);
    r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_SCAN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_int_equal(air->leaves, 1);
}

static void run_until_asked(void)
{
    bed.kind->start(bed.instance, 3, ++bed.round, ROUND_REGULAR, mono_after(sim_now(bed.sim).mono, MINUTES(2)));
    for (int i = 0; i < 2000 && !bed.dhcp->discovers; i++)
        sim_run(bed.sim, MILLISECONDS(10));
    assert_true(bed.dhcp->discovers > 0);
}

/* What follows would fail too, and is not blamed for it. */
static void one_who_is_put_out_again_says_that_and_no_more(void **state)
{
    bed.dhcp->delay_ns = SECONDS(3);
    run_until_asked();
    struct wifi_state out = {.stage = WIFI_REFUSED, .detail = "it was joined, then access point 02:00:00:00:00:01 is "
                                                              "full (reason 5)"};
    sim_wifi_say(air, &out);
    assert_int_equal(sim_reports(bed.sim), 1);
    const struct report *r = sim_last_report(bed.sim);
    guest_bed_expect(r, GUEST_JOIN, VERDICT_FAILING, GUEST_WIFI_REFUSED);
    assert_false(guest_bed_step(r, GUEST_OFFER)->done);
    assert_string_equal(r->reason, "wifi-refused");
    assert_int_equal(air->leaves, 1);
}

static void when_the_process_that_joined_is_gone_it_is_our_own_fault(void **state)
{
    run_until_asked();
    sim_wifi_say(air, &(struct wifi_state){.stage = WIFI_SCANNING});
    const struct report *r = sim_last_report(bed.sim);
    guest_bed_expect(r, GUEST_JOIN, VERDICT_UNKNOWN, GUEST_WIFI_UNUSABLE);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
}

static void a_round_that_is_cancelled_leaves_the_network(void **state)
{
    run_until_asked();
    bed.kind->cancel(bed.instance, 3, bed.round);
    assert_int_equal(air->leaves, 1);
    assert_int_equal(sim_last_report(bed.sim)->outcome, OUTCOME_CANCELLED);
}

static void a_dhcp_server_that_is_dead_is_so_on_the_air_too(void **state)
{
    bed.dhcp->dead = true;
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_JOIN, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
}

static void names_from_the_air_are_cut_between_characters(void **state)
{
    be_absent();
    size_t used = strlen(air->end.heard);
    while (used + 4 < sizeof air->end.heard)
        used += (size_t)snprintf(air->end.heard + used, sizeof air->end.heard - used, "\xef\xbf\xbd");
    const char *detail = guest_bed_step(guest_bed_ask(&bed, ROUND_REGULAR), GUEST_SCAN)->detail;
    assert_true(strlen(detail) > 200 && utf8_is_valid(detail, strlen(detail)));
}

static void scan_and_join_are_kept_as_series_beside_the_other_steps(void **state)
{
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->object_count, 1);
    assert_string_equal(r->objects[0].object, "guest-untagged");
    assert_int_equal(r->objects[0].measure_count, 22);
    assert_string_equal(r->objects[0].measures[0].source, "scan");
    assert_true(sim_measure(r, "scan") == 1 && sim_measure(r, "scan_time") == 4);
    assert_true(sim_measure(r, "join") == 1 && sim_measure(r, "join_time") == 2);
    assert_true(sim_measure(r, "control") != sim_measure(r, "control")); /* nobody is beside us on the air */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_network_on_the_air_is_joined_played_on_and_left),
        CASE(where_a_lease_may_be_taken_a_guest_goes_all_the_way),
        CASE(where_this_machine_uses_the_address_nothing_is_requested),
        CASE(only_the_cards_own_address_is_played_with),
        CASE(each_probe_joins_anew),
        CASE(what_would_be_too_soon_is_not_joined_for),
        CASE(what_the_system_has_joined_is_said_so),
        CASE(a_name_that_was_never_heard_here_proves_nothing),
        CASE(a_name_that_is_heard_no_more_is_absent),
        CASE(it_is_known_after_a_restart_but_not_by_another_name),
        CASE(one_that_is_said_to_be_there_must_be),
        CASE(a_refusal_comes_with_its_words),
        CASE(a_card_that_cannot_be_used_says_nothing_of_the_network),
        CASE(without_anybody_who_joins_it_is_our_own_fault),
        CASE(one_who_is_put_out_again_says_that_and_no_more),
        CASE(when_the_process_that_joined_is_gone_it_is_our_own_fault),
        CASE(a_round_that_is_cancelled_leaves_the_network),
        CASE(a_dhcp_server_that_is_dead_is_so_on_the_air_too),
        CASE(names_from_the_air_are_cut_between_characters),
        CASE(scan_and_join_are_kept_as_series_beside_the_other_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
