#include "poller/wire/filter.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "poller/wire/ip.h"
#include "poller/wire/peel.h"

#define ALL UINT32_MAX /* bytes of the frame that are wanted */

/* Where things stand in a frame without its tag. An address is compared by its last four bytes. */
#define AT_TO 0
#define AT_TO_LAST_4 2
#define AT_FROM_LAST_4 8
#define AT_TYPE 12
#define AT_IP 14
#define AT_IP4_FRAGMENT 20
#define AT_IP4_PROTOCOL 23
#define AT_IP6_PROTOCOL 20
#define AT_IP6_PAYLOAD 54
#define UDP_TO 2 /* the port, behind the packet's header */
#define IP4_OFFSET 0x1fff

struct program {
    struct sock_filter *at;
    size_t len;
    bool full;
};

static void put(struct program *p, uint16_t code, uint8_t yes, uint8_t no, uint32_t k)
{
    p->full |= p->len >= FILTER_MAX;
    if (!p->full)
        p->at[p->len++] = (struct sock_filter){code, yes, no, k};
}

static void load(struct program *p, uint16_t size, uint32_t at)
{
    put(p, BPF_LD | size | BPF_ABS, 0, 0, at);
}

static void take(struct program *p, uint32_t bytes)
{
    put(p, BPF_RET | BPF_K, 0, 0, bytes);
}

static void take_if_equal(struct program *p, uint32_t k)
{
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, k);
    take(p, ALL);
}

/* Jumps that go further than eight bits: a place to be filled in. */
static size_t jump(struct program *p)
{
    put(p, BPF_JMP | BPF_JA, 0, 0, 0);
    return p->len - 1;
}

static void lands_here(struct program *p, size_t jumped)
{
    if (!p->full)
        p->at[jumped].k = (uint32_t)(p->len - jumped - 1);
}

static size_t jump_if_equal(struct program *p, uint32_t k)
{
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, k);
    return jump(p);
}

static uint32_t last_4(const struct mac *m)
{
    uint32_t last = 0;
    struct reader r = reader_over(m->bytes + 2, 4);
    rd_u32(&r, &last);
    return last;
}

static void take_made_up(struct program *p, const struct ether_wish *w)
{
    for (size_t i = 0; i < w->mac_count; i++)
        take_if_equal(p, last_4(&w->macs[i]));
}

/* Whom it is to, when it is to one. */
static void judge_single(struct program *p, const struct ether_wish *const *wishes, size_t count,
                         const struct mac *own)
{
    bool own_too = false;
    load(p, BPF_W, AT_TO_LAST_4);
    for (size_t i = 0; i < count; i++) {
        take_made_up(p, wishes[i]);
        own_too |= wishes[i]->own_mac;
    }
    if (own_too)
        take_if_equal(p, last_4(own));
    take(p, 0);
}

/* DHCP to clients counts on every VLAN: the answer is to one of ours, perhaps. */
static void judge_dhcp(struct program *p)
{
    load(p, BPF_H, AT_TYPE);
    take_if_equal(p, TYPE_VLAN); /* a kernel that left the tag in: not for us to judge here */
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, TYPE_IPV4);
    take(p, 0);
    load(p, BPF_B, AT_IP4_PROTOCOL);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, IPPROTO_UDP);
    take(p, 0);
    load(p, BPF_H, AT_IP4_FRAGMENT);
    put(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, IP4_OFFSET);
    take(p, 0);
    put(p, BPF_LDX | BPF_B | BPF_MSH, 0, 0, AT_IP);
    put(p, BPF_LD | BPF_H | BPF_IND, 0, 0, AT_IP + UDP_TO);
    take_if_equal(p, PORT_DHCP_CLIENT);
    take(p, 0);
}

/* ARP, and of IPv6 what admit takes. */
static void judge_untagged(struct program *p)
{
    load(p, BPF_H, AT_TYPE);
    take_if_equal(p, TYPE_ARP);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, TYPE_IPV6);
    size_t to_dhcp = jump(p);
    load(p, BPF_B, AT_IP6_PROTOCOL);
    size_t to_icmp = jump_if_equal(p, IPPROTO_ICMPV6);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, IPPROTO_UDP);
    take(p, 0);
    load(p, BPF_H, AT_IP6_PAYLOAD + UDP_TO);
    take_if_equal(p, PORT_DHCPV6_CLIENT);
    take(p, 0);
    lands_here(p, to_icmp);
    load(p, BPF_B, AT_IP6_PAYLOAD);
    for (uint32_t type = ICMP6_ROUTER_ADVERT; type <= ICMP6_NEIGHBOUR_ADVERT; type++)
        take_if_equal(p, type);
    take(p, 0);
    lands_here(p, to_dhcp);
}

/* By its tag, when it is to many. */
static void judge_group(struct program *p, const struct ether_wish *const *wishes, size_t count)
{
    bool untagged = false;
    load(p, BPF_W, AT_FROM_LAST_4); /* our own frames, come back */
    for (size_t i = 0; i < count; i++) {
        take_made_up(p, wishes[i]);
        untagged |= wishes[i]->untagged;
    }
    load(p, BPF_B, (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT));
    size_t no_tag = jump_if_equal(p, 0);
    load(p, BPF_H, (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG));
    put(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, ETHER_VID_MASK);
    size_t no_vid = jump_if_equal(p, 0);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < wishes[i]->vid_count; v++)
            take_if_equal(p, wishes[i]->vids[v]);
    judge_dhcp(p);
    lands_here(p, no_tag);
    lands_here(p, no_vid);
    if (untagged)
        judge_untagged(p);
    judge_dhcp(p);
}

size_t filter_build(const struct ether_wish *const *wishes, size_t count, const struct mac *own,
                    struct sock_filter out[static FILTER_MAX])
{
    struct program p = {.at = out};
    load(&p, BPF_B, AT_TO);
    put(&p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, 1);
    size_t to_group = jump(&p);
    judge_single(&p, wishes, count, own);
    lands_here(&p, to_group);
    judge_group(&p, wishes, count);
    if (!p.full)
        return p.len;
    out[0] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, ALL};
    return 1;
}
