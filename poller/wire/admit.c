#include "poller/wire/admit.h"

#include <string.h>

#include "poller/wire/ip.h"

#define DHCP_BEFORE_CHADDR 28 /* RFC 2131: op to giaddr */

static bool is_ours(const struct mac *m, const struct ether_wish *w, const struct mac *own)
{
    return mac_among(m, w->macs, w->mac_count) || (w->own_mac && mac_equal(m, own));
}

static int vid_place(const struct ether_wish *w, int32_t vid)
{
    for (size_t i = 0; vid > 0 && i < w->vid_count; i++)
        if (w->vids[i] == vid)
            return (int)i;
    return -1;
}

static struct reader behind_type(const struct peeled *f)
{
    return reader_over(f->rest + sizeof f->type, f->rest_len - sizeof f->type);
}

/* What DHCP servers broadcast names the client it is for. */
static bool is_dhcp_to(const struct udp_view *udp, const struct ether_wish *w, const struct mac *own)
{
    struct reader r = udp->payload;
    const uint8_t *chaddr;
    struct mac client;
    if (udp->to != PORT_DHCP_CLIENT || !rd_skip(&r, DHCP_BEFORE_CHADDR) || !rd_bytes(&r, &chaddr, sizeof client))
        return false;
    memcpy(client.bytes, chaddr, sizeof client);
    return is_ours(&client, w, own);
}

/* An answer to us counts on whatever VLAN it comes: on the wrong one it is a finding. The same holds for our own
 * questions, when they come back to us. */
static bool concerns_us(const struct peeled *f, const struct ether_wish *w, const struct mac *own)
{
    struct ip_view ip;
    struct udp_view udp;
    if (mac_among(&f->from, w->macs, w->mac_count))
        return true;
    return ip_read(f->type, behind_type(f), &ip) && udp_read(&ip, &udp) && is_dhcp_to(&udp, w, own);
}

/* Of what is sent to groups: ARP, DHCP and DHCPv6 to clients, routers and neighbours of IPv6. */
static bool can_matter(const struct peeled *f)
{
    struct ip_view ip;
    struct udp_view udp;
    if (f->type == TYPE_ARP)
        return true;
    if (!ip_read(f->type, behind_type(f), &ip))
        return false;
    if (udp_read(&ip, &udp))
        return udp.to == (f->type == TYPE_IPV4 ? PORT_DHCP_CLIENT : PORT_DHCPV6_CLIENT);
    int type = icmp_type(&ip, IPPROTO_ICMPV6);
    return type >= ICMP6_ROUTER_ADVERT && type <= ICMP6_NEIGHBOUR_ADVERT;
}

static bool is_due(struct mono last, struct mono at)
{
    return last.ns == 0 || mono_since(at, last) >= PROOF_EVERY_NS;
}

enum admission admit(const struct ether_wish *w, const struct mac *own, const struct peeled *f, struct mono at,
                     struct mono proved[static ETHER_VIDS_MAX])
{
    if (!mac_is_group(&f->to))
        return is_ours(&f->to, w, own) ? ADMIT_WHOLE : ADMIT_NOT;
    if (concerns_us(f, w, own))
        return ADMIT_WHOLE;
    int place = vid_place(w, f->vid);
    bool without_tag = f->vid == ETHER_UNTAGGED || f->vid == 0;
    if ((place >= 0 || (without_tag && w->untagged)) && can_matter(f))
        return ADMIT_WHOLE;
    if (place < 0 || !is_due(proved[place], at))
        return ADMIT_NOT;
    proved[place] = at;
    return ADMIT_PROOF;
}
