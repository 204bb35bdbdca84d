#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poller/wire/allow.h"
#include "tests/poller/wire/frames.h"

#define AT_L4 (AT_IP + 20)
#define AT_DHCP (AT_L4 + 8)
#define AT_DHCP_TYPE (AT_DHCP + 242) /* the value of option 53, the first */
#define AT_L4_OF_6 (AT_IP + 40)

static const struct ether_wish guest = {.macs = {{{0x02, 0x1a, 0xfb, 0x00, 0x05, 0x01}}}, .mac_count = 1,
                                        .vids = {501}, .vid_count = 1};
static const struct ether_wish by_card = {.own_mac = true, .vids = {501}, .vid_count = 1};
static const struct mac somebody = {{0x02, 0x0c, 0x29, 0x01, 0x02, 0x03}};

static bool own_free;

static int judged_on(const struct ether_wish *w, int32_t vid, struct bytes_of_frame f)
{
    uint8_t *exact = malloc(f.len ? f.len : 1);
    memcpy(exact, f.at, f.len);
    int error = allow(w, &card, own_free, vid, exact, f.len);
    free(exact);
    return error;
}

static int judged(struct bytes_of_frame f)
{
    return judged_on(&guest, 501, f);
}

static struct bytes_of_frame with_byte(struct bytes_of_frame f, size_t at, unsigned value)
{
    f.at[at] = (uint8_t)value;
    return f;
}

static const struct { const uint8_t *at; size_t len; } listed[] = {
    {golden_discover, sizeof golden_discover}, {golden_arp, sizeof golden_arp}, {golden_echo, sizeof golden_echo},
    {golden_dns, sizeof golden_dns}, {golden_syn, sizeof golden_syn}, {golden_solicit, sizeof golden_solicit},
    {golden_dhcpv6, sizeof golden_dhcpv6}};
#define LISTED (sizeof listed / sizeof listed[0])

static void what_is_on_the_list_may_leave_from_our_address(void **state)
{
    for (size_t i = 0; i < LISTED; i++) {
        assert_int_equal(judged(copy_of(listed[i].at, listed[i].len)), 0);
        assert_int_equal(judged_on(&guest, ETHER_UNTAGGED, copy_of(listed[i].at, listed[i].len)), 0);
        assert_int_equal(judged_on(&guest, 0, copy_of(listed[i].at, listed[i].len)), 0); /* a priority only */
    }
}

static void nothing_leaves_from_an_address_that_is_not_wished_for(void **state)
{
    for (size_t i = 0; i < LISTED; i++) {
        struct bytes_of_frame f = copy_of(listed[i].at, listed[i].len);
        assert_int_equal(judged(renamed(f, &probe, &somebody)), EACCES);
        assert_int_equal(judged(renamed(f, &probe, &card)), EACCES);
        assert_int_equal(judged(from(f, &gateway)), EACCES);
        assert_int_equal(judged_on(&by_card, 501, f), EACCES);
    }
}

static void nothing_leaves_on_a_vlan_that_is_not_wished_for_or_with_two_tags(void **state)
{
    struct bytes_of_frame f = COPY_OF(golden_discover);
    assert_int_equal(judged_on(&guest, 502, f), EACCES);
    assert_int_equal(judged_on(&guest, 4095, f), EACCES);
    assert_int_equal(judged(with_tag(f, TYPE_VLAN, 501)), EACCES);
    assert_int_equal(judged(with_tag(f, TYPE_SERVICE_VLAN, 501)), EACCES);
    assert_int_equal(judged(with_tag(f, TYPE_OLD_VLAN, 501)), EACCES);
}

static void a_frame_that_is_cut_or_too_long_does_not_leave(void **state)
{
    for (size_t i = 0; i < LISTED; i++)
        for (size_t len = 0; len < listed[i].len; len++)
            assert_int_equal(judged(copy_of(listed[i].at, len)), EACCES);
    struct bytes_of_frame f = COPY_OF(golden_echo);
    f.len = ETHER_BYTES_MAX;
    assert_int_equal(judged(f), 0); /* what stands behind the packet is padding */
    f.len = ETHER_BYTES_MAX + 1;
    assert_int_equal(judged(f), EMSGSIZE);
}

static void dhcp_leaves_only_as_a_client_speaks_for_that_address(void **state)
{
    static const unsigned may[] = {1, 3, 4, 7, 8}; /* DISCOVER REQUEST DECLINE RELEASE INFORM */
    struct bytes_of_frame f = COPY_OF(golden_discover);
    for (unsigned type = 0, n = 0; type < 256; type++) {
        bool wanted = n < 5 && may[n] == type;
        n += wanted;
        assert_int_equal(judged(with_byte(f, AT_DHCP_TYPE, type)), wanted ? 0 : EACCES);
    }
    assert_int_equal(judged(with_byte(f, AT_DHCP, 2)), EACCES);        /* a server's */
    assert_int_equal(judged(with_byte(f, AT_DHCP + 3, 1)), EACCES);    /* a relay's */
    assert_int_equal(judged(with_byte(f, AT_DHCP + 33, 9)), EACCES);   /* for another client */
    assert_int_equal(judged(with_byte(f, AT_DHCP + 236, 0)), EACCES);  /* BOOTP */
    assert_int_equal(judged(with_byte(f, AT_L4 + 1, 67)), EACCES);     /* from a server's port */
    assert_int_equal(judged(with_byte(f, AT_L4 + 3, 68)), EACCES);     /* to clients */
}

static void dhcp_says_once_what_it_is(void **state)
{
    struct bytes_of_frame f = COPY_OF(golden_discover);
    size_t next = AT_DHCP_TYPE + 1;
    const uint8_t again[] = {53, 1, 3, 255}, elsewhere[] = {52, 1, 1, 255}, none[] = {0, 0, 0};
    memcpy(f.at + next, again, sizeof again);
    assert_int_equal(judged(f), EACCES);
    memcpy(f.at + next, elsewhere, sizeof elsewhere);
    assert_int_equal(judged(f), EACCES);
    memcpy(f.at + AT_DHCP_TYPE - 2, none, sizeof none);
    assert_int_equal(judged(f), EACCES);
    assert_int_equal(judged(with_byte(COPY_OF(golden_discover), AT_DHCP_TYPE - 1, 200)), EACCES);
}

/* The lease of the card's own address is the host's. */
static void with_the_cards_own_address_dhcp_only_asks(void **state)
{
    struct bytes_of_frame f = renamed(COPY_OF(golden_discover), &probe, &card);
    for (unsigned type = 0; type < 256; type++)
        assert_int_equal(judged_on(&by_card, 501, with_byte(f, AT_DHCP_TYPE, type)), type == 1 ? 0 : EACCES);
    struct bytes_of_frame six = renamed(COPY_OF(golden_dhcpv6), &probe, &card);
    for (unsigned type = 0; type < 256; type++)
        assert_int_equal(judged_on(&by_card, 501, with_byte(six, AT_L4_OF_6 + 8, type)),
                         type == 1 || type == 11 ? 0 : EACCES);
}

/* On the air, where it is played with and this machine has no lease. Nothing else is allowed for it. */
static void with_the_cards_own_address_a_lease_may_be_taken_where_nobody_else_uses_it(void **state)
{
    struct bytes_of_frame f = renamed(COPY_OF(golden_discover), &probe, &card);
    own_free = true;
    for (unsigned type = 0; type < 256; type++) {
        bool client = type == 1 || type == 3 || type == 4 || type == 7 || type == 8;
        assert_int_equal(judged_on(&by_card, 501, with_byte(f, AT_DHCP_TYPE, type)), client ? 0 : EACCES);
        assert_int_equal(judged_on(&guest, 501, with_byte(f, AT_DHCP_TYPE, type)), EACCES); /* not wished for */
    }
    struct bytes_of_frame six = renamed(COPY_OF(golden_dhcpv6), &probe, &card);
    assert_int_equal(judged_on(&by_card, 501, with_byte(six, AT_L4_OF_6 + 8, 3)), EACCES);
    own_free = false;
}

static void dhcpv6_leaves_only_as_a_client_speaks(void **state)
{
    struct bytes_of_frame f = COPY_OF(golden_dhcpv6);
    for (unsigned type = 0; type < 256; type++)
        assert_int_equal(judged(with_byte(f, AT_L4_OF_6 + 8, type)),
                         type == 1 || type == 3 || type == 8 || type == 9 || type == 11 ? 0 : EACCES);
    assert_int_equal(judged(with_byte(f, AT_L4_OF_6 + 3, 546 & 0xff)), EACCES);
    assert_int_equal(judged(with_byte(f, AT_L4_OF_6 + 1, 547 & 0xff)), EACCES);
}

static void of_icmp_only_echo_and_of_icmpv6_no_advertisement_of_a_router(void **state)
{
    for (unsigned type = 0; type < 256; type++)
        assert_int_equal(judged(with_byte(COPY_OF(golden_echo), AT_L4, type)), type == 0 || type == 8 ? 0 : EACCES);
    for (unsigned type = 0; type < 256; type++)
        assert_int_equal(judged(with_byte(COPY_OF(golden_solicit), AT_L4_OF_6, type)),
                         type == 128 || type == 129 || type == 133 || type == 135 || type == 136 ? 0 : EACCES);
}

static void arp_speaks_for_nobody_else_and_of_nothing_but_ipv4(void **state)
{
    struct bytes_of_frame f = COPY_OF(golden_arp);
    assert_int_equal(judged(with_byte(f, AT_IP + 7, 2)), 0);       /* an answer */
    assert_int_equal(judged(with_byte(f, AT_IP + 7, 0)), EACCES);
    assert_int_equal(judged(with_byte(f, AT_IP + 7, 3)), EACCES);  /* reverse ARP */
    assert_int_equal(judged(with_byte(f, AT_IP + 13, 9)), EACCES); /* another sender */
    for (size_t at = AT_IP; at < AT_IP + 6; at++)
        assert_int_equal(judged(with_byte(f, at, f.at[at] ^ 0x40u)), EACCES);
}

static void other_protocols_and_fragments_do_not_leave(void **state)
{
    static const unsigned types[] = {0x88cc, 0x8847, 0x8863, 0x0842, 0x0026}; /* LLDP, MPLS, PPPoE, ..., STP */
    struct bytes_of_frame f = COPY_OF(golden_echo);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_int_equal(judged(with_byte(with_byte(f, AT_VID_TYPE, types[i] >> 8), AT_VID_TYPE + 1, types[i] & 255)),
                         EACCES);
    for (unsigned protocol = 2; protocol < 256; protocol++)
        if (protocol != 6 && protocol != 17)
            assert_int_equal(judged(with_byte(f, AT_IP + 9, protocol)), EACCES);
    assert_int_equal(judged(with_byte(f, AT_IP + 6, 0x20)), EACCES); /* more fragments follow */
    assert_int_equal(judged(with_byte(f, AT_IP + 7, 1)), EACCES);    /* a later one */
    assert_int_equal(judged(with_byte(f, AT_IP, 0x65)), EACCES);
    assert_int_equal(judged(with_byte(f, AT_IP, 0x44)), EACCES);
    assert_int_equal(judged(with_byte(COPY_OF(golden_solicit), AT_IP + 6, 44)), EACCES);
}

static void udp_leaves_to_name_servers_only(void **state)
{
    struct bytes_of_frame f = COPY_OF(golden_dns);
    static const unsigned ports[] = {0, 52, 54, 123, 161, 69, 111};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        assert_int_equal(judged(with_byte(f, AT_L4 + 3, ports[i])), EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_on_the_list_may_leave_from_our_address),
        cmocka_unit_test(nothing_leaves_from_an_address_that_is_not_wished_for),
        cmocka_unit_test(nothing_leaves_on_a_vlan_that_is_not_wished_for_or_with_two_tags),
        cmocka_unit_test(a_frame_that_is_cut_or_too_long_does_not_leave),
        cmocka_unit_test(dhcp_leaves_only_as_a_client_speaks_for_that_address),
        cmocka_unit_test(dhcp_says_once_what_it_is),
        cmocka_unit_test(with_the_cards_own_address_dhcp_only_asks),
        cmocka_unit_test(with_the_cards_own_address_a_lease_may_be_taken_where_nobody_else_uses_it),
        cmocka_unit_test(dhcpv6_leaves_only_as_a_client_speaks),
        cmocka_unit_test(of_icmp_only_echo_and_of_icmpv6_no_advertisement_of_a_router),
        cmocka_unit_test(arp_speaks_for_nobody_else_and_of_nothing_but_ipv4),
        cmocka_unit_test(other_protocols_and_fragments_do_not_leave),
        cmocka_unit_test(udp_leaves_to_name_servers_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
