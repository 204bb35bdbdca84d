/* Against a kernel: neighbours put into the table of a network namespace of our own, of
 * IPv6, for loopback holds only those apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/neighbour.h>
#include <linux/sockios.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "poller/base/netinfo_kernel.h"

#define MANY 300 /* more than one batch of a dump */

static struct netinfo_kernel *kernel; /* NULL: no namespace may be made here */

struct new_neighbour {
    struct nlmsghdr head;
    struct ndmsg body;
    uint8_t attributes[64];
};

static void put(struct new_neighbour *m, uint16_t type, const void *data, size_t len)
{
    struct rtattr *a = (void *)((uint8_t *)m + NLMSG_ALIGN(m->head.nlmsg_len));
    a->rta_type = type;
    a->rta_len = (uint16_t)RTA_LENGTH(len);
    memcpy(RTA_DATA(a), data, len);
    m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static void add_neighbour(const char *address, const char *mac_words, uint16_t kernel_state)
{
    struct addr a;
    struct mac mac;
    struct new_neighbour m = {
        .head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ndmsg)), .nlmsg_type = RTM_NEWNEIGH,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK},
        .body = {.ndm_ifindex = (int)if_nametoindex("lo"), .ndm_state = kernel_state}};
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        uint8_t rest[256];
    } answer;
    assert_true(addr_parse(address, &a));
    assert_true(mac_parse(mac_words, &mac));
    m.body.ndm_family = a.family;
    put(&m, NDA_DST, a.bytes, a.family == AF_INET ? 4 : 16);
    put(&m, NDA_LLADDR, mac.bytes, sizeof mac.bytes);
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    assert_int_equal(send(fd, &m, m.head.nlmsg_len, 0), m.head.nlmsg_len);
    assert_true(recv(fd, &answer, sizeof answer, 0) > 0);
    assert_int_equal(answer.error.error, 0);
    close(fd);
}

static bool enter_namespace(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    close(fd);
    return up;
}

static int set_up(void **state)
{
    kernel = enter_namespace() ? netinfo_kernel_create() : NULL;
    return 0;
}

static int tear_down(void **state)
{
    netinfo_kernel_destroy(kernel);
    return 0;
}

static size_t list(struct netinfo_heard *out, size_t max)
{
    const struct netinfo *door = netinfo_kernel_door(kernel);
    return door->ops->neighbours(door->self, out, max);
}

static void neighbours_with_a_mac_are_listed(void **state)
{
    struct netinfo_heard heard[8];
    char text[ADDR_TEXT_MAX];
    if (!kernel)
        skip();
    add_neighbour("2001:db8::7", "02:00:00:00:00:07", NUD_STALE);
    add_neighbour("2001:db8::8", "02:00:00:00:00:08", NUD_NOARP);
    add_neighbour("2001:db8::9", "02:00:00:00:00:09", NUD_PERMANENT);
    assert_int_equal(list(heard, 8), 2);
    bool swapped = heard[0].neighbour.mac.bytes[5] == 9; /* the table has no order */
    assert_string_equal(addr_text(&heard[swapped].addr, text), "2001:db8::7");
    assert_int_equal(heard[swapped].neighbour.mac.bytes[5], 7);
    assert_string_equal(addr_text(&heard[!swapped].addr, text), "2001:db8::9");
}

static void a_table_larger_than_the_list_is_read_to_its_end(void **state)
{
    static struct netinfo_heard heard[MANY];
    char address[32];
    struct netinfo_neighbour one;
    if (!kernel)
        skip();
    const struct netinfo *door = netinfo_kernel_door(kernel);
    for (int i = 0; i < MANY; i++) {
        snprintf(address, sizeof address, "2001:db8:1::%x", (unsigned)i);
        add_neighbour(address, "02:00:00:00:00:07", NUD_PERMANENT);
    }
    assert_true(list(heard, 10) >= MANY);
    struct addr a = heard[0].addr;
    assert_true(door->ops->neighbour(door->self, if_nametoindex("lo"), &a, &one)); /* nothing in its way */
    assert_true(list(heard, MANY) >= MANY);
}

static bool make_bridge(const char *name)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool made = ioctl(fd, SIOCBRADDBR, name) == 0;
    close(fd);
    return made;
}

static void a_link_is_told_with_its_name_carrier_and_address(void **state)
{
    struct netinfo_link link;
    if (!kernel || !make_bridge("bridge7"))
        skip();
    const struct netinfo *door = netinfo_kernel_door(kernel);
    assert_true(door->ops->link(door->self, if_nametoindex("lo"), &link));
    assert_string_equal(link.name, "lo");
    assert_true(link.loopback && link.carrier && !mac_is_set(&link.mac));
    assert_true(door->ops->link(door->self, if_nametoindex("bridge7"), &link));
    assert_string_equal(link.name, "bridge7");
    assert_true(!link.loopback && mac_is_set(&link.mac));
    assert_false(link.carrier); /* it was not switched on */
    assert_false(door->ops->link(door->self, 4711, &link));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_with_a_mac_are_listed),
        cmocka_unit_test(a_link_is_told_with_its_name_carrier_and_address),
        cmocka_unit_test(a_table_larger_than_the_list_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
