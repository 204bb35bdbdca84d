#include "poller/wire/kernel_vlans.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_BYTES 32768 /* the kernel's largest */
#define PARTS_MAX 256
#define VID_LAST 4095

struct link_told {
    uint32_t below; /* the interface it stands on */
    bool is_vlan, has_vid;
    uint16_t vid;
};

bool vid_set_has(const struct vid_set *s, uint16_t vid)
{
    return vid <= VID_LAST && s->bits[vid / 64] >> vid % 64 & 1;
}

static void vid_set_add(struct vid_set *s, uint16_t vid)
{
    if (vid <= VID_LAST)
        s->bits[vid / 64] |= UINT64_C(1) << vid % 64;
}

static void read_data(const struct rtattr *data, struct link_told *out)
{
    int left = (int)RTA_PAYLOAD(data);
    for (const struct rtattr *a = RTA_DATA(data); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        if (a->rta_type != IFLA_VLAN_ID || RTA_PAYLOAD(a) < sizeof out->vid)
            continue;
        memcpy(&out->vid, RTA_DATA(a), sizeof out->vid);
        out->has_vid = true;
    }
}

static void read_info(const struct rtattr *info, struct link_told *out)
{
    static const char kind[] = "vlan";
    int left = (int)RTA_PAYLOAD(info);
    for (const struct rtattr *a = RTA_DATA(info); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        if (a->rta_type == IFLA_INFO_KIND)
            out->is_vlan = RTA_PAYLOAD(a) >= sizeof kind && memcmp(RTA_DATA(a), kind, sizeof kind) == 0;
        else if (a->rta_type == IFLA_INFO_DATA)
            read_data(a, out);
    }
}

static struct link_told read_link(const struct nlmsghdr *h)
{
    struct link_told out = {0};
    const struct ifinfomsg *m = NLMSG_DATA(h);
    int left = (int)IFLA_PAYLOAD(h);
    if (h->nlmsg_type != RTM_NEWLINK || h->nlmsg_len < NLMSG_LENGTH(sizeof *m))
        return out;
    for (const struct rtattr *a = IFLA_RTA(m); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        if (a->rta_type == IFLA_LINK && RTA_PAYLOAD(a) >= sizeof out.below)
            memcpy(&out.below, RTA_DATA(a), sizeof out.below);
        else if ((a->rta_type & NLA_TYPE_MASK) == IFLA_LINKINFO)
            read_info(a, &out);
    }
    return out;
}

bool kernel_vlans_read(const void *bytes, size_t len, uint32_t ifindex, struct vid_set *out)
{
    unsigned left = (unsigned)len;
    for (const struct nlmsghdr *h = bytes; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
        if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
            return false;
        struct link_told link = read_link(h);
        if (link.is_vlan && link.has_vid && link.below == ifindex)
            vid_set_add(out, link.vid);
    }
    return true;
}

struct vid_set kernel_vlans_ask(int fd, uint32_t ifindex)
{
    static _Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_BYTES];
    struct vid_set out = {0};
    struct {
        struct nlmsghdr head;
        struct ifinfomsg link;
    } q = {.head = {.nlmsg_len = sizeof q, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};
    if (send(fd, &q, sizeof q, MSG_DONTWAIT) < 0)
        return out;
    for (int i = 0; i < PARTS_MAX; i++) {
        ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT); /* there already */
        if (got <= 0 || !kernel_vlans_read(bytes, (size_t)got, ifindex, &out))
            break;
    }
    return out;
}
