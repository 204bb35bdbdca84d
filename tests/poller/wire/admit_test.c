#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poller/wire/admit.h"
#include "tests/poller/wire/frames.h"

static const struct ether_wish guest = {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1,
                                        .vids = {501, 502}, .vid_count = 2};
static const struct ether_wish lan = {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1,
                                      .untagged = true};
static const struct ether_wish by_card = {.own_mac = true, .vids = {501}, .vid_count = 1};
static const struct mac somebody = {{0x00, 0x0c, 0x29, 0x01, 0x02, 0x03}}, all = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static struct mono proved[ETHER_VIDS_MAX];

static enum admission admitted_at(const struct ether_wish *w, struct bytes_of_frame b, int64_t at_ns)
{
    struct peeled f;
    uint8_t *exact = peel_exactly(&b, b.len, &f);
    assert_non_null(exact);
    enum admission a = admit(w, &card, &f, (struct mono){at_ns}, proved);
    free(exact);
    return a;
}

/* A moment after anything was proved, so that proofs are not what the case is about. */
static enum admission admitted(const struct ether_wish *w, struct bytes_of_frame b)
{
    for (size_t i = 0; i < ETHER_VIDS_MAX; i++)
        proved[i] = (struct mono){SECONDS(1000)};
    return admitted_at(w, b, SECONDS(1001));
}

static struct bytes_of_frame offer_to(const struct mac *m)
{
    return to(COPY_OF(golden_offer), m);
}

static void an_answer_to_our_address_is_taken_from_any_vlan_and_from_none(void **state)
{
    assert_int_equal(admitted(&guest, offer_to(&probe)), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, with_tag(without_tag(offer_to(&probe)), TYPE_VLAN, 9)), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, without_tag(offer_to(&probe))), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, with_tag(offer_to(&probe), TYPE_VLAN, 77)), ADMIT_WHOLE);
}

static void what_is_to_others_is_not_taken(void **state)
{
    assert_int_equal(admitted(&guest, offer_to(&somebody)), ADMIT_NOT);
    assert_int_equal(admitted(&guest, offer_to(&card)), ADMIT_NOT);
    assert_int_equal(admitted(&lan, without_tag(offer_to(&somebody))), ADMIT_NOT);
}

static void what_is_to_the_card_is_taken_when_it_is_wished_for(void **state)
{
    assert_int_equal(admitted(&by_card, offer_to(&card)), ADMIT_WHOLE);
    assert_int_equal(admitted(&by_card, without_tag(offer_to(&card))), ADMIT_WHOLE);
    assert_int_equal(admitted(&by_card, offer_to(&probe)), ADMIT_NOT);
}

static void what_can_matter_is_taken_from_our_vlans(void **state)
{
    assert_int_equal(admitted(&guest, COPY_OF(golden_offer)), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, COPY_OF(golden_advert)), ADMIT_WHOLE);
    struct bytes_of_frame arp = from(COPY_OF(golden_arp), &gateway);
    assert_int_equal(admitted(&guest, with_tag(arp, TYPE_VLAN, 502)), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, with_tag(arp, TYPE_VLAN, 503)), ADMIT_NOT);
    assert_int_equal(admitted(&guest, arp), ADMIT_NOT);
    assert_int_equal(admitted(&lan, arp), ADMIT_WHOLE);
    assert_int_equal(admitted(&lan, with_tag(arp, TYPE_VLAN, 0)), ADMIT_WHOLE);
    assert_int_equal(admitted(&lan, with_tag(arp, TYPE_VLAN, 501)), ADMIT_NOT);
}

static void dhcpv6_and_neighbours_matter_too(void **state)
{
    struct bytes_of_frame reply = from(COPY_OF(golden_dhcpv6), &gateway), icmp = without_tag(COPY_OF(golden_advert));
    reply.at[AT_IP + 40 + 3] = 546 & 0xff;
    assert_int_equal(admitted(&lan, reply), ADMIT_WHOLE);
    reply.at[AT_IP + 40 + 3] = 547 & 0xff;
    assert_int_equal(admitted(&lan, reply), ADMIT_NOT);
    for (unsigned type = 130; type < 140; type++) {
        icmp.at[AT_IP + 40] = (uint8_t)type;
        assert_int_equal(admitted(&lan, icmp), type >= 134 && type <= 136 ? ADMIT_WHOLE : ADMIT_NOT);
    }
}

/* A server that was asked to broadcast does, also on the VLAN where the question came out by mistake. */
static void a_broadcast_offer_for_us_is_taken_from_the_wrong_vlan(void **state)
{
    struct bytes_of_frame stripped = without_tag(COPY_OF(golden_offer));
    assert_int_equal(admitted(&guest, stripped), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, with_tag(stripped, TYPE_VLAN, 9)), ADMIT_WHOLE);
    struct bytes_of_frame of_another = renamed(stripped, &probe, &somebody);
    assert_int_equal(admitted(&guest, of_another), ADMIT_NOT);
    assert_int_equal(admitted(&lan, of_another), ADMIT_WHOLE); /* some server answers here: for the rogue watch */
    assert_int_equal(admitted(&by_card, renamed(stripped, &probe, &card)), ADMIT_WHOLE);
    of_another.at[AT_IP + 6] = 0x20; /* the first of several fragments is no answer */
    assert_int_equal(admitted(&lan, of_another), ADMIT_NOT);
}

static void our_own_question_come_back_is_taken(void **state)
{
    struct bytes_of_frame discover = COPY_OF(golden_discover);
    assert_int_equal(admitted(&guest, discover), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, with_tag(discover, TYPE_VLAN, 9)), ADMIT_WHOLE);
    assert_int_equal(admitted(&guest, from(to(discover, &all), &somebody)), ADMIT_NOT);
}

static void other_traffic_of_a_vlan_is_proof_every_ten_seconds(void **state)
{
    memset(proved, 0, sizeof proved);
    struct bytes_of_frame mdns = COPY_OF(golden_mdns), other = with_tag(without_tag(mdns), TYPE_VLAN, 502);
    assert_int_equal(admitted_at(&guest, mdns, SECONDS(50)), ADMIT_PROOF);
    assert_int_equal(admitted_at(&guest, mdns, SECONDS(51)), ADMIT_NOT);
    assert_int_equal(admitted_at(&guest, other, SECONDS(51)), ADMIT_PROOF);
    assert_int_equal(admitted_at(&guest, mdns, SECONDS(60) - 1), ADMIT_NOT);
    assert_int_equal(admitted_at(&guest, mdns, SECONDS(60)), ADMIT_PROOF);
    assert_int_equal(admitted_at(&guest, mdns, SECONDS(61)), ADMIT_NOT);
}

static void what_is_no_vlan_of_ours_proves_nothing(void **state)
{
    memset(proved, 0, sizeof proved);
    struct bytes_of_frame mdns = without_tag(COPY_OF(golden_mdns));
    assert_int_equal(admitted_at(&lan, mdns, SECONDS(50)), ADMIT_NOT);
    assert_int_equal(admitted_at(&guest, with_tag(mdns, TYPE_VLAN, 9), SECONDS(50)), ADMIT_NOT);
    assert_int_equal(admitted_at(&guest, with_tag(mdns, TYPE_SERVICE_VLAN, 501), SECONDS(50)), ADMIT_NOT);
}

/* Of each length, none reads on behind its end. */
static void frames_that_end_anywhere_are_judged(void **state)
{
    static const struct { const uint8_t *at; size_t len; } whole[] = {
        {golden_offer, sizeof golden_offer}, {golden_advert, sizeof golden_advert},
        {golden_discover, sizeof golden_discover}, {golden_dhcpv6, sizeof golden_dhcpv6}};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t len = 18; len <= whole[i].len; len++)
            admitted(&guest, from(copy_of(whole[i].at, len), &gateway));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_to_our_address_is_taken_from_any_vlan_and_from_none),
        cmocka_unit_test(what_is_to_others_is_not_taken),
        cmocka_unit_test(what_is_to_the_card_is_taken_when_it_is_wished_for),
        cmocka_unit_test(what_can_matter_is_taken_from_our_vlans),
        cmocka_unit_test(dhcpv6_and_neighbours_matter_too),
        cmocka_unit_test(a_broadcast_offer_for_us_is_taken_from_the_wrong_vlan),
        cmocka_unit_test(our_own_question_come_back_is_taken),
        cmocka_unit_test(other_traffic_of_a_vlan_is_proof_every_ten_seconds),
        cmocka_unit_test(what_is_no_vlan_of_ours_proves_nothing),
        cmocka_unit_test(frames_that_end_anywhere_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
