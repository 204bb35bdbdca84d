#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/poller/wire/frames.h"

static void a_tagged_frame_tells_its_vlan_and_what_is_behind(void **state)
{
    struct peeled f;
    assert_true(peel(golden_offer, sizeof golden_offer, &f));
    assert_int_equal(f.vid, 501);
    assert_false(f.double_tagged);
    assert_int_equal(f.type, TYPE_IPV4);
    assert_ptr_equal(f.rest, golden_offer + 16);
    assert_int_equal(f.rest_len, sizeof golden_offer - 16);
    assert_true(mac_equal(&f.from, &gateway));
    assert_true(mac_is_group(&f.to) && !mac_is_group(&f.from));
}

static void a_frame_without_tag_is_untagged(void **state)
{
    struct peeled f;
    assert_true(peel(golden_arp, sizeof golden_arp, &f));
    assert_int_equal(f.vid, ETHER_UNTAGGED);
    assert_int_equal(f.type, TYPE_ARP);
    assert_ptr_equal(f.rest, golden_arp + 12);
}

static void priority_is_no_part_of_the_vlan(void **state)
{
    struct bytes_of_frame b = with_tag(COPY_OF(golden_arp), TYPE_VLAN, 0xf1f5);
    struct peeled f;
    assert_true(peel(b.at, b.len, &f));
    assert_int_equal(f.vid, 501);
}

static void a_tag_of_priority_only_is_vid_0(void **state)
{
    struct bytes_of_frame b = with_tag(COPY_OF(golden_arp), TYPE_VLAN, 0xa000);
    struct peeled f;
    assert_true(peel(b.at, b.len, &f));
    assert_int_equal(f.vid, 0);
    assert_int_equal(f.type, TYPE_ARP);
}

static void of_two_tags_the_outer_counts_and_the_inner_stays_in(void **state)
{
    static const uint16_t inner[] = {TYPE_VLAN, TYPE_SERVICE_VLAN, TYPE_OLD_VLAN};
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
        struct bytes_of_frame b = with_tag(with_tag(COPY_OF(golden_arp), inner[i], 77), TYPE_VLAN, 501);
        struct peeled f;
        assert_true(peel(b.at, b.len, &f));
        assert_int_equal(f.vid, 501);
        assert_true(f.double_tagged);
        assert_int_equal(f.type, inner[i]);
        assert_ptr_equal(f.rest, b.at + 16);
    }
}

/* A provider's VLAN 501 is not ours. */
static void a_service_tag_is_no_vlan_of_ours(void **state)
{
    struct bytes_of_frame b = with_tag(COPY_OF(golden_arp), TYPE_SERVICE_VLAN, 501);
    struct peeled f;
    assert_true(peel(b.at, b.len, &f));
    assert_int_equal(f.vid, ETHER_UNTAGGED);
    assert_int_equal(f.type, TYPE_SERVICE_VLAN);
    assert_false(f.double_tagged);
}

static void short_frames_and_such_cut_in_the_tag_are_none(void **state)
{
    struct bytes_of_frame tagged = COPY_OF(golden_offer), plain = COPY_OF(golden_arp);
    struct peeled f;
    for (size_t len = 0; len <= 64; len++) {
        uint8_t *exact = peel_exactly(&tagged, len, &f);
        assert_int_equal(exact != NULL, len >= 18);
        free(exact);
    }
    for (size_t len = 0; len <= sizeof golden_arp; len++) {
        uint8_t *exact = peel_exactly(&plain, len, &f);
        assert_int_equal(exact != NULL, len >= 14);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tagged_frame_tells_its_vlan_and_what_is_behind),
        cmocka_unit_test(a_frame_without_tag_is_untagged),
        cmocka_unit_test(priority_is_no_part_of_the_vlan),
        cmocka_unit_test(a_tag_of_priority_only_is_vid_0),
        cmocka_unit_test(of_two_tags_the_outer_counts_and_the_inner_stays_in),
        cmocka_unit_test(a_service_tag_is_no_vlan_of_ours),
        cmocka_unit_test(short_frames_and_such_cut_in_the_tag_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
