#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/frame_kind.h"

#define FROM 0x02, 0x11, 0x22, 0x33, 0x44, 0x55
#define HEAD 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, FROM
#define TAG_501 0x81, 0x00, 0x01, 0xf5
#define IPV4(PROTOCOL) 0x08, 0x00, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, PROTOCOL, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2
#define IPV6(NEXT) \
    0x86, 0xdd, 0x60, 0, 0, 0, 0, 0, NEXT, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 2, 0, 0, \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2
#define PORTS(FROM_PORT, TO_PORT) 0, FROM_PORT, 0, TO_PORT, 0, 8, 0, 0

#define SAYS(KIND, VID, ...) \
    do { \
        static const uint8_t bytes[] = {HEAD, __VA_ARGS__}; \
        struct frame_seen seen = frame_look(bytes, sizeof bytes); \
        assert_string_equal(frame_kind_words[seen.kind], frame_kind_words[KIND]); \
        assert_int_equal(seen.vid, VID); \
        assert_memory_equal(seen.from.bytes, ((uint8_t[]){FROM}), 6); \
    } while (0)

static void each_kind_is_known_with_its_sender_and_vlan(void **state)
{
    SAYS(FRAME_ARP, FRAME_NO_VID, 0x08, 0x06);
    SAYS(FRAME_ARP, 501, TAG_501, 0x08, 0x06);
    SAYS(FRAME_ARP, 0, 0x81, 0x00, 0xe0, 0x00, 0x08, 0x06); /* a priority alone */
    SAYS(FRAME_DOUBLE_TAGGED, 501, TAG_501, TAG_501, 0x08, 0x06);
    SAYS(FRAME_ECHO, 501, TAG_501, IPV4(1), 8, 0);
    SAYS(FRAME_ECHO_REPLY, 501, TAG_501, IPV4(1), 0, 0);
    SAYS(FRAME_ICMP, FRAME_NO_VID, IPV4(1), 3, 0);
    SAYS(FRAME_DNS, 501, TAG_501, IPV4(17), PORTS(99, 53));
    SAYS(FRAME_DNS_ANSWER, FRAME_NO_VID, IPV4(17), PORTS(53, 99));
    SAYS(FRAME_UDP, FRAME_NO_VID, IPV4(17), PORTS(99, 161));
    SAYS(FRAME_TCP, 501, TAG_501, IPV4(6));
    SAYS(FRAME_IPV4, 501, TAG_501, IPV4(2));
    SAYS(FRAME_RS, 501, TAG_501, IPV6(58), 133, 0);
    SAYS(FRAME_RA, FRAME_NO_VID, IPV6(58), 134, 0);
    SAYS(FRAME_NS, FRAME_NO_VID, IPV6(58), 135, 0);
    SAYS(FRAME_NA, FRAME_NO_VID, IPV6(58), 136, 0);
    SAYS(FRAME_ECHO6, FRAME_NO_VID, IPV6(58), 128, 0);
    SAYS(FRAME_ECHO6_REPLY, FRAME_NO_VID, IPV6(58), 129, 0);
    SAYS(FRAME_ICMP6, FRAME_NO_VID, IPV6(58), 143, 0);
    SAYS(FRAME_TCP, FRAME_NO_VID, IPV6(6));
    SAYS(FRAME_IPV6, FRAME_NO_VID, IPV6(0));
    SAYS(FRAME_OTHER, FRAME_NO_VID, 0x88, 0xcc);
}

static void a_fragment_but_the_first_is_no_kind_of_its_ports(void **state)
{
    SAYS(FRAME_FRAGMENT, FRAME_NO_VID, 0x08, 0x00, 0x45, 0, 0, 0, 0, 0, 0x20, 1, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2,
         2, PORTS(68, 67));
}

static size_t dhcp(uint8_t type, uint8_t frame[static 400])
{
    static const uint8_t head[] = {HEAD, TAG_501, IPV4(17), 0, 68, 0, 67, 1, 8, 0, 0};
    memset(frame, 0, 400);
    memcpy(frame, head, sizeof head);
    uint8_t *options = frame + sizeof head + 240;
    memcpy(options, (uint8_t[]){0, 12, 2, 'h', 'i', 53, 1, type, 255}, 9); /* padding, a name, the type, the end */
    return sizeof head + 249;
}

static void what_a_dhcp_client_says_is_told_apart(void **state)
{
    static const enum frame_kind kinds[] = {[1] = FRAME_DHCP_DISCOVER, [3] = FRAME_DHCP_REQUEST,
                                            [4] = FRAME_DHCP_DECLINE,  [7] = FRAME_DHCP_RELEASE,
                                            [8] = FRAME_DHCP_CLIENT};
    uint8_t frame[400];
    for (uint8_t type = 1; type < sizeof kinds / sizeof *kinds; type++)
        if (kinds[type]) {
            struct frame_seen seen = frame_look(frame, dhcp(type, frame));
            assert_string_equal(frame_kind_words[seen.kind], frame_kind_words[kinds[type]]);
            assert_int_equal(seen.vid, 501);
        }
}

static void a_frame_cut_anywhere_is_read_no_further_than_its_end(void **state)
{
    uint8_t frame[400];
    size_t whole = dhcp(1, frame);
    for (size_t len = 0; len <= whole; len++) {
        uint8_t *copy = malloc(len ? len : 1); /* its end is the sanitizer's */
        memcpy(copy, frame, len);
        struct frame_seen seen = frame_look(copy, len);
        assert_int_equal(seen.kind == FRAME_SHORT, len < 18);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_known_with_its_sender_and_vlan),
        cmocka_unit_test(a_fragment_but_the_first_is_no_kind_of_its_ports),
        cmocka_unit_test(what_a_dhcp_client_says_is_told_apart),
        cmocka_unit_test(a_frame_cut_anywhere_is_read_no_further_than_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
