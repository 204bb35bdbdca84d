/* What a VLAN-aware box does to tags, and what broken boxes do, on a kernel without 8021q: programs for tc. Loaded by
 * vlan_farm.sh; section names are what it says there.
 *
 * push and pop sort a trunk's frames: they match (-1) and the filter's mirred action redirects, or do not (0).
 * The others run direct-action: TC_ACT_SHOT drops, TC_ACT_UNSPEC goes on to the next filter. At ingress the kernel
 * has moved the tag out of the frame already; at egress it may still be in it, when a packet socket sent it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define VID_MASK 0xfff
#define GIANT_BYTES 1510 /* Ethernet header and all; a tag is not counted at ingress */
#define DHCP_SERVER_PORT 67
#define MATCH (-1)
#define NO_MATCH 0

#define SORTER(VID) \
    SEC("tc/push" #VID) int push##VID(struct __sk_buff *s) \
    { \
        return bpf_skb_vlan_push(s, bpf_htons(ETH_P_8021Q), VID) ? NO_MATCH : MATCH; \
    } \
    SEC("tc/pop" #VID) int pop##VID(struct __sk_buff *s) \
    { \
        if (!s->vlan_present || (s->vlan_tci & VID_MASK) != VID) \
            return NO_MATCH; \
        return bpf_skb_vlan_pop(s) ? NO_MATCH : MATCH; \
    }

SORTER(501)
SORTER(502)

static __always_inline int tagged(const struct __sk_buff *s)
{
    return s->vlan_present || s->protocol == bpf_htons(ETH_P_8021Q);
}

SEC("tc/eat") int eat(struct __sk_buff *s)
{
    return tagged(s) ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

SEC("tc/strip") int strip(struct __sk_buff *s)
{
    return tagged(s) && bpf_skb_vlan_pop(s) ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

/* As a switch does whose frames end at 1518 bytes, tag and all. */
SEC("tc/giants") int giants(struct __sk_buff *s)
{
    return tagged(s) && s->len > GIANT_BYTES ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

/* Hears nothing but what DHCP clients say. */
SEC("tc/deaf") int deaf(struct __sk_buff *s)
{
    void *data = (void *)(long)s->data, *end = (void *)(long)s->data_end;
    struct ethhdr *eth = data;
    struct iphdr *ip = (void *)(eth + 1);
    struct udphdr *udp = (void *)(ip + 1);
    if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->protocol != IPPROTO_UDP ||
        udp->dest != bpf_htons(DHCP_SERVER_PORT))
        return TC_ACT_SHOT;
    return TC_ACT_UNSPEC;
}

char terms[] SEC("license") = "GPL";
