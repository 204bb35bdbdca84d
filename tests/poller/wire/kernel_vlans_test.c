/* Answers of rtnetlink put together as the kernel does (rtnl_fill_ifinfo, vlan_fill_info). */
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/wire/kernel_vlans.h"

#define CARD 2

struct answer {
    _Alignas(struct nlmsghdr) uint8_t bytes[2048];
    size_t len;
};

static struct nlmsghdr *begin(struct answer *a, uint16_t type)
{
    struct nlmsghdr *h = (void *)(a->bytes + a->len);
    *h = (struct nlmsghdr){.nlmsg_type = type, .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg))};
    a->len += NLMSG_SPACE(sizeof(struct ifinfomsg));
    return h;
}

static struct rtattr *put(struct answer *a, struct nlmsghdr *h, unsigned short type, const void *data, size_t len)
{
    struct rtattr *r = (void *)(a->bytes + a->len);
    *r = (struct rtattr){.rta_type = type, .rta_len = (unsigned short)RTA_LENGTH(len)};
    if (len)
        memcpy(RTA_DATA(r), data, len);
    a->len += RTA_SPACE(len);
    h->nlmsg_len = (uint32_t)((uint8_t *)a->bytes + a->len - (uint8_t *)h);
    return r;
}

static void close_nest(struct answer *a, struct rtattr *nest)
{
    nest->rta_len = (unsigned short)(a->bytes + a->len - (uint8_t *)nest);
}

/* vid -1: the kind has no such number. */
static void add_link(struct answer *a, uint32_t below, const char *kind, int vid)
{
    struct nlmsghdr *h = begin(a, RTM_NEWLINK);
    put(a, h, IFLA_IFNAME, "some.name", sizeof "some.name");
    put(a, h, IFLA_LINK, &below, sizeof below);
    struct rtattr *info = put(a, h, IFLA_LINKINFO, NULL, 0);
    put(a, h, IFLA_INFO_KIND, kind, strlen(kind) + 1);
    struct rtattr *data = put(a, h, IFLA_INFO_DATA, NULL, 0);
    uint16_t protocol = 0x0081, number = (uint16_t)vid;
    if (vid >= 0) {
        put(a, h, IFLA_VLAN_PROTOCOL, &protocol, sizeof protocol);
        put(a, h, IFLA_VLAN_ID, &number, sizeof number);
    }
    close_nest(a, data);
    close_nest(a, info);
}

static void devices_for_vlans_on_the_card_are_found(void **state)
{
    struct answer a = {.len = 0};
    struct vid_set s = {{0}};
    add_link(&a, CARD, "vlan", 501);
    add_link(&a, CARD, "vlan", 0);
    add_link(&a, CARD, "vlan", 4094);
    assert_true(kernel_vlans_read(a.bytes, a.len, CARD, &s));
    assert_true(vid_set_has(&s, 501) && vid_set_has(&s, 0) && vid_set_has(&s, 4094));
    assert_false(vid_set_has(&s, 500) || vid_set_has(&s, 502) || vid_set_has(&s, 4095));
}

static void those_of_other_cards_and_of_other_kinds_are_not(void **state)
{
    struct answer a = {.len = 0};
    struct vid_set s = {{0}}, none = {{0}};
    add_link(&a, CARD + 1, "vlan", 501);
    add_link(&a, CARD, "macvlan", 501);
    add_link(&a, CARD, "vlan", -1);
    add_link(&a, CARD, "vla", 501);
    assert_true(kernel_vlans_read(a.bytes, a.len, CARD, &s));
    assert_memory_equal(&s, &none, sizeof s);
}

static void the_end_is_seen(void **state)
{
    struct answer a = {.len = 0};
    struct vid_set s = {{0}};
    begin(&a, NLMSG_DONE);
    add_link(&a, CARD, "vlan", 501);
    assert_false(kernel_vlans_read(a.bytes, a.len, CARD, &s));
    assert_false(vid_set_has(&s, 501));
}

/* Cut anywhere, nothing is read behind the end. */
static void a_torn_answer_does_no_harm(void **state)
{
    struct answer a = {.len = 0};
    add_link(&a, CARD, "vlan", 501);
    for (size_t len = 0; len <= a.len; len++) {
        struct vid_set s = {{0}};
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, a.bytes, len);
        kernel_vlans_read(exact, len, CARD, &s);
        assert_int_equal(vid_set_has(&s, 501), len == a.len);
        free(exact);
    }
}

static void the_loopback_has_none(void **state)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    struct vid_set s = kernel_vlans_ask(fd, 1), none = {{0}};
    close(fd);
    assert_memory_equal(&s, &none, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_for_vlans_on_the_card_are_found),
        cmocka_unit_test(those_of_other_cards_and_of_other_kinds_are_not),
        cmocka_unit_test(the_end_is_seen),
        cmocka_unit_test(a_torn_answer_does_no_harm),
        cmocka_unit_test(the_loopback_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
