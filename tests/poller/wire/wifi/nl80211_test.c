#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include <cmocka.h>

#include "poller/wire/wifi/nl80211.h"

/* As Linux 6.1 of Debian 12 answered, behind the head of the message. The beginning of what it says of the family:
 *   genlmsg: CTRL_CMD_NEWFAMILY, version 2
 *   CTRL_ATTR_FAMILY_NAME "nl80211"; CTRL_ATTR_FAMILY_ID 32; CTRL_ATTR_VERSION 1; CTRL_ATTR_HDRSIZE 0 */
#define BODY(golden) (sizeof(golden) - 1) /* without the NUL of the text */
static const uint8_t golden_family[] =
    "\x01\x02\x00\x00\x0c\x00\x02\x00\x6e\x6c\x38\x30\x32\x31\x31\x00\x06\x00\x01\x00\x20\x00\x00\x00\x08\x00\x03"
    "\x00\x01\x00\x00\x00\x08\x00\x04\x00\x00\x00\x00";
/*   genlmsg: NL80211_CMD_NEW_INTERFACE
 *   IFINDEX 3; IFNAME "wlan1"; WIPHY 1; IFTYPE 2 (station); WDEV 0x100000001; MAC 02:00:00:00:01:00; GENERATION 9;
 *   4ADDR 0; WIPHY_FREQ 2437; WIPHY_FREQ_OFFSET 0; WIPHY_CHANNEL_TYPE 0; CHANNEL_WIDTH 0; CENTER_FREQ1 2437;
 *   WIPHY_TX_POWER_LEVEL 2000; SSID "barn-guest" */
static const uint8_t golden_joined[] =
    "\x07\x01\x00\x00\x08\x00\x03\x00\x03\x00\x00\x00\x0a\x00\x04\x00\x77\x6c\x61\x6e\x31\x00\x00\x00\x08\x00\x01"
    "\x00\x01\x00\x00\x00\x08\x00\x05\x00\x02\x00\x00\x00\x0c\x00\x99\x00\x01\x00\x00\x00\x01\x00\x00\x00\x0a\x00"
    "\x06\x00\x02\x00\x00\x00\x01\x00\x00\x00\x08\x00\x2e\x00\x09\x00\x00\x00\x05\x00\x53\x00\x00\x00\x00\x00\x08"
    "\x00\x26\x00\x85\x09\x00\x00\x08\x00\x22\x01\x00\x00\x00\x00\x08\x00\x27\x00\x00\x00\x00\x00\x08\x00\x9f\x00"
    "\x00\x00\x00\x00\x08\x00\xa0\x00\x85\x09\x00\x00\x08\x00\x62\x00\xd0\x07\x00\x00\x0e\x00\x34\x00\x62\x61\x72"
    "\x6e\x2d\x67\x75\x65\x73\x74\x00\x00";
/*   the same without WIPHY_FREQ to CENTER_FREQ1 and without SSID */
static const uint8_t golden_alone[] =
    "\x07\x01\x00\x00\x08\x00\x03\x00\x03\x00\x00\x00\x0a\x00\x04\x00\x77\x6c\x61\x6e\x31\x00\x00\x00\x08\x00\x01"
    "\x00\x01\x00\x00\x00\x08\x00\x05\x00\x02\x00\x00\x00\x0c\x00\x99\x00\x01\x00\x00\x00\x01\x00\x00\x00\x0a\x00"
    "\x06\x00\x02\x00\x00\x00\x01\x00\x00\x00\x08\x00\x2e\x00\x09\x00\x00\x00\x05\x00\x53\x00\x00\x00\x00\x00\x08"
    "\x00\x62\x00\xd0\x07\x00\x00";

/*   genlmsg: NL80211_CMD_NEW_SCAN_RESULTS
 *   GENERATION 3; IFINDEX 3; WDEV 0x100000001
 *   BSS: BSSID 02:00:00:00:00:00; PRESP_DATA; TSF; INFORMATION_ELEMENTS: SSID "barn-guest", supported rates, DSSS
 *   channel 6, ...; BEACON_TSF; BEACON_IES; BEACON_INTERVAL 100; CAPABILITY 0x0401; FREQUENCY 2437; FREQUENCY_OFFSET 0;
 *   CHAN_WIDTH 0; SEEN_MS_AGO 8216; LAST_SEEN_BOOTTIME; SIGNAL_MBM -3000; STATUS 1 (associated) */
static const uint8_t golden_scan[] =
    "\x22\x01\x00\x00\x08\x00\x2e\x00\x03\x00\x00\x00\x08\x00\x03\x00\x03\x00\x00\x00\x0c\x00\x99\x00\x01\x00\x00"
    "\x00\x01\x00\x00\x00\xe8\x00\x2f\x00\x0a\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x04\x00\x0e\x00\x0c\x00"
    "\x03\x00\x9c\x8d\x3d\x03\x48\x61\x06\x00\x34\x00\x06\x00\x00\x0a\x62\x61\x72\x6e\x2d\x67\x75\x65\x73\x74\x01"
    "\x08\x82\x84\x8b\x96\x0c\x12\x18\x24\x03\x01\x06\x2a\x01\x04\x32\x04\x30\x48\x60\x6c\x3b\x02\x51\x00\x7f\x08"
    "\x04\x00\x40\x02\x00\x00\x00\x40\x0c\x00\x0d\x00\x02\x64\x79\x03\x48\x61\x06\x00\x3a\x00\x0b\x00\x00\x0a\x62"
    "\x61\x72\x6e\x2d\x67\x75\x65\x73\x74\x01\x08\x82\x84\x8b\x96\x0c\x12\x18\x24\x03\x01\x06\x05\x04\x00\x02\x00"
    "\x00\x2a\x01\x04\x32\x04\x30\x48\x60\x6c\x3b\x02\x51\x00\x7f\x08\x04\x00\x40\x02\x00\x00\x00\x40\x00\x00\x06"
    "\x00\x04\x00\x64\x00\x00\x00\x06\x00\x05\x00\x01\x04\x00\x00\x08\x00\x02\x00\x85\x09\x00\x00\x08\x00\x14\x00"
    "\x00\x00\x00\x00\x08\x00\x0c\x00\x00\x00\x00\x00\x08\x00\x0a\x00\x18\x20\x00\x00\x0c\x00\x0f\x00\xf0\x79\xd4"
    "\x4a\x0d\x00\x00\x00\x08\x00\x07\x00\x48\xf4\xff\xff\x08\x00\x09\x00\x01\x00\x00\x00";
#define AT_STATUS (BODY(golden_scan) - 4)
#define AT_NAME 68 /* its element */

/* In memory of exactly that length, so that a checker of memory sees an over-read. */
static uint8_t *message(const void *body, size_t len, uint16_t type)
{
    struct nlmsghdr head = {.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len), .nlmsg_type = type};
    uint8_t *m = malloc(NLMSG_HDRLEN + len);
    memcpy(m, &head, sizeof head);
    memcpy(m + NLMSG_HDRLEN, body, len);
    return m;
}

static bool read(const void *body, size_t len, uint16_t type, struct wifi_look *out)
{
    uint8_t *m = message(body, len, type);
    *out = (struct wifi_look){.known = true};
    bool ok = nl80211_read_interface(m, NLMSG_HDRLEN + len, out);
    free(m);
    return ok;
}

static void the_familys_number_is_read(void **state)
{
    uint16_t family = 0;
    uint8_t *m = message(golden_family, BODY(golden_family), 16);
    assert_true(nl80211_read_family(m, NLMSG_HDRLEN + BODY(golden_family), &family));
    assert_int_equal(family, 32);
    free(m);
}

static void a_joined_card_tells_its_network(void **state)
{
    struct wifi_look look;
    struct ssid guest = ssid_of("barn-guest");
    assert_true(read(golden_joined, BODY(golden_joined), 32, &look));
    assert_true(look.wifi && look.joined && ssid_equal(&look.ssid, &guest));
    assert_int_equal(look.freq_mhz, 2437);
}

static void a_card_alone_is_one_too(void **state)
{
    struct wifi_look look;
    assert_true(read(golden_alone, BODY(golden_alone), 32, &look));
    assert_true(look.wifi && !look.joined && look.freq_mhz == 0);
}

static void an_error_is_no_card(void **state)
{
    struct wifi_look look;
    static const uint8_t no_such_device[20] = {0xed, 0xff, 0xff, 0xff}; /* -ENODEV, and the question's head */
    assert_false(read(no_such_device, sizeof no_such_device, NLMSG_ERROR, &look));
    assert_false(look.wifi);
}

static bool read_scan(const void *body, size_t len, uint16_t type, struct wifi_look *out)
{
    uint8_t *m = message(body, len, type);
    *out = (struct wifi_look){.known = true, .wifi = true};
    bool more = nl80211_read_scan(m, NLMSG_HDRLEN + len, out);
    free(m);
    return more;
}

/* wpa_supplicant leads cards of this kind step by step, and the kernel tells their network only here. */
static void the_access_point_we_are_joined_to_is_marked(void **state)
{
    struct wifi_look look;
    struct ssid guest = ssid_of("barn-guest");
    const struct mac ap = {{2, 0, 0, 0, 0, 0}};
    assert_true(read_scan(golden_scan, BODY(golden_scan), 32, &look));
    assert_true(look.joined && ssid_equal(&look.ssid, &guest));
    assert_int_equal(look.freq_mhz, 2437);
    assert_memory_equal(&look.bssid, &ap, sizeof ap);
}

static void one_that_was_only_heard_is_not_ours(void **state)
{
    struct wifi_look look;
    uint8_t heard[BODY(golden_scan)];
    memcpy(heard, golden_scan, sizeof heard);
    heard[AT_STATUS] = 0; /* authenticated only */
    assert_true(read_scan(heard, sizeof heard, 32, &look));
    assert_false(look.joined);
}

static void an_overlong_name_from_the_air_is_none(void **state)
{
    struct wifi_look look;
    uint8_t strange[BODY(golden_scan)];
    memcpy(strange, golden_scan, sizeof strange);
    assert_int_equal(strange[AT_NAME + 1], 10);
    for (unsigned len = 33; len < 256; len++) {
        strange[AT_NAME + 1] = (uint8_t)len;
        read_scan(strange, sizeof strange, 32, &look);
        assert_false(look.joined);
    }
}

static void the_end_of_what_was_heard_is_known(void **state)
{
    struct wifi_look look;
    assert_false(read_scan(&(int){0}, sizeof(int), NLMSG_DONE, &look));
    for (size_t len = 0; len < BODY(golden_scan); len++)
        read_scan(golden_scan, len, 32, &look);
}

static void no_cut_of_it_is_read_beyond_its_end(void **state)
{
    struct wifi_look look;
    for (size_t len = 0; len < BODY(golden_joined); len++)
        if (read(golden_joined, len, 32, &look) && look.joined)
            assert_true(len >= BODY(golden_joined) - 2); /* padding */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_familys_number_is_read),
        cmocka_unit_test(a_joined_card_tells_its_network),
        cmocka_unit_test(a_card_alone_is_one_too),
        cmocka_unit_test(an_error_is_no_card),
        cmocka_unit_test(the_access_point_we_are_joined_to_is_marked),
        cmocka_unit_test(one_that_was_only_heard_is_not_ours),
        cmocka_unit_test(an_overlong_name_from_the_air_is_none),
        cmocka_unit_test(the_end_of_what_was_heard_is_known),
        cmocka_unit_test(no_cut_of_it_is_read_beyond_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
