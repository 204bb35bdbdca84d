#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/netconf.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cmocka.h>

#include "poller/wire/own_use.h"

struct part {
    _Alignas(struct nlmsghdr) uint8_t bytes[512];
    size_t len;
};

static void put(struct part *p, uint16_t type, const void *body, size_t len)
{
    struct nlmsghdr head = {.nlmsg_len = (uint32_t)NLMSG_LENGTH(len), .nlmsg_type = type};
    memcpy(p->bytes + p->len, &head, sizeof head);
    memcpy(p->bytes + p->len + NLMSG_HDRLEN, body, len);
    p->len += NLMSG_ALIGN(head.nlmsg_len);
}

static void put_address(struct part *p, uint32_t ifindex)
{
    struct ifaddrmsg m = {.ifa_family = 2, .ifa_index = ifindex};
    put(p, RTM_NEWADDR, &m, sizeof m);
}

/* In memory of exactly that length, so that a checker of memory sees an over-read. */
static bool reads(const struct part *p, size_t len, uint32_t ifindex, bool *found, bool *whole)
{
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, p->bytes, len);
    *found = *whole = false;
    bool more = own_use_read_addresses(exact, len, ifindex, found, whole);
    free(exact);
    return more;
}

static void an_address_of_the_interface_is_found(void **state)
{
    struct part p = {.len = 0};
    bool found, whole;
    put_address(&p, 1);
    put_address(&p, 7);
    assert_true(reads(&p, p.len, 7, &found, &whole) && found && !whole);
    assert_true(reads(&p, p.len, 8, &found, &whole) && !found);
    put(&p, NLMSG_DONE, &(int){0}, sizeof(int));
    assert_false(reads(&p, p.len, 8, &found, &whole));
    assert_true(!found && whole);
}

static void an_error_is_no_whole_answer(void **state)
{
    struct part p = {.len = 0};
    bool found, whole;
    struct nlmsgerr error = {.error = -1};
    put(&p, NLMSG_ERROR, &error, sizeof error);
    assert_false(reads(&p, p.len, 7, &found, &whole) || whole);
}

static void no_cut_of_it_is_read_beyond_its_end(void **state)
{
    struct part p = {.len = 0};
    bool found, whole;
    put_address(&p, 7);
    put_address(&p, 7);
    for (size_t len = 0; len < p.len; len++)
        reads(&p, len, 7, &found, &whole);
}

static struct part forwarding(int on)
{
    struct part p = {.len = 0};
    uint8_t body[32] = {2, 0, 0, 0}; /* AF_INET, padded */
    struct rtattr index = {.rta_len = 8, .rta_type = NETCONFA_IFINDEX};
    struct rtattr told = {.rta_len = 8, .rta_type = NETCONFA_FORWARDING};
    memcpy(body + 4, &index, sizeof index);
    memcpy(body + 12, &told, sizeof told);
    memcpy(body + 16, &on, sizeof on);
    put(&p, RTM_NEWNETCONF, body, 20);
    return p;
}

static void forwarding_is_told(void **state)
{
    struct part on = forwarding(1), off = forwarding(0);
    bool forwards = false;
    assert_true(own_use_read_forwarding(on.bytes, on.len, &forwards) && forwards);
    assert_true(own_use_read_forwarding(off.bytes, off.len, &forwards) && !forwards);
    for (size_t len = 0; len < on.len; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, on.bytes, len);
        assert_false(own_use_read_forwarding(exact, len, &forwards));
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_of_the_interface_is_found),
        cmocka_unit_test(an_error_is_no_whole_answer),
        cmocka_unit_test(no_cut_of_it_is_read_beyond_its_end),
        cmocka_unit_test(forwarding_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
