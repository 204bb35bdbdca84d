#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/collectors/guest/guest_bed.h"

static struct guest_bed bed;

static int set_up(void **state)
{
    guest_bed_open(&bed, 3);
    return 0;
}

static int tear_down(void **state)
{
    guest_bed_close(&bed);
    return 0;
}

static void a_network_that_is_well_is_well_at_every_step(void **state)
{
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    char text[ADDR_TEXT_MAX];
    guest_bed_expect_well(r);
    guest_bed_expect(r, GUEST_ISOLATION, VERDICT_OK, GUEST_NONE);
    assert_true(r->guest->armed && !r->guest->own_fault);
    assert_int_equal(r->guest->vid, GUEST_VID);
    assert_string_equal(addr_text(&r->guest->lease, text), "10.51.0.50");
    assert_string_equal(addr_text(&r->guest->gateway, text), "10.51.0.1");
    assert_memory_equal(&r->guest->gateway_mac, &bed.gateway->mac, sizeof(struct mac));
    assert_int_equal(r->guest->offers_count, 1);
    assert_true(r->guest->offers[0].expected && r->guest->offers[0].vid == GUEST_VID);
    assert_int_equal(r->guest->offers[0].lease_ns, SECONDS(3600));
    assert_int_equal(r->guest->leaks_count, 0);
    assert_false(guest_bed_step(r, GUEST_AUDIT)->done || guest_bed_step(r, GUEST_TRACE)->done ||
                 guest_bed_step(r, GUEST_SCAN)->done);
    assert_true(mono_since(r->ended, r->started) < SECONDS(12));
}

static void only_listed_frames_leave_from_addresses_of_our_making(void **state)
{
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    assert_true(bed.world->sent > 10);
    assert_int_equal(bed.world->strange, 0);
    assert_int_equal(bed.world->from_own, 0);
    assert_int_equal(r->guest->probe.bytes[0] & 3, 2); /* locally administered, of one machine */
    assert_int_equal(r->guest->control.bytes[0] & 3, 2);
    assert_memory_not_equal(&r->guest->probe, &r->guest->control, sizeof(struct mac));
}

static void what_was_requested_is_released(void **state)
{
    guest_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(bed.dhcp->requests, 1);
    assert_int_equal(bed.dhcp->releases, 1);
    assert_int_equal(sim_ether_taken(bed.dhcp), 0);
    assert_int_equal(bed.lan_dhcp->requests, 0); /* the control only asks */
    assert_int_equal(bed.lan_dhcp->discovers, 1);
}

static void what_was_requested_is_released_when_the_round_is_cancelled(void **state)
{
    struct mono deadline = mono_after(sim_now(bed.sim).mono, MINUTES(2));
    bed.kind->start(bed.instance, 3, ++bed.round, ROUND_REGULAR, deadline);
    for (int i = 0; i < 1000 && !bed.dhcp->requests; i++)
        sim_run(bed.sim, MILLISECONDS(10));
    sim_run(bed.sim, MILLISECONDS(10));
    assert_int_equal(sim_ether_taken(bed.dhcp), 1);
    bed.kind->cancel(bed.instance, 3, bed.round);
    assert_int_equal(sim_last_report(bed.sim)->outcome, OUTCOME_CANCELLED);
    sim_run(bed.sim, MINUTES(2));
    assert_int_equal(sim_ether_taken(bed.dhcp), 0);
    assert_int_equal(sim_reports(bed.sim), 1);
}

static void what_was_requested_is_released_when_time_runs_out(void **state)
{
    bed.kind->start(bed.instance, 3, ++bed.round, ROUND_REGULAR, mono_after(sim_now(bed.sim).mono, SECONDS(6)));
    sim_run(bed.sim, SECONDS(10));
    assert_int_equal(sim_reports(bed.sim), 1);
    assert_int_equal(bed.dhcp->requests, 1);
    assert_int_equal(sim_ether_taken(bed.dhcp), 0);
    guest_bed_expect(sim_last_report(bed.sim), GUEST_LEASE, VERDICT_OK, GUEST_NONE);
}

static void a_shallow_probe_takes_no_address(void **state)
{
    bed.setting.depth = GUEST_DEPTH_OFFER;
    guest_bed_adopt(&bed);
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_CONTROL, VERDICT_OK, GUEST_NONE);
    assert_false(guest_bed_step(r, GUEST_LEASE)->done || guest_bed_step(r, GUEST_FULLSIZE)->done);
    assert_int_equal(bed.dhcp->requests, 0);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
}

static void a_deeper_one_leaves_the_internet_alone(void **state)
{
    bed.setting.depth = GUEST_DEPTH_LEASE;
    guest_bed_adopt(&bed);
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_FULLSIZE, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_ISOLATION, VERDICT_OK, GUEST_NONE);
    assert_false(guest_bed_step(r, GUEST_DNS)->done || guest_bed_step(r, GUEST_HTTP)->done);
    assert_int_equal(bed.page->asked, 0);
}

static void with_port_security_only_the_cards_own_address_asks_and_takes_nothing(void **state)
{
    bed.setting.port_security = true;
    guest_bed_adopt(&bed);
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_OFFER, VERDICT_OK, GUEST_NONE);
    guest_bed_expect(r, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE);
    assert_int_equal(bed.world->sent, bed.world->from_own);
    assert_int_equal(bed.dhcp->requests + bed.dhcp->releases + bed.lan_dhcp->requests + bed.lan_dhcp->releases, 0);
    assert_memory_equal(&r->guest->probe, &bed.world->port.own, sizeof(struct mac));
}

static void each_step_is_hinted_at_as_it_is_done(void **state)
{
    guest_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(sim_hints(bed.sim, HINT_STEP), 9); /* link to control */
}

static void steps_are_kept_as_series(void **state)
{
    bed.setting.depth = GUEST_DEPTH_LEASE;
    guest_bed_adopt(&bed);
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->object_count, 1);
    assert_string_equal(r->objects[0].object, "guest-501");
    assert_int_equal(r->objects[0].layout, LAYOUT_STEPS);
    assert_true(sim_measure(r, "offer") == 1);
    assert_true(sim_measure(r, "offer_time") > 0 && sim_measure(r, "offer_time") < 0.1);
    assert_true(sim_measure(r, "fullsize_time") > 0);
    assert_true(isnan(sim_measure(r, "dns")) && isnan(sim_measure(r, "dns_time")));
    assert_int_equal(guest_bed_ask(&bed, ROUND_ASK)->object_count, 0);
}

static void the_same_address_is_asked_with_and_offered_over_a_restart(void **state)
{
    struct mac first = guest_bed_next(&bed)->guest->probe;
    bed.kind->destroy(bed.instance);
    bed.instance = bed.kind->create(sim_env(bed.sim));
    guest_bed_adopt(&bed);
    const struct report *r = guest_bed_next(&bed);
    assert_memory_equal(&r->guest->probe, &first, sizeof first);
    assert_int_equal(bed.dhcp->lease_count, 1);
    assert_int_equal(bed.lan_dhcp->lease_count, 1);
}

static void a_pool_of_five_survives_a_thousand_probes(void **state)
{
    for (int i = 0; i < 1000; i++)
        guest_bed_expect(guest_bed_next(&bed), GUEST_LEASE, VERDICT_OK, GUEST_NONE);
    assert_int_equal(sim_ether_taken(bed.dhcp), 0);
    assert_int_equal(bed.dhcp->lease_count, 1);
    assert_int_equal(bed.dhcp->requests, bed.dhcp->releases);
    assert_int_equal(bed.dhcp->discovers, 1000);
}

static void regular_rounds_ask_no_more_often_than_told(void **state)
{
    bed.setting.discover_gap_ns = MINUTES(15);
    guest_bed_adopt(&bed);
    for (int i = 0; i < 6; i++) {
        const struct report *r = guest_bed_next(&bed);
        assert_int_equal(r->outcome, i % 3 ? OUTCOME_CANCELLED : OUTCOME_ANSWERED);
    }
    assert_int_equal(bed.dhcp->discovers, 2);
}

static void a_person_may_ask_at_once_but_not_every_second(void **state)
{
    struct mono began = sim_now(bed.sim).mono;
    unsigned number = bed.round;
    bed.setting.depth = GUEST_DEPTH_OFFER;
    guest_bed_adopt(&bed);
    bed.kind->start(bed.instance, 3, ++number, ROUND_REGULAR, mono_after(began, MINUTES(1)));
    sim_run(bed.sim, SECONDS(6));
    assert_int_equal(sim_reports(bed.sim), 1);
    bed.kind->start(bed.instance, 3, ++number, ROUND_ASK, mono_after(began, MINUTES(1)));
    sim_run(bed.sim, SECONDS(2));
    assert_int_equal(bed.dhcp->discovers, 1);
    sim_run(bed.sim, SECONDS(2) + MILLISECONDS(500));
    assert_int_equal(bed.dhcp->discovers, 2);
    sim_run(bed.sim, SECONDS(20));
    assert_int_equal(sim_reports(bed.sim), 2);
}

static void a_round_that_begins_while_one_is_under_way_ends_with_its_findings(void **state)
{
    struct mono deadline = mono_after(sim_now(bed.sim).mono, MINUTES(1));
    bed.kind->start(bed.instance, 3, 1, ROUND_REGULAR, deadline);
    sim_run(bed.sim, SECONDS(2));
    bed.kind->start(bed.instance, 3, 2, ROUND_ASK, deadline);
    sim_run(bed.sim, MINUTES(1));
    assert_int_equal(sim_reports(bed.sim), 2);
    guest_bed_expect_well(sim_report(bed.sim, 0));
    guest_bed_expect_well(sim_report(bed.sim, 1));
    assert_int_equal(bed.dhcp->discovers, 1);
}

static void isolation_is_tried_hourly_and_when_a_person_asks(void **state)
{
    unsigned tried = 0;
    for (int i = 0; i < 24; i++)
        tried += guest_bed_step(guest_bed_next(&bed), GUEST_ISOLATION)->done;
    assert_int_equal(tried, 2);
    assert_true(guest_bed_step(guest_bed_ask(&bed, ROUND_ASK), GUEST_ISOLATION)->done);
}

static void an_untagged_network_is_played_without_a_control(void **state)
{
    bed.setting.vid = GUEST_UNTAGGED;
    bed.setting.depth = GUEST_DEPTH_LEASE;
    bed.router->gateway = true;
    guest_bed_adopt(&bed);
    const struct report *r = guest_bed_ask(&bed, ROUND_REGULAR);
    guest_bed_expect(r, GUEST_FULLSIZE, VERDICT_OK, GUEST_NONE);
    assert_false(guest_bed_step(r, GUEST_CONTROL)->done);
    assert_false(mac_is_set(&r->guest->control));
    assert_string_equal(r->objects[0].object, "guest-untagged");
}

/* ---- arming ---- */

static void a_port_that_never_heard_the_vlan_says_nothing_about_it(void **state)
{
    sim_ether_box(bed.world, SIM_EATS, SIM_BOTH, GUEST_VID, 0);
    for (int i = 0; i < 3; i++) {
        const struct report *r = guest_bed_next(&bed);
        guest_bed_expect(r, GUEST_OFFER, VERDICT_UNKNOWN, GUEST_NOT_CARRIED);
        guest_bed_expect(r, GUEST_CONTROL, VERDICT_OK, GUEST_NONE);
        assert_false(r->guest->armed || r->guest->own_fault);
        assert_string_equal(r->reason, "not-carried");
        assert_int_equal(r->object_count, 0);
    }
}

static void a_configuration_may_say_that_the_port_carries_it(void **state)
{
    sim_ether_box(bed.world, SIM_EATS, SIM_BOTH, GUEST_VID, 0);
    bed.setting.carried = true;
    guest_bed_adopt(&bed);
    guest_bed_expect(guest_bed_next(&bed), GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
}

static void any_frame_of_the_vlan_arms_for_ever(void **state)
{
    uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9, 0x88, 0xb5};
    sim_ether_box(bed.world, SIM_EATS, SIM_OUT, GUEST_VID, 0);
    guest_bed_expect(guest_bed_next(&bed), GUEST_OFFER, VERDICT_UNKNOWN, GUEST_NOT_CARRIED);
    sim_ether_deliver(bed.world, GUEST_VID, frame, sizeof frame, 0);
    guest_bed_expect(guest_bed_next(&bed), GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
    bed.kind->destroy(bed.instance);
    bed.instance = bed.kind->create(sim_env(bed.sim));
    guest_bed_adopt(&bed);
    guest_bed_expect(guest_bed_next(&bed), GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE);
}

/* ---- our own faults ---- */

static void expect_own_fault(const struct report *r, enum guest_step step, enum guest_reason reason)
{
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_true(r->guest->own_fault);
    assert_true(guest_bed_step(r, step)->done);
    assert_int_equal(guest_bed_step(r, step)->reason, reason);
    assert_string_equal(r->reason, guest_reason_words[reason]);
    assert_int_equal(r->object_count, 0);
}

static void a_port_without_link_is_our_own_fault(void **state)
{
    bed.world->port.link = false;
    expect_own_fault(guest_bed_next(&bed), GUEST_LINK, GUEST_NO_LINK);
}

static void a_link_that_goes_down_meanwhile_is_no_silence(void **state)
{
    guest_bed_next(&bed);
    bed.kind->start(bed.instance, 3, ++bed.round, ROUND_REGULAR, mono_after(sim_now(bed.sim).mono, MINUTES(1)));
    sim_run(bed.sim, MILLISECONDS(1));
    bed.world->port.link = false;
    sim_run(bed.sim, MINUTES(1));
    expect_own_fault(sim_last_report(bed.sim), GUEST_OFFER, GUEST_NO_LINK);
}

static void without_the_right_to_send_the_reason_is_told(void **state)
{
    bed.world->port.open = false;
    snprintf(bed.world->port.reason, sizeof bed.world->port.reason, "CAP_NET_RAW is missing");
    const struct report *r = guest_bed_next(&bed);
    expect_own_fault(r, GUEST_LINK, GUEST_NO_RIGHT);
    assert_string_equal(r->detail, "CAP_NET_RAW is missing");
    bed.world->cannot_open = true;
    guest_bed_adopt(&bed);
    expect_own_fault(guest_bed_next(&bed), GUEST_LINK, GUEST_NO_RIGHT);
}

static void a_way_that_opens_a_little_later_is_waited_for(void **state)
{
    bed.world->port.open = false;
    bed.kind->start(bed.instance, 3, ++bed.round, ROUND_REGULAR, mono_after(sim_now(bed.sim).mono, MINUTES(1)));
    sim_run(bed.sim, SECONDS(1));
    bed.world->port.open = true;
    sim_ether_state_changed(bed.world);
    sim_run(bed.sim, MINUTES(1));
    guest_bed_expect_well(sim_last_report(bed.sim));
}

static void frames_that_may_not_leave_are_our_own_fault(void **state)
{
    bed.world->send_errno = 13; /* EACCES */
    expect_own_fault(guest_bed_next(&bed), GUEST_OFFER, GUEST_NO_RIGHT);
}

static void frames_lost_before_us_prove_no_silence(void **state)
{
    bed.setting.carried = true;
    guest_bed_adopt(&bed);
    bed.dhcp->dead = true;
    bed.kind->start(bed.instance, 3, ++bed.round, ROUND_REGULAR, mono_after(sim_now(bed.sim).mono, MINUTES(1)));
    sim_run(bed.sim, SECONDS(1));
    bed.world->port.dropped = 7;
    sim_run(bed.sim, MINUTES(1));
    expect_own_fault(sim_last_report(bed.sim), GUEST_OFFER, GUEST_NOT_HEARD);
}

static void a_card_that_filters_vlans_hears_none(void **state)
{
    bed.world->port.vlan_filter = true;
    sim_ether_box(bed.world, SIM_EATS, SIM_IN, GUEST_VID, 0);
    expect_own_fault(guest_bed_next(&bed), GUEST_OFFER, GUEST_NOT_HEARD);
}

#define ROUND(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUND(a_network_that_is_well_is_well_at_every_step),
        ROUND(only_listed_frames_leave_from_addresses_of_our_making),
        ROUND(what_was_requested_is_released),
        ROUND(what_was_requested_is_released_when_the_round_is_cancelled),
        ROUND(what_was_requested_is_released_when_time_runs_out),
        ROUND(a_shallow_probe_takes_no_address),
        ROUND(a_deeper_one_leaves_the_internet_alone),
        ROUND(with_port_security_only_the_cards_own_address_asks_and_takes_nothing),
        ROUND(each_step_is_hinted_at_as_it_is_done),
        ROUND(steps_are_kept_as_series),
        ROUND(the_same_address_is_asked_with_and_offered_over_a_restart),
        ROUND(a_pool_of_five_survives_a_thousand_probes),
        ROUND(regular_rounds_ask_no_more_often_than_told),
        ROUND(a_person_may_ask_at_once_but_not_every_second),
        ROUND(a_round_that_begins_while_one_is_under_way_ends_with_its_findings),
        ROUND(isolation_is_tried_hourly_and_when_a_person_asks),
        ROUND(an_untagged_network_is_played_without_a_control),
        ROUND(a_port_that_never_heard_the_vlan_says_nothing_about_it),
        ROUND(a_configuration_may_say_that_the_port_carries_it),
        ROUND(any_frame_of_the_vlan_arms_for_ever),
        ROUND(a_port_without_link_is_our_own_fault),
        ROUND(a_link_that_goes_down_meanwhile_is_no_silence),
        ROUND(without_the_right_to_send_the_reason_is_told),
        ROUND(a_way_that_opens_a_little_later_is_waited_for),
        ROUND(frames_that_may_not_leave_are_our_own_fault),
        ROUND(frames_lost_before_us_prove_no_silence),
        ROUND(a_card_that_filters_vlans_hears_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
