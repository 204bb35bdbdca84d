#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/offers.h"

/* Ethernet 02:00:00:00:00:0a -> 02:00:00:00:00:0b, IPv4 10.51.0.1 -> 10.51.0.53, UDP 67 -> 68, DHCP Offer of
 *     dnsmasq 2.90: XID 0x4f4ff528, 10.51.0.53 for 02:00:00:00:00:0b, mask 255.255.255.0, router and DNS 10.51.0.1,
 *     lease 120 s */
static const uint8_t golden[342] = {
    0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x08, 0x00, 0x45, 0xc0, 0x01, 0x48, 0x23,
    0xf5, 0x00, 0x00, 0x40, 0x11, 0x40, 0x55, 0x0a, 0x33, 0x00, 0x01, 0x0a, 0x33, 0x00, 0x35, 0x00, 0x43, 0x00, 0x44,
    0x01, 0x34, 0x89, 0x2f, 0x02, 0x01, 0x06, 0x00, 0x4f, 0x4f, 0xf5, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x0a, 0x33, 0x00, 0x35, 0x0a, 0x33, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    [278] = 0x63, 0x82, 0x53, 0x63, 0x35, 0x01, 0x02, 0x36, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x33, 0x04, 0x00, 0x00,
    0x00, 0x78, 0x3a, 0x04, 0x00, 0x00, 0x00, 0x3c, 0x3b, 0x04, 0x00, 0x00, 0x00, 0x69, 0x01, 0x04, 0xff, 0xff, 0xff,
    0x00, 0x1c, 0x04, 0x0a, 0x33, 0x00, 0xff, 0x03, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x06, 0x04, 0x0a, 0x33, 0x00, 0x01,
    0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

/* The same, but DHCP ACK */
static const uint8_t golden_ack[349] = {
    0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x08, 0x00, 0x45, 0xc0, 0x01, 0x4f, 0x23,
    0xf9, 0x00, 0x00, 0x40, 0x11, 0x40, 0x4a, 0x0a, 0x33, 0x00, 0x01, 0x0a, 0x33, 0x00, 0x35, 0x00, 0x43, 0x00, 0x44,
    0x01, 0x3b, 0x30, 0x0d, 0x02, 0x01, 0x06, 0x00, 0x4f, 0x4f, 0xf5, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x0a, 0x33, 0x00, 0x35, 0x0a, 0x33, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    [278] = 0x63, 0x82, 0x53, 0x63, 0x35, 0x01, 0x05, 0x36, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x33, 0x04, 0x00, 0x00,
    0x00, 0x78, 0x3a, 0x04, 0x00, 0x00, 0x00, 0x3c, 0x3b, 0x04, 0x00, 0x00, 0x00, 0x69, 0x01, 0x04, 0xff, 0xff, 0xff,
    0x00, 0x1c, 0x04, 0x0a, 0x33, 0x00, 0xff, 0x03, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x06, 0x04, 0x0a, 0x33, 0x00, 0x01,
    0x0c, 0x0d, 0x68, 0x61, 0x79, 0x6c, 0x6f, 0x66, 0x74, 0x2d, 0x67, 0x75, 0x65, 0x73, 0x74, 0xff};

static const struct mac client = {{2, 0, 0, 0, 0, 0x0b}};
static struct offers offers;

static int begin(void **state)
{
    offers_begin(&offers, &client, 0x4f4ff528, (struct mono){SECONDS(5)});
    return 0;
}

static bool take(const uint8_t *frame, size_t len, int32_t vid)
{
    struct ether_frame f = {.vid = vid, .data = frame, .len = len, .at = {SECONDS(6)}};
    struct heard_frame h;
    heard_frame_read(&f, &h);
    return offers_take(&offers, &h);
}

static void an_offer_is_kept_with_all_it_says(void **state)
{
    char text[ADDR_TEXT_MAX];
    assert_true(take(golden, sizeof golden, 501));
    assert_int_equal(offers.count, 1);
    const struct offer *o = &offers.list[0];
    assert_string_equal(addr_text(&o->is.address, text), "10.51.0.53");
    assert_string_equal(addr_text(&o->is.server, text), "10.51.0.1");
    assert_string_equal(addr_text(&o->is.gateway, text), "10.51.0.1");
    assert_string_equal(addr_text(&o->is.dns, text), "10.51.0.1");
    assert_string_equal(addr_text(&o->is.mask, text), "255.255.255.0");
    assert_int_equal(o->is.lease_ns, SECONDS(120));
    assert_int_equal(o->is.vid, 501);
    assert_int_equal(o->is.mac.bytes[5], 0x0a);
    assert_int_equal(o->after_ns, SECONDS(1));
}

static void twice_the_same_counts_once_and_on_another_vlan_it_is_another(void **state)
{
    assert_true(take(golden, sizeof golden, 501) && take(golden, sizeof golden, 501));
    assert_int_equal(offers.count, 1);
    assert_true(take(golden, sizeof golden, ETHER_UNTAGGED) && take(golden, sizeof golden, 0));
    assert_int_equal(offers.count, 2); /* a tag that only carries a priority counts as none */
    assert_int_equal(offers.list[1].is.vid, ETHER_UNTAGGED);
}

static void answers_to_others_and_other_answers_are_left_alone(void **state)
{
    uint8_t bytes[sizeof golden];
    assert_false(take(golden_ack, sizeof golden_ack, 501));
    memcpy(bytes, golden, sizeof bytes);
    bytes[42 + 4]++; /* another question */
    assert_false(take(bytes, sizeof bytes, 501));
    memcpy(bytes, golden, sizeof bytes);
    bytes[42 + 33]++; /* another client */
    assert_false(take(bytes, sizeof bytes, 501));
    memcpy(bytes, golden, sizeof bytes);
    bytes[35]++; /* from no server's port */
    assert_false(take(bytes, sizeof bytes, 501));
    assert_int_equal(offers.count, 0);
}

static void one_with_a_flaw_is_an_offer_too(void **state)
{
    uint8_t bytes[sizeof golden];
    memcpy(bytes, golden, sizeof bytes);
    bytes[42 + 236] = 0;
    assert_true(take(bytes, sizeof bytes, 501));
    assert_int_equal(offers.list[0].flaws, DHCP_FLAW_NO_COOKIE);
}

static void more_than_fit_are_counted(void **state)
{
    uint8_t bytes[sizeof golden];
    memcpy(bytes, golden, sizeof bytes);
    for (int i = 0; i < OFFERS_MAX + 3; i++) {
        bytes[11] = (uint8_t)i;
        assert_true(take(bytes, sizeof bytes, 501));
    }
    assert_int_equal(offers.count, OFFERS_MAX);
    assert_int_equal(offers.more, 3);
}

static void what_is_cut_or_tagged_twice_is_nothing(void **state)
{
    struct ether_frame f = {.vid = 501, .data = golden, .len = sizeof golden, .cut = true};
    struct heard_frame h;
    heard_frame_read(&f, &h);
    assert_int_equal(h.kind, HEARD_NOTHING);
    f.cut = false;
    f.double_tagged = true;
    heard_frame_read(&f, &h);
    assert_int_equal(h.kind, HEARD_NOTHING);
    assert_int_equal(h.vid, 501);
    f.double_tagged = false;
    for (f.len = 0; f.len < sizeof golden; f.len++) {
        heard_frame_read(&f, &h);
        assert_false(offers_take(&offers, &h));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_offer_is_kept_with_all_it_says, begin),
        cmocka_unit_test_setup(twice_the_same_counts_once_and_on_another_vlan_it_is_another, begin),
        cmocka_unit_test_setup(answers_to_others_and_other_answers_are_left_alone, begin),
        cmocka_unit_test_setup(one_with_a_flaw_is_an_offer_too, begin),
        cmocka_unit_test_setup(more_than_fit_are_counted, begin),
        cmocka_unit_test_setup(what_is_cut_or_tagged_twice_is_nothing, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
