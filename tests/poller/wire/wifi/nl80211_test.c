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

/* In memory of exactly that length, so that a checker of memory sees an over-read. */
static uint8_t *message(const void *body, size_t len, uint16_t type)
{
    struct nlmsghdr head = {.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len), .nlmsg_type = type};
    uint8_t *m = malloc(NLMSG_HDRLEN + len);
    memcpy(m, &head, sizeof head);
    memcpy(m + NLMSG_HDRLEN, body, len);
    return m;
}
#define BODY(golden) (sizeof(golden) - 1) /* without the NUL of the text */

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
        cmocka_unit_test(no_cut_of_it_is_read_beyond_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
